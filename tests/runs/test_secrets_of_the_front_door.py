"""The front door keeps no secret while the run goes on: not in its own environment, and in that of no program."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reports.run.environment import forget
from tests.fixtures.runs import PATIENCE, copy_project, wait_for
from tests.runs.test_secrets_of_a_run import descendants

SECRETS = {"LAB_PASSPHRASE": "keep-this-passphrase", "RELAY_KEY": "keep-this-password"}
RIG = """
name = "guarded"
[emulator]
[network]
ssid = "LAB"
passphrase_env = "LAB_PASSPHRASE"
[power]
by = "http"
url = "http://127.0.0.1:1"
password_env = "RELAY_KEY"
"""
pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="environments are shown by Linux only")


@pytest.fixture
def door(tmp_path):
    """A front door whose case waits at its gate."""
    project, gate = copy_project(tmp_path / "project"), tmp_path / "gate"
    shutil.copy(Path(__file__).with_name("guarded_cases.py"), project / "suites" / "framing" / "test_guarded.py")
    (project / "guarded.toml").write_text(RIG, encoding="utf-8")
    os.mkfifo(gate)
    words = ["-p", "no:cacheprovider", "--rig=guarded.toml", "suites/framing/test_guarded.py"]
    with subprocess.Popen(
        [sys.executable, "-m", "reports.conformance", *words],
        cwd=project,
        env={**os.environ, **SECRETS, "GATE": str(gate)},
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            gate.open().close()
            yield process.pid
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=PATIENCE)


def secrets_at(pid):
    environment = Path(f"/proc/{pid}/environ").read_bytes()
    return [name for name, secret in SECRETS.items() if secret.encode() in environment]


def test_secrets_of_a_rig_are_in_no_environment_while_the_run_goes_on(door):
    wait_for(lambda: secrets_at(door) == [], "the front door to forget")
    started = descendants(door)
    assert len(started) >= 2, "pytest and the emulator"
    assert {pid: secrets_at(pid) for pid in started} == {pid: [] for pid in started}


def test_what_is_forgotten_is_not_inherited():
    command = "from reports.run.environment import forget; forget('LAB_PASSPHRASE'); import os; os.system('env')"
    done = subprocess.run(
        [sys.executable, "-c", command], env={**os.environ, **SECRETS}, capture_output=True, text=True, check=True
    )
    assert "RELAY_KEY=" in done.stdout
    assert "LAB_PASSPHRASE" not in done.stdout
    forget("NO_SUCH_VARIABLE_IS_THERE")
