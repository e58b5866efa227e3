"""Cases about time: the first waits until the test has stopped the runner and let it go on. Run by test_blame.py."""

import time
from pathlib import Path

import pytest

M = "MA-SETUP"
ask = pytest.mark.requirement(M)
SOON_S = 1.0
"""Seconds that the first case runs, where the clock does not jump."""


@ask
def test_stopped(at, case, pytestconfig):
    began = time.monotonic()
    asked = Path(pytestconfig.option.dut_run_record).with_name("stop")
    if not asked.exists():
        asked.touch()
        while time.monotonic() - began < SOON_S:
            at.drain(quiet=0.01)  # until the clock has jumped, or SOON_S is over
    case.require(M, at("P0").ok, "OK")
    took = time.monotonic() - began
    case.require(M, took < SOON_S + 0.5, "an answer soon", f"{took:.1f} s")


@ask
def test_late(case):
    case.require(M, False, "an answer soon", "a late one")
