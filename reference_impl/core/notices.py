"""Asynchronous text that waits to be sent: unsolicited on UART, one message a poll on SPI firmware."""

from collections import deque
from dataclasses import dataclass

from reference_impl.core.seams import Notice


@dataclass(slots=True)
class Pending:
    """A notice that was not sent yet, when it is due, and whether an answer has delayed it already."""

    notice: Notice
    due: float
    put_off: bool = False


class Notices:
    """The two queues. With `polled` a notice becomes a message for MR, else it is pending until it is due."""

    def __init__(self, *, polled: bool) -> None:
        self._polled = polled
        self.pending: deque[Pending] = deque()
        """Those that are to be sent unsolicited."""
        self._messages: deque[Notice] = deque()

    def __len__(self) -> int:
        """The number of notices to be sent unsolicited."""
        return len(self.pending)

    @property
    def messages(self) -> int:
        """The number of notices that wait for a poll."""
        return len(self._messages)

    @property
    def due(self) -> float:
        """The time at which the first notice is due; there must be a notice."""
        return self.pending[0].due

    def add(self, notice: Notice, now: float) -> None:
        """Keep the notice until it is sent or polled."""
        if self._polled:
            self._messages.append(notice)
        else:
            self.pending.append(Pending(notice, now + notice.delay))

    def take(self) -> Notice:
        """Remove the first notice that is to be sent; there must be a notice."""
        return self.pending.popleft().notice

    def poll(self) -> str:
        """Remove the first message: its text, empty when none waits."""
        return self._messages.popleft().text if self._messages else ""

    def withdraw(self, socket: int) -> None:
        """Forget what is about this socket."""
        self.pending = deque(pending for pending in self.pending if pending.notice.socket != socket)
        self._messages = deque(one for one in self._messages if one.socket != socket)

    def postpone(self, now: float) -> None:
        """Notices that an answer has held back follow it as they would follow an accept; but only once.

        A host that sends commands faster than the delay would never see them.
        """
        for pending in self.pending:
            if not pending.put_off:
                pending.due, pending.put_off = now + pending.notice.delay, True
