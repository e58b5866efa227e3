"""What the cases of the client are given."""

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import Network
from suites.spec.profiles import Profile
from suites.steps.clients import Client


@pytest.fixture
def client(at: ATClient, peers: Network, profile: Profile, case: Case) -> Client:
    """A TCP client on socket 0 and a listener of its own, not yet aimed."""
    return Client(at, peers, profile, case)
