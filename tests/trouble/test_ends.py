"""Runs that end early, by a full disk or a kill: the results stay, and the next run begins with a sound module."""

import os
import subprocess
import sys

import pytest

from reports.record.status import ExitStatus
from tests.fixtures.runs import PATIENCE, Emulator
from tests.trouble.runs import impatient_profile, project_with, rig_of
from tests.trouble.saboteur import Saboteur


@pytest.fixture
def saboteur(tmp_path):
    with Saboteur(tmp_path) as saboteur:
        yield saboteur


def test_full_disk_ends_the_run_in_order_and_keeps_what_was_known(tmp_path, saboteur):
    """From the second case on no file of the run can grow. The output is a pipe, so it can."""
    run = project_with(tmp_path, "ended_cases")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "suites/multi_accept",
        rig_of(saboteur, tmp_path),
    ]
    places = [f"--run-record={run.folder}/run.json", f"--alluredir={run.folder}/allure"]
    ended = subprocess.run(
        [*command, *places],
        cwd=run.project,
        env={"PATH": os.environ["PATH"], "DISK": "full"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ended.returncode == ExitStatus.BENCH, ended.stdout + ended.stderr
    assert "cannot be written" in ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr
    assert "2 passed" in ended.stdout
    journal = (run.folder / "run.json.journal.jsonl").read_text(encoding="utf-8")
    assert "test_ended_cases.py::test_good" in journal


def test_module_that_a_killed_run_left_with_half_a_payload_is_good_for_the_next(tmp_path, saboteur):
    run = project_with(tmp_path, "ended_cases")
    run.environment["KILLED"] = str(tmp_path / "killed")
    options = ("suites/multi_accept", rig_of(saboteur, tmp_path), impatient_profile(tmp_path))
    killed = run(*options)
    assert killed.status == -9
    assert (tmp_path / "killed").exists()
    ended = run(*options)
    assert ended.status == ExitStatus.CONFORMING, ended.output
    assert ended.cases["test_good_behind_it"]["verdict"] == "pass"


def test_module_that_hangs_behind_a_case_that_only_observes_is_told_of_on_the_terminal(tmp_path):
    run = project_with(tmp_path, "ended_cases")
    with Emulator("--joined", "LAB") as module:
        run.environment["MODULE"] = str(module.process.pid)
        ended = run("suites/multi_accept", f"--port={module.url}", impatient_profile(tmp_path))
    assert ended.cases["test_observes_and_the_module_hangs"]["verdict"] == "fail"
    assert ended.status == ExitStatus.BROKEN
    assert "after it the module no longer answered" in ended.output
    assert "1 error" in ended.output


def test_case_is_tried_again_in_the_worker_that_has_it(tmp_path):
    run = project_with(tmp_path, "flaky_cases")
    run.environment["ONCE"] = str(tmp_path)
    ended = run("suites/multi_accept", "-n=2")
    tried = {name: (case["verdict"], case["attempts"], len(case["earlier"])) for name, case in ended.cases.items()}
    assert tried == {
        "test_rig_fails_once": ("pass", 2, 1),
        "test_network_fails_once": ("pass", 2, 1),
        "test_peer_fails_always": ("error", 2, 1),
        "test_machine_cannot": ("inconclusive", 1, 0),
    }
    assert ended.status == ExitStatus.BENCH
