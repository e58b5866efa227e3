"""The summary of a run on the terminal: lines of text with a style each, made from the record alone."""

import textwrap
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from typing import Any

from reports.formats.matrix import broken_table
from reports.formats.visible import visible
from reports.record.account import account_of
from reports.record.model import (
    OBLIGATION_NAMES,
    VERDICTS,
    AreaSummary,
    Case,
    Finding,
    ObservedValues,
    Record,
    RigRun,
    Summary,
)
from reports.record.summary import WAIVED, line_in_words, outcome, spared_lines, waived_requirements

MOST_OBSERVATIONS = 25
MOST_WHOLE = 3
"""Findings that are shown with their difference and their command; those after them have one line each."""
MOST_LINES = 5
_HEADS = {"pass": "pass", "fail": "fail", "inconclusive": "inconc", "observed": "obs"}
_HEADS |= {"not_applicable": "n/a", "error": "error"}
_COLUMN = 7


@dataclass(frozen=True)
class Line:
    """A line of the summary; ``style`` holds the markup flags of pytest's terminal writer."""

    text: str = ""
    style: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", visible(self.text))


def summary_lines(record: Record, width: int = 100) -> Iterator[Line]:
    """What a person wants to know when the run is over; what is asked first stands last, where the eye is."""
    yield from _account(record["cases"])
    yield from _observed(record["summary"]["observed"], width)
    yield from _judged(record)
    yield from _resumed(record)
    yield from _areas(record["summary"]["areas"], width)
    yield from _matrix(record)
    yield from _waived(record)
    yield from _undecided(record["cases"], width)
    yield from _spared(record)
    yield from _tried(record["summary"])
    yield from _problems(record, width)
    yield from _findings(record, width)
    yield Line()


def closing_line(record: Record) -> Line:
    """The outcome in one line, with the exit status."""
    code = record["status"]["code"]
    return Line(f"{outcome(record)} (exit status {code})", {"bold": True, "green": code == 0, "red": code != 0})


def _account(cases: list[Case]) -> Iterator[Line]:
    if (account := account_of(cases)).commands:
        yield Line(f"account   {account.line()}")


def _judged(record: Record) -> Iterator[Line]:
    for one in record["rigs"] or [RigRun(name="", rig={}, module={}, profile={}, probe=[])]:
        yield from _judged_on(one)


def _judged_on(run: RigRun) -> Iterator[Line]:
    module, rig = run["module"], run["rig"]
    product = " ".join(filter(None, (module.get("product"), module.get("firmware")))) or "unknown"
    address = f" at {module['address']}" if module.get("address") else ""
    yield Line(f"module    {product}{address}", {"bold": True})
    yield Line(f"profile   {_name(run['profile'])}")
    line = rig.get("line", "")
    yield Line(f"rig       {_name(rig)}" + (f" ({line})" if line not in ("", _name(rig)) else ""))
    for one in run["probe"]:
        if not one["fits"]:
            text = f"          profile does not fit: {one['what']}: declared {one['declared']}, found {one['found']}"
            yield Line(text, {"yellow": True})


def _resumed(record: Record) -> Iterator[Line]:
    """One line for each time that the run was resumed, with the number of cases taken over."""
    for one in record["resumed"]:
        text = f"resumed   {one['at'][:19].replace('T', ' ')} UTC, with {one['taken_over']} finished cases taken over"
        yield Line(text + (f"; cut off before: {', '.join(one['cut_off'])}" if one["cut_off"] else ""))


def _name(table: dict[str, Any]) -> str:
    return str(table.get("name", "unknown"))


def _areas(areas: list[AreaSummary], width: int) -> Iterator[Line]:
    if not areas:
        return
    wide = min(max(len(one["title"]) for one in areas), max(width - 11 - _COLUMN * len(VERDICTS), 16))
    yield Line()
    heads = "".join(f"{_HEADS[verdict]:>{_COLUMN}}" for verdict in VERDICTS)
    yield Line(f"{'area':<{wide}}  {'decided':>9}{heads}", {"bold": True})
    for one in areas:
        decided = f"{one['decided']} of {one['requirements']}"
        counts = "".join(f"{one['verdicts'][verdict] or '-':>{_COLUMN}}" for verdict in VERDICTS)
        yield Line(f"{_cut(one['title'], wide):<{wide}}  {decided:>9}{counts}", _area_style(one))


def _area_style(area: AreaSummary) -> dict[str, bool]:
    counts = area["verdicts"]
    if counts["fail"] or counts["error"]:
        return {"red": True}
    return {"yellow": True} if counts["inconclusive"] else {}


def _findings(record: Record, width: int) -> Iterator[Line]:
    """The findings: the first few with their difference and the command that shows it, the others in a line each."""
    found = record["summary"]["findings"]
    if found:
        failed = record["summary"]["verdicts"]["fail"]
        words = (
            f"{len(found)} finding{'s' if len(found) > 1 else ''} in {failed} failed case{'s' if failed > 1 else ''}"
        )
        yield Line()
        yield Line(words, {"bold": True, "red": True})
    undecided = {one["id"] for one in record["summary"]["requirements"] if one["outcome"] == "masked"}
    for one in found[:MOST_WHOLE]:
        yield from _whole(one, undecided, width, several=len(record["rigs"]) > 1)
    for one in found[MOST_WHOLE : MOST_WHOLE + MOST_LINES]:
        words = f"expected {one['expected']}" if one["expected"] else f"got {one['got']}"
        yield Line(_cut(f"  {_head(one, undecided)}: {words}", width), {"red": True})
    if (more := len(found) - MOST_WHOLE - MOST_LINES) > 0:
        yield Line(f"  and {more} more in the record")


def _head(one: Finding, undecided: Set[str]) -> str:
    """The finding in one line. What it masks counts where no other case has decided it."""
    kind = OBLIGATION_NAMES.get(one["obligation"], "unknown")
    cases = f"{len(one['cases'])} case{_s(len(one['cases']))}"
    masked = len(undecided & set(one["masks"]))
    masks = f", masks {masked}" if masked else ""
    return f"{one['id']} {one['requirement']} ({kind}; {cases}{masks})"


def _whole(one: Finding, undecided: Set[str], width: int, *, several: bool) -> Iterator[Line]:
    yield Line(f"  {_head(one, undecided)}", {"red": True})
    source = "; ".join(one["sources"]) or "no source"
    yield from (Line(line) for line in _fold(f"{one['statement']} ({source})", width, "      ")[:3])
    if one["expected"]:
        yield Line(_cut(f"      expected: {one['expected']}", width))
    yield Line(_cut(f"      got:      {one['got']}", width))
    if several:
        yield Line(f"      on {', '.join(one['rigs'])}")
    yield Line(f"      {one['command']}")


def _matrix(record: Record) -> Iterator[Line]:
    """On several rigs: which of them breaks what."""
    lines = broken_table(record)
    if lines:
        yield Line()
        yield Line(f"  {lines[0]}", {"bold": True})
    yield from (Line(f"  {one}", {"red": True}) for one in lines[1:])


def _waived(record: Record) -> Iterator[Line]:
    waived = waived_requirements(record)
    if waived:
        yield Line()
        yield Line("broken, but waived by the profile", {"bold": True, "yellow": True})
    yield from (Line(f"  {requirement}  {reason}") for requirement, reason in waived.items())


def _undecided(cases: list[Case], width: int) -> Iterator[Line]:
    """Errors and inconclusive cases, those with the same words together: a bench rarely fails in one case only."""
    groups: dict[str, list[str]] = {}
    for case in cases:
        if case["verdict"] in ("error", "inconclusive"):
            first = (case["message"].strip().splitlines() or ["no reason given"])[0]
            blame = f" ({case['blame']})" if case["blame"] else ""
            groups.setdefault(f"{case['verdict']}{blame}: {first}", []).append(case["id"])
    if groups:
        yield Line()
        yield Line("cases that could not be decided", {"bold": True, "yellow": True})
    for words, ids in groups.items():
        yield from (Line(line) for line in _fold(words, width, "  "))
        yield Line(f"      in {ids[0]}" + (f" and {len(ids) - 1} more" if len(ids) > 1 else ""))


def _spared(record: Record) -> Iterator[Line]:
    """How much time the run saved by cases that ended before a move which always goes wrong."""
    for text in spared_lines(record):
        yield Line()
        yield Line(text, {"yellow": True})


def _tried(summary: Summary) -> Iterator[Line]:
    """How often the bench had to help: cases tried again, and each rung of the recovery ladder."""
    noisy = summary.get("line", {}).get("garbled", 0)
    if summary["retried"] or summary["recoveries"] or noisy:
        yield Line()
        yield Line("recoveries", {"bold": True, "yellow": True})
    if summary["retried"]:
        yield Line(f"  cases tried more than once: {summary['retried']}")
    if noisy:
        yield Line(f"  {line_in_words(summary)}", {"yellow": True})
    for one in summary["recoveries"]:
        yield Line(f"  {one['rung']}: {one['tried']}x, helped {one['helped']}x, {one['seconds']:.1f} s in all")


def _problems(record: Record, width: int) -> Iterator[Line]:
    if record["problems"] or record["unfinished"]:
        yield Line()
        yield Line("problems of the run", {"bold": True, "red": True})
    for one in record["problems"]:
        first, *rest = one["message"].splitlines() or [""]
        yield from (Line(line) for line in _fold(f"{one['blame']}: {first}", width, "  "))
        yield from (Line(f"      {line}") for line in rest)
    for case in record["unfinished"]:
        yield Line(f"  not finished: {case['id']}" + (f" (on {case['rig']})" if len(record["rigs"]) > 1 else ""))


def _observed(entries: list[ObservedValues], width: int) -> Iterator[Line]:
    """Where the documents contradict each other, which reading the module took; and where it did now so, now so."""
    entries = [one for one in entries if one["what"] != WAIVED]
    shown = [one for one in entries if one["readings"] or len(one["values"]) > 1]
    if entries:
        yield Line("observed where the documents differ, or the module does", {"bold": True})
    for one in shown[:MOST_OBSERVATIONS]:
        values = ", ".join(f"{_cut(value)} ({count}x)" for value, count in one["values"].items())
        text = _cut(f"  {one['requirement']}  {_cut(one['what'])}: {values}", width)
        yield Line(text, {"yellow": len(one["values"]) > 1})
    if (more := len(entries) - len(shown[:MOST_OBSERVATIONS])) > 0:
        yield Line(f"  {'and ' if shown else ''}{more} {'more ' if shown else ''}in the run record")
    if entries:
        yield Line()


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _cut(text: str, most: int = 60) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."


def _fold(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(text, max(width, 40), initial_indent=indent, subsequent_indent=indent + "  ") or [indent]
