"""The slope and its interval: right where the truth is known, and not moved by what a bench throws in."""

import random

import pytest

from suites.campaigns.endurance.plot import Series, write_plot
from suites.steps.drift import FEWEST, MOST_BLOCKS, blocks, drift_of


def noisy(count, slope, seed, noise=1.0, outliers=0.05):
    dice = random.Random(seed)
    return [
        5.0 + slope * at / 1000 + dice.gauss(0, noise) + (dice.random() < outliers) * dice.uniform(0, 500)
        for at in range(count)
    ]


@pytest.mark.parametrize("slope", [-3.0, 0.5, 20.0])
def test_slope_is_found_among_outliers(slope):
    drift = drift_of(noisy(4000, slope, seed=1))
    assert drift.low <= slope <= drift.high
    assert drift.shows
    assert drift.high - drift.low < 0.5


def test_interval_holds_no_drift_in_some_95_of_100_series_without_any():
    held = sum(not drift_of(noisy(300, 0.0, seed)).shows for seed in range(1000, 1060))
    assert held >= 52


def test_straight_line_is_told_exactly():
    drift = drift_of([0.25 * at for at in range(100)])
    assert (drift.slope, drift.low, drift.high) == (250.0, 250.0, 250.0)
    assert drift.words("ms") == "+250 ms per 1,000 cycles, 95 % [+250, +250]"


def test_too_few_cycles_tell_nothing():
    assert drift_of([1.0] * (FEWEST - 1)) is None
    assert drift_of([1.0] * FEWEST).slope == 0


@pytest.mark.parametrize("count", [1, 199, 200, 201, 1000, 12345])
def test_blocks_are_few_and_hold_every_cycle(count):
    places, medians = blocks([float(at) for at in range(count)])
    assert len(places) == len(medians) <= MOST_BLOCKS
    assert places == medians


@pytest.mark.parametrize(("seconds", "unit"), [(90, "seconds"), (600, "minutes"), (86400, "hours")])
def test_plot_is_whole_in_itself_and_names_what_it_shows(tmp_path, seconds, unit):
    path = tmp_path / "plot.svg"
    values = [1.0, 2.0, 3.0]
    write_plot(
        path,
        "a run",
        [0.0, seconds / 2, seconds],
        [Series("accept", "ms", values, "+1 ms"), Series("rate", "kB/s", values, "0")],
    )
    text = path.read_text(encoding="utf-8")
    assert [word for word in ("a run", "accept, ms: +1 ms", "rate, kB/s: 0", unit) if word not in text] == []
    assert "<script" not in text
    assert 'href="http' not in text
    assert "url(http" not in text
