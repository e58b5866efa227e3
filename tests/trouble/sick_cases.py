"""Cases: the bench fails in the second and in the third, so the last two are not run. Run by test_sick.py."""

import itertools

import pytest

from fixtures.errors import LinkLost

M = "MA-SETUP"
ask = pytest.mark.requirement(M)


TIMES = itertools.count(1)


def lose_the_line(at):
    """Let the saboteur unplug the adapter and plug it in again."""
    at(f"P3=10.9.9.{next(TIMES)}01")
    at("P0")


@ask
def test_good(at, case):
    case.require(M, at("P0").payload == b"0", "0")


@ask
def test_loses_the_line(at):
    lose_the_line(at)


@ask
def test_loses_it_again(at):
    lose_the_line(at)


@ask
def test_never_run():
    raise LinkLost("is not run")


@ask
def test_neither_run():
    raise LinkLost("is not run")
