"""A module that says at once that no bytes are there is not asked again without a pause."""

from dataclasses import replace

import pytest

from fixtures.case import Case
from fixtures.errors import ModuleFault
from suites.spec.profiles import load_profile
from suites.steps.datagrams import Datagrams, free_port
from suites.steps.pace import PAUSE_S
from suites.steps.servers import Server
from suites.steps.transfer import read_exactly, read_some, read_until_lost
from tests.suites.benches import bench_of

LIMIT_S = 0.2
MOST = round(LIMIT_S / PAUSE_S) + 2
"""R0 in LIMIT_S, a pause behind each: the first and the last have none before and behind them."""


@pytest.fixture(scope="module")
def bench():
    with bench_of("--fault", "read-does-not-wait") as made:
        yield made


@pytest.fixture
def at(bench):
    """The module serves a client that sends nothing."""
    bench.prepare()
    server = Server(bench.at, bench.network, load_profile("web"), Case(()), bench.network.free_port())
    server.up().client()
    yield bench.at
    server.stop()


@pytest.mark.parametrize(
    "read",
    [
        lambda at: read_some(at, b"never sent", LIMIT_S),
        lambda at: read_exactly(at, b"never sent", LIMIT_S),
        lambda at: read_until_lost(at, LIMIT_S),
    ],
    ids=["some bytes", "all bytes", "the loss"],
)
def test_r0_is_sent_again_after_a_pause(at, read):
    began = len(at.answers)
    with pytest.raises(ModuleFault):
        read(at)
    assert 0 < len(at.answers) - began <= MOST


def test_r0_is_sent_again_after_a_pause_where_a_datagram_does_not_come(bench):
    bench.prepare()
    profile = load_profile("web")
    profile = replace(profile, limits=replace(profile.limits, transfer=round(LIMIT_S * 1000)))
    port = free_port(bench.network)
    udp = Datagrams(bench.at, bench.network, profile, Case(()), bench.network.udp(), port).serve()
    began = len(bench.at.answers)
    elsewhere = udp.peers.module_address, free_port(bench.network)
    with pytest.raises(ModuleFault):
        udp.first_answer(b"to nobody", target=elsewhere)
    assert 0 < len(bench.at.answers) - began <= MOST
    bench.at("P5=0")
