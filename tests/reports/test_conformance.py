"""The front door: pytest, then the page, whatever the outcome; one exit status."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reports import conformance
from reports.conformance import main
from reports.formats import as_html
from reports.formats.allure.node import ToolError
from reports.record.record import read_record, write_record
from reports.record.status import ExitStatus
from tests.reports import sample_runs

PASS = """
import pytest
@pytest.mark.case_result(requirements=["MA-NEXT"])
def test_next():
    pass
"""
KILLED = "def test_killed():\n    import os, signal\n    os.kill(os.getpid(), signal.SIGKILL)\n"


@pytest.fixture
def pages(monkeypatch) -> list[tuple[Path, Path, str]]:
    """Pages are not made but noted: results, page, title."""
    made: list[tuple[Path, Path, str]] = []

    def note(results: Path, page: Path, tools: Path, title: str) -> None:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text("page", encoding="utf-8")
        made.append((results, page, title))

    monkeypatch.setattr(conformance, "make_page", note)
    return made


@pytest.fixture
def door(project, monkeypatch, pages):
    """The front door of the sample project instead of the repository."""
    monkeypatch.setattr(conformance, "ROOT", project.folder)
    monkeypatch.setattr(conformance, "PAGE", project.out / "conformance.html")
    monkeypatch.setattr(conformance, "TOOLS", project.out / "tools")
    for key, value in project.environment().items():
        monkeypatch.setenv(key, value)
    return project


def test_mistake_of_ours_in_a_report_does_not_hide_what_the_run_has_found(tmp_path, capfd, monkeypatch):
    """No template with a mistake is at hand, so one is made."""
    write_record(sample_runs.ten_faults(), tmp_path / "run.json")
    monkeypatch.setitem(as_html.environment().globals, "outcomes", None)
    assert conformance.write_reports(tmp_path / "run.json", 1) == 1
    assert conformance.write_reports(tmp_path / "run.json", 0) == ExitStatus.HARNESS
    assert "the reports could not be made; the record is whole" in capfd.readouterr().err


def test_a_conforming_module_ends_with_0_and_a_page(door, pages, capfd):
    door.add("test_one.py", PASS)
    assert main(["-q"]) == 0
    page = door.out / "conformance.html"
    title = "INCOMPLETE: ISM43362-M3G-L44 C3.5.2.5 (nothing broken in 1 of 1 cases; 3 of 4 requirements not judged)"
    assert pages == [(door.out / "allure-results", page, title)]
    said = capfd.readouterr().out
    assert said.rstrip().splitlines()[-4:] == [
        f"allure    {page}",
        *(f"report    {door.out / name}" for name in ("report.md", "junit.xml", "report.html")),
    ]
    assert "nothing broken in 1 of 1 cases" in said


def test_a_broken_requirement_ends_with_1_and_a_page(door, pages):
    door.add_sample("every_verdict")
    assert main([]) == 1
    assert len(pages) == 1


def test_a_bench_that_fails_ends_with_6_and_a_page(door, pages, monkeypatch):
    door.add("test_one.py", PASS)
    monkeypatch.setenv("SAMPLE_PROBLEM", "rig:no such port")
    monkeypatch.setenv("SAMPLE_NO_CASES", "1")
    assert main([]) == 6
    assert len(pages) == 1


def test_arguments_go_to_pytest(door, pages):
    door.add("test_one.py", PASS + PASS.replace("test_next", "test_other"))
    assert main(["-k", "other", "--run-record", "r.json", "--alluredir", "a"]) == 0
    record = read_record(door.folder / "r.json")
    assert [one["id"] for one in record["cases"]] == ["test_one.py::test_other"]
    assert pages[0][0] == door.folder / "a"


@pytest.mark.parametrize(("option", "status"), [("--no-such-option", 4), ("--help", 0), ("--collect-only", 0)])
def test_where_nothing_was_run_no_page_is_made(door, pages, option, status):
    door.add("test_one.py", PASS)
    assert main([option]) == status
    assert pages == []


@pytest.mark.parametrize(("cases", "status"), [("pass", 7), ("fail", 1)])
def test_a_page_that_cannot_be_made_has_its_status_only_where_all_is_well(door, monkeypatch, capfd, cases, status):
    def fail(*_: object) -> None:
        raise ToolError("npm could not bring the page generator")

    monkeypatch.setattr(conformance, "make_page", fail)
    door.add("test_one.py", PASS.replace("case_result(", f"case_result(verdict={cases!r}, "))
    assert main([]) == status
    assert "Allure's page could not be made: npm could not" in capfd.readouterr().out


@pytest.mark.parametrize(("first", "status"), [("pass", 3), ("fail", 1)])
def test_a_killed_run_gets_its_record_from_the_journal(door, pages, capfd, first, status):
    door.add("test_one.py", PASS.replace("case_result(", f"case_result(verdict={first!r}, ") + KILLED)
    assert main(["-n0"]) == status
    record = read_record(door.out / "run.json")
    assert record["finished"] is None
    assert [one["id"] for one in record["cases"]] == ["test_one.py::test_next"]
    assert [one["id"] for one in record["unfinished"]] == ["test_one.py::test_killed"]
    statuses = {one["name"]: one["status"] for one in door.allure()}
    assert statuses == {"next": {"pass": "passed", "fail": "failed"}[first], "test_killed": "unknown"}
    assert not (door.out / "run.json.journal.jsonl").exists()
    assert len(pages) == 1
    assert "the run was cut off" in capfd.readouterr().out
    environment = (door.out / "allure-results" / "environment.properties").read_text(encoding="utf-8")
    assert environment.startswith("outcome = ")


def test_a_run_whose_steering_process_is_killed_gets_its_record_from_the_journal(door, pages):
    door.add("test_one.py", KILLED.replace("os.getpid()", "os.getppid()"))
    assert main(["-n1"]) == 3
    record = read_record(door.out / "run.json")
    assert record["finished"] is None
    assert record["rig"]["name"] == "sample rig", "the worker's own journal has what its hooks received"
    assert [one["id"] for one in record["unfinished"]] == ["test_one.py::test_killed"]
    assert len(pages) == 1


def test_a_pytest_that_fails_on_its_way_out_is_not_taken_for_a_broken_module(door, pages):
    door.add("test_one.py", PASS)
    with (door.folder / "conftest.py").open("a", encoding="utf-8") as file:
        file.write("\ndef pytest_unconfigure():\n    raise RuntimeError('on the way out')\n")
    assert main(["-n0"]) == 3


def test_a_record_that_cannot_be_read_is_the_harnesss(door, pages, capfd):
    door.add("test_one.py", PASS)
    with (door.folder / "conftest.py").open("a", encoding="utf-8") as file:
        file.write(
            "\ndef pytest_unconfigure(config):\n    (config.rootpath / 'reports/out/run.json').write_text('{')\n"
        )
    assert main(["-n0"]) == 3
    assert "run.json: is no JSON" in capfd.readouterr().out


def test_the_handoff_does_not_reach_the_cases(door, pages):
    door.add("test_one.py", PASS.replace("pass", "import os; assert 'CONFORMANCE_HANDOFF' not in os.environ"))
    assert main([]) == 0


SIGNALLED = """
import sys
from pathlib import Path
from reports import conformance
conformance.ROOT = Path.cwd()
conformance.PAGE = Path("page.html")
conformance.make_page = lambda results, page, tools, title: page.write_text("made")
sys.exit(conformance.main(sys.argv[1:]))
"""


def press_ctrl_c(pid: int) -> None:
    """As a terminal does: the signal goes to the whole group."""
    os.killpg(pid, signal.SIGINT)


def press_ctrl_c_under_tox(pid: int) -> None:
    """tox gets it too, and passes it on, and does not wait for long."""
    press_ctrl_c(pid)
    os.kill(pid, signal.SIGINT)
    os.kill(pid, signal.SIGTERM)


def close_the_terminal(pid: int) -> None:
    """The system tells the whole group."""
    os.killpg(pid, signal.SIGHUP)


@pytest.mark.parametrize(
    ("send", "processes"),
    [
        pytest.param(lambda pid: os.kill(pid, signal.SIGHUP), "-n0", id="SIGHUP"),
        pytest.param(close_the_terminal, "-n0", id="terminal closed"),
        pytest.param(close_the_terminal, "-n2", id="terminal closed with workers"),
        pytest.param(lambda pid: os.kill(pid, signal.SIGTERM), "-n0", id="SIGTERM"),
        pytest.param(lambda pid: os.kill(pid, signal.SIGINT), "-n0", id="SIGINT"),
        pytest.param(press_ctrl_c, "-n0", id="Ctrl-C"),
        pytest.param(press_ctrl_c_under_tox, "-n0", id="Ctrl-C under tox"),
        pytest.param(press_ctrl_c_under_tox, "-n2", id="Ctrl-C under tox with workers"),
    ],
)
def test_a_signal_ends_the_run_in_order_and_the_page_is_made(project, send, processes):
    end_by(project, send, processes)


def test_sigterm_ends_a_run_in_the_background_of_a_script_where_sigint_is_ignored(project):
    end_by(project, lambda pid: os.kill(pid, signal.SIGTERM), "-n0", ["sh", "-c", 'trap "" INT; exec "$@"', "sh"])


def end_by(project, send, processes, shell=()):
    os.mkfifo(project.folder / "ready")
    project.add(
        "test_one.py",
        PASS + "def test_waits():\n    import signal\n    open('ready', 'w').close()\n    signal.pause()\n",
    )
    run = subprocess.Popen(
        [*shell, sys.executable, "-c", SIGNALLED, processes],
        cwd=project.folder,
        env=project.environment(),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # the tests may run under nohup
    )
    (project.folder / "ready").read_text(encoding="utf-8")
    send(run.pid)
    said, _ = run.communicate(timeout=60)
    assert run.returncode == 2, said
    record = project.record()
    assert record["status"]["name"] == "interrupted"
    if processes == "-n0":  # the steering process may not have heard of the case when the signal comes
        assert [one["id"] for one in record["unfinished"]] == ["test_one.py::test_waits"]
    assert "Traceback" not in said
    assert (project.folder / "page.html").read_text(encoding="utf-8") == "made"
