"""Noise that was proven counts for the run, until so many sound bytes have come that noise would have shown."""

import pytest

from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.bench.noise import NoiseBefore, NoisyLine
from fixtures.drivers.line.at import Forms
from fixtures.errors import ModuleFault, OutOfStep
from fixtures.rigs import NetworkSettings, Rig, SerialSettings
from tests.trouble.between import Between, as_it_is

ONE_IN = 4000
"""Number of bytes for each garbled byte: a proof of 12,000 bytes sees about three."""


def garbling():
    """The function that garbles one byte in ONE_IN; the garbled byte is no digit."""
    come = [0]

    def garble(data):
        places = [place for place in range(len(data)) if (come[0] + place) % ONE_IN == ONE_IN - 1]
        come[0] += len(data)
        return bytes(one ^ 0x40 if place in places else one for place, one in enumerate(data))

    return garble


def differing(got):
    return ModuleFault(f"expected: the bytes of the peer\ngot:      {got}")


def bench_on(line):
    """An open bench whose module is behind ``line``."""
    bench = Bench(
        Rig("noisy", serial=SerialSettings(line.url), network=NetworkSettings(ssid="LAB")), Forms(answer_s=0.7)
    )
    bench.open()
    return bench


def taking_as_data(count):
    """The function that takes the next ``count`` bytes away, as a module that waits for data does."""
    left = [count]

    def take(data):
        taken = min(left[0], len(data))
        left[0] -= taken
        return data[taken:]

    return take


@pytest.fixture
def noisy():
    """A bench whose line has garbled bytes before, and garbles none now."""
    with Between() as line:
        bench = bench_on(line)
        line.to_host = garbling()
        found = bench.doubts.about(differing("some bytes"), network=False)
        assert type(found) is NoisyLine
        line.to_host = as_it_is
        yield bench
        bench.close()


def test_noise_that_was_proven_is_not_forgotten_by_the_next_case(noisy):
    found = noisy.doubts.about(differing("other bytes"), network=False)
    assert type(found) is NoiseBefore
    assert found.random, "the case is tried more often than twice"
    assert "as this run has seen (about one byte in " in str(found)


def test_difference_that_comes_twice_as_it_is_is_the_modules_on_a_noisy_line_too(noisy):
    assert noisy.doubts.about(differing("these bytes"), network=False)
    assert noisy.doubts.about(differing("these bytes"), network=False) is None


def test_noise_is_over_once_so_much_has_come_in_order_that_it_would_have_shown(noisy):
    found = [noisy.doubts.about(differing("bytes" + count * "!"), network=False) for count in range(5)]
    assert type(found[0]) is NoiseBefore
    assert found[-1] is None, "five proofs in order"


def test_noise_makes_no_module_silent(noisy):
    assert noisy.doubts.about(OutOfStep("the module has become silent"), network=False) is None


def test_proof_of_a_line_leaves_the_remote_address_as_it_was(noisy):
    noisy.at("P3=192.0.2.7")
    assert noisy.doubts.about(differing("bytes of a sound line"), network=False)
    assert noisy.at("P?").fields[3] == "192.0.2.7"


def test_remote_address_is_in_doubt_after_a_proof_that_could_not_read_it():
    with Between() as line:
        bench = bench_on(line)
        bench.at.ensure("P3=192.0.2.7")
        line.to_module = taking_as_data(len("P?\r"))
        assert bench.doubts.about(differing("some bytes"), network=False) is None
        bench.at.ensure("P3=192.0.2.7")
        shown = bench.at("P?").fields[3]
        bench.close()
    assert shown == "192.0.2.7"
