"""One exit status for a run, whatever happened in it."""

import pytest

from reports.record.status import MEANING, ExitStatus, broken_requirements, decide


def case(verdict: str = "pass", blame: str | None = None, **more) -> dict:
    return {"verdict": verdict, "blame": blame, "obligation": "M", "requirements": ["A", "B"], "broken": [], **more}


def problem(blame: str) -> dict:
    return {"blame": blame, "message": "something"}


@pytest.mark.parametrize(
    ("cases", "problems", "expected"),
    [
        ([case()], [], ExitStatus.CONFORMING),
        ([case("observed", obligation="O")], [], ExitStatus.CONFORMING),
        ([case(), case("not_applicable")], [], ExitStatus.CONFORMING),
        ([case(), case("inconclusive", "rig")], [], ExitStatus.CONFORMING),
        ([case(), case("fail", "module")], [], ExitStatus.BROKEN),
        ([case("error", "harness")], [], ExitStatus.HARNESS),
        ([case("error", None)], [], ExitStatus.HARNESS),
        ([case("error", "rig")], [], ExitStatus.BENCH),
        ([case("error", "peer")], [], ExitStatus.BENCH),
        ([case("error", "network")], [], ExitStatus.BENCH),
        ([case("error", "module")], [], ExitStatus.BENCH),
        ([], [], ExitStatus.NOTHING_JUDGED),
        ([case("not_applicable"), case("inconclusive")], [], ExitStatus.NOTHING_JUDGED),
        ([], [problem("rig")], ExitStatus.BENCH),
        ([], [problem("module")], ExitStatus.BENCH),
        ([case()], [problem("harness")], ExitStatus.HARNESS),
        ([], [problem("usage")], ExitStatus.USAGE),
        ([case("error", "rig"), case("error", "harness")], [], ExitStatus.HARNESS),
    ],
)
def test_status_follows_from_verdicts_and_blame(cases, problems, expected):
    assert decide(cases, problems) is expected


@pytest.mark.parametrize("later", [ExitStatus.INTERRUPTED, ExitStatus.HARNESS, ExitStatus.BENCH])
def test_what_was_proven_broken_stays_broken(later):
    cases = [case("fail", "module"), case("error", "harness"), case("error", "rig")]
    assert decide(cases, [problem("rig")], also=[later]) is ExitStatus.BROKEN


def test_an_interrupted_run_is_not_conforming():
    assert decide([case()], also=[ExitStatus.INTERRUPTED]) is ExitStatus.INTERRUPTED


def test_every_status_has_its_number_and_its_meaning():
    assert {status.name: int(status) for status in MEANING} == {
        "CONFORMING": 0,
        "BROKEN": 1,
        "INTERRUPTED": 2,
        "HARNESS": 3,
        "USAGE": 4,
        "NOTHING_JUDGED": 5,
        "BENCH": 6,
        "NO_PAGE": 7,
        "INCOMPLETE": 8,
    }
    assert all(MEANING.values())


def test_a_failed_case_that_names_nothing_breaks_all_that_it_decides():
    assert broken_requirements(case("fail", "module")) == ["A", "B"]
    assert broken_requirements(case("fail", "module", broken=["B"])) == ["B"]
    assert broken_requirements(case("error", "rig", broken=["B"])) == []
