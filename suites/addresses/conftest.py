"""Cases that leave the network, set addresses, and join again."""

from collections.abc import Iterator

import pytest

from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import ATClient
from suites.steps.home import home_of, leave, settings_for


@pytest.fixture
def home(at: ATClient, bench: Bench) -> Iterator[str]:
    """The module has left the network that the rig names; joined again after the case, with an address given."""
    ssid = home_of(bench)
    leave(at)
    settings_for(bench, ssid)
    yield ssid
    leave(at)
    bench.join_again()
