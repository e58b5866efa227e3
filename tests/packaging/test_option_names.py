"""Our options stand beside those of other plugins: each has a name with a prefix, and a short one where it is free."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reports.conformance import VALUE_OPTIONS, joined

ROOT = Path(__file__).resolve().parents[2]
OTHER = """
def pytest_addoption(parser):
    group = parser.getgroup("another bench")
    group.addoption("--port", default="the other's", help="another plugin's port")
    group.addoption("--profile", action="store_true", help="another plugin's profile")


def pytest_report_header(config):
    return [f"other: {config.option.port} {config.option.profile}", f"ours: {config.option.dut_port}"]
"""
WANT = ("--collect-only", "-p", "no:cacheprovider", "suites/framing")


def pytest_of(project, *arguments, other=""):
    """Pytest in the project's folder; ``other``: the source of another plugin that is there."""
    (project / "another_bench.py").write_text(other, encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "DUT_"))}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "another_bench", *WANT, *arguments],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(project), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_another_plugin_keeps_its_names_and_ours_have_their_prefix(tmp_path):
    done = pytest_of(tmp_path, "--dut-port=/dev/ttyS77", "--dut-profile=web", other=OTHER)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "other: the other's False" in done.stdout
    assert "ours: /dev/ttyS77" in done.stdout


@pytest.mark.parametrize("option", ["--port=/dev/ttyS77", "--profile"])
def test_short_name_of_another_plugin_is_refused_in_one_line_that_names_the_plugin(tmp_path, option):
    done = pytest_of(tmp_path, option, other=OTHER)
    name = option.partition("=")[0]
    assert done.returncode == pytest.ExitCode.USAGE_ERROR, done.stdout + done.stderr
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith(f"ERROR: {name} is an option of another_bench here: write --dut-{name[2:]}")


def test_short_names_are_there_where_nobody_else_has_them(tmp_path):
    done = pytest_of(tmp_path, "--port=/dev/ttyS77", "--profile=web", "--ssid=LAB", "--requirement=NO-SUCH")
    assert "--requirement NO-SUCH: the catalogue has no such requirement" in done.stderr


@pytest.mark.parametrize("words", [["--port=/dev/null"], ["--port", "/dev/null"], ["--dut-port", "/dev/null"]])
def test_port_that_exists_is_an_option_with_either_sign_beside_a_path_of_the_suites(tmp_path, words):
    """Without a path pytest takes /dev for the folder of the tests: docs/decisions/guests.md."""
    done = pytest_of(tmp_path, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "tests collected" in done.stdout


def test_every_option_of_ours_has_the_prefix(tmp_path):
    done = pytest_of(tmp_path, "--help")
    listed = [line.split()[0] for line in done.stdout.splitlines() if line.startswith("  --dut-")]
    assert sorted(one.partition("=")[0] for one in listed) == sorted(f"--dut-{name[2:]}" for name in VALUE_OPTIONS)


def test_front_door_says_every_option_by_the_name_that_nobody_else_has():
    given = "--port /dev/ttyS77 --rig=a.toml -k port --dut-allow reset --alluredir x suites"
    want = "--dut-port=/dev/ttyS77 --dut-rig=a.toml -k port --dut-allow=reset --alluredir=x suites"
    assert joined(given.split()) == want.split()
