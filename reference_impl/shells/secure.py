"""TLS on the network side, by Python's ssl: contexts from the bytes that the host programmed, and the handshake.

TLS 1.2 is spoken and no other version: no source names one, and firmware of those years has no later one (assumption).
"""

import contextlib
import os
import ssl
from collections.abc import Callable

from reference_impl.core import effects as ask
from reference_impl.shells.loop import Loop, Timer

PATIENCE = 10.0
"""Seconds that a handshake may take."""

PEM = b"-----BEGIN"


class TlsFailure(Exception):
    """No secure connection: the text says why. `untrusted`: the peer's certificate is not one that was asked for."""

    def __init__(self, reason: str, *, untrusted: bool = False) -> None:
        super().__init__(reason)
        self.untrusted = untrusted


def client_context(wanted: ask.Tls) -> ssl.SSLContext:
    """The context of P6=1. Raises TlsFailure where the programmed bytes are no certificate or no key."""
    context = _context(ssl.PROTOCOL_TLS_CLIENT, wanted)
    context.check_hostname = wanted.verify and wanted.check_name and bool(wanted.name)
    context.verify_mode = ssl.CERT_REQUIRED if wanted.verify else ssl.CERT_NONE
    return context


def server_context(wanted: ask.Tls) -> ssl.SSLContext:
    """The context of P5=1. Raises TlsFailure."""
    return _context(ssl.PROTOCOL_TLS_SERVER, wanted)


def _context(side: int, wanted: ask.Tls) -> ssl.SSLContext:
    context = ssl.SSLContext(side)
    context.check_hostname = False
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    try:
        if wanted.authority and wanted.verify:
            content = _plain(wanted.authority)
            context.load_verify_locations(cadata=content.decode("ascii") if PEM in content else content)
        if wanted.certificate:
            _load_pair(context, wanted)
    except (ssl.SSLError, ValueError, OSError) as error:
        raise TlsFailure(f"what was programmed is not understood: {error}") from None
    return context


def _plain(content: bytes) -> bytes:
    """Without the zero bytes that end a text in C: some drivers count them in."""
    return content.rstrip(b"\0") if PEM in content else content


def _load_pair(context: ssl.SSLContext, wanted: ask.Tls) -> None:
    """Python reads a certificate and its key from files only: two in memory, gone when they are closed."""
    certificate = _plain(wanted.certificate)
    if PEM not in certificate:
        certificate = ssl.DER_cert_to_PEM_cert(certificate).encode()
    with contextlib.ExitStack() as files:
        paths = []
        for content in (certificate, _plain(wanted.key)):
            fd = os.memfd_create("programmed")
            files.callback(os.close, fd)
            os.write(fd, content)
            paths.append(f"/proc/self/fd/{fd}")
        context.load_cert_chain(*paths)


class Handshake:
    """Goes on whenever the connection can be read or written; `done` gets None, or the failure, once."""

    def __init__(self, loop: Loop, link: ssl.SSLSocket, done: Callable[[TlsFailure | None], None]) -> None:
        self._loop = loop
        self._link = link
        self._done = done
        self._timer: Timer | None = loop.at(loop.now() + PATIENCE, lambda: self._end(TlsFailure("handshake too slow")))

    def step(self) -> None:
        """Go on as far as the bytes that are there allow."""
        if self._timer is None:
            return
        fd = self._link.fileno()
        try:
            self._link.do_handshake()
        except ssl.SSLWantReadError:
            self._loop.on_write(fd, None)
            self._loop.on_read(fd, self.step)
        except ssl.SSLWantWriteError:
            self._loop.on_write(fd, self.step)
        except ssl.SSLCertVerificationError as error:
            self._end(TlsFailure(error.verify_message, untrusted=True))
        except (OSError, ValueError) as error:
            self._end(TlsFailure(str(error)))
        else:
            self._end(None)

    def give_up(self) -> None:
        """Nobody waits for it any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end(self, failure: TlsFailure | None) -> None:
        self.give_up()
        self._loop.forget(self._link.fileno())
        self._done(failure)
