"""Goes on with a run that ended too early: ``--resume RUN``, where RUN is the path of its record or journal.

Finished cases are taken over as they are. The case that was running when the run was cut off is run again, and shows
that attempt; cases that were "not run" get their turn. Whatever would make one report of two different runs is refused:
another rig, another profile, another module, another set of cases.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reports.record.journal import Journalled, await_end, journal_path, read_journals, record_of
from reports.record.model import CUT_OFF, Attempt, Case, Problem, Resumption, Run, Unfinished
from reports.record.record import RecordError, now, read_record, rig_name

WAIT_S = 30.0
"""Seconds for the workers of a run that was just killed to end: execnet ends a worker after 15 s at the latest."""
NOT_RUN = "not run:"
"""How the message of an inconclusive case begins that had no chance."""
_SHOWN = 3
_SAME = (("rig", "name", "rig"), ("rig", "emulator_options", "emulator's options"), ("profile", "name", "profile"))
_MODULE = (("module", "product", "product"), ("module", "firmware", "firmware"))


class ResumeError(RecordError):
    """The run cannot be resumed. The message says why and what to do."""


@dataclass(frozen=True)
class Former:
    """A run that is resumed. ``unfinished``: the cases that were cut off, once for each time."""

    started: str
    runs: list[Run]
    cases: list[Case]
    planned: list[str]
    unfinished: list[Unfinished]
    resumed: list[Resumption]

    def entries(self) -> Iterator[tuple[str, Any]]:
        """The journal of all this, so that a run that is killed again loses nothing."""
        yield from (("run", one) for one in self.runs)
        yield "planned", self.planned
        yield from (("resumed", one) for one in self.resumed)
        yield from (("case", one) for one in self.cases)
        yield from (("unfinished", one) for one in self.unfinished)


def load_former(path: Path) -> Former:
    """The run of this record or journal. Raises ResumeError."""
    record = record_of(path)
    try:
        if journal_path(record).exists():
            await_end(record, WAIT_S)
        if journal_path(record).exists():  # a run that has ended meanwhile leaves its record, and no journal
            return _former(read_journals(record))
        document = read_record(record)
    except RecordError as problem:
        raise ResumeError(f"--resume: {problem}") from problem
    journalled = Journalled(
        started=document["started"],
        runs=[_run_of(one) for one in document["rigs"]],
        cases=document["cases"],
        problems=document["problems"],
        planned=document["planned"],
        resumed=document["resumed"],
        unfinished=document["unfinished"],
    )
    return _former(journalled)


def _run_of(entry: Mapping[str, Any]) -> Run:
    return Run(rig=entry["rig"], module=entry["module"], profile=entry["profile"], probe=entry["probe"])


def _former(journalled: Journalled) -> Former:
    finished = [one for one in journalled.cases if not was_not_run(one)]
    this = Resumption(
        at=now(),
        taken_over=len(finished),
        cut_off=[one["id"] for one in journalled.unfinished],
        problems=journalled.problems,
    )
    return Former(
        journalled.started,
        journalled.runs,
        finished,
        journalled.planned,
        journalled.unfinished,
        [*journalled.resumed, this],
    )


def was_not_run(case: Case) -> bool:
    """True for a case that had no chance, since the rig was gone or did not allow it."""
    return case["verdict"] == "inconclusive" and case["message"].startswith(NOT_RUN)


def refuse_rigs(former: Former, benches: Sequence[Run]) -> None:
    """Hold the rigs and profiles of the command line against the run's. Raises ResumeError."""
    known = {rig_name(one): one for one in former.runs}
    mine = {rig_name(one): one for one in benches}
    if known and set(known) != set(mine):
        raise ResumeError(_refusal("rig", ", ".join(known), ", ".join(mine)))
    for name, run in mine.items():
        if complaint := differing(known.get(name, Run()), run, _SAME):
            raise ResumeError(complaint)


def differing(former: Run, run: Run, what: Iterable[tuple[str, str, str]]) -> str:
    """The first thing in which two runs are not of the same, in words; "" where they are, or nobody knows."""
    for table, key, name in what:
        tables: list[Any] = [former.get(table, {}), run.get(table, {})]
        was, now_is = (one.get(key) for one in tables)
        if was not in (None, "") and now_is not in (None, "") and was != now_is:
            return _refusal(name, _shown(was), _shown(now_is))
    return ""


def _refusal(what: str, was: str, now_is: str) -> str:
    return (
        f"--resume: the run was begun with the {what} {was!r}, this is {now_is!r}. "
        "Name the same, or begin a run of its own without --resume."
    )


def _shown(value: Any) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)


def differing_cases(planned: Sequence[str], selected: Sequence[str]) -> str:
    """Why these cases are not those of the run; "" where they are, or where the run had not got so far."""
    if not planned or set(planned) == set(selected):
        return ""
    lacking = [one for one in planned if one not in set(selected)]
    more = [one for one in selected if one not in set(planned)]
    parts = [f"{len(lacking)} of its cases are not selected now ({_some(lacking)})"] if lacking else []
    parts += [f"{len(more)} are selected now that it had not ({_some(more)})"] if more else []
    return f"--resume: the run had other cases: {'; '.join(parts)}. Give the same paths and options as then."


def _some(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_SHOWN]) + (", ..." if len(ids) > _SHOWN else "")


def rest_of(former: Former, rig: str | None) -> dict[str, Any]:
    """What the process needs to know that runs the rest: plain JSON types, to be sent to a worker.

    ``rig``: the rig that runs all cases itself; None where the rigs of the run share them.
    """
    cases = [one for one in former.cases if rig in (None, one["rig"])]
    cut_off: dict[str, list[Attempt]] = {}
    for one in former.unfinished:
        if rig in (None, one["rig"], ""):
            cut_off.setdefault(one["id"], []).append(attempt_of(one))
    return {
        "planned": former.planned,
        "finished": [one["id"] for one in cases],
        "cut_off": cut_off,
        "runs": {rig_name(one): one for one in former.runs},
    }


def attempt_of(unfinished: Unfinished) -> Attempt:
    """The attempt that ended with the run."""
    return Attempt(
        verdict="inconclusive",
        blame="harness",
        message=CUT_OFF,
        duration_s=_duration(unfinished["transcript"]),
        transcript=unfinished["transcript"],
    )


def _duration(lines: Sequence[str]) -> float:
    """Seconds from the first line of a transcript to its last."""
    try:
        return max(0.0, round(float(lines[-1].split()[0]) - float(lines[0].split()[0]), 6))
    except (IndexError, ValueError):
        return 0.0


@dataclass(eq=False)  # pytest keeps plugins in sets: a plugin must have a hash
class Rest:
    """In a process that runs cases: leaves out what is finished, and tells of the attempts that were cut off."""

    config: pytest.Config
    rest: dict[str, Any]

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Select the rest; nothing at all where these are not the cases of the run.

        With a budget, which says itself how many, the run's own cases are taken of those that are here.
        """
        if planned := set(self.rest["planned"] if getattr(self.config.option, "dut_budget", None) else ()):
            self.config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in planned])
            items[:] = [item for item in items if item.nodeid in planned]
        complaint = differing_cases(self.rest["planned"], [item.nodeid for item in items])
        if complaint:
            self.config.hook.pytest_conformance_problem(
                config=self.config, problem=Problem(blame="usage", message=complaint)
            )
        finished = set(self.rest["finished"])
        rest = [] if complaint else [item for item in items if item.nodeid not in finished]
        kept = set(map(id, rest))
        self.config.hook.pytest_deselected(items=[item for item in items if id(item) not in kept])
        items[:] = rest

    @pytest.hookimpl(optionalhook=True)
    def pytest_conformance_refuse(self, run: Run) -> str | None:
        """Why the run cannot be resumed with the module that is connected; None where it can."""
        former = self.rest["runs"].get(rig_name(run), Run())
        return differing(former, run, (*_SAME, *_MODULE)) or None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Put the attempts that were cut off before those of now."""
        if result := getattr(report, "conformance", None):
            cut_off = self.rest["cut_off"].pop(report.nodeid, [])
            result["case"]["earlier"] = [*cut_off, *result["case"].get("earlier", [])]
            result["case"]["attempts"] += len(cut_off)
