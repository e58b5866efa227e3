"""Progress on the terminal: area, case, elapsed and expected time; plain lines elsewhere."""

import os
import pty
import re
import subprocess

import pytest

from reports.run.progress import Progress, duration

MANY = """
import pytest
@pytest.mark.case_result(requirements=["MA-NEXT"])
@pytest.mark.parametrize("n", range(30))
def test_next(n):
    pass
"""


class Clock:
    """Monotonic seconds that the test sets."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (65, "1:05"), (3725, "1:02:05")])
def test_durations_are_read_at_a_glance(seconds, text):
    assert duration(seconds) == text


def test_line_has_cases_area_elapsed_and_expected_time_failures_and_case():
    clock = Clock()
    one = Progress(clock)
    one.planned, one.ended, one.failed = 1454, 206, 3
    one.case = "suites/multi_accept/test_queue.py::test_second_client_waits_until_p5_10[6]"
    clock.at = 20.6
    assert one.line(120) == (
        "206 of 1,454 cases, multi accept, 0:20, about 2:04 left, 3 failed: test_second_client_waits_until_p5_10[6]"
    )


@pytest.mark.parametrize("width", [20, 40, 79])
def test_line_fits_the_terminal(width):
    one = Progress(Clock())
    one.planned, one.ended, one.case = 1454, 206, f"suites/multi_accept/test_x.py::{'x' * 100}"
    assert len(one.line(width)) <= width


def output_on_a_terminal(project, **environment: str) -> str:
    leader, follower = pty.openpty()
    with subprocess.Popen(
        project.command("-p", "no:cacheprovider"), cwd=project.folder, env=project.environment(**environment),
        stdin=subprocess.DEVNULL, stdout=follower, stderr=follower,
    ) as child:  # fmt: skip
        os.close(follower)
        output = b""
        while True:
            try:
                piece = os.read(leader, 4096)
            except OSError:
                break
            if not piece:
                break
            output += piece
        child.wait(60)
    os.close(leader)
    return output.decode(errors="replace")


SLOW = MANY.replace("    pass", "    __import__('threading').Event().wait(0.03)")


@pytest.mark.slow
def test_terminal_has_one_line_that_is_written_anew_and_is_gone_at_the_end(project):
    project.add("test_many.py", SLOW)
    text = output_on_a_terminal(project, TERM="xterm", CI="", NO_COLOR="1")
    assert re.search(r"\r\d+ of 30 cases", text)
    assert "\x1b[3" not in text
    assert "30 passed" in text


@pytest.mark.slow
def test_continuous_integration_has_no_line_that_is_written_anew(project):
    project.add("test_many.py", SLOW)
    text = output_on_a_terminal(project, TERM="xterm", CI="true", NO_COLOR="1")
    assert "\r1 of" not in text
    assert "30 passed" in text


@pytest.mark.slow
def test_pytests_own_count_stays_and_verbose_is_pytests_own(project):
    project.add("test_many.py", MANY)
    assert "30 passed" in project.run().stdout
    assert project.run("-v").stdout.count("PASSED") == 30
