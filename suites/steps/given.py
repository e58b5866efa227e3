"""Fixtures for the cases of the areas and of a user's own suite, beside the fixtures of the test system."""

import pytest

from fixtures.case import Case
from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.bench.keeping import Keeping, Left
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import Network, TcpPeer
from suites.spec.profiles import Profile
from suites.steps.flows import Server


@pytest.fixture
def server(at: ATClient, peers: Network, profile: Profile, case: Case) -> Server:
    """A server on socket 0 with a port of its own, not yet configured; multi-accept where the profile declares it."""
    mode = 11 if "multi_accept" in profile.capabilities else 1
    return Server(at, peers, profile, case, peers.free_port(), mode=mode)


@pytest.fixture
def single_server(at: ATClient, peers: Network, profile: Profile, case: Case) -> Server:
    """A single server (P5=1) on socket 0 with a port of its own, not yet configured."""
    return Server(at, peers, profile, case, peers.free_port(), mode=1)


@pytest.fixture
def served(server: Server, bench: Bench) -> TcpPeer:
    """The client that ``server`` serves; that of the case before, where that case left its client as it was.

    For cases that leave the connection as it was: each byte of each side is read, the server is as it was started.
    """
    return client_of(server, bench.keeping, "served")


@pytest.fixture
def single_served(single_server: Server, bench: Bench) -> TcpPeer:
    """As ``served``, with a single server."""
    return client_of(single_server, bench.keeping, "single_served")


def client_of(server: Server, keeping: Keeping, name: str) -> TcpPeer:
    """The served client that was kept under ``name``, or a new one; offered to the next case."""
    left = keeping.take(name)
    if left is None:
        server.up().client()
    else:
        server.go_on(left.peer, left.port)
    keeping.offer(Left(name, server.clients[0], server.port))
    return server.clients[0]


@pytest.fixture
def bench_pace(at: ATClient) -> float:
    """Seconds that this module takes for a short exchange at its best: how much of a long case it can bear.

    It has answered before this case already, so that nothing needs to be sent for that. The best of many: a busy
    computer must not pass for a slow module.
    """
    empty = [one.latency for one in at.answers if one.ok and not one.payload and not one.command.startswith(b"R0")]
    return min(empty[-50:] or [at("P0=0").latency])
