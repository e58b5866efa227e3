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
        self._buffer = bytearray()
        self._scanned = 0
        self._overlong = False
        self.last = float("-inf")

    def __len__(self) -> int:
        return len(self._buffer)

    def feed(self, data: bytes, now: float) -> None:
        """Take what has come; beyond BACKLOG_LIMIT it is lost."""
        self._buffer += data[: max(0, BACKLOG_LIMIT - len(self._buffer))]
        self.last = now

    def clear(self) -> None:
        """Forget everything, as a reset does."""
        self._buffer.clear()
        self._scanned = 0
        self._overlong = False

    def take(self, count: int) -> bytes:
        """Remove and return up to `count` bytes, as payload."""
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        self._scanned = 0
        return taken

    def holds(self, key: bytes) -> bool:
        """True when the byte `key` is among what waits."""
        return key in self._buffer

    def pluck(self, key: bytes) -> bool:
        """Remove the first byte `key` from what waits; False where there is none."""
        place = self._buffer.find(key)
        if place >= 0:
            del self._buffer[place : place + 1]
            self._scanned = 0
        return place >= 0

    def scan(self) -> tuple[bytes, Line | None]:
        r"""Search on for a line: the bytes looked at for the first time (to be echoed), and the line if it ended."""
        if not self._buffer:
            return b"", None
        self._skip_line_feeds()
        end = self._buffer.find(b"\r", self._scanned)
        stop = len(self._buffer) if end < 0 else end + 1
        fresh = bytes(self._buffer[self._scanned : stop])
        if end < 0:
            self._keep_beginning()
            return fresh, None
        line = Line(bytes(self._buffer[: min(end, LINE_LIMIT)]), self._overlong or end > LINE_LIMIT)
        del self._buffer[:stop]
        self._scanned, self._overlong = 0, False
        return fresh, line

    def _skip_line_feeds(self) -> None:
        r"""Drop `\n` at the start of a line: drivers send `\r\n` (DRV), and the `\n` behind the `\r` is ignored."""
        if self._scanned == 0 and self._buffer.startswith(b"\n"):
            rest = self._buffer.lstrip(b"\n")
            self._buffer[:] = rest

    def _keep_beginning(self) -> None:
        if len(self._buffer) > LINE_LIMIT:
            del self._buffer[LINE_LIMIT:]
            self._overlong = True
        self._scanned = len(self._buffer)
