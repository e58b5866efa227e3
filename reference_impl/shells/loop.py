"""One event loop for all modules of a process: file descriptors, timers, signals. No thread."""

import heapq
import math
import signal
import socket
import time
from collections.abc import Callable, Iterable

from reference_impl.shells.polling import MOST, ONCE, READ, WRITE, new_poll

Callback = Callable[[], None]


class Timer:
    """A callback that is due at a time; `cancel` makes it do nothing."""

    def __init__(self, callback: Callback) -> None:
        self.callback: Callback | None = callback

    def cancel(self) -> None:
        """Never call back."""
        self.callback = None


class Loop:
    """Calls back when a descriptor is ready or a time has come. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._poll = new_poll()
        self._readers: dict[int, Callback] = {}
        self._writers: dict[int, Callback] = {}
        self._told_once: set[int] = set()
        self._timers: list[tuple[float, int, Timer]] = []
        self._count = 0
        self._stopped = False
        self._wake_up: socket.socket | None = None

    now = staticmethod(time.monotonic)
    """The time in seconds of the monotonic clock."""

    def on_read(self, fd: int, callback: Callback | None) -> None:
        """Call back whenever the descriptor can be read; None: no longer."""
        self._watch(self._readers, fd, callback)

    def on_arrival(self, fd: int, callback: Callback) -> None:
        """Call back when something has come to be read; the callback reads until a read gives less than was wanted.

        What it leaves may never be told again: this is :meth:`on_read` for the line that each exchange goes through.
        """
        self._told_once.add(fd)
        self.on_read(fd, callback)

    def on_write(self, fd: int, callback: Callback | None) -> None:
        """Call back whenever the descriptor can be written; None: no longer."""
        self._watch(self._writers, fd, callback)

    def forget(self, fd: int) -> None:
        """No interest in the descriptor any more; to be called before it is closed."""
        self._told_once.discard(fd)
        self.on_read(fd, None)
        self.on_write(fd, None)

    def at(self, when: float, callback: Callback) -> Timer:
        """Call back once at that time."""
        timer = Timer(callback)
        self._count += 1
        heapq.heappush(self._timers, (when, self._count, timer))
        return timer

    def stop(self) -> None:
        """Return from `run` after the callback that is being called, or at once when it is called later."""
        self._stopped = True

    def stop_at_signals(self, numbers: Iterable[signal.Signals]) -> None:
        """Make these signals end `run`."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.setblocking(False)
        self._wake_up = theirs
        signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        for number in numbers:
            signal.signal(number, lambda *_: self.stop())
        self.on_read(ours.fileno(), lambda: _discard(ours))

    def run(self) -> None:
        """Call back until `stop`."""
        while not self._stopped:
            self.step()
        self._stopped = False

    def step(self) -> None:
        """Wait for the next thing, and do all that is due."""
        for fd, mask in self._poll.poll(self._patience() if self._timers else None, MOST):
            # What is neither, a hang-up or an error, goes to the callback that waits for either. A callback before this
            # one may have closed the descriptor or lost the interest.
            if mask & ~WRITE and (callback := self._readers.get(fd)):
                callback()
            if mask & ~READ and (callback := self._writers.get(fd)):
                callback()
        if self._timers:
            self._call_timers()

    def _watch(self, waiting: dict[int, Callback], fd: int, callback: Callback | None) -> None:
        before = self._mask(fd)
        if callback is None:
            waiting.pop(fd, None)
        else:
            waiting[fd] = callback
        after = self._mask(fd)
        if after and not before:
            self._poll.register(fd, after)
        elif before and not after:
            self._poll.unregister(fd)
        elif before != after:
            self._poll.modify(fd, after)

    def _mask(self, fd: int) -> int:
        if fd in self._told_once and fd in self._readers and fd not in self._writers:
            return READ | ONCE
        return (READ if fd in self._readers else 0) | (WRITE if fd in self._writers else 0)

    def _patience(self) -> float | None:
        while self._timers and self._timers[0][2].callback is None:
            heapq.heappop(self._timers)
        if not self._timers:
            return None
        # Rounded up to milliseconds: rounded down, the loop would turn until the time has come.
        return math.ceil(max(0.0, self._timers[0][0] - self.now()) * 1000) / 1000

    def _call_timers(self) -> None:
        now = self.now()
        while self._timers and self._timers[0][0] <= now:
            timer = heapq.heappop(self._timers)[2]
            if timer.callback is not None:
                timer.callback()


def _discard(pipe: socket.socket) -> None:
    """Empty the pipe that woke the loop: the signal's own handler has acted."""
    pipe.recv(64)
