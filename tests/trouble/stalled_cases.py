"""Cases about time, the first of which waits until somebody has stopped the runner. Run by test_blame.py."""

import time
from pathlib import Path

import pytest

M = "MA-SETUP"
ask = pytest.mark.requirement(M)
SOON_S = 1.0
WAITED_S = 30.0
"""Seconds after which nobody will stop the runner any more."""


@ask
def test_stopped(at, case, pytestconfig):
    began = time.monotonic()
    asked = Path(pytestconfig.option.dut_run_record).with_name("stop")
    if not asked.exists():
        asked.touch()
        while time.monotonic() - began < SOON_S:
            at.drain(quiet=0.01)  # until the clock has made a leap, or a second is over
    case.require(M, at("P0").ok, "OK")
    took = time.monotonic() - began
    case.require(M, took < SOON_S + 0.5, "an answer soon", f"{took:.1f} s")


@ask
def test_late(case):
    case.require(M, False, "an answer soon", "a late one")
