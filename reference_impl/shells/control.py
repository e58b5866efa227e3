"""The control socket: one line of JSON a request, one line of JSON an answer, for what a bench does by hand.

Several may be connected; each request is carried out whole before the next one. What a request may be stands in
`core.outside`.
"""

import contextlib
import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reference_impl.shells.errors import SetupError
from reference_impl.shells.loop import Loop

LIMIT = 1 << 20
"""Bytes of one request; a longer one is answered and its sender hung up."""

TCP = "tcp:"
CHUNK = 65536
Act = Callable[[object], dict[str, Any]]


class ControlSocket:
    """Listens at `where`, the path of a unix socket or tcp:PORT on 127.0.0.1; `act` carries a request out."""

    def __init__(self, loop: Loop, where: str, act: Act) -> None:
        self._loop = loop
        self._act = act
        self._server = _listen(where)
        self._server.setblocking(False)
        self._path = None if where.startswith(TCP) else Path(where)
        self._clients: dict[socket.socket, bytearray] = {}
        loop.on_read(self._server.fileno(), self._accept)

    @property
    def where(self) -> str:
        """The place of the socket, as a client takes it: the path, or tcp:PORT with the port that was bound."""
        return str(self._path) if self._path else f"{TCP}{self._server.getsockname()[1]}"

    def close(self) -> None:
        """Hang up, stop listening, and take the path away."""
        for client in list(self._clients):
            self._hang_up(client)
        self._loop.forget(self._server.fileno())
        self._server.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        try:
            client, _peer = self._server.accept()
        except OSError:
            return  # gone again
        client.setblocking(True)
        client.settimeout(1.0)
        self._clients[client] = bytearray()
        self._loop.on_read(client.fileno(), lambda: self._read(client))

    def _read(self, client: socket.socket) -> None:
        try:
            data = client.recv(CHUNK)
        except OSError:
            data = b""
        if not data:
            self._hang_up(client)
            return
        buffer = self._clients[client]
        buffer += data
        while b"\n" in buffer:
            line, _, rest = bytes(buffer).partition(b"\n")
            buffer[:] = rest
            if line.strip():
                self._answer(client, self._carry_out(line))
        if len(buffer) > LIMIT:
            self._answer(client, {"ok": False, "error": f"a request has at most {LIMIT} bytes"})
            self._hang_up(client)

    def _carry_out(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
        except (ValueError, RecursionError) as error:
            return {"ok": False, "error": f'a request is one line of JSON, such as {{"do": "state"}}: {error}'}
        return self._act(request)

    def _answer(self, client: socket.socket, answer: dict[str, Any]) -> None:
        """A client that does not read its answers for a second is hung up: the modules go on."""
        try:
            client.sendall(json.dumps(answer).encode() + b"\n")
        except OSError:
            self._hang_up(client)

    def _hang_up(self, client: socket.socket) -> None:
        if self._clients.pop(client, None) is not None:
            self._loop.forget(client.fileno())
            client.close()


def _listen(where: str) -> socket.socket:
    if where.startswith(TCP):
        return _listen_tcp(where.removeprefix(TCP))
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        server.bind(where)
        server.listen(8)
    except OSError as error:
        server.close()
        cure = "remove it if no emulator uses it, or name another" if Path(where).exists() else "name a short path"
        raise SetupError(f"--control {where}: {error.strerror or error}; {cure} in a directory you can write") from None
    return server


def _listen_tcp(port: str) -> socket.socket:
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind(("127.0.0.1", int(port)))
        server.listen(8)
    except (OSError, ValueError, OverflowError):
        server.close()
        with contextlib.suppress(ValueError):
            if 0 <= int(port) <= 65535:
                raise SetupError(f"--control tcp:{port}: the port is taken; name another, or 0 for any") from None
        raise SetupError(f"--control tcp:{port}: expected tcp:PORT, such as tcp:0") from None
    return server
