"""Ping settings are put back after each case."""

from collections.abc import Iterator

import pytest

from fixtures.drivers.line.at import ATClient
from suites.steps.stored import put_back


@pytest.fixture
def own_ping(at: ATClient) -> Iterator[None]:
    """T1 and T3 are what they were after the case, and T2 is 0, before it and after."""
    with put_back(at, "T?", {"T1": 0, "T3": 2}):
        at.ensure("T2=0")
        yield
        at.ensure("T2=0")
