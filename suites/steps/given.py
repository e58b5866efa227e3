"""What cases are given besides the test system's own fixtures: those of the areas, and those of a user's own suite."""

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import Network
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
def bench_pace(at: ATClient) -> float:
    """Seconds that this module takes for a short exchange at its best: how much of a long case it can bear.

    It has answered before this case already, so that nothing needs to be sent for that. The best of many: a busy
    computer must not pass for a slow module.
    """
    empty = [one.latency for one in at.answers if one.ok and not one.payload and not one.command.startswith(b"R0")]
    return min(empty[-50:] or [at("P0=0").latency])
