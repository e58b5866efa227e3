"""The emulator as a process of its own, over each kind of line, and the front door that judges it."""

import contextlib
import json
import os
import select
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 100.0
LINES = {"pty": (), "socket": ("--tcp", "127.0.0.1:0"), "rfc2217": ("--rfc2217", "127.0.0.1:0")}


@contextlib.contextmanager
def emulator(*options):
    """The URL of an emulator that has joined a network already."""
    command = [sys.executable, "-m", "reference_impl", "--joined", "LAB", *options]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    ) as process:
        try:
            assert select.select([process.stdout], [], [], PATIENCE)[0], "waited for the emulator's ready line"
            yield json.loads(process.stdout.readline())["ports"][0]["url"]
        finally:
            process.kill()


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    output: str


def run(*arguments):
    """pytest as a person would call it; nothing goes to the folder of the reports."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "DUT_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *map(str, arguments)],
        cwd=ROOT,
        env=environment | {"PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "160"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Ended(done.returncode, done.stdout + done.stderr)
