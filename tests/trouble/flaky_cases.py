"""Cases in which something fails that is not the module. Run by test_ends.py."""

import os
from pathlib import Path

import pytest

from fixtures.errors import NetworkError, NotAvailableHere, PeerError, RigError

M = "MA-SETUP"
ask = pytest.mark.requirement(M)


def once(problem):
    """Raise ``problem`` the first time that an exception of its type is asked for, in any process."""
    said = Path(os.environ["ONCE"]) / type(problem).__name__
    if not said.exists():
        said.touch()
        raise problem


@ask
def test_rig_fails_once(at, case):
    once(RigError("a loose cable"))
    case.require(M, at("P0").payload == b"0", "0")


@ask
def test_network_fails_once(at, case):
    once(NetworkError("no way to the module"))
    case.require(M, at("P0").payload == b"0", "0")


@ask
def test_peer_fails_always():
    raise PeerError("no socket left")


@ask
def test_machine_cannot():
    raise NotAvailableHere("the same the second time")
