"""The server's state model, walked with real peers: every transition of the table, and a few steps at random."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.errors import ModuleFault, NotAvailableHere
from suites.campaigns.model.situation import requirements_of, tour, transitions
from suites.campaigns.model.story import explain
from suites.campaigns.model.table import ROWS
from suites.campaigns.model.tours import hold_walked
from suites.campaigns.model.walker import Walker

Begin = Callable[[], AbstractContextManager[Walker]]
TOO_LONG_S = 120.0
EXCHANGES = 3
"""Commands that a step costs, roughly."""
RANDOM_WALKS, RANDOM_S = 3, 20.0
"""What the standard run walks at random, at most."""


def parts_of(family: str) -> list[Any]:
    """A parameter for each part of a family's tour, with the requirements that this part decides."""
    parts = tour(family)
    return [
        pytest.param(number, marks=pytest.mark.requirement(*requirements_of(events)), id=f"{number} of {len(parts)}")
        for number, events in enumerate(parts, 1)
    ]


def every_requirement(*families: str) -> tuple[str, ...]:
    """What any walk among the transitions of these families may decide."""
    named = (one for family in families for events in tour(family) for one in requirements_of(events))
    return tuple(dict.fromkeys(named))


@pytest.mark.parametrize("part", parts_of("single"))
def test_every_transition_of_the_single_server_is_as_documented(
    begin: Begin, case: Case, bench_pace: float, replay_file: Path, record_property: Callable[..., None], part: int
) -> None:
    take_part("single", part, begin, case, bench_pace, replay_file, record_property)


@pytest.mark.needs("multi_accept")
@pytest.mark.parametrize("part", parts_of("multi"))
def test_every_transition_of_the_multi_accept_server_is_as_documented(
    begin: Begin, case: Case, bench_pace: float, replay_file: Path, record_property: Callable[..., None], part: int
) -> None:
    take_part("multi", part, begin, case, bench_pace, replay_file, record_property)


def take_part(
    family: str,
    part: int,
    begin: Begin,
    case: Case,
    pace: float,
    replay_file: Path,
    record_property: Callable[..., None],
) -> None:
    """Take one part of a tour, and hold that it took what it was made for."""
    events = tour(family)[part - 1]
    if len(events) * EXCHANGES * pace > TOO_LONG_S:
        raise NotAvailableHere(f"{len(events)} steps would take this module more than {TOO_LONG_S:g} s")
    with begin() as walker:
        walker.observing = True
        try:
            for event in events:
                walker.step(event)
        except ModuleFault as fault:
            title = f"tour of the {family} server, part {part}"
            explain(fault, walker.story, walker.recorder.steps, replay_file, title, walker.secrets)
            raise
        finally:
            every = sorted(set(walker.walked) & set(transitions(family)))
            record_property("model", json.dumps({"family": family, "of": len(transitions(family)), "walked": every}))
    hold_walked(case, events, set(walker.walked), len(every))


@pytest.mark.requirement(*every_requirement("single"))
def test_random_walk_of_the_single_server_is_as_documented(
    begin: Begin, case: Case, at: ATClient, replay_file: Path, walk_plan: Any
) -> None:
    walk_at_random("single", begin, case, at, replay_file, walk_plan)


@pytest.mark.needs("multi_accept")
@pytest.mark.requirement(*every_requirement("multi", "single"))
def test_random_walk_of_both_servers_is_as_documented(
    begin: Begin, case: Case, at: ATClient, replay_file: Path, walk_plan: Any
) -> None:
    walk_at_random("multi", begin, case, at, replay_file, walk_plan)


def walk_at_random(family: str, begin: Begin, case: Case, at: ATClient, replay_file: Path, plan: Any) -> None:
    """Walk as often as the plan says; the shortest walk that fails is the failure."""
    from suites.campaigns.model import machine

    walks, seconds = (0, plan.seconds) if plan.seconds else (RANDOM_WALKS, RANDOM_S)
    result = machine.walk_at_random(begin, family, plan.seed, walks=walks, at_most=seconds)
    if result.trouble is not None:
        raise result.trouble
    if (failure := result.failure) is not None:
        title = f"random walk of the {family} server, seed {plan.seed}"
        explain(failure.fault, failure.story, failure.steps, replay_file, title, at.link.transcript.secrets)
        raise failure.fault
    every = sum(not (row.is_open or row.is_free) for row in ROWS if family == "multi" or row.family == "single")
    summary = f"{len(result.walked)} transitions ({every} rows) in {result.steps} steps of {result.walks} walks"
    case.observe(case.requirements[0], "walked at random", f"{summary}, seed {plan.seed}")
