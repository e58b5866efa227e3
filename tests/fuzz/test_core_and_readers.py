"""The emulator's core and the readers of answers under rubbish, bounded; ``python -m tests.fuzz`` does it at length."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_impl.faults import build
from tests.fuzz import core, day, reader
from tests.reference_impl.core_bench import CoreBench

CORPUS = Path(__file__).parent / "corpus"
programs = st.binary(max_size=120)
calm = settings(derandomize=True, deadline=None, database=None, max_examples=120)


def kept(target):
    return sorted((CORPUS / target).iterdir())


@given(programs)
@calm
def test_no_program_makes_the_core_raise_or_lose_step(program):
    core.check(program)


@given(programs)
@calm
def test_no_program_makes_the_readers_raise_lose_bytes_or_depend_on_the_splits(program):
    reader.check(program)


@pytest.mark.parametrize("choice", [0, 6, 8])
def test_core_does_not_grow_in_a_long_life(choice):
    work = core.long_life(choice, 3000, seed=choice)
    assert work.lines >= 3000
    assert work.growth <= 0


def test_every_program_of_the_core_that_was_kept_still_ends_in_step():
    for path in kept("core"):
        core.check(path.read_bytes())


def test_every_program_of_the_readers_that_was_kept_still_reads_the_same_at_every_split():
    for path in kept("reader"):
        reader.check(path.read_bytes())


def test_corpus_is_not_empty():
    assert kept("core")
    assert kept("reader")


@pytest.mark.slow
def test_three_minutes_of_clients_are_served_in_their_order_and_leave_nothing_behind():
    work = day.day_of(180.0)
    assert work.cycles > 1000
    assert work.growth <= 0
    assert work.slowest < 0.1


# --- the checks can fail ------------------------------------------------------------------------------------------
def faulty(name):
    life = core.Life()
    life.bench = CoreBench(power=False, seams=build([name]))
    life.bench.network = core.ThriftyNetwork()
    life.bench.engine.power_on(life.bench.now)
    life.bench._settle()
    return life


@pytest.mark.parametrize("name", ["hang-after-20-accepts", "accepts-grow-slower"])
def test_a_day_with_a_faulty_core_is_found_faulty(name):
    with pytest.raises(AssertionError):
        day.day_of(60.0, life=faulty(name))


def test_a_connection_that_is_left_open_is_found():
    life = core.Life()
    life.bench.network.links[4711] = object()
    with pytest.raises(AssertionError, match="no socket knows"):
        life.settle()


def test_growth_is_seen():
    life = core.Life()
    before = core.weigh(life)
    life.bench.module.mail += [object()] * 1000
    life.check_bounds()
    assert core.weigh_objects(life.bench.engine) > before + 8000
