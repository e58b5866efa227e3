"""The kit for continuous integration: its files are what GitHub and GitLab expect, and its shell steps work."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTION = ROOT / "ci" / "github" / "action.yml"
GITLAB = ROOT / "ci" / "gitlab.yml"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SCHEMAS = [
    ("vendor.github-actions", ACTION),
    ("vendor.gitlab-ci", GITLAB),
    *(("vendor.github-workflows", one) for one in WORKFLOWS),
]
FORMS = ROOT / ".github" / "ISSUE_TEMPLATE"


@pytest.mark.parametrize(("schema", "path"), SCHEMAS, ids=lambda one: getattr(one, "name", None))
def test_file_is_of_the_services_schema(schema, path):
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)],
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", [one for _, one in SCHEMAS] + sorted(FORMS.glob("*.yml")), ids=lambda one: one.name)
def test_file_names_only_files_that_are_there(path):
    words = [word.strip("\"'") for word in path.read_text(encoding="utf-8").split()]
    named = [word for word in words if word.startswith(("ci/", ".ci/", "requirements/", "docs/"))]
    assert [one for one in named if not (ROOT / one.rstrip(".:,)")).exists()] == []


@pytest.fixture
def stage(tmp_path):
    """A runner's directory, with commands of ours that answer as the installed ones do: see test_wheels for those."""
    (tmp_path / "bin").mkdir()
    for name in ("eswifi-conformance", "pip", "python3"):
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n. {tmp_path}/stand-in-{name}\n", encoding="utf-8")
        (tmp_path / "bin" / name).chmod(0o755)
    judge = """
        printf '%s\\n' "$@" >arguments
        echo "passphrase=${DUT_PASSPHRASE-unset}" >environment
        mkdir -p conformance-report && echo '# The summary' >conformance-report/report.md
        exit ${STATUS-0}
    """
    (tmp_path / "stand-in-eswifi-conformance").write_text(textwrap.dedent(judge), encoding="utf-8")
    (tmp_path / "stand-in-pip").write_text('printf "%s\\n" "$@" >installed\n', encoding="utf-8")
    venv = 'mkdir -p "$3/bin" && cp "$(dirname "$0")/pip" "$(dirname "$0")/eswifi-conformance" "$3/bin/"\n'
    (tmp_path / "stand-in-python3").write_text(venv, encoding="utf-8")
    (tmp_path / "work").mkdir()
    return tmp_path


def shell(stage, script, **environment):
    runners = {
        "PATH": f"{stage / 'bin'}:{os.environ['PATH']}",
        "RUNNER_TEMP": str(stage),
        "GITHUB_PATH": str(stage / "path"),
        "GITHUB_STEP_SUMMARY": str(stage / "summary"),
        "GITHUB_ACTION_PATH": str(ACTION.parent),
    }
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script],
        cwd=stage / "work", env={**runners, **environment}, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip


def steps():
    return [one for one in yaml.safe_load(ACTION.read_text(encoding="utf-8"))["runs"]["steps"] if "run" in one]


def test_steps_of_the_action_install_judge_and_show_the_summary(stage):
    install, judge = steps()
    done = shell(stage, install["run"], PACKAGE="eswifi-conformance==0.2.0")
    assert done.returncode == 0, done.stderr
    assert (stage / "work" / "installed").read_text().split() == ["install", "--quiet", "eswifi-conformance==0.2.0"]
    assert (stage / "path").read_text() == f"{stage}/eswifi-conformance/bin\n"
    done = shell(stage, judge["run"], ARGUMENTS='--port /dev/ttyUSB0 --ssid "MY LAB"', DUT_PASSPHRASE="secret")
    assert done.returncode == 0, done.stderr
    assert (stage / "work" / "arguments").read_text().splitlines() == ["--port", "/dev/ttyUSB0", "--ssid", "MY LAB"]
    assert (stage / "work" / "environment").read_text() == "passphrase=secret\n"
    assert (stage / "summary").read_text() == "# The summary\n"


@pytest.mark.parametrize("status", [0, 1, 3, 6])
def test_action_ends_with_the_status_of_the_run_and_still_shows_the_summary(stage, status):
    done = shell(stage, steps()[1]["run"], ARGUMENTS="", DUT_PASSPHRASE="", STATUS=str(status))
    assert done.returncode == status, done.stderr
    assert (stage / "summary").read_text() == "# The summary\n"
    assert (stage / "work" / "environment").read_text() == "passphrase=unset\n", "an empty one would be refused"


@pytest.mark.parametrize("status", [0, 1, 6])
def test_gitlab_job_ends_with_the_status_of_the_run(stage, status):
    job = yaml.safe_load(GITLAB.read_text(encoding="utf-8"))[".eswifi-conformance"]
    script = "\n".join(job["script"])
    arguments = '--ssid "MY LAB" -k name'
    done = shell(stage, script, STATUS=str(status), ESWIFI_PACKAGE="x", ESWIFI_ARGUMENTS=arguments)
    assert done.returncode == status, done.stderr
    assert (stage / "work" / "arguments").read_text().splitlines() == ["--ssid", "MY LAB", "-k", "name"]


def test_shell_scripts_have_no_mistake_that_the_shell_finds():
    for path in (ROOT / "ci" / "judge.sh", ROOT / ".ci" / "run"):
        done = subprocess.run(["bash", "-n", str(path)], capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stderr) == (0, "")


def test_container_runs_the_installed_suite_as_a_user_who_is_not_root():
    lines = (ROOT / "ci" / "Containerfile").read_text(encoding="utf-8").splitlines()
    instructions = [line.split()[0] for line in lines if line and line[0].isalpha()]
    assert instructions == ["FROM", "COPY", "RUN", "USER", "WORKDIR", "ENTRYPOINT"]
    assert "USER judge" in lines


@pytest.mark.parametrize("line", ["tcp", "rfc2217"])
def test_suites_judge_over_a_line_without_pseudo_terminals(line, tmp_path):
    where = (f"--run-record={tmp_path / 'run.json'}", f"--alluredir={tmp_path / 'results'}")
    done = subprocess.run(
        [sys.executable, str(ROOT / "ci" / "over_a_line.py"), line, *where, "-q", "--requirement", "FR-EMPTY-OK"],
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("message", "status"),
    [("Short, and why\n\nBody that may be as long as it likes: " + "x" * 90, 0), ("x" * 72, 0), ("x" * 73, 1), ("", 1)],
)
def test_subject_of_a_commit_has_72_characters_at_most(tmp_path, message, status):
    (tmp_path / "message").write_text(f"{message}\n# a comment of git's\n")
    command = [sys.executable, str(ROOT / "ci" / "commit_subject.py"), str(tmp_path / "message")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == status
    assert ("the subject has" in done.stderr) == bool(status)
