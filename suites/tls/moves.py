"""The moves of a module that is a TLS client: aim, connect; and of one that is given certificates."""

from collections.abc import Callable
from functools import cache

from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.frames import Answer
from fixtures.drivers.peers.certificates import OTHER_NAME, Authority, Certificate
from fixtures.drivers.peers.tls import TlsServer
from suites.steps.stored import fields_of

Servers = Callable[[str], TlsServer]
LOOK_S = 0.3
"""Seconds in which the server notes a handshake that has ended."""
AUTHORITY, CERTIFICATE, KEY = range(3)
"""The kinds of PG (UM)."""


@cache
def trusted() -> Authority:
    """The authority that the module has to trust in this run."""
    return Authority.new("conformance authority")


@cache
def stranger() -> Authority:
    """An authority that no module knows."""
    return Authority.new("stranger's authority")


def certificate_of(kind: str, address: str) -> Certificate:
    """A server's certificate, good in every way or bad in one."""
    if kind == "unknown authority":
        return stranger().sign(address)
    return trusted().sign(address, expired=kind == "expired", name=OTHER_NAME if kind == "wrong name" else "")


def aim(at: ATClient, server: TlsServer) -> None:
    """Set P1, P3 and P4 of the selected socket to the TLS server."""
    for setting in ("P1=3", f"P3={server.address}", f"P4={server.port}"):
        at(setting)


def program(at: ATClient, certificates: int, kind: int, content: bytes) -> Answer:
    """PG: ``content`` becomes the authority, the certificate or the key of that set."""
    return at.send(content, command=f"PG={certificates},{kind},{len(content)}")


def free_set(at: ATClient) -> int | None:
    """A set of certificates that is available, by PE; None where there is none."""
    fields = fields_of(at, "PE")
    return fields.index("1") if "1" in fields else None
