"""P6=1 after a connection that failed as it should: a fault there breaks a requirement of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.frames import Answer
from fixtures.drivers.peers import Network
from fixtures.errors import ModuleFault


def reach_nobody(at: ATClient, peers: Network, socket: int) -> Answer:
    """Send P6=1 where nobody listens. The answer is the case's to judge; ``peers`` remember the failed connection."""
    answer = at("P6=1")
    if answer.error:
        peers.refused.add(socket)
    return answer


@contextmanager
def reaching(peers: Network, socket: int) -> Iterator[None]:
    """P6=1 on ``socket`` where somebody is there: a fault, the last connection having failed, breaks CL-AFTER-FAILED.

    Not so where this socket has never reached anybody: then the failed connection has changed nothing. Raises
    ModuleFault, as it came.
    """
    try:
        yield
    except ModuleFault as fault:
        if socket in peers.refused & peers.worked:
            fault.requirement = "CL-AFTER-FAILED"
        raise


@contextmanager
def reached(peers: Network, socket: int) -> Iterator[None]:
    """As ``reaching``. At the end somebody is reached, and the connection that failed before is forgotten."""
    with reaching(peers, socket):
        yield
    peers.refused.discard(socket)
    peers.worked.add(socket)
