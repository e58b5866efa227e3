"""Human and machine readable mode."""

import pytest

from fixtures.case import Case, step_of
from fixtures.drivers.line.at import ATClient
from suites.spec.profiles import Profile
from suites.steps.answers import successes
from suites.steps.flows import BARE_ERROR, explains, without_progress

pytestmark = pytest.mark.needs("human_mode")


@pytest.mark.requirement("FR-HUMAN-MODE", "FR-MACHINE-MODE")
def test_human_mode_is_entered_and_commands_work(at: ATClient, case: Case) -> None:
    echoes = bool(at("P0=0").echo)
    greeting = at.collect(b"$$$\r")
    try:
        case.observe("FR-HUMAN-MODE", "greeting", greeting)
        case.require("FR-HUMAN-MODE", b"ERROR" not in greeting, "no error", greeting)
        with step_of("FR-HUMAN-MODE"):
            at("P0=2")
            answer = at("P0")
        case.observe("FR-HUMAN-MODE", "answer to P0 in human mode", answer)
        case.require("FR-HUMAN-MODE", b"2" in answer.raw, "P0 shows 2", answer)
    finally:
        at.collect(b"---\r")
    answer = at("P0=0")
    case.require("FR-MACHINE-MODE", echoes or not answer.echo, "no echo, as before human mode", answer)


@pytest.mark.requirement("FR-HUMAN-MODE", "FR-CRLF")
def test_line_feed_is_ignored_in_human_mode_too(at: ATClient, case: Case) -> None:
    at.collect(b"$$$\r")
    try:
        at.collect(b"P0=2\r\n")
        shown = at.collect(b"P0\r\n")
        case.require("FR-CRLF", b"2" in shown and b"ERROR" not in shown, "P0 shows 2, and no error", shown)
    finally:
        at.collect(b"---\r")


@pytest.mark.requirement("FR-MACHINE-MODE", "SE-P0-SHOW")
def test_machine_mode_is_entered_again(at: ATClient, profile: Profile, case: Case) -> None:
    echoes = bool(at("P0=2").echo)
    at.collect(b"$$$\r")
    farewell = at.collect(b"---\r")
    case.observe("FR-MACHINE-MODE", "farewell", farewell)
    selected = at("P0")
    case.require("SE-P0-SHOW", b"2" in selected.raw, "P0 still shows 2, which was selected before human mode", selected)
    for command, payload in (("P0=0", b""), ("P0", b"0")):
        answer = at(command)
        case.require_one_of("FR-MACHINE-MODE", answer.raw, successes(payload, profile))
        case.require("FR-MACHINE-MODE", bool(answer.echo) == echoes, "an echo as before human mode, or none", answer)


@pytest.mark.requirement("FR-ERROR-MT0", "FR-ERROR-MT1")
@pytest.mark.parametrize("mt", [0, 1])
def test_mt_holds_over_human_mode(at: ATClient, case: Case, mt: int) -> None:
    at(f"MT={mt}")
    at.collect(b"$$$\r")
    at.collect(b"---\r")
    answer = at("QQ")
    if mt:
        case.require_one_of("FR-ERROR-MT1", without_progress(answer), BARE_ERROR)
    else:
        case.require("FR-ERROR-MT0", explains(answer), "ERROR and a reason or a usage, as before", answer.raw)
