"""A case that waits at a gate, twice: until it is looked at, and until it may go on. Put into a copy of the suites."""

import os
from pathlib import Path

import pytest


@pytest.mark.requirement("MA-SETUP")
def test_waits_while_it_is_looked_at(at, case):
    case.require("MA-SETUP", at("P0=0").ok, "OK")
    Path(os.environ["GATE"]).open("w").close()
    Path(os.environ["GATE"]).open().close()
