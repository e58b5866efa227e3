"""Cases that change the network settings join the rig's network again."""

from collections.abc import Iterator

import pytest

from fixtures.drivers.bench.bench import Bench
from suites.steps.home import home_of, settings_for


@pytest.fixture
def home(bench: Bench) -> Iterator[str]:
    """The network that the rig names; joined again after the case."""
    ssid = home_of(bench)
    yield ssid
    bench.join_again()


@pytest.fixture
def home_settings(bench: Bench) -> Iterator[None]:
    """C1 to C4 as the rig has them after the case, without joining again."""
    home = home_of(bench)
    yield
    settings_for(bench, home)
