"""A client that never connects, and a datagram that never comes, end the cases that are about something else."""

from dataclasses import replace

import pytest

from fixtures.case import Case
from fixtures.errors import Masked, ModuleFault
from fixtures.plugins.verdicts.foundations import ENOUGH, Foundations
from suites.spec.profiles import load_profile
from suites.steps.clients import Client
from suites.steps.datagrams import Datagrams, free_port
from tests.suites.benches import bench_of

SOON_MS = 100
FAULTS = ("--fault", "connects-one-port-higher", "--fault", "udp-listens-one-port-higher")


@pytest.fixture(scope="module")
def bench():
    with bench_of(*FAULTS) as made:
        yield made


@pytest.fixture
def profile():
    web = load_profile("web")
    return replace(web, limits=replace(web.limits, transfer=SOON_MS))


def connects(bench, profile, case):
    Client(bench.at, bench.network, profile, case).aim().connect()


def receives(bench, profile, case):
    udp = Datagrams(bench.at, bench.network, profile, case, bench.network.udp(), free_port(bench.network))
    bench.at("P5=0")
    udp.serve().receives(b"never read")


@pytest.mark.parametrize(
    ("move", "step", "other"),
    [(connects, "CL-CONNECT", "CL-READ"), (receives, "UD-SERVER", "UD-READ")],
)
def test_case_about_something_else_ends_before_the_move_that_always_goes_wrong(bench, profile, move, step, other):
    known = Foundations()
    for _ in range(ENOUGH):
        with pytest.raises(ModuleFault) as caught:
            move(bench, profile, Case((other,), moves=known))
        known.wrong[caught.value.step or caught.value.requirement] += 1
    with pytest.raises(Masked, match=f"masked by {step}"):
        move(bench, profile, Case((other,), moves=known))
    with pytest.raises(ModuleFault):
        move(bench, profile, Case((step,), moves=known))
