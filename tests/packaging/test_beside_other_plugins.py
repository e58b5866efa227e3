"""The suites run beside the plugins that others have, and leave those their options. The plugins are real."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reports.record.record import read_record

ROOT = Path(__file__).resolve().parents[2]
COMMON = ("pytest-rerunfailures", "pytest-html", "pytest-metadata", "pytest-cov", "pytest-asyncio", "pytest-sugar")
RIVALS = ("pytest-embedded", "pytest-embedded-serial", "pytest-profiling", "gprof2dot", "six", "pytest-replay")
PATIENCE = 200.0


def installed(folder, *names):
    """The distributions in a folder that a path can name; what else they need is there already."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run(
        [*pip, "--target", str(folder), *names, "termcolor"],
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def common(tmp_path_factory):
    return installed(tmp_path_factory.mktemp("common"), *COMMON)


@pytest.fixture(scope="module")
def rivals(tmp_path_factory):
    return installed(tmp_path_factory.mktemp("rivals"), *RIVALS)


def run(plugins, folder, *arguments):
    """Pytest in the project's folder, with nothing that a user's run has not."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "DUT_", "COV_"))}
    where = (f"--dut-run-record={folder / 'run.json'}", f"--alluredir={folder / 'results'}")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *where, *arguments], cwd=ROOT,
        env={**environment, "PYTHONPATH": str(plugins), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "120"},
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    "options",
    [
        pytest.param(["-n2"], id="all of them there"),
        pytest.param(["-p", "randomly"], id="randomly"),
        pytest.param(["--reruns=2"], id="rerunfailures"),
        pytest.param(["--html={folder}/page.html", "--self-contained-html"], id="html"),
        pytest.param(["--cov=fixtures", "--cov-report=", "--cov-config=/dev/null"], id="cov"),
        pytest.param(["--asyncio-mode=auto"], id="asyncio"),
        pytest.param(["--force-sugar"], id="sugar"),
    ],
)
def test_good_module_is_judged_beside_plugins_that_many_have(common, tmp_path, options):
    options = [one.format(folder=tmp_path) for one in options]
    done = run(common, tmp_path, "--requirement=FR-PROMPT", "suites/framing", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    record = read_record(tmp_path / "run.json")
    assert {one["verdict"] for one in record["cases"]} == {"pass"}
    assert "INTERNALERROR" not in done.stdout + done.stderr


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    "options", [[], ["--reruns=2"], ["-p", "randomly"]], ids=["there", "rerunfailures", "randomly"]
)
def test_faulty_module_is_failed_beside_plugins_that_many_have(common, tmp_path, options):
    fault = "--emulator-option=--fault=read-doubled"
    done = run(common, tmp_path, "--requirement=DA-READ-REST", "suites/data", "-x", fault, *options)
    assert done.returncode == 1, done.stdout + done.stderr
    assert [one["verdict"] for one in read_record(tmp_path / "run.json")["cases"]].count("fail") == 1


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("words", "plugin"),
    [
        (["--port", "/dev/ttyS77"], "pytest-embedded"),
        (["--port=/dev/ttyS77"], "pytest-embedded"),
        (["--profile", "web"], "pytest-profiling"),
        (["--replay", "file"], "pytest-replay"),
    ],
)
def test_name_of_another_plugin_is_refused_in_one_line_that_names_the_plugin(rivals, tmp_path, words, plugin):
    done = run(rivals, tmp_path, "--collect-only", "suites/framing", *words)
    name = words[0].partition("=")[0]
    assert done.returncode == pytest.ExitCode.USAGE_ERROR, done.stdout + done.stderr
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith(f"ERROR: {name} is an option of {plugin}")
    assert f"write --dut-{name[2:]}" in line


@pytest.mark.timeout(300)
def test_front_door_judges_the_module_that_it_is_given_beside_plugins_of_the_same_options(rivals, tmp_path):
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "DUT_"))}
    given = ["--port", "/dev/no-such-port", "--profile", "web", "--collect-only", "-q", "suites/framing"]
    where = ["--run-record", str(tmp_path / "run.json"), "--alluredir", str(tmp_path / "results")]
    done = subprocess.run(
        [sys.executable, "-m", "reports.conformance", *given, *where],
        cwd=ROOT, env={**environment, "PYTHONPATH": str(rivals)},
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
