"""Cases that leave the network, set addresses, and join again."""

from collections.abc import Iterator

import pytest

from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import ATClient
from fixtures.errors import NotAvailableHere
from suites.network.joining import settings_for


@pytest.fixture
def home(at: ATClient, bench: Bench) -> Iterator[str]:
    """The module has left the network that the rig names; joined again after the case, with an address given."""
    ssid = bench.rig.network.ssid
    if not ssid:
        raise NotAvailableHere("the rig names no network to come back to (--ssid NAME)")
    leave(at)
    settings_for(bench, ssid)
    yield ssid
    leave(at)
    bench.join_again()


def leave(at: ATClient) -> None:
    """Send CD, and take all that the module says to it."""
    at("CD")
    at.drain(quiet=0.05)
