"""One Ctrl-C is one, however often it arrives.

At a terminal the signal reaches every process of the group, and whoever started pytest (``reports.conformance``, tox)
passes it on besides. The second one would hit pytest while it ends the run in order, and break that off: no record.
"""

import signal
import threading
import time
from types import FrameType, TracebackType

SAME_S = 1.0
"""Signals that come this soon (seconds) after the first mean the same. A person who wants more presses again."""


class OneInterrupt:
    """While installed, SIGINT raises KeyboardInterrupt as ever, but not twice for the same reason."""

    def __init__(self) -> None:
        self._first: float | None = None
        self._installed = False

    def install(self) -> None:
        """Take the place of Python's own handler. Anybody else's is left alone, and so are other threads."""
        in_main_thread = threading.current_thread() is threading.main_thread()
        if in_main_thread and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._arrive)
            self._installed = True

    def remove(self) -> None:
        """Give Python's own handler its place back.

        After an interrupt it is not: more of the same may still come while pytest takes its things down.
        """
        if self._installed and self._first is None:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            self._installed = False

    def _arrive(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._first is None or now - self._first > SAME_S:
            self._first = now
            signal.default_int_handler(number, frame)


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
