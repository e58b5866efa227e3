"""Cases that change the network settings join the rig's network again."""

from collections.abc import Iterator

import pytest

from fixtures.drivers.bench.bench import Bench
from fixtures.errors import NotAvailableHere
from suites.network.joining import settings_for


@pytest.fixture
def home(bench: Bench) -> Iterator[str]:
    """The network that the rig names; joined again after the case."""
    ssid = bench.rig.network.ssid
    if not ssid:
        raise NotAvailableHere("the rig names no network to come back to (--ssid NAME)")
    yield ssid
    bench.join_again()


@pytest.fixture
def home_settings(bench: Bench) -> Iterator[None]:
    """C1 to C4 as the rig has them after the case, without joining again."""
    if not bench.rig.network.ssid:
        raise NotAvailableHere("the rig names no network to come back to (--ssid NAME)")
    yield
    settings_for(bench, bench.rig.network.ssid)
