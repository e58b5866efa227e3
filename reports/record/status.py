"""The exit status of a run, decided in one place.

A continuous-integration job tells a bad module from a bad bench by this number alone, so the numbers are an
interface: they are documented in ``docs/reports.md`` and never change their meaning.
"""

from collections.abc import Iterable
from enum import IntEnum

from reports.record.model import Case, Problem


class ExitStatus(IntEnum):
    """The exit statuses of a conformance run. The names also stand in the run record (``status.name``)."""

    CONFORMING = 0
    BROKEN = 1
    INTERRUPTED = 2
    HARNESS = 3
    USAGE = 4
    NOTHING_JUDGED = 5
    BENCH = 6
    NO_PAGE = 7
    INCOMPLETE = 8


MEANING: dict[ExitStatus, str] = {
    ExitStatus.CONFORMING: "nothing is broken: conforming, where all that binds the module was judged",
    ExitStatus.BROKEN: "not conforming: a requirement is broken",
    ExitStatus.INTERRUPTED: "interrupted before the end; nothing is broken in what ran",
    ExitStatus.HARNESS: "the harness failed; this says nothing of the module",
    ExitStatus.USAGE: "wrong usage: an option, the rig file, the profile or the catalogue",
    ExitStatus.NOTHING_JUDGED: "nothing was judged",
    ExitStatus.BENCH: "the bench failed: rig, peer or network; this says nothing of the module",
    ExitStatus.NO_PAGE: "nothing is broken, but the HTML report could not be made",
    ExitStatus.INCOMPLETE: "nothing is broken, but not all that binds the module was judged (--require all)",
}

JUDGED = ("pass", "fail", "observed", "error")
"""Verdicts of cases that ran. A run of nothing but ``not_applicable`` and ``inconclusive`` has judged nothing."""


def broken_requirements(case: Case) -> list[str]:
    """The ids that this case proved broken; for a failed case that names none, all that it decides."""
    return (case["broken"] or case["requirements"]) if case["verdict"] == "fail" else []


def case_status(case: Case) -> ExitStatus:
    """The exit status that one case alone causes.

    An inconclusive case changes nothing: it was left out for a reason that the summary shows (the rig does not
    allow it, this machine cannot do it). Where a failure kept it from running, that failure counts by itself.
    """
    if case["verdict"] == "fail":
        return ExitStatus.BROKEN
    if case["verdict"] != "error":
        return ExitStatus.CONFORMING
    return ExitStatus.HARNESS if case["blame"] in ("harness", None) else ExitStatus.BENCH


def problem_status(problem: Problem) -> ExitStatus:
    """The exit status that a problem of the whole run causes."""
    special = {"harness": ExitStatus.HARNESS, "usage": ExitStatus.USAGE}
    return special.get(problem["blame"], ExitStatus.BENCH)


# Which status a run takes when several apply. What was proven stays proven, so a broken requirement wins over
# whatever happened to the run afterwards. The harness comes before the bench: who cannot trust the judge need not
# look at the bench.
_PRECEDENCE = (
    ExitStatus.USAGE,
    ExitStatus.BROKEN,
    ExitStatus.INTERRUPTED,
    ExitStatus.HARNESS,
    ExitStatus.BENCH,
)


def decide(cases: Iterable[Case], problems: Iterable[Problem] = (), *, also: Iterable[ExitStatus] = ()) -> ExitStatus:
    """The exit status of a run with these cases and problems; ``also`` adds what else is known of it."""
    cases = list(cases)
    reached = {case_status(one) for one in cases} | {problem_status(one) for one in problems} | set(also)
    for status in _PRECEDENCE:
        if status in reached:
            return status
    judged = any(one["verdict"] in JUDGED for one in cases)
    return ExitStatus.CONFORMING if judged else ExitStatus.NOTHING_JUDGED
