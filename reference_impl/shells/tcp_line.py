"""The serial side as raw bytes over TCP, one host at a time; the next waits until the one before has gone."""

import socket

from reference_impl.core.effects import Endpoint
from reference_impl.shells.errors import SetupError
from reference_impl.shells.loop import Loop
from reference_impl.shells.serial_line import CHUNK, SerialLine


class TcpLine(SerialLine):
    """A listening socket at `where`, port 0: any. What the module says while nobody is connected is lost."""

    scheme = "socket"
    option = "--tcp"

    def __init__(self, loop: Loop, baud: int | None, where: Endpoint) -> None:
        super().__init__(loop, baud)
        self._server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._server.bind(where)
            self._server.listen(8)
        except OSError as error:
            self._server.close()
            text = f"{self.option} {where[0]}:{where[1]}: {error.strerror}; name a free port, or 0 for any"
            raise SetupError(text) from None
        self._server.setblocking(False)
        self._host: socket.socket | None = None
        loop.on_read(self._server.fileno(), self._accept)

    @property
    def url(self) -> str:
        """socket://host:port, as pyserial's serial_for_url takes it."""
        host, port = self._server.getsockname()
        return f"{self.scheme}://{host}:{port}"

    def close(self) -> None:
        """Hang up and stop listening."""
        self._hang_up()
        self.loop.forget(self._server.fileno())
        self._server.close()

    def write(self, data: bytes, gap: float = 0.0, size: int = 1) -> None:
        """Bytes to the host, if there is one."""
        if self._host is not None:
            super().write(data, gap, size)

    def _accept(self) -> None:
        try:
            host, _peer = self._server.accept()
        except OSError:
            return  # gone again
        self.loop.on_read(self._server.fileno(), None)
        host.setblocking(False)
        host.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._host = host
        self.loop.on_read(host.fileno(), self._read)
        self._connected()

    def _connected(self) -> None:
        """A host has come."""

    def _decode(self, data: bytes) -> bytes:
        """What of the bytes received is for the module."""
        return data

    def _read(self) -> None:
        assert self._host is not None
        try:
            data = self._host.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._hang_up()
            self.loop.on_read(self._server.fileno(), self._accept)
            return
        decoded = self._decode(data)
        if decoded:
            self._came(decoded)

    def _hang_up(self) -> None:
        super()._hang_up()
        if self._host is not None:
            self.loop.forget(self._host.fileno())
            self._host.close()
            self._host = None

    def _send(self, data: bytes) -> int:
        if self._host is None:
            return len(data)
        try:
            count = self._host.send(data)
        except BlockingIOError:
            count = 0
        except OSError:
            return len(data)  # the end of file follows, and hangs up
        if count < len(data) or self._unsent:
            self.loop.on_write(self._host.fileno(), self._flush if count < len(data) else None)
        return count
