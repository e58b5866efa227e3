"""Data commands that take a known time, and pauses."""

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.frames import Answer
from suites.spec.profiles import Profile

IDLE_S = 4.5
"""Seconds of silence that must not lose a client: more than the shortest patience of firmware."""
PAUSE_S = 0.02
"""Seconds between two answers, at the least, of a module that is asked until it has something to say."""


def pause_behind(at: ATClient, answer: Answer) -> None:
    """Pause where ``answer`` has no bytes and came at once, before R0 is sent again.

    A module that keeps R2 has paused by itself. Another one would have this machine at work without a pause.
    """
    if not answer.payload and answer.latency < PAUSE_S:
        at.drain(quiet=PAUSE_S)


def takes_r2(at: ATClient, profile: Profile, case: Case, wait: int) -> None:
    """Send R2=``wait`` and an R0 without data: R0 takes that long, whatever R2 was before."""
    at(f"R2={wait}")
    took = at.read().latency * 1000
    margin = profile.limits.read_margin
    case.require("DA-READ-TIMEOUT", took <= wait + margin, f"an answer within {wait} + {margin} ms", f"{took:.0f} ms")
    case.require("DA-READ-WAITS", took >= wait * 0.9 - 20, f"no answer before {wait} ms", f"{took:.0f} ms")


def takes_s2(at: ATClient, profile: Profile, case: Case, wait: int, payload: bytes) -> None:
    """S2=``wait`` and an S0 with ``payload``, fewer than S1 bytes: it takes that long, whatever S2 was before.

    A module may count S2 from S0 or from the last byte, which is later: neither ends before S2 has passed since S0.
    """
    at(f"S2={wait}")
    answer = at.send(payload, command="S0")
    size = len(payload)
    case.require("DA-S0-SHORT", answer.ok and answer.payload == b"%d" % size, f"{size} and OK", answer)
    took, latest = answer.latency * 1000, wait + profile.limits.read_margin
    case.require("DA-S0-SHORT", took <= latest, f"an answer within S2 and a margin, {latest} ms", f"{took:.0f} ms")
    case.require("DA-S0-SHORT", took >= wait * 0.9 - 20, f"no answer before S2, {wait} ms", f"{took:.0f} ms")


def sends_at_once(at: ATClient, case: Case, payload: bytes) -> None:
    """Send S0 with ``payload``, which has S1 bytes: the answer comes without a wait for more."""
    size = len(payload)
    at(f"S1={size}")
    at("S2=10000")
    answer = at.send(payload, command="S0")
    case.require("DA-S0", answer.ok and answer.payload == b"%d" % size, f"{size} and OK", answer)
    case.require("DA-S0", answer.latency < 8, "an answer long before S2, 10 s: S1 bytes were there", answer.latency)


def let_pass(at: ATClient, seconds: float) -> None:
    """Let ``seconds`` pass, whatever the module sends: the case judges what happens afterwards."""
    at.watch(seconds)
    at.drain()
