"""The test system in a suite of a user's own, by the example of docs/your-own-cases.md as it stands there."""

import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from reports.record.record import read_record

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "your-own-cases.md"


def files_of(page):
    """The files that the page shows: a name in backquotes at the start of a paragraph, then its text, indented."""
    found = re.findall(r"^`([\w/]+\.\w+)`[^\n]*\n(?:[^\n]+\n)*\n((?:(?:    [^\n]*)?\n)+)", page, flags=re.MULTILINE)
    return {name: textwrap.dedent(text).strip() + "\n" for name, text in found}


@pytest.fixture
def own(tmp_path):
    """The example in a folder of its own."""
    for name, text in files_of(PAGE.read_text(encoding="utf-8")).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def run(folder, *arguments):
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "DUT_"))}
    return subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "120"},
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip


def record_of(folder):
    return read_record(folder / "reports" / "out" / "run.json")


def test_page_shows_the_three_files_that_it_speaks_of(own):
    assert sorted(str(one.relative_to(own)) for one in own.rglob("*") if one.is_file()) == [
        "cases/test_hello.py",
        "pytest.ini",
        "requirements/gateway.toml",
    ]


@pytest.mark.parametrize("processes", ["-n0", "-n2"])
def test_example_of_the_page_judges_a_good_module(own, processes):
    done = run(own, processes)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "What our gateway asks of the module" in done.stdout
    assert [(one["area"], one["verdict"]) for one in record_of(own)["cases"]] == [("gateway", "pass")] * 2


def test_example_of_the_page_fails_a_module_that_alters_what_it_reads(own):
    done = run(own, "--dut-emulator-option=--fault=read-doubled")
    assert done.returncode == 1, done.stdout + done.stderr
    broken = [one["broken"] for one in record_of(own)["cases"] if one["broken"]]
    assert broken
    assert all(one == ["GW-HELLO"] for one in broken)


@pytest.mark.parametrize(("fixture", "used"), [("at", "at('P0')"), ("case", "case.checked"), ("bench", "bench.at")])
def test_test_outside_the_folders_of_cases_is_told_so_in_a_sentence(own, fixture, used):
    (own / "cases" / "test_hello.py").unlink()
    (own / "test_other.py").write_text(f"def test_plain(): pass\n\n\ndef test_one({fixture}):\n    {used}\n")
    done = run(own)
    assert "no bench is open, because this run has no case" in done.stdout
    assert "KeyError" not in done.stdout
    assert "1 passed" in done.stdout


def test_warning_in_a_users_suite_stays_a_warning(own):
    with (own / "cases" / "test_hello.py").open("a") as file:
        file.write("    import warnings\n    warnings.warn('something old')\n")
    done = run(own)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 warnings" in done.stdout


def test_area_that_the_suites_have_is_refused(own):
    (own / "requirements" / "gateway.toml").rename(own / "requirements" / "framing.toml")
    done = run(own)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "framing is there already; give it a name of its own" in done.stderr


def test_case_without_a_requirement_stops_the_run(own):
    (own / "cases" / "test_hello.py").write_text("def test_one(at):\n    at('P0')\n")
    done = run(own)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "cases/test_hello.py::test_one: names no requirement" in done.stderr


def test_plugin_is_not_loaded_unless_it_is_asked_for(own):
    (own / "pytest.ini").write_text("[pytest]\n")
    done = run(own, "--help")
    assert "--dut-port" not in done.stdout


def test_short_name_of_another_plugin_is_shown_at_the_top(own):
    (own / "another_bench.py").write_text(
        "def pytest_addoption(parser):\n    parser.addoption('--port', default='x')\n"
    )
    done = run(own, "-p", "another_bench", "--port=9", "--dut-profile=web")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "eswifi-conformance: --port is another_bench's, ours is --dut-port" in done.stdout


def test_own_requirements_are_in_every_report(own):
    assert run(own).returncode == 0
    out = own / "reports" / "out"
    results = [json.loads(one.read_text(encoding="utf-8")) for one in (out / "allure-results").glob("*-result.json")]
    labels = {label["value"] for one in results for label in one["labels"]}
    assert "What our gateway asks of the module" in str(labels)
