"""Cases: the disk becomes full in one, and the run is killed in another. Run by test_ends.py."""

import os
import resource
import signal
from pathlib import Path

import pytest

M = "MA-SETUP"
ask = pytest.mark.requirement(M)


@ask
def test_good(at, case):
    case.require(M, at("P0").payload == b"0", "0")


@ask
@pytest.mark.skipif("DISK" not in os.environ, reason="not asked for")
def test_disk_is_full(at, case):
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    case.require(M, at("P0").payload == b"0", "0")


@ask
@pytest.mark.skipif("KILLED" not in os.environ or Path(os.environ["KILLED"]).exists(), reason="not asked for")
def test_is_killed_with_half_a_payload_sent(at, server):
    server.up().client()
    Path(os.environ["KILLED"]).write_text("now")
    at.link.send(b"S3=1000\rhalf of it")
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.requirement("FR-LONG-LINE")
@pytest.mark.skipif("MODULE" not in os.environ, reason="not asked for")
def test_observes_and_the_module_hangs(at, case):
    case.observe("FR-LONG-LINE", "answer", at("P0").payload)
    os.kill(int(os.environ["MODULE"]), signal.SIGSTOP)


@ask
def test_good_behind_it(server, case):
    peer = server.up().client()
    server.serves(peer)
    case.require(M, True, "a client is served")
