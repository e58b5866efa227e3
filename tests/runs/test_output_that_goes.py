"""Whatever becomes of standard output, the exit status is the run's, and 1 is said of a module only."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reports.record.status import ExitStatus
from reports.run.streams import LastingOutput
from tests.fixtures.runs import PATIENCE, ROOT

PYTEST = ("-m", "pytest", "-p", "no:cacheprovider")
FRONT_DOOR = ("-m", "reports.conformance", "-n", "0")


def judge(program, folder, shell):
    """Judge a few cases with the redirections ``shell``; the finished process."""
    words = [sys.executable, *program, f"--run-record={folder / 'run.json'}", f"--alluredir={folder / 'allure'}"]
    command = f'exec "$@" {shell}'
    return subprocess.run(
        ["bash", "-c", command, "bash", *words, "-v", "suites/framing", "-k", "success"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def finished(folder):
    """The record is whole, and conforming."""
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return record["status"]["code"] == 0 and len(record["cases"]) == len(record["planned"])


BOTH = {"both closed": ">&- 2>&-", "both full": ">/dev/full 2>/dev/full"}
SHELLS = {"closed": ">&-", "full": ">/dev/full", **BOTH}


@pytest.mark.parametrize("shell", SHELLS.values(), ids=SHELLS)
def test_run_without_a_standard_output_ends_as_any_other(tmp_path, shell):
    done = judge(PYTEST, tmp_path, shell)
    assert done.returncode == ExitStatus.CONFORMING, done.stderr
    assert finished(tmp_path)


def start_without_reader(*words):
    """Start pytest with a standard output that nobody reads any more; the finished process."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        return subprocess.run(
            [sys.executable, *PYTEST, *words],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    finally:
        os.close(writing)


def test_run_whose_reader_has_left_goes_on_and_says_so(tmp_path):
    places = (f"--run-record={tmp_path / 'run.json'}", f"--alluredir={tmp_path / 'allure'}")
    done = start_without_reader(*places, "suites/framing", "-k", "success")
    assert done.returncode == ExitStatus.CONFORMING, done.stderr
    assert "standard output failed" in done.stderr
    assert finished(tmp_path)


def test_help_whose_reader_has_left_says_nothing_of_a_run():
    done = start_without_reader("--help")
    assert "the run" not in done.stderr


def test_front_door_without_any_standard_stream_ends_with_a_status_of_its_own(tmp_path):
    done = judge((*FRONT_DOOR, "--co"), tmp_path, "<&- >&- 2>&-")
    assert done.returncode in (ExitStatus.CONFORMING, ExitStatus.NOTHING_JUDGED)


def test_exception_of_the_front_door_is_the_harnesss(tmp_path):
    code = (
        "import sys; from reports import conformance\n"
        "def fail(_): raise KeyError('seeded')\n"
        "conformance.main = fail\n"
        "sys.exit(conformance.run())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == ExitStatus.HARNESS
    assert "this says nothing of the module" in done.stderr
    assert "seeded" in done.stderr


def test_output_that_failed_once_is_not_written_again():
    code = (
        "import sys; from pathlib import Path; from reports.run.streams import LastingOutput\n"
        "file = open('/dev/full', 'w'); out = LastingOutput(file)\n"
        "assert out.write('x' * 99999) == 99999; out.flush(); assert out.failed\n"
        "assert out.write('more') == 4\n"
        "out._file.flush()\n"
        "print('to nowhere')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_lasting_output_is_the_file_in_everything_else(tmp_path):
    with Path(tmp_path / "out.txt").open("w", encoding="utf-8") as file:
        out = LastingOutput(file)
        out.write("text")
        out.flush()
        assert (out.encoding, out.isatty(), out.failed) == ("utf-8", False, "")
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == "text"


def test_run_whose_record_cannot_be_made_ends_as_the_harnesss_failure(tmp_path):
    (tmp_path / "breaks.py").write_text(
        "from reports.run.collector import Collector\n"
        "def finish(self, exitstatus): raise KeyError('seeded')\n"
        "Collector.finish = finish\n",
        encoding="utf-8",
    )
    words = [sys.executable, *PYTEST, f"--run-record={tmp_path / 'run.json'}", f"--alluredir={tmp_path / 'allure'}"]
    done = subprocess.run(
        [*words, "-p", "breaks", "suites/framing", "-k", "lone"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == ExitStatus.HARNESS, done.stdout
    assert "KeyError: 'seeded'" in done.stderr
    assert "the journal is" in done.stderr
