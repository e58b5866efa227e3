r"""The module: its sockets, one serial line, one command at a time.

Inputs are `power_on`, `receive`, `happened`, `advance` and `reset_pin`, each with the time in seconds of a
monotonic clock; outputs are the effects that `take_effects` gives, and `deadline`, when `advance` is wanted if
nothing else happens. Whatever comes in, no input raises: a module answers ERROR.

The order of things after each input, until nothing more can be done:

    1. an event of the network is believed
    2. an answer whose time has come goes out
    3. the command that is being carried out goes on, if what it needs is there
    4. the next complete line from the host is begun, if no command is being carried out
    5. a notice goes out, if no command is being carried out or arriving: between a command's arrival and its
       answer ST's UART driver takes it for the answer (DRV)
"""

import copy
from collections import deque
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import TypeVar

from reference_impl.core import server, settings
from reference_impl.core.answers import CRLF, PROMPT, Answer, notice_frame, render
from reference_impl.core.commands import dispatch
from reference_impl.core.effects import Close, Effect, SetKeepAlive, Write
from reference_impl.core.events import Accepted, Event
from reference_impl.core.profile import Forms, Limits, Profile
from reference_impl.core.reader import Line, Reader
from reference_impl.core.seams import Notice, Seams
from reference_impl.core.sockets import Link, Socket
from reference_impl.core.tasks import Mail, Need, Task
from reference_impl.core.values import Value

T = TypeVar("T")

HALF_LINE = 0.1
"""Seconds after which a line begun and not ended no longer holds notices back (assumption)."""

RENDEZVOUS = 0.02
"""Seconds that P5 waits for a queued client where the form of the notice depends on its answer."""

SLICE = 4096
"""Bytes of the host taken at a time, so that what is carried out in between finds room in the buffer."""

PADDING = b"\x15\x15"
"""What SPI firmware says before the prompt after a reset (DRV)."""


@dataclass
class Held:
    """An answer that waits for its time."""

    frame: bytes
    at: float


@dataclass
class Pending:
    """A notice not yet told, when it is due, and whether an answer has put it off already."""

    notice: Notice
    due: float
    put_off: bool = False


@dataclass
class Flash:
    """What Z1 saves and a reset brings back."""

    sockets: list[dict[str, Value]]
    network: settings.Network


class Module:
    """One module. `seams` are the faults put into it; `serial` tells several modules apart (MAC, name).

    `byte_time`: the seconds that a byte takes on its serial line; 0 where that is not known.
    """

    def __init__(
        self,
        profile: Profile | None = None,
        address: str = "127.0.0.1",
        *,
        polled: bool = False,
        joined: str | None = None,
        seams: Iterable[Seams] = (),
        serial: int = 0,
        byte_time: float = 0.0,
    ) -> None:
        self.profile = profile or Profile()
        self.address = self.first_address = address
        self.polled = polled
        self.serial = serial
        self.byte_time = byte_time
        self.now = 0.0
        self.reader = Reader()
        self.running = b""
        """The line of the command carried out last, for faults that act on one command only."""
        self._seams = list(seams)
        for seam in self._seams:
            seam.module = self
        self._effects: list[Effect] = []
        self._handles = 0
        self._in_reset = False
        self.flash = Flash([settings.defaults(self.limits) for _ in range(self.limits.sockets)], settings.Network())
        if joined is not None:
            self.flash.network.ssid = joined.encode()
        self._clear()
        self.network.joined = joined is not None

    def _clear(self) -> None:
        """The state after a reset: what was saved, nothing open, nothing joined (assumption)."""
        self.sockets = [Socket(index, dict(saved)) for index, saved in enumerate(self.flash.sockets)]
        self.network = copy.copy(self.flash.network)
        self.selected = 0
        self.short_errors = self.profile.limits.short_errors
        self.suppression = 0
        self.human = False
        self.reads = 0
        self.after_payload = False
        self.messages: deque[Notice] = deque()
        self._notices: deque[Pending] = deque()
        self._mail: list[Event] = []
        self._posted: deque[Event] = deque()
        self._task: Task | None = None
        self._need: Need | None = None
        self._held: Held | None = None
        self._boot_at: float | None = None
        self.reader.clear()

    # --- what the shell calls --------------------------------------------------------------------------------
    def power_on(self, now: float) -> None:
        """Start: the prompt says that the module is ready."""
        self.now = now
        self._start_up()

    def receive(self, data: bytes, now: float) -> None:
        """Bytes from the host."""
        self.now = now
        if self._in_reset or self._boot_at is not None:
            return
        data = self.through(lambda seam: seam.input, data)
        for start in range(0, len(data), SLICE):
            self.reader.feed(data[start : start + SLICE], now)
            self._go_on()

    def happened(self, event: Event, now: float) -> None:
        """An event of the network."""
        self.now = now
        seen = self.pass_or_drop(lambda seam: seam.event, event)
        if seen is not None:
            self._posted.append(seen)
        self._go_on()

    def advance(self, now: float) -> None:
        """The time, when `deadline` has come."""
        self.now = now
        self._go_on()

    def reset_pin(self, held: bool, now: float) -> None:
        """The reset line: while it is held the module is dead; when it is released it starts."""
        self.now = now
        if held and not self._in_reset:
            self.close_all()
            self._clear()
        if self._in_reset and not held:
            self._boot_at = now + self.forms.boot_ms / 1000
        self._in_reset = held
        self._go_on()

    def take_effects(self) -> list[Effect]:
        """What is to be done, in order; each effect is given once."""
        effects, self._effects = self._effects, []
        return effects

    def deadline(self) -> float | None:
        """When `advance` is wanted at the latest, in seconds; None: not by time alone."""
        times = [self._boot_at, self._held.at if self._held else None]
        if self._need is not None and self._held is None:
            times.append(self._need.wake(self))
        if self._notices and (self.idle or self.forms.notice_at_once):
            times.append(max(self._notices[0].due, self._line_open_until()))
        return min((time for time in times if time is not None), default=None)

    # --- what commands use -----------------------------------------------------------------------------------
    @property
    def limits(self) -> Limits:
        """The profile's ranges."""
        return self.profile.limits

    @property
    def forms(self) -> Forms:
        """The profile's forms."""
        return self.profile.forms

    @property
    def socket(self) -> Socket:
        """The socket that P0 has selected."""
        return self.sockets[self.selected]

    def new_handle(self) -> int:
        """A number for a server or a link, never used before."""
        self._handles += 1
        return self._handles

    def emit(self, effect: Effect) -> None:
        """Ask the shell for something."""
        changed = self.pass_or_drop(lambda seam: seam.effect, effect)
        if changed is not None:
            self._effects.append(changed)

    def write(self, data: bytes) -> None:
        """Bytes to the host."""
        data = self.through(lambda seam: seam.output, data)
        self.emit(Write(data, self.forms.dribble_us / 1e6))

    def post(self, event: Event) -> None:
        """An event to be believed as if the network had told it, as soon as what goes on now is done."""
        self._posted.append(event)

    def has_mail(self, handle: int) -> bool:
        """True when an event for the handle waits."""
        return any(event.handle == handle for event in self._mail)

    def take_mail(self, handle: int) -> Event | None:
        """The first event for the handle, if any."""
        for position, event in enumerate(self._mail):
            if event.handle == handle:
                return self._mail.pop(position)
        return None

    def through(self, pick: Callable[[Seams], Callable[[T], T]], value: T) -> T:
        """The value after all seams picked by `pick`."""
        for seam in self._seams:
            value = pick(seam)(value)
        return value

    def pass_or_drop(self, pick: Callable[[Seams], Callable[[T], T | None]], value: T) -> T | None:
        """The value after all seams, or None as soon as one of them drops it."""
        for seam in self._seams:
            changed = pick(seam)(value)
            if changed is None:
                return None
            value = changed
        return value

    def tell(self, text: str, socket: int) -> None:
        """Asynchronous text, sooner or later."""
        delay = 0.0 if self.forms.notice_at_once else self.forms.notice_ms / 1000
        notice = self.pass_or_drop(lambda seam: seam.notice, Notice(text, socket, delay))
        if notice is None or self.suppression:
            return
        if self.polled:
            self.messages.append(notice)
        else:
            self._notices.append(Pending(notice, self.now + notice.delay))

    def close_all(self) -> None:
        """Close every server and link, and what is being opened, as a reset or leaving the network does."""
        if isinstance(self._need, Mail):
            self.emit(Close(self._need.handle))
        for socket in self.sockets:
            self.close(socket)

    def close(self, socket: Socket) -> None:
        """Close what is open on one socket: the link first, then the server (WEB: P5=0 closes both)."""
        self.close_link(socket)
        if socket.server is not None:
            self.emit(Close(socket.server.handle))
        socket.server = None

    def close_link(self, socket: Socket) -> None:
        """Close the client or connection; a notice of it that nobody has seen yet is withdrawn (assumption)."""
        if socket.link is not None:
            self.emit(Close(socket.link.handle))
        socket.link, socket.role = None, ""
        self._notices = deque(pending for pending in self._notices if pending.notice.socket != socket.index)
        self.messages = deque(one for one in self.messages if one.socket != socket.index)

    def reboot(self) -> None:
        """A soft reset: everything that was not saved is gone (assumption), then the start-up prompt."""
        self.close_all()
        self._clear()
        self._boot_at = self.now + self.forms.boot_ms / 1000

    # --- the engine ------------------------------------------------------------------------------------------
    @property
    def idle(self) -> bool:
        """No command is being carried out or answered."""
        return self._task is None and self._held is None

    def _go_on(self) -> None:
        while self._booted() and (
            self._believe() or self._release() or self._resume() or self._next_command() or self._notify()
        ):
            pass

    def _believe(self) -> bool:
        if not self._posted:
            return False
        event = self._posted.popleft()
        if isinstance(event, Accepted):
            self._accepted(event)
        elif isinstance(self._need, Mail) and self._need.handle == event.handle:
            self._mail.append(event)
        return True

    def _booted(self) -> bool:
        if self._boot_at is not None and self.now >= self._boot_at:
            self._boot_at = None
            self._start_up()
        return self._boot_at is None and not self._in_reset

    def _start_up(self) -> None:
        r"""The prompt, behind a banner where the form has one, behind 0x15 0x15 on SPI firmware."""
        banner = CRLF + self.forms.banner.encode() if self.forms.banner else b""
        self.write((PADDING if self.polled else b"") + banner + PROMPT)

    def _release(self) -> bool:
        if self._held is None or self.now < self._held.at:
            return False
        frame, self._held = self._held.frame, None
        if self._notices and (self.forms.notice_glued or self.forms.notice_merged):
            body = frame.removesuffix(PROMPT) if self.forms.notice_merged else frame
            frame = body + self._notice_bytes()
        if frame:
            self.write(frame)
        self._postpone_notices()
        return True

    def _postpone_notices(self) -> None:
        """Notices that an answer has held back follow it as they would follow an accept; but only once.

        A host that asks and asks, each time faster than the delay, would never see them.
        """
        for pending in self._notices:
            if not pending.put_off:
                pending.due, pending.put_off = self.now + pending.notice.delay, True

    def _resume(self) -> bool:
        if self._task is None or self._held is not None or (self._need is not None and not self._need.met(self)):
            return False
        try:
            self._need = next(self._task)
        except StopIteration as end:
            self._task, self._need = None, None
            self._mail.clear()
            self._reply(end.value)
        return True

    def _reply(self, answer: Answer) -> None:
        final = self.pass_or_drop(lambda seam: seam.answer, answer)
        frame = b"" if final is None else render(final, self.forms, bool(self.short_errors))
        frame = self.through(lambda seam: seam.frame, frame)
        think = self.through(lambda seam: seam.think, self._thinking(answer.command))
        self._held = Held(frame, self.now + think)

    def _thinking(self, command: str) -> float:
        forms = self.forms
        waits = command in ("P5", "P7") and (forms.notice_glued or forms.notice_merged or forms.notice_at_once)
        return max(forms.think_ms / 1000, RENDEZVOUS if waits else 0.0)

    def _next_command(self) -> bool:
        if not self.idle:
            return False
        fresh, line = self.reader.scan()
        if fresh and (self.human or self.forms.echo):
            self.write(fresh)
        if line is None:
            return False
        self._begin(line)
        return True

    def _begin(self, line: Line) -> None:
        text = self.pass_or_drop(lambda seam: seam.line, line.text)
        if text is None:
            return
        self.running = text
        step = dispatch(self, Line(text, line.overlong))
        if isinstance(step, Generator):
            self._task, self._need = step, None
        elif step is not None:
            self._reply(step)

    def _line_open_until(self) -> float:
        return self.reader.last + HALF_LINE if len(self.reader) else float("-inf")

    def _notify(self) -> bool:
        if not self._notices or not (self.idle or self.forms.notice_at_once):
            return False
        if self.now < max(self._notices[0].due, self._line_open_until()):
            return False
        self.write(self._notice_bytes())
        return True

    def _notice_bytes(self) -> bytes:
        notice = self._notices.popleft().notice
        return self.through(lambda seam: seam.notice_frame, notice_frame(notice.text, self.forms))

    def _accepted(self, event: Accepted) -> None:
        for socket in self.sockets:
            if socket.server is not None and socket.server.handle == event.handle:
                socket.server.accepting = False
                socket.link, socket.role = Link(event.link, event.peer), "P5"
                self.emit(SetKeepAlive(event.link, server.keep_alive(socket)))
                port = event.local[1] if self.forms.notice_local_port else event.peer[1]
                self.tell(f"[TCP SVR] Accepted {event.peer[0]}:{port}", socket.index)
                if self.through(lambda seam: seam.accepts_more, False):
                    server.take_next(self, socket)
                return
        self.emit(Close(event.link))  # its server has been stopped in the meantime
