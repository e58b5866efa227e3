"""A run in numbers and in words: from cases and catalogue to a :class:`~reports.record.model.Summary`."""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reports.record.findings import findings_of
from reports.record.model import (
    VERDICTS,
    AreaSummary,
    BrokenRequirement,
    Case,
    Finding,
    LineQuality,
    ObservedValues,
    Record,
    RungCount,
    Summary,
)
from reports.record.states import outcome_of, states_of
from reports.record.status import ExitStatus, broken_requirements
from suites.spec.catalogue import Catalogue

MASKED = "masked by "
"""How the message of an inconclusive case begins that ended before a move which always goes wrong."""
WAIVED = "waived"
"""What the test system calls the observation of a breach that the profile waives; its value is the reason."""


def summarise(
    cases: Sequence[Case],
    catalogue: Catalogue,
    *,
    status: ExitStatus,
    planned: Sequence[str] = (),
    profile: Mapping[str, Any] | None = None,
) -> Summary:
    """Count ``cases`` by verdict, area and requirement. Ids that the catalogue lacks are counted all the same."""
    findings = findings_of(cases, catalogue)
    states = states_of(cases, catalogue, profile or {}, findings)
    summary = Summary(
        verdicts=count_verdicts(cases),
        outcome=outcome_of(cases, planned, states, findings, catalogue, status),
        areas=[_area(key, cases, catalogue) for key in _areas(cases, catalogue)],
        findings=findings,
        broken=_broken(findings),
        requirements=states,
        observed=_observed(cases, catalogue),
        retried=sum(one["attempts"] > 1 for one in cases),
        recoveries=count_recoveries(cases),
    )
    if line := add_up_line(cases):
        summary["line"] = line
    return summary


def add_up_line(cases: Iterable[Case]) -> LineQuality | None:
    """What all proofs of the line together have shown; None where none was made."""
    lines = [one["line"] for one in cases if "line" in one]
    if not lines:
        return None
    sums = [sum(one[key] for one in lines) for key in ("bytes", "garbled")]
    return LineQuality(bytes=sums[0], garbled=sums[1], bound=max(one["bound"] for one in lines))


def line_in_words(summary: Mapping[str, Any]) -> str:
    """The error rate of the line in a sentence; "" where the line was not proven."""
    line = summary.get("line")
    if line is None:
        return ""
    if not line["garbled"]:
        return f"no byte of {line['bytes']:,} was garbled on the line"
    rate = line["bytes"] // line["garbled"]
    said = f"the line garbles about one byte in {rate:,} ({line['garbled']:,} answers in {line['bytes']:,} bytes)"
    bound = f"the bound is one in {line['bound']:,}"
    return f"{said}: this line cannot judge data, {bound}" if rate < line["bound"] else f"{said}; {bound}"


def count_recoveries(cases: Iterable[Case]) -> list[RungCount]:
    """The rungs that were climbed in all of ``cases``, the one that was needed most often first."""
    counted: dict[str, RungCount] = {}
    for one in (recovery for case in cases for recovery in case["recoveries"]):
        rung = counted.setdefault(one["rung"], RungCount(rung=one["rung"], tried=0, helped=0, seconds=0.0))
        rung["tried"] += 1
        rung["helped"] += one["helped"]
        rung["seconds"] = round(rung["seconds"] + one["seconds"], 3)
    return sorted(counted.values(), key=lambda rung: -rung["tried"])


def count_verdicts(cases: Iterable[Case]) -> dict[str, int]:
    """The number of cases of each verdict, all six of them, in the order in which they are shown."""
    counted = Counter(one["verdict"] for one in cases)
    return {verdict: counted[verdict] for verdict in VERDICTS}


def _areas(cases: Sequence[Case], catalogue: Catalogue) -> list[str]:
    """The areas that have a case, in the order of the catalogue; those that it lacks at the end."""
    touched = {one["area"] for one in cases}
    known = [key for key in catalogue.areas if key in touched]
    return known + sorted(touched - set(known))


def _area(key: str, cases: Sequence[Case], catalogue: Catalogue) -> AreaSummary:
    mine = [one for one in cases if one["area"] == key]
    ids = {one.id for one in catalogue.requirements.values() if one.area == key}
    named = {i for one in cases for i in one["decided"]}
    return AreaSummary(
        area=key,
        title=catalogue.areas[key].title if key in catalogue.areas else key,
        requirements=len(ids),
        decided=len(ids & named),
        verdicts=count_verdicts(mine),
    )


def _broken(findings: Sequence[Finding]) -> list[BrokenRequirement]:
    """The requirements that the findings stand under: what else a case charges follows from them."""
    return [
        BrokenRequirement(
            id=one["requirement"],
            statement=one["statement"],
            obligation=one["obligation"],
            sources=one["sources"],
            cases=one["cases"],
            rigs=one["rigs"],
        )
        for one in findings
    ]


def _observed(cases: Sequence[Case], catalogue: Catalogue) -> list[ObservedValues]:
    seen: dict[tuple[str, str], Counter[str]] = {}
    for case in cases:
        for one in case["observations"]:
            seen.setdefault((one["requirement"], one["what"]), Counter())[one["value"]] += 1
    return [
        ObservedValues(
            requirement=requirement,
            what=what,
            readings=_readings(requirement, catalogue),
            values=dict(values.most_common()),
        )
        for (requirement, what), values in sorted(seen.items())
    ]


def _readings(key: str, catalogue: Catalogue) -> list[str]:
    entry = catalogue.requirements.get(key)
    return list(entry.readings) if entry else []


def waived_requirements(record: Record) -> dict[str, str]:
    """The requirements whose breach the profile waives, with the reason."""
    observed = record["summary"]["observed"]
    return {one["requirement"]: next(iter(one["values"])) for one in observed if one["what"] == WAIVED}


def outcome(record: Record) -> str:
    """The outcome in words."""
    meaning = record["summary"]["outcome"]["sentence"]
    if waived := len(waived_requirements(record)):
        meaning += f"; {waived} requirement{'s' if waived > 1 else ''} waived by the profile"
    if inconclusive := record["summary"]["verdicts"]["inconclusive"]:
        meaning += f"; {inconclusive} case{'s' if inconclusive > 1 else ''} inconclusive"
    return meaning


def time_spared(cases: Sequence[Case]) -> dict[str, tuple[int, float]]:
    """For each requirement whose breach ended cases before their time: how many, and the seconds that were saved.

    A case would have taken as long as those in the middle that failed at the same breach.
    """
    spared: dict[str, tuple[int, float]] = {}
    for key in dict.fromkeys(one["masked_by"] for one in cases if _is_spared(one)):
        took = [one["duration_s"] for one in cases if one["verdict"] == "fail" and key in broken_requirements(one)]
        mine = [one["duration_s"] for one in cases if _is_spared(one) and one["masked_by"] == key]
        usual = statistics.median(took) if took else 0.0
        spared[str(key)] = len(mine), sum(max(0.0, usual - one) for one in mine)
    return spared


def _is_spared(case: Case) -> bool:
    return case["verdict"] == "inconclusive" and case["masked_by"] is not None and case["message"].startswith(MASKED)


def spared_lines(record: Record) -> list[str]:
    """What :func:`time_spared` says, a line for each requirement."""
    return [
        f"{number:,} case{'s' if number > 1 else ''} ended early, masked by {key}: about {seconds:,.0f} s saved"
        for key, (number, seconds) in time_spared(record["cases"]).items()
    ]


def verdict_counts(record: Record) -> str:
    """The verdicts that occurred with their numbers, in one line."""
    counts = record["summary"]["verdicts"].items()
    return ", ".join(f"{number} {verdict.replace('_', ' ')}" for verdict, number in counts if number) or "none"


def recovery_counts(record: Record) -> str:
    """The rungs of the recovery ladder that were climbed, with how often each one helped, in one line."""
    rungs = record["summary"]["recoveries"]
    return ", ".join(f"{one['rung']} {one['tried']}x (helped {one['helped']}x)" for one in rungs) or "none"
