"""Cases of which one waits at a gate until its run is killed. Put into a copy of the suites by the tests."""

import os
import signal
from pathlib import Path

import pytest

M = "MA-SETUP"
GATE = Path(os.environ.get("GATE", "no-gate"))


@pytest.mark.requirement(M)
@pytest.mark.parametrize("number", [1, 2])
def test_before(at, case, number):
    case.require(M, at("P0=0").ok, "OK")


@pytest.mark.requirement(M)
def test_waits_at_the_gate(at, case):
    case.require(M, at("P8=3").ok, "OK")
    if GATE.exists():
        GATE.open("w").close()  # tells the test, which kills the run
        signal.pause()


@pytest.mark.requirement(M)
def test_after(at, case):
    case.require(M, at("P0=0").ok, "OK")
