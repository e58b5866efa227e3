"""Scan settings are put back after each case."""

from collections.abc import Iterator

import pytest

from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import ATClient
from suites.steps.home import home_of, leave
from suites.steps.stored import put_back

NO_FILTER = ("F3=0", "F5=#", "F6=2")
"""No channel, no name, both bands (UM, QR20). No query shows these settings."""


@pytest.fixture
def unfiltered(at: ATClient) -> Iterator[None]:
    """F1 and F2 are what they were after the case, and nothing is filtered, before it and after."""
    with put_back(at, "F?", {"F2": 1}):
        at.ensure("F1=0", *NO_FILTER)
        yield
        at.ensure("F1=0", *NO_FILTER)


@pytest.fixture
def left(at: ATClient, bench: Bench) -> Iterator[None]:
    """The module has left its network; joined again after the case."""
    home_of(bench)
    leave(at)
    yield
    bench.join_again()
