"""The walks over the uses of sockets take each ordered pair once, also where they are cut into parts."""

import itertools
from collections import Counter

import pytest

from suites.sockets.walks import INWARDS, LONG_SESSIONS, OUTWARDS, in_parts, over_pairs
from suites.steps.uses import LASTING, WHOLE


@pytest.mark.parametrize("kinds", [["a"], ["a", "b"], list(LASTING), list(WHOLE)], ids=len)
def test_each_ordered_pair_is_taken_once(kinds: list[str]) -> None:
    walked = Counter(itertools.pairwise(over_pairs(kinds)))
    assert walked == Counter(itertools.product(kinds, repeat=2))


@pytest.mark.parametrize("parts", [1, 3, 4])
def test_parts_of_a_walk_lose_no_pair(parts: int) -> None:
    walk = over_pairs(list(LASTING))
    pairs = [pair for part in in_parts(walk, parts) for pair in itertools.pairwise(part)]
    assert pairs == list(itertools.pairwise(walk))


def test_each_use_follows_a_long_session_of_each_direction() -> None:
    behind = Counter((name, before[1]) for before, (name, _) in itertools.pairwise(LONG_SESSIONS))
    assert behind == Counter(itertools.product(LASTING, (OUTWARDS, INWARDS)))


def test_each_use_is_a_long_session_in_each_direction_that_it_has() -> None:
    sessions = {(one, way) for one, way in LONG_SESSIONS[:-1]}
    assert sessions == set(itertools.product(LASTING, (OUTWARDS, INWARDS))) - {("UDP server", OUTWARDS)}
