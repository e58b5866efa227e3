"""A TLS server of Python's ssl for a module's own client: the handshake goes on while the test waits for an answer."""

import socket
import ssl
import threading

from tests.reference_impl.process import PATIENCE


class TlsPeer:
    """A TLS server that takes one connection after the other; `links` are those that have shaken hands."""

    def __init__(self, pair, version=None, authority=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair.certificate, pair.key)
        if version:
            context.minimum_version = context.maximum_version = version
        if authority:
            context.load_verify_locations(authority.root.certificate)
            context.verify_mode = ssl.CERT_REQUIRED
        self._server = socket.create_server(("127.0.0.1", 0))
        self._context = context
        self.port = self._server.getsockname()[1]
        self.links, self.arrived = [], threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        while True:
            try:
                plain, _ = self._server.accept()
            except OSError:
                return
            plain.settimeout(PATIENCE)
            try:
                self.links.append(self._context.wrap_socket(plain, server_side=True))
                self.arrived.release()
            except OSError:
                plain.close()

    def link(self):
        assert self.arrived.acquire(timeout=PATIENCE), "waited for a handshake"
        return self.links[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(PATIENCE)
        for link in self.links:
            link.close()
