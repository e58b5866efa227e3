"""The access point's settings are put back after each case; where it was started, the module joins again."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import ATClient
from fixtures.errors import NotAvailableHere
from suites.steps.home import home_of, leave
from suites.steps.stored import put_back

PLACES = {"Z6": 1, "AC": 2, "A1": 3, "A2": 4, "AL": 6}
"""The field of A? that shows each setting, counted from 0 (UM, A?). The name is field 0, with or without the MAC."""
NAME = "conformance-ap"
MOST = 4
"""Stations, at most (UM, AT)."""


@contextmanager
def settings_back(at: ATClient) -> Iterator[None]:
    """Put the access point's settings back; AT gets its default."""
    began = at.history.count
    with put_back(at, "A?", {"AS": 0, **PLACES}, {"AS": "AS=0,"}):
        yield
        if at.history.may_have_changed(("AT",), began):
            at(f"AT={MOST}")


@pytest.fixture
def own_settings(at: ATClient) -> Iterator[None]:
    """Put the access point's settings back after the case."""
    with settings_back(at):
        yield


@pytest.fixture
def alone(at: ATClient, bench: Bench) -> Iterator[str]:
    """The module has left its network; its own is open and named as is given here. Joined again after the case."""
    if not bench.rig.network.access_point:
        raise NotAvailableHere("the module may open no network of its own here (access_point under [network])")
    home_of(bench)
    with settings_back(at):
        leave(at)
        for setting in (f"AS=0,{NAME}", "A1=0", "AC=6"):
            at(setting)
        yield NAME
        at("AE")
        at.drain(quiet=0.05)
        at.notices.clear()
        bench.join_again()
