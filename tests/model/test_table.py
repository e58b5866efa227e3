"""The table is whole, its words are known, and the tours made of it take every transition."""

import pytest

from fixtures.case import Case
from fixtures.errors import HarnessError
from suites.campaigns.model.page import PAGE, fresh
from suites.campaigns.model.situation import (
    MOST_WAITING,
    STEPS,
    Situation,
    after,
    events_of,
    requirements_of,
    row_of,
    tour,
    transitions,
    walked,
)
from suites.campaigns.model.story import since_fresh_start
from suites.campaigns.model.table import (
    CLOSES,
    CONNECTS,
    EVENTS,
    MULTI,
    NEXT,
    READ,
    READ_NONE,
    RESETS,
    ROWS,
    SEND,
    SENDS,
    SINGLE,
    STATES,
    STOP,
    WAITING_LEAVES,
    WAITING_SENDS,
    always,
    missing,
    possible,
    superfluous,
)
from suites.campaigns.model.tours import hold_walked
from suites.campaigns.model.walker import Walker
from suites.spec.catalogue import load_catalogue

FAMILIES = ["single", "multi"]


def at(*events):
    now = Situation()
    for event in events:
        now = after(now, event)
    return now


@pytest.mark.recipe
def test_table_has_one_row_for_every_event_that_is_possible_in_a_state():
    assert missing() == []
    assert superfluous() == []
    assert len(ROWS) == sum(possible(state, event) for state in STATES for event in EVENTS)


@pytest.mark.recipe
def test_table_names_requirements_of_the_catalogue_only():
    known = set(load_catalogue().requirements)
    assert {one for row in ROWS for one in row.requirements} - known == set()
    assert {one for state in STATES for one in always(state)} - known == set()


def test_row_of_a_silent_document_binds_nobody():
    catalogue = load_catalogue()
    wrong = [row for row in ROWS if row.sees in ("anything", "anybody") and row.obligation(catalogue) != "O"]
    assert wrong == []


def test_row_that_demands_something_binds():
    catalogue = load_catalogue()
    free = {"anything", "any lines", "anybody"}
    assert [row for row in ROWS if row.sees not in free and row.obligation(catalogue) == "O" and not row.is_open] == []


@pytest.mark.recipe
def test_walker_knows_how_to_see_what_every_row_asks_for():
    by_event = {SENDS, WAITING_SENDS, CLOSES, RESETS, WAITING_LEAVES}
    sees = {row.sees for row in ROWS if row.event not in by_event}
    assert [one for one in sees if not hasattr(Walker, f"_see_{one.replace(' ', '_')}")] == []


@pytest.mark.recipe
def test_every_row_can_be_reached_from_a_fresh_start():
    reached = {(state, event) for family in FAMILIES for state, event, _ in transitions(family)}
    assert {(row.state, row.event) for row in ROWS} - reached == set()


@pytest.mark.parametrize("family", FAMILIES)
def test_tour_takes_every_transition_in_parts_that_begin_and_end_at_a_fresh_start(family):
    steps = [one for part in tour(family) for one in walked(part)]
    taken = {(now.state, event, then.state) for now, event, then in steps}
    assert set(transitions(family)) - taken == set()
    assert all(event in events_of(now) for now, event, _ in steps)
    assert all(at(*part) == Situation() for part in tour(family)[:-1])
    assert max(map(len, tour(family))) <= STEPS + 10, "a part ends at the first fresh start after STEPS steps"


def test_tour_of_the_single_server_asks_for_nothing_of_multi_accept():
    events = {event for part in tour("single") for event in part}
    named = {one for part in tour("single") for one in requirements_of(part)}
    assert events & {MULTI, NEXT} == set()
    assert [one for one in named if one.startswith("MA-")] == []


def test_part_of_a_tour_decides_every_requirement_of_its_rows():
    for part in tour("multi"):
        named = set(requirements_of(part))
        assert all(set(row_of(now, event).requirements) <= named for now, event, _ in walked(part))


def test_clients_wait_in_a_queue_and_are_served_in_their_order():
    now = at(MULTI, CONNECTS, CONNECTS, CONNECTS, WAITING_SENDS)
    assert now == Situation("multi.serving", ("early", "stays"))
    assert at(MULTI, CONNECTS, CONNECTS, CONNECTS, WAITING_SENDS, NEXT) == Situation("multi.serving", ("stays",), True)


def test_client_that_left_the_queue_is_passed_over_while_another_waits():
    left = at(MULTI, CONNECTS, CONNECTS, WAITING_LEAVES)
    assert left.state == "multi.serving+gone"
    assert after(left, NEXT).state == "open"
    assert after(after(left, CONNECTS), NEXT) == Situation("multi.serving")


@pytest.mark.parametrize(
    ("events", "unread"),
    [
        ((SENDS,), True),
        ((SENDS, READ), False),
        ((SENDS, CONNECTS), True),
        ((SENDS, SEND), True),
        ((SENDS, CLOSES), True),
        ((SENDS, CLOSES, SEND), False),
        ((SENDS, RESETS), False),
    ],
)
@pytest.mark.parametrize("start", [SINGLE, MULTI])
def test_bytes_are_owed_until_they_are_read_or_a_reset_may_have_taken_them(start, events, unread):
    now = at(start, CONNECTS, *events)
    assert now.unread == unread
    assert (READ in events_of(now)) == unread
    assert (READ_NONE in events_of(now)) != unread


def test_walk_lets_no_more_wait_than_every_backlog_allows():
    now = at(MULTI, CONNECTS, *[CONNECTS] * MOST_WAITING)
    assert CONNECTS not in events_of(now)


def test_whatever_the_documents_leave_open_ends_with_p5_0():
    assert after(at(SINGLE, SINGLE), STOP) == Situation()


def test_story_begins_where_a_server_was_last_started_afresh():
    steps = ["fresh: P5=1", "single.waiting: P5=1", "open: P5=0", "fresh: P?", "fresh: P5=11", "multi.waiting: P5=0"]
    assert since_fresh_start(steps) == steps[4:]
    assert since_fresh_start(["fresh: P?"]) == ["fresh: P?"]


@pytest.mark.recipe
def test_page_of_the_model_is_fresh():
    text = PAGE.read_text(encoding="utf-8")
    assert fresh(text) == text, "run: python -m suites.campaigns.model"


def test_page_without_a_mark_is_refused():
    with pytest.raises(ValueError, match="lacks the marks"):
        fresh("# nothing here")


def test_part_that_left_a_transition_out_is_the_harnesss_error():
    part = tour("single")[0]
    every = {(now.state, event, then.state) for now, event, then in walked(part)}
    case = Case(requirements_of(part))
    hold_walked(case, part, every, len(every))
    assert [one.what for one in case.observations] == ["transitions walked"]
    with pytest.raises(HarnessError, match="not walked"):
        hold_walked(case, part, every - {next(iter(every))}, len(every) - 1)
