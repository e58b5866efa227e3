"""A run that is killed keeps all it had, and another one goes on with the rest."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reports.record.journal import Journal, journal_path
from reports.record.record import read_record, write_record
from reports.record.status import ExitStatus
from reports.run.rebuild import rebuild_run
from reports.run.resume import ResumeError, differing_cases, load_former, refuse_rigs
from suites.spec.catalogue import load_catalogue
from tests.fixtures.runs import PATIENCE, Run, copy_project
from tests.reports.conftest import make_case

SUITE = "suites/framing/test_gated.py"
WAITING = f"{SUITE}::test_waits_at_the_gate"
FEW = ("suites/framing", "-k", "success")
FINISHED = [f"{SUITE}::test_before[1]", f"{SUITE}::test_before[2]"]
ALL = [*FINISHED, WAITING, f"{SUITE}::test_after"]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = copy_project(tmp_path_factory.mktemp("project"))
    shutil.copy(Path(__file__).with_name("gated_cases.py"), folder / SUITE)
    return folder


def killed_at_the_gate(project, folder, *arguments, everything=False):
    """A run that was killed while a case waited at the gate; the run, for others to come."""
    gate = folder / "gate"
    os.mkfifo(gate)
    run = Run(folder, project, {"GATE": str(gate)})
    run.start(*arguments, SUITE, own_session=True)
    with gate.open():
        pass
    (os.killpg if everything else os.kill)(run.process.pid, signal.SIGKILL)
    run.process.wait(timeout=PATIENCE)
    run.output.close()
    gate.unlink()
    return run


@pytest.fixture(scope="module")
def killed(project, tmp_path_factory):
    """What a run in one process has left that was killed with all its processes."""
    folder = tmp_path_factory.mktemp("killed")
    killed_at_the_gate(project, folder, everything=True)
    return folder


def copied(killed, folder):
    shutil.copytree(killed, folder, dirs_exist_ok=True)
    return folder


def results(folder):
    """The Allure results by the id of their case."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*-result.json")]
    return {next(p["value"] for p in one["parameters"] if p["name"] == "case"): one for one in found}


def attached(folder, result, name):
    (source,) = [one["source"] for one in result["attachments"] if one["name"] == name]
    return (folder / source).read_text(encoding="utf-8")


def gone_on_with(ended):
    """The run went on: what was finished is there as it was, and the case that was cut off was run again."""
    record = read_record(ended.folder / "run.json")
    assert ended.status == ExitStatus.CONFORMING, ended.output
    assert sorted(one["id"] for one in record["cases"]) == sorted(ALL)
    assert sorted(record["planned"]) == sorted(ALL)
    (resumed,) = record["resumed"]
    assert WAITING in resumed["cut_off"]
    assert f"resumed   {resumed['at'][:10]}" in ended.output
    cases = {one["id"]: one for one in record["cases"]}
    again = cases[WAITING]
    assert (again["verdict"], again["attempts"]) == ("pass", 2)
    (earlier,) = again["earlier"]
    assert earlier["message"].startswith("cut off")
    assert any("P8=3\\r" in line for line in earlier["transcript"])
    made = results(ended.folder / "allure")
    assert sorted(made) == sorted(ALL)
    assert "P8=3" in attached(ended.folder / "allure", made[WAITING], "cut off")
    return record


def test_run_that_was_killed_with_everything_goes_on_from_its_journal(project, killed, tmp_path):
    folder = copied(killed, tmp_path)
    former = {path.name for path in (folder / "allure").glob("*-result.json")}
    ended = Run(folder, project)(SUITE, f"--resume={journal_path(folder / 'run.json')}")
    record = gone_on_with(ended)
    assert (record["resumed"][0]["taken_over"], record["resumed"][0]["cut_off"]) == (2, [WAITING])
    assert former <= {path.name for path in (folder / "allure").glob("*-result.json")}, (
        "finished cases are not run again"
    )
    assert [one.name for one in folder.iterdir() if "journal" in one.name] == []


def test_record_and_results_are_made_of_the_journal_and_the_run_goes_on_from_the_record(project, killed, tmp_path):
    folder = copied(killed, tmp_path)
    command = [
        sys.executable,
        "-m",
        "reports",
        "rebuild",
        str(folder / "run.json"),
        f"--alluredir={folder / 'allure'}",
    ]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == ExitStatus.HARNESS, done.stdout + done.stderr
    assert f"not finished: {WAITING}" in done.stdout
    record = read_record(folder / "run.json")
    assert sorted(one["id"] for one in record["cases"]) == FINISHED
    (cut_off,) = record["unfinished"]
    assert any("P8=3\\r" in line for line in cut_off["transcript"])
    made = results(folder / "allure")
    assert sorted(made) == sorted([*FINISHED, WAITING])
    assert made[WAITING]["status"] == "unknown"
    assert "P8=3" in attached(folder / "allure", made[WAITING], "transcript")
    gone_on_with(Run(folder, project)(SUITE, f"--resume={folder / 'run.json'}"))


def test_run_whose_steering_process_was_killed_goes_on_when_its_workers_have_noticed(project, tmp_path):
    killed_at_the_gate(project, tmp_path, "-n2")
    gone_on_with(Run(tmp_path, project)(SUITE, "-n2", f"--resume={tmp_path / 'run.json'}"))


def test_run_that_is_killed_again_keeps_what_both_had(project, killed, tmp_path):
    folder = copied(killed, tmp_path)
    killed_at_the_gate(project, folder, f"--resume={folder / 'run.json'}", everything=True)
    former = load_former(folder / "run.json")
    assert sorted(one["id"] for one in former.cases) == FINISHED
    assert [one["id"] for one in former.unfinished] == [WAITING, WAITING]
    assert len(former.resumed) == 2


@pytest.fixture
def record(killed, tmp_path):
    """The path of the record of the killed run, which may be changed."""
    folder = copied(killed, tmp_path)
    rebuild_run(folder / "run.json", None, load_catalogue())
    return folder / "run.json"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r: r["rigs"][0]["module"].update(firmware="C9"), "begun with the firmware 'C9', this is 'C"),
        (lambda r: r["planned"].append("x::y"), "1 of its cases are not selected now (x::y)"),
    ],
    ids=["module", "cases"],
)
def test_what_does_not_fit_is_refused_and_nothing_is_lost(project, record, change, said):
    document = read_record(record)
    change(document)
    write_record(document, record)
    ended = Run(record.parent, project)(SUITE, f"--resume={record}")
    assert ended.status == ExitStatus.USAGE, ended.output
    assert said in ended.output
    left = load_former(record)
    assert sorted(one["id"] for one in left.cases) == FINISHED
    assert [one["id"] for one in left.unfinished] == [WAITING]


def test_another_rig_is_refused_before_anything_is_touched(project, record):
    before = record.read_bytes()
    ended = Run(record.parent, project)(SUITE, f"--resume={record}", "--emulator-option=--fault=read-doubled")
    assert ended.status == ExitStatus.USAGE, ended.output
    assert "begun with the emulator's options '', this is '--fault=read-doubled'" in ended.output
    assert record.read_bytes() == before


@pytest.mark.parametrize(
    ("table", "said"),
    [("rig", "begun with the rig 'emulator', this is 'other'"), ("profile", "begun with the profile 'web', this is")],
)
def test_another_rig_or_profile_is_refused(record, table, said):
    bench = {"rig": {"name": "emulator", "emulator_options": []}, "profile": {"name": "web"}}
    refuse_rigs(load_former(record), [bench])
    bench[table]["name"] = "other"
    with pytest.raises(ResumeError, match=said):
        refuse_rigs(load_former(record), [bench])


def test_run_that_still_goes_on_is_not_gone_on_with(tmp_path, monkeypatch):
    monkeypatch.setattr("reports.run.resume.WAIT_S", 0.05)
    code = "import sys; from pathlib import Path; from reports.record.journal import Journal; "
    code += "kept = Journal(Path(sys.argv[1]))"
    wait = "; print('written', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code + wait, str(journal_path(tmp_path / "run.json"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path.cwd()) as writer:
        assert writer.stdout.readline() == b"written\n"
        with pytest.raises(ResumeError, match="still going on"):
            load_former(tmp_path / "run.json")
        writer.stdin.close()


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(ResumeError, match=r"none\.json: cannot be read"):
        load_former(tmp_path / "none.json")


def test_cases_that_were_not_run_get_their_turn(tmp_path):
    journal = Journal(journal_path(tmp_path / "run.json"))
    for name, verdict, message in [
        ("a", "pass", ""),
        ("b", "inconclusive", "not run: gone"),
        ("c", "inconclusive", "?"),
    ]:
        journal.add("case", make_case(id=name, verdict=verdict, message=message))
    journal.close()
    assert [one["id"] for one in load_former(tmp_path / "run.json").cases] == ["a", "c"]


def test_cases_in_another_order_are_the_same():
    assert differing_cases(["a", "b"], ["b", "a"]) == ""
    assert differing_cases([], ["a"]) == "", "the run ended before it knew its cases"
    assert "1 are selected now that it had not (b)" in differing_cases(["a"], ["a", "b"])


@pytest.mark.parametrize("processes", ["0", "2"])
def test_killed_run_of_the_suites_themselves_is_gone_on_with(tmp_path, processes):
    """The real suites: their folders have conftest files, for which pytest puts every plugin into a set."""
    run = Run(tmp_path).start("-n", processes, *FEW, own_session=True)
    run.wait_for_cases(3)
    os.killpg(run.process.pid, signal.SIGKILL)
    run.process.wait(timeout=PATIENCE)
    run.output.close()
    ended = Run(tmp_path)(f"--resume={tmp_path / 'run.json'}", "-n", processes, *FEW)
    assert ended.status == ExitStatus.CONFORMING, ended.output
    record = read_record(tmp_path / "run.json")
    assert sorted(one["id"] for one in record["cases"]) == sorted(record["planned"])
    assert record["resumed"][0]["taken_over"] >= 3
