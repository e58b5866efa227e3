"""What a run measured on the side: times to answer by command, accepts over time, and the readings that were taken.

The times come from the transcripts of the cases: from a command's line to the prompt that ends its answer. They are the
bench's, with its line and its machine in them, and decide nothing; what the timing cases measured stands beside them.
"""

import math
import re
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from reports.record.model import Case, ObservedValues, Record
from suites.spec.catalogue import Catalogue
from suites.spec.sources import Sources

EVENT = re.compile(r"^\s*(\d+\.\d+) (\S+)\s+([>*]) (.*)$", re.DOTALL)
_COMMAND = re.compile(r"^([A-Z][0-9A-Z?])(\?|=[^\\]*)?(?:\\r)")
_BY_VALUE = ("P5", "P6")
"""Commands whose value says what they do: start, next, stop."""
_ACCEPTED = re.compile(r"\[TCP SVR\] Accepted [0-9.]+:(\d+)")
_CONNECTED = re.compile(r"connected from [0-9.]+:(\d+) to ")
STEPS = 4
"""Columns of a distribution for each factor of ten."""
LOWEST_MS, HIGHEST_MS = 0.1, 100_000.0
MOST_ACCEPTS = 2000
MOST_VALUES = 3
"""Different values of an observation that are readings: more of them are measurements."""
MISSED = "inconclusive"


class Event(NamedTuple):
    """One line of a transcript: seconds, who, ``>`` or ``*``, whom, and the bytes as C writes them or the note."""

    at: float
    source: str
    kind: str
    target: str
    text: str


@dataclass(frozen=True)
class Distribution:
    """Times to answer of one command, in milliseconds. ``columns``: how many lie in each column of the scale."""

    command: str
    number: int
    median: float
    p95: float
    highest: float
    columns: tuple[int, ...]


@dataclass(frozen=True)
class Measured:
    """What a timing case recorded: the thing, the words of its numbers, and how that stands to a declared limit."""

    what: str
    numbers: str
    limit: str


@dataclass(frozen=True)
class Accept:
    """A client that was accepted: seconds since the run began, milliseconds from its connection to the notice."""

    at: float
    delay: float
    case: str


@dataclass(frozen=True)
class Reading:
    """A place where the documents contradict each other, and the reading that the module took.

    ``taken``: what was seen, and in how many cases. ``differs``: the module did not do the same in all cases.
    """

    requirement: str
    what: str
    readings: tuple[str, ...]
    taken: tuple[tuple[str, int], ...]
    differs: bool


def events(lines: Sequence[str]) -> Iterator[Event]:
    """The events of a transcript; lines that are none are left out."""
    for line in lines:
        if found := EVENT.match(line):
            at, source, kind, rest = found.groups()
            target, _, text = rest.partition(" ") if kind == ">" else ("", "", rest)
            yield Event(float(at), source, kind, target, text.removeprefix(" " * max(0, 9 - len(target))))


def end_of(case: Case) -> int:
    """The index of the line at which a failed case ended, in its transcript; -1 where the message quotes none.

    What follows that line brings the module back to the known state, and is no part of the failure.
    """
    quoted = [line.strip() for line in case["message"].split("\n") if EVENT.match(line)]
    lines = [line.strip() for line in case["transcript"]]
    for one in reversed(quoted):
        if one in lines:
            return len(lines) - 1 - lines[::-1].index(one)
    return -1


def answer_times(record: Record) -> list[Distribution]:
    """A distribution a command, the commands in their order. Commands without an answer are not counted."""
    found: dict[str, list[float]] = {}
    for case in record["cases"]:
        for command, milliseconds in _exchanges(case["transcript"]):
            found.setdefault(command, []).append(milliseconds)
    return [_distribution(command, values) for command, values in sorted(found.items())]


def _exchanges(lines: Sequence[str]) -> Iterator[tuple[str, float]]:
    command, since = "", 0.0
    for one in events(lines):
        if one.kind == ">" and one.source == "host" and one.target == "module":
            command, since = _name(one.text), one.at
        elif command and one.kind == ">" and one.source == "module" and one.target == "host" and one.text[-2:] == "> ":
            yield command, (one.at - since) * 1000
            command = ""


def _name(text: str) -> str:
    found = _COMMAND.match(text)
    if not found:
        return ""
    word, value = found[1], found[2] or ""
    if word.endswith("?"):
        return word
    return word + value if word in _BY_VALUE or value == "?" else word


def _distribution(command: str, values: Sequence[float]) -> Distribution:
    ranked = sorted(values)
    columns = [0] * (round(math.log10(HIGHEST_MS / LOWEST_MS)) * STEPS)
    for one in ranked:
        place = int(math.log10(max(one, LOWEST_MS) / LOWEST_MS) * STEPS)
        columns[min(place, len(columns) - 1)] += 1
    p95 = ranked[max(0, math.ceil(0.95 * len(ranked)) - 1)]
    return Distribution(command, len(ranked), statistics.median(ranked), p95, ranked[-1], tuple(columns))


def timing_cases(record: Record) -> list[Measured]:
    """What the cases of the area ``timing`` recorded."""
    limits = {one["title"].partition("[")[2].rstrip("]"): one for one in record["cases"] if _is_limit(one)}
    return [
        Measured(one["what"], "; ".join(one["values"]), _limit_words(limits.get(one["what"])))
        for one in record["summary"]["observed"]
        if one["requirement"].startswith("TI-")
    ]


def _is_limit(case: Case) -> bool:
    return "TI-LIMIT" in case["requirements"]


def _limit_words(case: Case | None) -> str:
    if case is None:
        return "no limit is checked"
    words = {"pass": "within the declared limit", "fail": "over the declared limit", MISSED: "in the band of the limit"}
    return words.get(case["verdict"], "the profile declares none")


def accepts(record: Record) -> list[Accept]:
    """Every client that was accepted with a notice; the first MOST_ACCEPTS of them."""
    begun = datetime.fromisoformat(record["started"])
    found: list[Accept] = []
    for case in record["cases"]:
        if "Accepted" in "".join(case["transcript"]):
            found += _accepts_of(case, (datetime.fromisoformat(case["started"]) - begun).total_seconds())
    return sorted(found, key=lambda one: one.at)[:MOST_ACCEPTS]


def _accepts_of(case: Case, offset: float) -> Iterator[Accept]:
    happened = list(events(case["transcript"]))
    connected: dict[str, float] = {}
    for one in happened:
        if one.kind == "*" and (peer := _CONNECTED.search(one.text)):
            connected[peer[1]] = one.at
        for notice in _ACCEPTED.finditer(one.text) if one.source == "module" else ():
            if notice[1] in connected:
                since = connected.pop(notice[1])
                yield Accept(offset + one.at - happened[0].at, (one.at - since) * 1000, case["id"])


def readings(record: Record, catalogue: Catalogue, sources: Sources) -> list[Reading]:
    """One row for each contradiction that cases recorded, and each requirement with readings of its own."""
    known = {key: one.what for one in reversed(sources.contradictions) for key in one.recorded}
    rows = []
    for one in record["summary"]["observed"]:
        entry = catalogue.requirements.get(one["requirement"])
        choices = one["readings"] or (entry.readings if entry else ())
        if choices:
            what = known.get(one["requirement"], entry.statement if entry else "")
            differs = 1 < len(one["values"]) <= MOST_VALUES
            rows.append(Reading(one["requirement"], what, tuple(choices), _taken(one), differs))
    return _together(rows)


def _taken(one: ObservedValues) -> tuple[tuple[str, int], ...]:
    """The values with their numbers of cases; many different ones are measurements, and are counted."""
    values = one["values"]
    if len(values) > MOST_VALUES:
        return ((f"{one['what']}: {len(values)} different values, in the record", sum(values.values())),)
    return tuple((f"{one['what']}: {value}", number) for value, number in values.items())


def _together(rows: Sequence[Reading]) -> list[Reading]:
    """One row a requirement."""
    merged: dict[str, Reading] = {}
    for one in rows:
        former = merged.get(one.requirement)
        taken = (*former.taken, *one.taken) if former else one.taken
        differs = one.differs or bool(former and former.differs)
        merged[one.requirement] = Reading(one.requirement, one.what, one.readings, taken, differs)
    return list(merged.values())
