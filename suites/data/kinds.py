"""The kinds of connection of which the documents say the same, and one of a kind, connected."""

from typing import Any

import pytest

from fixtures.case import resting_on
from suites.steps.flows import receive_exactly
from suites.steps.maker import Maker
from suites.steps.uses import TcpCall, TcpService, UdpCall, Use

MULTI, SINGLE, CLIENT, UDP_CLIENT = "multi-accept server", "single server", "TCP client", "UDP client"
AREAS = {MULTI: "MA", SINGLE: "SS", CLIENT: "CL", UDP_CLIENT: "UD"}
"""How the ids of each kind's requirements begin."""
TCP = (MULTI, SINGLE, CLIENT)


def of_kinds(*ids: str, kinds: tuple[str, ...] = TCP) -> list[Any]:
    """A parameter for each of ``kinds``; ``ids`` are its requirements, those with ``{}`` its area's."""
    return [
        pytest.param(kind, id=kind, marks=pytest.mark.requirement(*(one.format(AREAS[kind]) for one in ids)))
        for kind in kinds
    ]


def connected(uses: Maker, kind: str, *, small_window: bool = False) -> TcpService | TcpCall:
    """A TCP connection of this kind on socket 0."""
    use = uses.lasting(kind)
    assert isinstance(use, TcpService | TcpCall)
    use.small_window = small_window
    with uses.turn(kind):
        use.begin()
    return use


def begun(uses: Maker, kind: str) -> Use:
    """A connection of any kind on socket 0; of UDP, one datagram has gone out."""
    use = uses.lasting(kind)
    with uses.turn(kind):
        use.begin()
        if isinstance(use, UdpCall):
            use.give(b"first of all")
    return use


def arrived(use: Use, count: int) -> bytes:
    """``count`` bytes that have gone out, and what else is there. Raises ModuleFault where fewer come."""
    limit = use.profile.seconds("transfer")
    if isinstance(use, UdpCall):
        with resting_on("UD-SEND"):
            data, _ = use.udp.peer.receive(limit)
        return data
    assert isinstance(use, TcpService | TcpCall)
    return receive_exactly(use.peer, count, limit) + use.peer.receive_available(0.02)
