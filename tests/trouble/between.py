"""A TCP line that fails on demand: the bench connects to ``url``, and this thread connects to an emulated module.

Two functions change the bytes on their way (``to_module``, ``to_host``). The line can pause, and change its ``target``.
"""

import select
import socket
import threading
import time

from tests.fixtures.runs import Emulator

FAILED_JOIN = b"\r\n[JOIN   ] LAB\r\n[JOIN   ] Failed\r\nERROR: Unknown Error\r\nUsage: C0 \r\n> "


def as_it_is(data):
    return data


class Between(threading.Thread):
    """The thread that carries the bytes; a context manager. ``options``: those of the emulator at the other end."""

    def __init__(self, *options):
        super().__init__(daemon=True)
        self.module = Emulator("--tcp", "127.0.0.1:0", *options)
        self.target = self.module.url
        self.to_module = self.to_host = as_it_is
        self.heard = b""
        self.failing_joins = 0
        self._silent_until = 0.0
        self._late = b""
        self._running, self._drop, self._out = True, False, b""
        self._lock = threading.Lock()
        self._server = socket.create_server(("127.0.0.1", 0))
        self._client = self._module = None
        self.url = f"socket://127.0.0.1:{self._server.getsockname()[1]}"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._running = False
        self.join(timeout=20)
        self._server.close()
        self.module.__exit__()

    def hang(self, seconds):
        """Keep back what the module says for ``seconds``, then pass on all answers at once."""
        self._silent_until = time.monotonic() + seconds

    def inject(self, data):
        """Write ``data`` to the module, as another program at the port would."""
        with self._lock:
            self._out += data

    def drop(self):
        """Close the connection to the bench. The bench may connect again."""
        self._drop = True

    def run(self):
        while self._running:
            ready, _, _ = select.select(
                [one for one in (self._server, self._client, self._module) if one], [], [], 0.02
            )
            if self._server in ready:
                self._connect(self._server.accept()[0])
                continue
            if self._drop:
                self._disconnect()
            for one in ready:
                self._carry(one)
            self._say_late()
        self._disconnect()

    def _connect(self, client):
        self._disconnect()
        host, port = self.target.removeprefix("socket://").split(":")
        self._client, self._module = client, socket.create_connection((host, int(port)))
        for one in (self._client, self._module):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _disconnect(self):
        self._drop = False
        for one in (self._client, self._module):
            if one is not None:
                one.close()
        self._client = self._module = None

    def _carry(self, one):
        try:
            data = one.recv(65536)
        except OSError:
            data = b""
        if not data:
            self._disconnect()
        elif one is self._client:
            self._from_host(data)
        else:
            self._late += self.to_host(data)

    def _from_host(self, data):
        self.heard += data
        if data.endswith(b"C0\r") and self.failing_joins:
            self.failing_joins -= 1
            self._late += FAILED_JOIN
        elif sent := self.to_module(data):
            self._module.sendall(sent)

    def _say_late(self):
        with self._lock:
            out, self._out = self._out, b""
        if out and self._module:
            self._module.sendall(out)
        if self._late and self._client and time.monotonic() >= self._silent_until:
            data, self._late = self._late, b""
            self._client.sendall(data)
