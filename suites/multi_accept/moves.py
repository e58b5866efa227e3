"""Clients that connect one after the other, and the time that each of a row takes."""

from collections.abc import Sequence

from fixtures.case import step_of
from fixtures.drivers.peers import TcpPeer
from suites.steps.drift import PER, drift_of
from suites.steps.flows import Server, await_close


def queue_up(server: Server, count: int) -> list[TcpPeer]:
    """``count`` clients that connect one after the other."""
    return [server.connect() for _ in range(count)]


def grows(took: Sequence[float]) -> float:
    """By how many seconds at least, in 95 of 100, the last of these has grown over the first."""
    drift = drift_of(took)
    return drift.low * len(took) / PER if drift else 0.0


def next_closes(server: Server, peer: TcpPeer) -> None:
    """P5=10 closes ``peer``: one that stays open, whichever it is of a row, breaks just this. Raises ModuleFault."""
    server.next()
    with step_of("MA-NEXT-CLOSES"):
        await_close(peer, server.profile.seconds("close"), step="MA-NEXT-CLOSES")
