"""A process that may open no more files is an error of the rig, and the message says what to do."""

from pathlib import Path

import pytest

from reports.record.status import ExitStatus
from tests.trouble.runs import project_with

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux says how many files are open")
CURE = "Raise the limit of open files (ulimit -n)"


def test_case_that_can_open_no_more_files_is_an_error_of_the_rig(tmp_path):
    ended = project_with(tmp_path, "few_files_cases")("suites/multi_accept")
    case = ended.cases["test_opens_too_many"]
    assert (case["verdict"], case["blame"]) == ("error", "rig")
    assert CURE in case["message"]
    assert [ended.cases[name]["verdict"] for name in ("test_before", "test_behind")] == ["pass", "pass"]
    assert ended.status == ExitStatus.BENCH


@pytest.mark.parametrize("spare", [1, 6])
def test_run_that_can_open_no_more_files_ends_before_its_first_case(tmp_path, spare):
    run = project_with(tmp_path, "few_files_cases")
    run.environment["SPARE"] = str(spare)
    ended = run("suites/multi_accept")
    assert ended.status == ExitStatus.BENCH, ended.output
    assert ended.problem["blame"] == "rig"
    assert CURE in ended.problem["message"]
    assert "Traceback" not in ended.output
