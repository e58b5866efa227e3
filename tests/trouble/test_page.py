"""docs/trouble.md names tests and rungs that exist; the unattended run tells right verdicts from wrong ones."""

import ast
import itertools
import random
import re
from pathlib import Path

import pytest

from fixtures.drivers.bench.recovery import RUNGS
from tests.trouble.hands import BUSY, IN_NAMESPACE, OF_THE_BENCH, OF_THE_MODULE, Done, alternating
from tests.trouble.pressure import Pressure
from tests.trouble.resume_moments import Undisturbed, differences, moments_of
from tests.trouble.unattended import complaint, met_by_cases

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "trouble.md").read_text(encoding="utf-8")
ROOMS = ("trouble", "fixtures", "rigs", "runs", "reports", "packaging")
FAULTS = PAGE.partition("## Faults that a run survives")[2].partition("## ")[0]


def names_of_tests():
    files = (path for room in ROOMS for path in (ROOT / "tests" / room).glob("test_*.py"))
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield node.name


def rows(text):
    return [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")][1:]


@pytest.mark.recipe
def test_every_fault_of_the_page_names_a_test_that_there_is():
    named = [re.fullmatch(r"`(test_\w+)`", row[-1]) for row in rows(FAULTS)]
    assert len(named) > 15
    assert all(named)
    assert {one[1] for one in named} - set(names_of_tests()) == set()


@pytest.mark.recipe
def test_page_shows_the_ladder_as_it_is():
    ladder = rows(PAGE.partition("## The ladder")[2].partition("## ")[0])
    assert [row[0] for row in ladder] == [rung.name for rung in RUNGS], "docs/trouble.md has a row for each of RUNGS"


def case(verdict, blame=None, *, began="2026-01-01T00:00:10+00:00", earlier=()):
    return {
        "started": began,
        "duration_s": 2.0,
        "verdict": verdict,
        "blame": blame,
        "message": "why",
        "earlier": [{"verdict": "error", "blame": one, "message": "why", "duration_s": 1.0} for one in earlier],
    }


AT = 1767225610.0  # 2026-01-01T00:00:10+00:00
DONE = [Done("unplug", AT, AT + 20), Done("hang", AT + 100, AT + 120)]
LATER = "2026-01-01T00:01:55+00:00"
MUCH_LATER = "2026-01-01T01:00:00+00:00"


@pytest.mark.parametrize(
    ("judged", "right"),
    [
        (case("pass"), True),
        (case("pass", earlier=["rig"]), True),
        (case("error", "rig", earlier=["rig"]), True),
        (case("error", "network"), False),
        (case("fail", "module"), False),
        (case("inconclusive"), False),
        (case("fail", "module", began=LATER), True),
        (case("error", "rig", began=LATER), False),
        (case("fail", "module", began=MUCH_LATER), False),
        (case("pass", earlier=["peer"]), False),
        (case("observed"), False),
    ],
)
def test_unattended_run_knows_a_right_verdict_from_a_wrong_one(judged, right):
    assert (complaint(judged, "pass", DONE) == "") is right


HELD_UP = "had to wait 1.9 s for this machine (a processor, disk or memory) while an answer was waited for"


def test_void_case_is_right_while_the_system_says_that_the_machine_is_busy():
    void = case("pass", began=MUCH_LATER, earlier=["rig"])
    void["earlier"][0]["message"] = HELD_UP
    busy = [Done(BUSY, AT + 3590, AT + 3591)]
    assert complaint(void, "pass", DONE)
    assert not complaint(void, "pass", busy)
    assert complaint(case("pass", began=MUCH_LATER, earlier=["rig"]), "pass", busy), "another error of the rig"
    assert complaint(case("fail", "module", began=MUCH_LATER), "pass", busy)


def test_busy_machine_is_told_by_the_waiting_of_all_processes(tmp_path):
    file = tmp_path / "cpu"
    pressure = Pressure(file)
    assert not pressure.look()
    for total in (0, 10**9, 10**9):
        file.write_text(f"some avg10=0.00 avg60=0.00 avg300=0.00 total={total}\nfull avg10=0.00 total=7\n")
        assert pressure.look()
    (busy,) = pressure.busy()
    assert (busy.name, busy.at <= busy.until) == (BUSY, True)


USUAL = Undisturbed(0, {"a": "pass", "b": "observed"}, 1.0)
A, B = {"id": "a", "verdict": "pass"}, {"id": "b", "verdict": "observed"}


@pytest.mark.parametrize(
    ("cases", "status", "said"),
    [
        ([A, B], 0, []),
        ([{**A, "transcript_sha256": "of the record"}, B], 0, []),
        ([A], 0, ["lost: b"]),
        ([A, B, B], 0, ["doubled: b"]),
        ([{**A, "message": "other"}, B], 0, ["changed: a"]),
        ([A, {**B, "verdict": "fail"}], 0, ["fail, undisturbed observed: b"]),
        ([A, B, {**B, "id": "c"}], 0, ["unknown: c"]),
        ([A, B], 6, ["status 6, undisturbed 0"]),
    ],
)
def test_killed_runs_that_lose_double_or_change_a_case_are_told(cases, status, said):
    assert differences({"a": A}, USUAL, status, {"cases": cases}) == said


def test_moments_are_spread_over_the_time_and_drawn_by_their_seed():
    moments = moments_of(20, 40.0, seed=3)
    assert moments == sorted(moments) == moments_of(20, 40.0, seed=3) != moments_of(20, 40.0, seed=4)
    assert min(moments) >= 4.0
    assert max(moments) <= 38.0


def test_faults_of_an_unattended_run_are_drawn_by_its_seed_and_all_kinds_come():
    first, second, other = (list(itertools.islice(alternating(random.Random(s), True), 400)) for s in (1, 1, 2))
    assert first == second != other
    assert set(first) == {*OF_THE_BENCH, *IN_NAMESPACE, *OF_THE_MODULE}
    assert not set(itertools.islice(alternating(random.Random(1), False), 400)) & set(IN_NAMESPACE)


def test_faulty_module_that_passes_what_it_fails_undisturbed_is_a_wrong_verdict():
    assert complaint(case("pass", began=MUCH_LATER), "fail", DONE)
    assert not complaint(case("inconclusive", began=MUCH_LATER), "fail", DONE)


def test_fault_that_no_judged_case_met_is_no_situation():
    not_run = {**case("inconclusive", began=LATER), "message": "not run: the 2 minutes are over"}
    assert met_by_cases([({"cases": [case("pass"), not_run]}, [])], DONE) == 1
    assert met_by_cases([({"cases": [case("pass"), case("pass", began=LATER)]}, [])], DONE) == 2
