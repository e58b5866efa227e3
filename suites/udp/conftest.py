"""What the cases of UDP are given."""

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import Network
from suites.spec.profiles import Profile
from suites.steps.datagrams import Datagrams, free_port


@pytest.fixture
def udp(at: ATClient, peers: Network, profile: Profile, case: Case) -> Datagrams:
    """UDP on socket 0 with a port and a peer of its own, not yet started."""
    return Datagrams(at, peers, profile, case, peers.udp(), free_port(peers))


@pytest.fixture
def other_port(peers: Network) -> int:
    """Another port that is free for UDP."""
    return free_port(peers)
