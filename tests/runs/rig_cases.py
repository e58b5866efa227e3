"""Cases that differ with the rig on which they run. Put into a copy of the suites by the tests."""

import os
import signal

import pytest

M = "MA-SETUP"


@pytest.mark.requirement(M)
@pytest.mark.parametrize("number", range(6))
def test_module_answers(at, case, bench, number):
    case.require(M, at("P0=0").ok, "OK")
    if bench.rig.name == "mortal":
        os.kill(int(os.environ["MORTAL"]), signal.SIGKILL)
        at("P0")


@pytest.mark.requirement("MA-NEXT")
def test_one_rig_breaks_it(at, case, bench):
    case.require("MA-NEXT", at("P0=0").ok and bench.rig.name != "bad", "OK")
