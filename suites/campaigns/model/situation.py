"""Where a walk stands, and tours that take every transition of the table. No line, no peer, no clock."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from suites.campaigns.model.table import (
    CLOSES,
    CONNECTS,
    EVENTS,
    MULTI,
    NEXT,
    READ,
    READ_NONE,
    RESETS,
    SEND,
    SENDS,
    SET_PORT,
    SINGLE,
    STOP,
    TABLE,
    WAITING_LEAVES,
    WAITING_SENDS,
    ModelRow,
    always,
    possible,
)

STAYS, EARLY, GONE = "stays", "early", "gone"
"""A client of the queue: it waits; it waits and has sent bytes already; it has left."""
MOST_WAITING = 3
"""Clients that a walk lets wait at once; every profile's backlog allows as many."""
STEPS = 40
"""Steps after which a part of a tour ends with the next that leads to a fresh start."""

Transition = tuple[str, str, str]
"""State, event, and the state that it led to."""


@dataclass(frozen=True)
class Situation:
    """A state of the table (``phase``: without its queue), who waits, and whether sure bytes of the client are unread.

    Bytes that a module may still give, or not, are not ``unread``: the client has reset the connection.
    """

    phase: str = "fresh"
    queue: tuple[str, ...] = ()
    unread: bool = False

    @property
    def state(self) -> str:
        """The state as the table has it."""
        if not self.queue:
            return self.phase
        return f"{self.phase}+{'gone' if set(self.queue) == {GONE} else 'queue'}"

    @property
    def first(self) -> int:
        """The place of the first that still waits."""
        return next(place for place, one in enumerate(self.queue) if one != GONE)


def events_of(now: Situation, most_waiting: int = MOST_WAITING) -> Iterator[str]:
    """The events that are possible now."""
    for event in EVENTS:
        full = event == CONNECTS and len(now.queue) >= most_waiting
        unread = {READ: now.unread, READ_NONE: not now.unread}.get(event, True)
        if possible(now.state, event) and unread and not full:
            yield event


def row_of(now: Situation, event: str) -> ModelRow:
    """The table's row for what happens now."""
    return TABLE[now.state, event]


def after(now: Situation, event: str) -> Situation:
    """Where ``event`` leads to from ``now``, if the module does as the table says."""
    row = row_of(now, event)
    if row.leads_to.startswith(("multi.serving", "multi.lost")):
        return _among_many(now, event, row)
    keeps = row.leads_to.startswith("single.") and now.phase.startswith("single.")
    return Situation(row.leads_to, unread=_unread(now, event) if keeps else False)


def _among_many(now: Situation, event: str, row: ModelRow) -> Situation:
    if event == NEXT:
        first = now.first
        return Situation(row.leads_to, now.queue[first + 1 :], now.queue[first] == EARLY)
    queue = now.queue
    if row.sees == "waits":
        queue = (*queue, STAYS)
    if event in (WAITING_SENDS, WAITING_LEAVES):
        place = now.first
        queue = (*queue[:place], EARLY if event == WAITING_SENDS else GONE, *queue[place + 1 :])
    return Situation(row.leads_to, queue, _unread(now, event))


def _unread(now: Situation, event: str) -> bool:
    """Whether sure bytes of the served client are unread behind ``event``.

    What was unread when the client reset the connection, or when S3 brought a reset, may be lost.
    """
    uncertain = event == RESETS or (event == SEND and now.phase.endswith(".lost"))
    return event == SENDS or (now.unread and event != READ and not uncertain)


# -- tours ---------------------------------------------------------------------------------------------------------


def transitions(family: str, most_waiting: int = MOST_WAITING) -> Mapping[Transition, Situation]:
    """Every transition of a family that can be reached from a fresh start, and one situation in which it can begin."""
    found: dict[Transition, Situation] = {}
    for now, event, then in _steps(_allowed(family), most_waiting):
        if row_of(now, event).family == family:
            found.setdefault((now.state, event, then.state), now)
    return found


def _allowed(family: str) -> Callable[[ModelRow], bool]:
    """The rows that a tour of that family may pass: a module without multi-accept can do those of ``single`` only."""
    return lambda row: family == "multi" or row.family == "single"


def _steps(allowed: Callable[[ModelRow], bool], most_waiting: int) -> Iterator[tuple[Situation, str, Situation]]:
    """Every step that can be taken, the situations in the order of their distance from a fresh start."""
    known = {Situation()}
    ahead = deque(known)
    while ahead:
        now = ahead.popleft()
        for event in events_of(now, most_waiting):
            if allowed(row_of(now, event)):
                then = after(now, event)
                yield now, event, then
                if then not in known:
                    known.add(then)
                    ahead.append(then)


STORIES: Mapping[str, tuple[str, ...]] = {
    "single": (SINGLE, CONNECTS, SENDS, CLOSES, READ, READ_NONE, STOP, SET_PORT),
    "multi": (
        *(MULTI, CONNECTS, CONNECTS, WAITING_SENDS, CONNECTS, SENDS, READ, NEXT, READ, SEND, NEXT, READ_NONE, STOP),
        *(MULTI, CONNECTS, CONNECTS, CLOSES, READ_NONE, READ_NONE, SEND, NEXT, SENDS, READ, STOP),
        *(MULTI, CONNECTS, RESETS, READ_NONE, NEXT, CONNECTS, SENDS, READ, STOP, SET_PORT),
    ),
}
"""Ways that begin each tour: what matters in them is what was several steps before, which no transition tells."""
Target = tuple[str, str, str, bool, int]
"""A transition as a tour takes it: P5=10 and P5=0 with unread bytes and without, P5=10 for each length of the queue."""


def _target(now: Situation, event: str, then: Situation) -> Target:
    waiting = len(now.queue) if event == NEXT else 0
    return now.state, event, then.state, now.unread and event in (NEXT, STOP), waiting


def _targets(family: str) -> set[Target]:
    steps = _steps(_allowed(family), MOST_WAITING)
    return {_target(now, event, then) for now, event, then in steps if row_of(now, event).family == family}


@cache
def tour(family: str) -> tuple[tuple[str, ...], ...]:
    """Events that take every transition of a family, in parts; each part begins with a fresh start.

    Each step leads towards the nearest transition that was not taken yet.
    """
    left = _targets(family)
    graph = _graph(family)
    left -= {_target(*one) for one in walked(STORIES[family])}
    parts = [STORIES[family]]
    while left:
        parts.append(_part(graph, left))
    return tuple(parts)


FRESH = Situation()
Graph = Mapping[Situation, list[tuple[str, Situation, Target]]]


def _graph(family: str) -> Graph:
    """By situation, the events that are possible in it, where each leads to, and the transition that this is."""
    graph: dict[Situation, list[tuple[str, Situation, Target]]] = {}
    for now, event, then in _steps(_allowed(family), MOST_WAITING):
        graph.setdefault(now, []).append((event, then, _target(now, event, then)))
    return graph


def _part(graph: Graph, left: set[Target]) -> tuple[str, ...]:
    now, events = FRESH, list[str]()
    while left and (len(events) < STEPS or now != FRESH):
        for event in _way(graph, now, left if len(events) < STEPS else None):
            then = after(now, event)
            left.discard(_target(now, event, then))
            events.append(event)
            now = then
    return tuple(events)


def _way(graph: Graph, start: Situation, left: set[Target] | None) -> list[str]:
    """The shortest way from ``start`` through one of ``left``, or, where that is None, to a fresh start."""
    back: dict[Situation, list[str]] = {start: []}
    ahead = deque([start])
    while ahead:
        now = ahead.popleft()
        for event, then, target in graph[now]:
            if (then == FRESH) if left is None else (target in left):
                return [*back[now], event]
            if then not in back:
                back[then] = [*back[now], event]
                ahead.append(then)
    raise AssertionError(f"no way from {start}")


def way_to(wanted: Situation, event: str) -> list[str]:
    """The shortest way from a fresh start to ``wanted``, and ``event`` behind it."""
    back: dict[Situation, list[str]] = {Situation(): []}
    for now, one, then in _steps(lambda row: not row.is_open, MOST_WAITING):
        back.setdefault(then, [*back[now], one])
    return [*back[wanted], event]


def decided_events(now: Situation, family: str) -> Iterator[str]:
    """The events of a random walk: those of which the documents say what comes and what it leads to."""
    for event in events_of(now):
        row = row_of(now, event)
        if not (row.is_free or row.is_open) and (family == "multi" or row.family == "single"):
            yield event


def is_decided(events: Iterable[str]) -> bool:
    """True where the events can happen one after the other in a random walk."""
    now = Situation()
    for event in events:
        if event not in decided_events(now, "multi"):
            return False
        now = after(now, event)
    return True


def walked(events: Iterable[str]) -> Iterator[tuple[Situation, str, Situation]]:
    """What the events do one after the other, from a fresh start."""
    now = Situation()
    for event in events:
        then = after(now, event)
        yield now, event, then
        now = then


def requirements_of(events: tuple[str, ...]) -> tuple[str, ...]:
    """The requirements that a walk through ``events`` decides, the first row's first."""
    named: list[str] = []
    for now, event, _ in walked(events):
        named += [*row_of(now, event).requirements, *always(now.state)]
    return tuple(dict.fromkeys(named))
