"""A bench whose module is an emulated module with options of its own."""

from contextlib import contextmanager

from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import Forms
from fixtures.rigs import NetworkSettings, Rig
from tests.reference_impl.process import Emulator


@contextmanager
def bench_of(*options):
    """The open and prepared bench of an emulated module that is started with ``options``; closed behind the block."""
    with Emulator(*options) as module:
        made = Bench(Rig("desk", network=NetworkSettings(ssid="LAB")).on(module.urls[0]), Forms())
        made.open()
        made.prepare()
        yield made
        made.close()
