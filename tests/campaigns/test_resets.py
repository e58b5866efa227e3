"""A long run resets the module now and then, where the rig allows a reset; the clients behind the reset are served."""

import random

import pytest

from fixtures.case import Case
from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import Forms
from fixtures.rigs import NetworkSettings, Rig
from suites.campaigns.endurance.serving import RESET_EVERY, EnduranceWork
from suites.spec.profiles import load_profile
from suites.steps.servers import Server
from tests.reference_impl.process import Emulator


@pytest.mark.parametrize(("allow", "resets"), [(("reset",), 1), ((), 0)], ids=["allowed", "not allowed"])
def test_module_is_reset_in_its_round_and_serves_the_next_clients(allow, resets):
    with Emulator() as module:
        rig = Rig("desk", network=NetworkSettings(ssid="LAB"), allow=frozenset(allow)).on(module.urls[0])
        bench = Bench(rig, Forms())
        bench.open()
        try:
            bench.prepare()
            server = Server(bench.at, bench.network, load_profile("web"), Case(()), bench.network.free_port())
            work = EnduranceWork(bench, server, random.Random(3))
            work.begin()
            work.counts["rounds"] = RESET_EVERY - 1
            work.round()
        finally:
            bench.close()
    assert [str(one.fault) for one in work.breaches] == []
    assert (work.counts["resets"], work.counts["cycles"] > 0) == (resets, True)
