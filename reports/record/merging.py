"""Records of many runs, rigs and machines become one record.

Records can be merged in any order, in parts, and twice: the result is the same. Of a case that ran several times on one
rig the latest result counts.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reports.record.evidence import record_sha256
from reports.record.model import Case, Problem, Record, Resumption, RigRun, Run, Unfinished
from reports.record.record import RecordError, build_record
from reports.record.status import ExitStatus, decide
from suites.spec.catalogue import Catalogue

DIGITS = 8
"""Hexadecimal digits that tell rigs of one name apart."""
TOLD_APART = re.compile(rf"@[0-9a-f]{{{DIGITS}}}\Z")
PARTS = " | "
"""Between several values of one key."""
ENDED = (ExitStatus.INTERRUPTED, ExitStatus.HARNESS, ExitStatus.USAGE)
"""Statuses of a run that its cases and problems alone need not tell."""


@dataclass
class Merged:
    """What is known of the records that were added so far."""

    rigs: dict[str, RigRun] = field(default_factory=dict)
    cases: dict[tuple[str, str], Case] = field(default_factory=dict)
    problems: dict[str, Problem] = field(default_factory=dict)
    unfinished: dict[str, Unfinished] = field(default_factory=dict)
    resumed: dict[str, Resumption] = field(default_factory=dict)
    planned: set[str] = field(default_factory=set)
    statuses: set[ExitStatus] = field(default_factory=set)
    times: set[str] = field(default_factory=set)
    is_cut_off: bool = False
    suites: set[tuple[str, str]] = field(default_factory=set)
    hosts: set[tuple[str, str]] = field(default_factory=set)

    def add(self, record: Record) -> None:
        """Add ``record``: a run's, or one that was merged."""
        names = {one["name"]: told_apart(one, record.get("host", {})) for one in record["rigs"]}
        for one in record["rigs"]:
            self._add_rig({**one, "name": names[one["name"]]})
        for case in record["cases"]:
            self._add_case({**case, "rig": names.get(case["rig"], case["rig"])})
        for left in record["unfinished"]:
            moved = Unfinished(**{**left, "rig": names.get(left["rig"], left["rig"])})
            self.unfinished[canonical(moved)] = moved
        self.problems.update((canonical(one), one) for one in record["problems"])
        self.resumed.update((canonical(one), one) for one in record["resumed"])
        self.planned.update(record["planned"])
        self.statuses.update({ExitStatus(record["status"]["code"])} & set(ENDED))
        self.times.update({record["started"], record["finished"] or record["started"]})
        self.is_cut_off |= record["finished"] is None
        self.suites |= values_of(record.get("suite", {}))
        self.hosts |= values_of(record.get("host", {}))

    def _add_rig(self, rig: RigRun) -> None:
        former = self.rigs.get(rig["name"])
        self.rigs[rig["name"]] = rig if former is None else max(former, rig, key=canonical)

    def _add_case(self, case: Case) -> None:
        key = (case["rig"], case["id"])
        former = self.cases.get(key)
        self.cases[key] = case if former is None else later(former, case)

    def record(self, catalogue: Catalogue) -> Record:
        """One record made of all. Raises RecordError where there is none."""
        if not self.times:
            raise RecordError("there is no record to merge")
        cases = [self.cases[key] for key in sorted(self.cases)]
        problems = [self.problems[key] for key in sorted(self.problems)]
        record = build_record(
            [run_of(self.rigs[name]) for name in sorted(self.rigs)],
            cases,
            catalogue,
            status=decide(cases, problems, also=self.statuses),
            started=min(self.times),
            finished=None if self.is_cut_off else max(self.times),
            problems=problems,
            planned=sorted(self.planned),
            unfinished=[self.unfinished[key] for key in sorted(self.unfinished)],
            resumed=[self.resumed[key] for key in sorted(self.resumed)],
        )
        record["suite"], record["host"] = joined(self.suites), joined(self.hosts)
        record["sha256"] = record_sha256(record)
        return record


def later(one: Case, other: Case) -> Case:
    """The result that began later; of two that began at the same moment always the same one."""
    if one["started"] != other["started"]:
        return max(one, other, key=lambda it: it["started"])
    return max(one, other, key=canonical)


def merge(records: Iterable[Record], catalogue: Catalogue) -> Record:
    """One record of ``records``, which are read one after the other. Raises RecordError where there is none."""
    merged = Merged()
    for record in records:
        merged.add(record)
    return merged.record(catalogue)


def told_apart(rig: RigRun, host: Mapping[str, str]) -> str:
    """The rig's name with a mark of rig, module, profile and machine behind it; the same where it has one already.

    The module's address is no part of it: a network gives another one each time.
    """
    if TOLD_APART.search(rig["name"]):
        return rig["name"]
    module = {key: value for key, value in rig["module"].items() if key != "address"}
    told = canonical([rig["rig"], module, rig["profile"].get("name", ""), dict(host)])
    return f"{rig['name']}@{hashlib.sha256(told.encode()).hexdigest()[:DIGITS]}"


def run_of(rig: RigRun) -> Run:
    """The rig as a run of its own, under the name by which the cases know it."""
    named = {**rig["rig"], "name": rig["name"]}
    return Run(rig=named, module=rig["module"], profile=rig["profile"], probe=rig["probe"])


def canonical(value: Any) -> str:
    """JSON that is the same for the same value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def values_of(table: Mapping[str, str]) -> set[tuple[str, str]]:
    """Key and value of each entry; an entry that was joined gives its parts."""
    return {(key, part) for key, value in table.items() for part in value.split(PARTS)}


def joined(values: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For each key its values in one text."""
    table: dict[str, list[str]] = {}
    for key, value in sorted(values):
        table.setdefault(key, []).append(value)
    return {key: PARTS.join(parts) for key, parts in table.items()}
