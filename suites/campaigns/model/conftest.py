"""What the walks are given."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from fixtures.case import Case
from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.replay.record import Recorder
from fixtures.errors import ModuleFault
from suites.campaigns.model.crowd import Gear
from suites.campaigns.model.walker import Walker
from suites.spec.profiles import Profile


@pytest.fixture
def begin(
    bench: Bench, profile: Profile, case: Case, bench_pace: float
) -> Callable[[], AbstractContextManager[Walker]]:
    """Begins a walk: the module in the known state, every answer recorded, all clients gone behind it."""
    gear = Gear(bench.at, bench.network, profile, case, bench_pace)

    @contextlib.contextmanager
    def one_walk() -> Iterator[Walker]:
        bring_back(bench)
        with Recorder(bench.at).listening() as recorder:
            walker = Walker(gear, recorder)
            try:
                yield walker
            finally:
                walker.end()

    return one_walk


def bring_back(bench: Bench) -> None:
    """No server runs, and the module is in step, whatever the walk before has left. Raises RigError."""
    try:
        bench.at.drain()
        bench.network.stopped()
        bench.make_known()
    except ModuleFault:
        bench.recover()
