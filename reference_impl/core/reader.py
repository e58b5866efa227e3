r"""Bytes of the host become command lines and payloads.

One buffer holds what has come and is not yet used. In line mode it is searched for the `\r` that ends a command,
each byte once, so that a line of any length costs its length; what is over LINE_LIMIT is dropped and the line
counts as over-long. While a command is being carried out nothing is searched: its handler takes the payload from
the buffer, and what else comes waits there (assumption: hosts wait for the prompt, QR20 p1), BACKLOG_LIMIT bytes
at most, as in a FIFO.
"""

from dataclasses import dataclass

LINE_LIMIT = 1024
BACKLOG_LIMIT = 16384


@dataclass(slots=True)
class Line:
    r"""One command as it came, without its `\r`. Over-long: only its beginning is here."""

    text: bytes
    overlong: bool = False


class Reader:
    """The receiving buffer; `last` is when bytes came last, in seconds."""

    def __init__(self) -> None:
        self.waiting = bytearray()
        """What has come and is not yet used."""
        self._scanned = 0
        self._overlong = False
        self.last = float("-inf")

    def __len__(self) -> int:
        return len(self.waiting)

    def feed(self, data: bytes, now: float) -> None:
        """Take what has come; beyond BACKLOG_LIMIT it is lost."""
        room = BACKLOG_LIMIT - len(self.waiting)
        self.waiting += data if len(data) <= room else data[: max(0, room)]
        self.last = now

    def clear(self) -> None:
        """Forget everything, as a reset does."""
        self.waiting.clear()
        self._scanned = 0
        self._overlong = False

    def take(self, count: int) -> bytes:
        """Remove and return up to `count` bytes, as payload."""
        taken = bytes(self.waiting[:count])
        del self.waiting[:count]
        self._scanned = 0
        return taken

    def holds(self, key: bytes) -> bool:
        """True when the byte `key` is among what waits."""
        return key in self.waiting

    def pluck(self, key: bytes) -> bool:
        """Remove the first byte `key` from what waits; False where there is none."""
        place = self.waiting.find(key)
        if place >= 0:
            del self.waiting[place : place + 1]
            self._scanned = 0
        return place >= 0

    def scan(self) -> tuple[bytes, Line | None]:
        r"""Search on for a line: the bytes looked at for the first time (to be echoed), and the line if it ended."""
        waiting = self.waiting
        if self._scanned == 0 and waiting.startswith(b"\n"):
            self._skip_line_feeds()
        end = waiting.find(b"\r", self._scanned)
        if end < 0:
            fresh = bytes(waiting[self._scanned :])
            self._keep_beginning()
            return fresh, None
        whole = bytes(waiting[: end + 1])
        del waiting[: end + 1]
        text = whole[:end] if end <= LINE_LIMIT else whole[:LINE_LIMIT]
        line = Line(text, self._overlong or end > LINE_LIMIT)
        fresh = whole[self._scanned :]
        self._scanned, self._overlong = 0, False
        return fresh, line

    def _skip_line_feeds(self) -> None:
        r"""Drop `\n` at the start of a line: drivers send `\r\n` (DRV), and the `\n` behind the `\r` is ignored."""
        self.waiting[:] = self.waiting.lstrip(b"\n")

    def _keep_beginning(self) -> None:
        if len(self.waiting) > LINE_LIMIT:
            del self.waiting[LINE_LIMIT:]
            self._overlong = True
        self._scanned = len(self.waiting)
