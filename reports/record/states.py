"""The state of each requirement of the catalogue after a run, and the outcome of the run in one sentence."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reports.record.findings import findings_of
from reports.record.model import Case, Finding, Outcome, RequirementOutcome, RequirementState
from reports.record.status import JUDGED, MEANING, ExitStatus, broken_requirements
from suites.spec.catalogue import Catalogue, Requirement

BINDING = "MD"
WORDS = {
    ExitStatus.CONFORMING: "conforming",
    ExitStatus.BROKEN: "not_conforming",
    ExitStatus.INTERRUPTED: "interrupted",
    ExitStatus.HARNESS: "harness_failed",
    ExitStatus.USAGE: "wrong_usage",
    ExitStatus.NOTHING_JUDGED: "nothing_judged",
    ExitStatus.BENCH: "bench_failed",
    ExitStatus.NO_PAGE: "conforming",
    ExitStatus.INCOMPLETE: "incomplete",
}
"""The word of the outcome for each exit status. A run of status 0 that left something open is ``incomplete``."""


def states_of(
    cases: Sequence[Case],
    catalogue: Catalogue,
    profile: Mapping[str, Any],
    findings: Sequence[Finding] | None = None,
) -> list[RequirementState]:
    """One entry for each requirement of the catalogue, in its order. ``profile``: as the run describes it.

    Broken are the requirements that the findings stand under. What else a case has charged follows from them, and is
    masked.
    """
    findings = findings_of(cases, catalogue) if findings is None else findings
    leads = {one["requirement"] for one in findings}
    masks = {key: one["requirement"] for one in reversed(findings) for key in one["masks"]}
    by_id: dict[str, list[Case]] = {}
    for case in cases:
        for one in dict.fromkeys([*case["requirements"], *case["broken"]]):
            by_id.setdefault(one, []).append(case)
    return [
        _state(one, by_id.get(one.id, []), catalogue, profile, leads, masks.get(one.id))
        for one in catalogue.requirements.values()
    ]


def _state(
    requirement: Requirement,
    cases: list[Case],
    catalogue: Catalogue,
    profile: Mapping[str, Any],
    leads: set[str],
    masked_by: str | None,
) -> RequirementState:
    obligation = profile.get("obligations", {}).get(requirement.id, requirement.obligation)
    missing = _missing(requirement, catalogue, profile)
    outcome, reason = _outcome(requirement, cases, obligation, missing, leads)
    by = [masked_by, *(one["masked_by"] for one in cases if requirement.id in one["masked"])]
    return RequirementState(
        id=requirement.id,
        area=requirement.area,
        obligation=obligation,
        outcome=outcome,
        masked_by=list(dict.fromkeys(filter(None, by))) if outcome == "masked" else [],
        reason=reason,
        cases=len(cases),
    )


def _missing(requirement: Requirement, catalogue: Catalogue, profile: Mapping[str, Any]) -> list[str]:
    if "capabilities" not in profile:
        return []
    return sorted(catalogue.capabilities([requirement.id]) - set(profile["capabilities"]))


def _outcome(
    requirement: Requirement, cases: list[Case], obligation: str, missing: list[str], leads: set[str]
) -> tuple[RequirementOutcome, str]:
    key = requirement.id
    if key in leads:
        return "broken", ""
    if any(key in broken_requirements(one) for one in cases):
        return "masked", ""
    if any(key in one["decided"] for one in cases):
        return ("kept" if obligation in BINDING else "observed"), ""
    if any(key in one["masked"] and one["masked_by"] for one in cases):
        return "masked", ""
    if missing:
        return "not_applicable", f"the profile does not declare {', '.join(missing)}"
    if cases and all(one["verdict"] == "not_applicable" for one in cases):
        return "not_applicable", _reason(cases)
    return "not_tested", requirement.untested or _reason(cases) or "no case of it was run"


def _reason(cases: Iterable[Case]) -> str:
    return next((one["message"].strip().splitlines()[0] for one in cases if one["message"].strip()), "")


def undecided(states: Iterable[RequirementState], catalogue: Catalogue) -> list[str]:
    """The binding requirements of the profile of which the run says nothing, though a case could."""
    return [
        one["id"]
        for one in states
        if one["obligation"] in BINDING
        and one["outcome"] in ("masked", "not_tested")
        and not catalogue.requirements[one["id"]].untested
    ]


def outcome_of(
    cases: Sequence[Case],
    planned: Sequence[str],
    states: Sequence[RequirementState],
    findings: Sequence[Finding],
    catalogue: Catalogue,
    status: ExitStatus,
) -> Outcome:
    """The run in one sentence, with the numbers that it is made of."""
    spared = {one["id"] for one in cases if one["verdict"] == "not_applicable"}
    judged = {one["id"] for one in cases if one["verdict"] in JUDGED}
    every = {*planned, *(one["id"] for one in cases)} - (spared - judged)
    open_ones = undecided(states, catalogue)
    testable = [one for one in states if not catalogue.requirements[one["id"]].untested]
    binding = [one for one in testable if one["obligation"] in BINDING and one["outcome"] != "not_applicable"]
    incomplete = status == ExitStatus.CONFORMING and open_ones
    numbers = (len(every), len(judged), len(binding), len(open_ones))
    broken = {one["requirement"] for one in findings}
    return Outcome(
        word="incomplete" if incomplete else WORDS[status],
        sentence=_sentence(status, len(broken), *numbers),
        planned=numbers[0],
        judged=numbers[1],
        binding=numbers[2],
        undecided=numbers[3],
    )


def _sentence(status: ExitStatus, broken: int, planned: int, judged: int, binding: int, left: int) -> str:
    of_cases = f"{judged:,} of {planned:,} cases"
    if status == ExitStatus.BROKEN:
        some = f"{broken} requirement{'s are' if broken != 1 else ' is'} broken"
        return f"not conforming: {some}"
    if status in (ExitStatus.CONFORMING, ExitStatus.INCOMPLETE, ExitStatus.NO_PAGE):
        if left:
            return f"nothing broken in {of_cases}; {left:,} of {binding:,} requirements not judged"
        return f"conforming: none of the {binding:,} binding requirements is broken"
    return MEANING[status] + (f"; {of_cases} were judged" if 0 < judged < planned else "")
