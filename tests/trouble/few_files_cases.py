"""Cases: the process may open only few more files, from the start (SPARE) or in one case. Run by test_few_files.py."""

import os
import resource
from pathlib import Path

import pytest

M = "MA-SETUP"
ask = pytest.mark.requirement(M)


def leave(spare):
    """Let the process open ``spare`` more files at most. Returns the former limit."""
    now = max(int(one.name) for one in Path("/proc/self/fd").iterdir())
    former, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (now + spare, hard))
    return former, hard


if "SPARE" in os.environ:
    leave(int(os.environ["SPARE"]))


@ask
def test_before(at, case):
    case.require(M, at("P0").payload == b"0", "0")


@ask
def test_opens_too_many():
    former = leave(3)
    held = []
    try:
        while True:
            held.append(os.open(__file__, os.O_RDONLY))
    finally:
        for one in held:
            os.close(one)
        resource.setrlimit(resource.RLIMIT_NOFILE, former)


@ask
def test_behind(at, case):
    case.require(M, at("P0").payload == b"0", "0")
