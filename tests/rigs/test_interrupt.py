"""Ctrl-C ends doctor and scan with one line, and what they had open is given back."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.drivers.lab.rig_lock import RigLock, key_of
from tests.fixtures.line import Pty
from tests.reference_impl.process import PATIENCE, wait_for

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def silent():
    pty = Pty()
    yield pty
    pty.vanish()


def start(*words):
    """As from a terminal: shells have what runs in their background ignore SIGINT, and children inherit it."""
    command = [sys.executable, "-c", RESTORED, *words]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


RESTORED = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from fixtures.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def interrupt(process):
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out.decode().splitlines(), err.decode()


@pytest.mark.parametrize("words", [["doctor"], ["scan", "--port"]])
def test_interrupt_is_one_line_and_the_port_is_free_again(silent, words):
    process = start(*words, silent.name)
    silent.read(1)  # it asks the module by now
    status, said, errors = interrupt(process)
    assert (status, said[-1], errors) == (130, "interrupted", "")
    lock = RigLock(key_of(silent.name), "the next")
    lock.acquire()
    lock.release()


def test_interrupt_ends_the_emulator_that_the_doctor_started():
    process = start("doctor")
    while b"the bundled emulator" not in (line := process.stdout.readline()):
        assert line, process.stderr.read()
    (emulator,) = children_of(process.pid)
    status, said, errors = interrupt(process)
    assert (status, said[-1], errors) == (130, "interrupted", "")
    wait_for(lambda: not Path(f"/proc/{emulator}").exists(), "the end of the emulator")


def children_of(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
