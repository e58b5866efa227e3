"""What the cases of data are given besides."""

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import Network
from suites.spec.profiles import Profile
from suites.steps.maker import Maker


@pytest.fixture
def uses(at: ATClient, peers: Network, profile: Profile, case: Case) -> Maker:
    """Makes the uses of sockets."""
    return Maker(at, peers, profile, case)
