"""Every fault of the module shows, and every variant takes another way: none of them is an empty switch."""

import functools

import freedoms
import pytest
import walks
from faults import FAULTS
from host import Differs
from variants import VARIANTS

# Not told from the plain module by what is read, or told by time alone: see the tests named in the values.
SAME_BYTES = {
    "notice-glued": "one write instead of two",
    "queue-in-user-space": "where the queue is cannot be seen from outside",
    "slow-probes": "test_slow_probes_find_a_vanished_client_later",
    "thinks-unevenly": "test_a_slow_variant_is_slow",
    "answers-in-odd-pieces": "test_a_slow_variant_is_slow",
    "prompt-late": "test_a_slow_variant_is_slow",
    "closes-after-the-answer": "test_a_slow_variant_is_slow",
    "r0-always-waits-r2": "test_a_slow_variant_is_slow",
}


@pytest.fixture(scope="module")
def plain():
    """What the walks see of the plain module."""
    return functools.cache(walks.walk)


def first_difference(area, expected, *arguments):
    """Where a walk first differs from the plain module's; None when it does not."""
    try:
        steps = walks.walk(area, *arguments, expected=expected)
    except Differs as difference:
        return str(difference)
    return None if len(steps) == len(expected) else "another number of steps"


@pytest.mark.parametrize("area", [*walks.AREAS, freedoms.freedoms])
def test_two_walks_over_the_plain_module_see_the_same(area, plain):
    assert first_difference(area, plain(area)) is None


@pytest.mark.parametrize("name", FAULTS)
def test_fault_shows_in_the_walk_of_its_area(ahead, plain, name):
    def seen(fault):
        area = FAULTS[fault].area
        return first_difference(area, plain(area), "--fault", fault)

    assert ahead.result("test_fault_shows_in_the_walk_of_its_area", name, seen) is not None


@pytest.mark.parametrize("name", [name for name in VARIANTS if name not in SAME_BYTES])
def test_variant_shows_in_a_walk(ahead, plain, name):
    def seen(variant):
        area = VARIANTS[variant].area
        walked = [freedoms.freedoms, *[area] * (area in walks.AREAS)]
        return any(first_difference(walk, plain(walk), "--variant", variant) for walk in walked)

    assert ahead.result("test_variant_shows_in_a_walk", name, seen)
