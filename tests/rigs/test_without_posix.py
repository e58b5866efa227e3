"""Judging a module over the network's lines takes nothing that POSIX systems alone have."""

import contextlib
import json
import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from suites.http.clients import Program
from tests.rigs.without_posix import REFUSED

ROOT = Path(__file__).resolve().parents[2]
CASES = ("suites/single_server/test_serve.py", "suites/settings/test_sockets.py")
SOME = "both_ways or kept_per_socket or neither"
WITHOUT = [sys.executable, str(ROOT / "tests" / "rigs" / "without_posix.py")]


def run_without(*arguments):
    return subprocess.run([*WITHOUT, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)


@contextlib.contextmanager
def emulator_without(line):
    """The emulator without POSIX; its address."""
    command = [*WITHOUT, "-m", "reference_impl", line, "127.0.0.1:0", "--joined", "LAB"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert select.select([process.stdout], [], [], 100)[0], "waited for the emulator's ready line"
            ready = process.stdout.readline()
            assert ready, process.stderr.read()
            yield json.loads(ready)["ports"][0]["url"]
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.mark.parametrize("line", ["--tcp", "--rfc2217"])
def test_module_is_judged_without_posix_and_the_emulator_is_that_module(line, tmp_path):
    record = tmp_path / "run.json"
    with emulator_without(line) as url:
        where = (f"--port={url}", f"--run-record={record}", f"--alluredir={tmp_path / 'results'}")
        done = run_without("-q", "-p", "no:cacheprovider", "-k", SOME, *where, *CASES)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "REFUSED" not in done.stderr
    verdicts = [case["verdict"] for case in json.loads(record.read_text(encoding="utf-8"))["cases"]]
    assert verdicts.count("pass") >= 10, verdicts
    assert set(verdicts) <= {"pass", "observed"}


def test_client_program_is_ended_where_there_are_no_sessions(tmp_path, monkeypatch):
    monkeypatch.delattr(os, "killpg")
    program = Program([sys.executable, "-c", "import signal; signal.pause()"], tmp_path)
    program.end()
    assert program.done()


def test_imports_that_only_posix_has_are_refused_to_us(tmp_path):
    """The test above could not fail without this."""
    tests = "".join(f"def test_{name}():\n    import {name}\n" for name in REFUSED)
    (tmp_path / "test_it.py").write_text(tests, encoding="utf-8")
    done = run_without("-q", "-p", "no:cacheprovider", "-c", "/dev/null", f"--rootdir={tmp_path}", str(tmp_path))
    assert "4 failed" in done.stdout
    assert {line for line in done.stderr.splitlines() if line.startswith("REFUSED")} == {
        f"REFUSED {name} to test_it" for name in REFUSED
    }
