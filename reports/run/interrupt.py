"""One Ctrl-C is one, however often it arrives.

At a terminal the signal reaches every process of the group, and whoever started pytest (``reports.conformance``, tox)
passes it on besides. The second one would hit pytest while it ends the run in order, and break that off: no record.
SIGTERM (a service or a CI job that is ended) and SIGHUP (a terminal that is closed) mean the same.
"""

import signal
import threading
import time
from types import FrameType, TracebackType
from typing import Any

ENDING = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
"""Signals that end a program out of hand; Windows has no SIGHUP."""
SAME_S = 1.0
"""Signals that come this soon (seconds) after the first mean the same. A person who wants more presses again."""


class OneInterrupt:
    """While installed, SIGINT, SIGTERM and SIGHUP raise KeyboardInterrupt, but not twice for the same reason."""

    def __init__(self) -> None:
        self._first: float | None = None
        self._former: dict[int, Any] = {}

    def install(self) -> None:
        """Take the place of Python's own handlers. Anybody else's are left alone, and so are other threads.

        So is a signal that is ignored, as SIGHUP is under ``nohup``.
        """
        if threading.current_thread() is not threading.main_thread():
            return
        for number, own in [(signal.SIGINT, signal.default_int_handler), *((one, signal.SIG_DFL) for one in ENDING)]:
            if signal.getsignal(number) == own:
                self._former[number] = signal.signal(number, self._arrive)

    def remove(self) -> None:
        """Give Python's own handlers their places back.

        After an interrupt it is not: more of the same may still come while pytest takes its things down.
        """
        if self._first is None:
            for number, former in self._former.items():
                signal.signal(number, former)
            self._former = {}

    def _arrive(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._first is None or now - self._first > SAME_S:
            self._first = now
            signal.default_int_handler(number, frame)  # its words are the same for each of them


def drop_unplaced(traceback: TracebackType | None) -> None:
    """Take the entries without a line out of a traceback, behind its first.

    A signal may hit Python between two lines, as in the end of a ``with``. Such an entry has no line number, and
    pytest fails at the attempt to show it: the run would end with a traceback of pytest's own and its status 1.
    """
    while traceback is not None:
        following = traceback.tb_next
        while following is not None and _lineno(following) is None:
            following = following.tb_next
        traceback.tb_next = following
        traceback = following


def _lineno(traceback: TracebackType) -> int | None:
    return traceback.tb_lineno  # an int by its declaration, None in fact
