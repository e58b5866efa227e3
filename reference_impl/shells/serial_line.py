"""What the serial sides share: pacing, a bounded queue to the host, and the calls to the module."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from reference_impl.shells.loop import Loop, Timer
from reference_impl.shells.pace import LIMIT, Pace

BITS_A_BYTE = 10
"""Start bit, eight data bits, stop bit: 8N1 (UM 2.1)."""

CHUNK = 65536


def byte_time(baud: int | None) -> float:
    """The seconds that a byte takes on a line of this rate; 0 where it takes none."""
    return BITS_A_BYTE / baud if baud else 0.0


class SerialLine(ABC):
    """The module's end of the line. `on_bytes` gets what the host says, `on_reset` the state of the reset pin."""

    def __init__(self, loop: Loop, baud: int | None) -> None:
        self.loop = loop
        self.on_bytes: Callable[[bytes], None] = lambda _data: None
        self.on_reset: Callable[[bool], None] = lambda _held: None
        self._out = Pace(byte_time(baud))
        self._in = Pace(byte_time(baud))
        self._unsent = bytearray()
        self._timers: dict[str, Timer] = {}

    @property
    @abstractmethod
    def url(self) -> str:
        """Where a host finds the line: a device path, socket://host:port or rfc2217://host:port."""

    @abstractmethod
    def close(self) -> None:
        """Give everything back."""

    @abstractmethod
    def _send(self, data: bytes) -> int:
        """Write what can be written now: the number of bytes; 0: not now, `_flush` is called when it can be."""

    def write(self, data: bytes, gap: float = 0.0, size: int = 1) -> None:
        """Bytes to the host: at once where the line has no pace and nothing waits; with a gap, `size` at a time."""
        if gap == 0 and self._out.free and not self._unsent:
            self._push(self._encode(data))
            return
        self._out.put(data, self.loop.now(), gap, size)
        self._flush()

    def _flush(self) -> None:
        """Send what is due; the rest when its time or the host's has come."""
        self._retry()
        while not self._unsent and (pieces := self._out.due(self.loop.now())):
            for piece in pieces:
                self._push(self._encode(piece))
        self._when(self._out.next() if not self._unsent else None, "out", self._flush)

    def _push(self, data: bytes) -> None:
        """Send these bytes; those that cannot be sent now, and all behind them, wait for `_retry`."""
        if not self._unsent and (count := self._send(data)):
            if count == len(data):
                return
            data = data[count:]
        if len(self._unsent) < 2 * LIMIT:
            self._unsent += data

    def _retry(self) -> None:
        if self._unsent:
            del self._unsent[: self._send(bytes(self._unsent))]

    def _encode(self, data: bytes) -> bytes:
        """The bytes as they go over the wire below."""
        return data

    def _came(self, data: bytes) -> None:
        """Bytes from the host, as fast as the wire below is."""
        if self._in.free:
            self.on_bytes(data)
            return
        self._in.put(data, self.loop.now())
        self._hand_over()

    def _hand_over(self) -> None:
        data = b"".join(self._in.due(self.loop.now()))
        if data:
            self.on_bytes(data)
        self._when(self._in.next(), "in", self._hand_over)

    def _hang_up(self) -> None:
        """The host is gone: what it has not read is lost."""
        self._out.clear()
        self._unsent.clear()

    def _when(self, time: float | None, name: str, callback: Callable[[], None]) -> None:
        if name in self._timers:
            self._timers.pop(name).cancel()
        if time is not None:
            self._timers[name] = self.loop.at(time, callback)
