"""Faulty behaviours, one broken promise each, switched on by name and free to be combined.

A fault is a class in one of this room's files, with the decorator that enters it in FAULTS:

    @fault("read-loses-byte", breaks="R0 answers the bytes that came", source="UM 4.14.1")
    class ReadLosesByte(Fault):
        def received(self, data: bytes) -> bytes:
            return data[:-1]

It overrides the seams that it needs (`core.seams`) and keeps what it must remember in itself.
"""

from collections.abc import Iterable

from reference_impl.core.seams import Seams
from reference_impl.faults import (
    access_point,
    addresses,
    clients,
    data,
    datagrams,
    elsewhere,
    framing,
    identity,
    keepalive,
    losses,
    memory,
    names,
    network,
    notices,
    other_kinds,
    peers,
    ping,
    queues,
    ranges,
    scan,
    sending,
    server_answers,
    servers,
    settings,
    states,
    system,
    tls,
    widths,
)
from reference_impl.faults.registry import FAULTS

__all__ = [
    "FAULTS",
    "UnknownFault",
    "access_point",
    "addresses",
    "build",
    "clients",
    "data",
    "datagrams",
    "elsewhere",
    "framing",
    "identity",
    "keepalive",
    "losses",
    "memory",
    "names",
    "network",
    "notices",
    "other_kinds",
    "peers",
    "ping",
    "queues",
    "ranges",
    "scan",
    "sending",
    "server_answers",
    "servers",
    "settings",
    "states",
    "system",
    "tls",
    "widths",
]


class UnknownFault(Exception):
    """There is no fault of that name."""


def build(names: Iterable[str]) -> list[Seams]:
    """Fresh faults in the order named. Raises UnknownFault."""
    wanted = list(names)
    for name in wanted:
        if name not in FAULTS:
            raise UnknownFault(f"no fault {name}; --list-faults shows them")
    return [FAULTS[name]() for name in wanted]
