"""A web server made of AT commands, as on the page: P5=11, then for each client R0, S3 in pieces, P5=10."""

import time
from collections.abc import Callable

from fixtures.case import show
from fixtures.drivers.line.frames import Notice
from fixtures.errors import ModuleFault, NoNotice
from suites.http.site import HEAD_END, path_of, response
from suites.steps.flows import Server, is_lost

PACKET = 1460
READ_MS = 100
WATCH_S = 0.1
"""Seconds to wait for a notice before the next look whether the clients have finished."""


class WebServer:
    """Serves the site through ``server`` until ``done()``; ``served`` are the paths in the order of serving.

    ``patience``: seconds that a client may say nothing. Browsers open connections that they may never use: such a
    one is closed, or it would keep those behind it waiting for ever.
    """

    def __init__(self, server: Server, *, patience: float) -> None:
        self._server = server
        self._at = server.at
        self._patience = patience
        self.served: list[str] = []
        self.idle = 0
        self.left = 0

    @property
    def reached(self) -> bool:
        """True where a client has come."""
        return bool(self.served or self.idle or self.left)

    def run(self, done: Callable[[], bool], limit: float) -> bool:
        """True where ``done`` within ``limit`` seconds. Raises ModuleFault."""
        self._at(f"R2={READ_MS}")
        deadline = time.monotonic() + limit
        while not done():
            if time.monotonic() > deadline:
                return False
            if self._accepted():
                self._serve_one(deadline)
                self._server.next()
        return True

    def _accepted(self) -> Notice | None:
        try:
            return self._at.wait_notice(lambda one: bool(one.port), "of an HTTP client", WATCH_S)
        except NoNotice:
            return None

    def _serve_one(self, deadline: float) -> None:
        request = self._request(deadline)
        if request is None:
            return
        path = path_of(request)
        self._server.peers.transcript.note("host", f"HTTP request for {path}")
        if self._answer(response(path)):
            self.served.append(path)

    def _request(self, deadline: float) -> bytes | None:
        """A request's head; None where the client leaves, or says nothing for too long."""
        request = b""
        quiet_since = time.monotonic()
        while HEAD_END not in request:
            answer = self._at.read()
            if is_lost(answer):
                self.left += 1
                return None
            if not answer.ok:
                text = f"expected: the request's bytes or none\ngot:      {show(answer)}"
                raise ModuleFault(text, step="DA-READ")
            request += answer.payload
            now = time.monotonic()
            if answer.payload:
                quiet_since = now
            elif now - quiet_since > self._patience or now > deadline:
                self.idle += 1
                return None
        return request

    def _answer(self, data: bytes) -> bool:
        """True where all of ``data`` was sent; False where the client left meanwhile."""
        for start in range(0, len(data), PACKET):
            piece = data[start : start + PACKET]
            answer = self._at.send(piece)
            if answer.payload == b"-1":
                self.left += 1
                return False
            if not answer.ok or answer.payload != str(len(piece)).encode():
                text = f"expected: the count {len(piece)} and OK\ngot:      {show(answer)}"
                raise ModuleFault(text, step="DA-SEND-COUNT")
        return True
