"""Cases: from the second case on the line garbles bytes. Run by test_sick.py."""

import pytest

M = "MA-SETUP"
ask = pytest.mark.requirement(M)


@ask
def test_good(at, case):
    case.require(M, at("P0").payload == b"0", "0")


@ask
def test_noise(at, case):
    at("P3=10.9.9.13")
    for _ in range(150):
        case.require(M, at("S?").payload == b"1460,2000", "the same answer to the same question")


@ask
def test_never_run(case):
    case.require(M, False, "not to be run")


@ask
def test_neither_run(case):
    case.require(M, False, "not to be run")
