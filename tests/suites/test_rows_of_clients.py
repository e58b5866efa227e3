"""Whether the clients of a row are accepted ever more slowly."""

import random

from suites.multi_accept.moves import grows


def test_steady_growth_shows_however_slow_the_first_was():
    assert grows([2.5 + 0.05 * number for number in range(40)]) > 0.5


def test_uneven_times_do_not_grow():
    chance = random.Random(5)
    assert all(grows([chance.uniform(0.0, 2.0) for _ in range(200)]) < 0.5 for _ in range(20))


def test_few_tell_nothing():
    assert grows([0.1, 5.0]) == 0.0
