"""Cases: the network is blocked in one of them, and comes back after a while. Run by test_blocked.py.

The command in BLOCK blocks the network, the command in UNBLOCK ends that after BLOCKED_S seconds. The waits of the
bench are shorter than usual.
"""

import os
import subprocess

import pytest

from fixtures.drivers.bench import controls

M = "MA-SETUP"
ask = pytest.mark.requirement(M)
controls.CONTROL_S, controls.RETURN_S = 0.5, float(os.environ["RETURN_S"])
BLOCKED = []


def block():
    """Block the network for BLOCKED_S seconds, once in a run."""
    if not BLOCKED and "BLOCK" in os.environ:
        later = f"(sleep {os.environ['BLOCKED_S']}; {os.environ['UNBLOCK']}) > /dev/null 2>&1 &"
        BLOCKED.append(subprocess.run(f"{os.environ['BLOCK']}; {later}", shell=True, check=True))


@ask
def test_before(server, case):
    server.serves(server.up().client())
    case.require(M, True, "a client is served")


@ask
def test_blocked(server, case):
    server.up()
    block()
    server.serves(server.client())
    case.require(M, True, "a client is served")


@ask
def test_behind(server, case):
    server.serves(server.up().client())
    case.require(M, True, "a client is served")


@ask
def test_client(at, peers, case):
    listener = peers.listen()
    at(f"P3={listener.address}")
    at(f"P4={listener.port}")
    case.require(M, at("P6=1").ok, "the module connects")
