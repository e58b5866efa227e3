"""The runner of the faulty modules: when a fault is caught, what the matrix shows, and that every process ends."""

import functools
import json
import os
import select
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from reports.record.findings import findings_of
from suites.spec.catalogue import load_catalogue
from suites.spec.rests import RESTS_ON, bases_of
from tests.mutants import modules
from tests.mutants.__main__ import sample
from tests.mutants.judge import AT_MOST, CUT_OFF, ENOUGH, EarlyEnd, Verdict, read, read_all
from tests.mutants.matrix import diagnosis, figures_of, matrix, page, write_matrix
from tests.mutants.modules import MODULES, ROOT, Fault, MapError, map_faults
from tests.mutants.pool import Pool

JUDGE = """
import dataclasses, json, pathlib, sys
from tests.mutants.pool import collect_cases
from tests.mutants.judge import judge_all
from tests.mutants.modules import Fault
cases = collect_cases()
faults = [Fault(name, "", (), (f"--emulator-option=--fault={fault}",), (requirement,))
          for name, fault, requirement in json.loads(sys.argv[1])]
verdicts = judge_all(faults, pathlib.Path(sys.argv[2]), 2, 60)
print(json.dumps([len(cases), {name: dataclasses.asdict(verdict) for name, verdict in verdicts.items()}]))
"""


def fault(name="f", requirements=("AA-ONE",), equivalent=""):
    return Fault(name, f"sentence of {name}", (), (), requirements, equivalent)


def case(name, broken=(), verdict="fail", blame="module", message="said\nwhy"):
    told = {"id": name, "broken": list(broken), "verdict": verdict, "blame": blame, "message": message}
    return {**told, "requirements": list(broken), "area": "", "transcript": [], "duration_s": 0.1}


def finding(requirement, *cases):
    return {"requirement": requirement, "normal": "", "example": cases[0], "masks": [], "cases": list(cases)}


def record(folder, cases, problems=()):
    path = folder / "f.json"
    path.write_text(json.dumps({"cases": list(cases), "problems": list(problems)}))
    return path


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    wanted = [["caught", "backlog-6-refused", "SE-P8"], ["survivor", "backlog-6-refused", "SE-P3"]]
    command = [sys.executable, "-c", JUDGE, json.dumps(wanted), str(tmp_path_factory.mktemp("judged"))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    return json.loads(done.stdout)


@pytest.mark.slow
def test_a_fault_is_caught_by_a_case_of_its_requirement(judged):
    verdict = judged[1]["caught"]
    assert verdict["caught"]
    assert verdict["note"] == ""
    ((name, message),) = verdict["broken"]["SE-P8"].items()
    assert name.endswith("[P8=6]")
    assert message.startswith("SE-P8 (mandatory)")


@pytest.mark.slow
def test_a_fault_survives_where_only_cases_of_another_requirement_are_run(judged):
    verdict = judged[1]["survivor"]
    assert not verdict["caught"]
    assert verdict["broken"] == {}
    assert verdict["run"]


@pytest.mark.slow
def test_only_cases_of_the_mapped_requirements_are_run(judged):
    count, verdicts = judged
    assert 0 < len(verdicts["caught"]["run"]) < count / 10


def test_an_unmapped_fault_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(modules, "HERE", tmp_path)
    (tmp_path / "key.toml").write_text('[one]\nrequirements = ["AA-ONE"]\n')
    with pytest.raises(MapError, match="not mapped to a requirement: two"):
        map_faults("key", {"one": "", "two": ""}, lambda _name: ((), ()))
    with pytest.raises(MapError, match="no such fault: one"):
        map_faults("key", {}, lambda _name: ((), ()))


@pytest.mark.parametrize("row", ["", 'requirements = []\nequivalent = ""', 'requirements = ["A"]\nequivalent = "why"'])
def test_a_fault_has_requirements_or_an_argument_and_not_both(tmp_path, monkeypatch, row):
    monkeypatch.setattr(modules, "HERE", tmp_path)
    (tmp_path / "key.toml").write_text(f"[one]\n{row}\n")
    with pytest.raises(MapError, match="one: either requirements or equivalent"):
        map_faults("key", {"one": ""}, lambda _name: ((), ()))


@pytest.mark.recipe
@pytest.mark.parametrize("key", sorted(modules.MODULES))
def test_each_fault_is_mapped_to_requirements_of_the_catalogue(key):
    from suites.spec.catalogue import load_catalogue

    known = load_catalogue().requirements
    for one in modules.MODULES[key]().faults():
        assert set(one.requirements) <= set(known), one.name


def test_a_failure_for_another_requirement_is_no_catch(tmp_path):
    path = record(tmp_path, [case("a", ["BB-TWO"])])
    verdict = read(path, fault())
    assert not verdict.caught
    assert verdict.broken == {"BB-TWO": {"a": "said\nwhy"}}
    assert verdict.killers(fault()) == {}


def test_a_problem_of_the_bench_is_told(tmp_path):
    problems = [{"blame": "rig", "message": "no port"}]
    path = record(tmp_path, [case("a", verdict="error", blame="peer", message="no\nroute")], problems)
    assert read(path, fault()).note == "rig: no port; a: peer: no"


def test_a_module_that_cannot_be_reached_is_told_where_nothing_else_caught_it(tmp_path):
    problems = [{"blame": "module", "message": "silent"}]
    assert read(record(tmp_path, [], problems), fault()).note == "module: silent"
    assert read(record(tmp_path, [case("a", ["AA-ONE"])], problems), fault()).note == ""


def test_a_run_that_leaves_nothing_is_told(tmp_path):
    assert read(tmp_path / "f.json", fault()).note == "no record was written"


def test_a_run_that_was_cut_off_is_judged_by_its_journal(tmp_path):
    rows = [{"case": case("a", ["AA-ONE"])}, {"other": 1}]
    (tmp_path / "f.json.journal.jsonl").write_text("\n".join(map(json.dumps, rows)))
    verdict = read(tmp_path / "f.json", fault(), "cut off")
    assert verdict.caught
    assert verdict.note == "cut off"


def matrix_of_three():
    faults = [fault("c", equivalent="nobody can tell", requirements=()), fault("b"), fault("a")]
    verdicts = {
        "a": Verdict(True, {"AA-ONE": {"x": "said"}}, ("w", "x"), findings=(finding("AA-ONE", "x"),)),
        "b": Verdict(False, {"BB-TWO": {"y": "said"}}, ("w", "y"), "cut off", (finding("BB-TWO", "y"),)),
    }
    return faults, verdicts, {"w": ["AA-ONE"], "x": ["AA-ONE"], "y": ["BB-TWO"], "z": ["CC-THREE"]}


def test_the_matrix_counts_and_names():
    data = matrix(*matrix_of_three())
    assert data["score"] == {"caught": 1, "survived": 1, "equivalent": 1, "cases": 4, "cases_run": 3}
    assert [(row["fault"], row["state"]) for row in data["faults"]] == [
        ("a", "caught"),
        ("b", "survived"),
        ("c", "equivalent"),
    ]
    assert data["faults"][0]["cases"] == {"x": "said"}
    assert data["faults"][1]["broken_besides"] == ["BB-TWO"]
    assert data["cases_without_a_catch"] == ["w"]
    assert data["requirements_without_a_fault"] == ["BB-TWO", "CC-THREE"]


def judged_rows():
    """One fault that is named first and alone, one that is named second behind an innocent requirement."""
    faults = [fault("good"), fault("bad")]
    verdicts = {
        "good": Verdict(True, {"AA-ONE": {"x": "said"}}, ("x",), findings=(finding("AA-ONE", "x"),)),
        "bad": Verdict(
            True, {"AA-ONE": {"x": "said"}}, ("x",), findings=(finding("BB-TWO", "y"), finding("AA-ONE", "x"))
        ),
    }
    return matrix(faults, verdicts, {"x": ["AA-ONE"], "y": ["BB-TWO"]})


def test_the_diagnosis_tells_findings_rank_and_innocent_requirements():
    data = judged_rows()
    assert figures_of(data["faults"]) == {"first": 50.0, "findings": 1.5, "no_innocent": 50.0}
    text = "\n".join(diagnosis(data))
    assert "bad: 2 findings, the right one is number 2; not named by the map: BB-TWO" in text
    assert "good: 1 findings, the right one is number 1\n" in text
    assert "right requirement first: 50.0 % of 2 (98)" in text


def test_kept_records_are_read_by_the_rules_of_today_and_those_that_were_cut_off_are_counted(tmp_path):
    whole, cut_off, missing = (fault(name, ["AA-ONE"]) for name in ("whole", "cut", "missing"))
    record(tmp_path, [case("x", ["AA-ONE"])]).rename(tmp_path / "whole.json")
    line = json.dumps({"case": case("y", ["AA-ONE"])})
    (tmp_path / "cut.json.journal.jsonl").write_text(f"{line}\n")
    verdicts = read_all([whole, cut_off, missing], tmp_path)
    assert {name: (one.caught, one.note) for name, one in verdicts.items()} == {
        "whole": (True, ""),
        "cut": (True, CUT_OFF),
    }
    text = "\n".join(diagnosis(matrix([whole, cut_off], verdicts, {})))
    assert "the cases until then are counted): 1" in text


def test_a_sample_is_the_same_for_the_same_seed_and_has_no_equivalents():
    faults = [fault(f"f{n}", equivalent="nobody can tell" if n % 2 else "") for n in range(100)]
    drawn = sample(faults, 20, 7)
    assert drawn == sample(faults[::-1], 20, 7)
    assert drawn != sample(faults, 20, 8)
    assert len(drawn) == 20
    assert not any(one.equivalent for one in drawn)
    assert sample(faults, 0, 7) == faults


def test_the_page_shows_each_fault_and_its_state():
    text = "\n".join(page(matrix(*matrix_of_three())))
    assert "1 of 2 faults caught, 1 equivalent" in text
    assert "| a | AA-ONE | AA-ONE | 1 of 2 run | said |" in text
    assert "| b | AA-ONE | **survived** | 0 of 2 run | cut off |" in text
    assert "| c | equivalent: nobody can tell |" in text
    assert "- `w`" in text


def test_survivors_are_named_and_both_files_written(tmp_path, capsys):
    assert write_matrix(tmp_path / "new", *matrix_of_three()) == ["b"]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["matrix.json", "matrix.md"]
    assert "survived: b (2 cases; cut off)" in capsys.readouterr().out


def wait_for_ever(path):
    child = subprocess.Popen(["sleep", "1000"])
    Path(path).write_text(f"{child.pid}")
    child.wait()


def gone(pid, seconds=10.0):
    """True when the process has ended, at the latest after so many seconds."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    with os.fdopen(handle, "rb") as process:
        return bool(select.select([process], [], [], seconds)[0])


@pytest.mark.slow
def test_a_run_over_its_time_is_ended_with_all_that_it_has_started(tmp_path):
    pool = Pool(jobs=2, timeout=1.0)
    tasks = [("late", functools.partial(wait_for_ever, tmp_path / "pid")), ("soon", functools.partial(int, 0))]
    assert sorted(pool.work(tasks)) == [("late", True), ("soon", False)]
    assert gone(int((tmp_path / "pid").read_text()))


def report(*broken):
    return SimpleNamespace(conformance={"case": {"broken": list(broken)}})


def spared_after(reports):
    session, sparing = SimpleNamespace(shouldfail=False), EarlyEnd(("AA-ONE",))
    sparing.pytest_sessionstart(session)
    for number, one in enumerate(reports, 1):
        sparing.pytest_runtest_logreport(one)
        if session.shouldfail:
            return number
    return None


def test_a_run_ends_when_enough_cases_have_caught_the_fault():
    assert spared_after([report("AA-ONE")] * ENOUGH) == ENOUGH
    assert spared_after([report("AA-ONE"), SimpleNamespace(), report(), report("BB-TWO"), report("AA-ONE")]) == 5


def test_a_run_goes_on_while_only_others_fail_up_to_a_limit():
    assert spared_after([report("BB-TWO")] * (AT_MOST - 1)) is None
    assert spared_after([report("BB-TWO")] * AT_MOST) == AT_MOST


@pytest.mark.recipe
@pytest.mark.parametrize("module", sorted(MODULES))
def test_the_first_requirement_of_a_fault_rests_on_no_other_that_its_map_names(module):
    maps = {one.name: one.requirements for one in MODULES[module]().faults()}
    assert {name: ids for name, ids in maps.items() if set(ids[1:]) & set(bases_of(ids[0] if ids else ""))} == {}


def charging(key, number):
    told = {"requirement": key, "expected": f"what {key} says", "got": f"what {key} shows", "step": "", "normal": key}
    return {**case(f"{key}::{number}", broken=[key]), "differences": [told], "masked": [], "masked_by": None, "rig": ""}


def test_finding_is_that_of_the_base_where_the_suites_charge_what_rests_on_it_too():
    catalogue = load_catalogue()
    edges = [(first, base) for first in RESTS_ON for base in bases_of(first)]
    wrong = {}
    for first, base in edges:
        good = {**charging(base, "good"), "verdict": "pass", "broken": [], "decided": [base], "differences": []}
        cases = [good, *(charging(base, one) for one in "ab"), *(charging(first, one) for one in "abcde")]
        found = [one["requirement"] for one in findings_of(cases, catalogue)]
        if found != [base]:
            wrong[first, base] = found
    assert edges
    assert wrong == {}
