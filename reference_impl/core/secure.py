"""TLS: what a socket asks of its peer, and what of its own it shows (UM 4.13.10-17).

    P9                 PB    the authority of the active set        the peer's certificate
    0                  -     -                                      is not looked at
    1 (optional)       -     none                                   is not looked at
    1                  0     there                                  must be signed by it, else P6=1 fails
    1                  1     there                                  is looked at; where it is not, a line tells so *
    2 (required)       -     none                                   P6=1 fails
    2                  -     there                                  must be signed by it, else P6=1 fails

* that PB=1 counts with P9=1 alone is an assumption, and so is its line. Who the certificate is for is not looked at:
no source says so (`tls-name-checked`: the name of the last D0 is). A certificate and a key of the active set are shown
to a peer that asks. As a server the module needs both, and asks nothing of its clients.
"""

from dataclasses import replace

from reference_impl.core.effects import Tls
from reference_impl.core.module import Module
from reference_impl.core.sockets import Socket

SECURE = 3
"""P1 of TCP with TLS."""

NONE, OPTIONAL, REQUIRED = 0, 1, 2
AUTHORITY, CERTIFICATE, KEY = 0, 1, 2
"""The types of PG."""

UNTRUSTED = "[SSL    ] Root CA verification failed"


def active_set(module: Module) -> tuple[bytes, bytes, bytes]:
    """Authority, certificate and key of the set that PF has made TLS's; empty where nothing was programmed."""
    chosen = int(str(module.config["PF.0"]))
    held = module.flash.certificates
    return held.get((chosen, AUTHORITY), b""), held.get((chosen, CERTIFICATE), b""), held.get((chosen, KEY), b"")


def client_side(module: Module, socket: Socket) -> Tls | None:
    """What P6=1 asks; None where it must ask for what it has no authority for."""
    authority, certificate, key = active_set(module)
    level = socket.number("P9")
    if level == REQUIRED and not authority:
        return None
    both = bool(certificate and key)
    return Tls(
        verify=level != NONE and bool(authority),
        authority=authority,
        certificate=certificate if both else b"",
        key=key if both else b"",
        name=socket.host,
        check_name=module.forms.tls_name_checked,
    )


def trusting(wanted: Tls) -> Tls:
    """The same without a look at the peer's certificate."""
    return replace(wanted, verify=False)


def goes_on_untrusted(module: Module, socket: Socket) -> bool:
    """Whether a peer that failed is spoken to all the same."""
    return socket.number("P9") == OPTIONAL and bool(socket.number("PB") or module.forms.tls_optional_goes_on)


def server_side(module: Module) -> Tls | None:
    """What a server shows its clients; None where it has nothing to show."""
    _authority, certificate, key = active_set(module)
    return Tls(certificate=certificate, key=key) if certificate and key else None
