"""No other user can open a real serial port while a run has it (TIOCEXCL). After the run others can.

Root can open it always, so the other program runs as another user. A pseudo-terminal stands for the device, bound to
a place of its own in a mount namespace: the bench knows pseudo-terminals by where they are.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.fixtures.runs import ROOT

SCRIPT = """
import os, subprocess, sys, tty
from pathlib import Path
from fixtures.drivers.line.link import SerialLink
from fixtures.drivers.line.secrets import Secrets
from fixtures.drivers.line.transcript import Transcript

master, slave = os.openpty()
tty.setraw(slave)
device = Path(sys.argv[1]) / "ttyUSB0"
device.touch()
subprocess.run(["mount", "--bind", os.ttyname(slave), device], check=True)
device.chmod(0o666)

def other():
    command = ["sh", "-c", ': <> "$1"', "sh", device]
    done = subprocess.run(command, user=65534, env={"LC_ALL": "C"}, capture_output=True, text=True, cwd="/")
    return (done.stderr.strip().splitlines() or ["opened"])[-1]

print(other())
link = SerialLink(str(device), Transcript(Secrets()))
print(other())
link.close()
print(other())
"""


def allowed():
    """True where this user may make a mount namespace, and start a program as another user."""
    can = shutil.which("unshare") and os.geteuid() == 0
    return bool(can) and subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not allowed(), reason="needs root, to make a mount namespace and to be another user")
def test_no_other_user_can_open_a_serial_port_while_a_run_has_it():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        command = ["unshare", "-m", sys.executable, "-c", SCRIPT, folder]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    before, meanwhile, after = done.stdout.splitlines()
    assert (before, after) == ("opened", "opened"), done.stderr
    assert "Device or resource busy" in meanwhile
