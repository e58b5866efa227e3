"""The frames of failure, with MT=0 and MT=1, and lines that are no commands."""

import re

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from suites.steps.answers import frame_of
from suites.steps.flows import BARE_ERROR, PROGRESS, explains, without_progress

ERROR_FRAME = re.compile(rb"(?:\r\n){1,2}" + PROGRESS.pattern + rb"ERROR[^\r\n]*\r\n(?:Usage[^\r\n]*\r\n)?> ")
WRONG = ["QQ", "ZZ=1", "P1=x", "P2=port", "R1=a", "S1=a", "MT"]
UNKNOWN = ["QQ", "XY", "Y7", "QQ=1", "QQ=1,2,3", "QQ=" + "x" * 64]
ODD = ["P2", "P2=", "P2=5024,1", "P1", "P1=", "R1=", "S1=100,2", "P8=", "PK=1", "PK=1,3000,1"]
MALFORMED = ["P", "P2 5024", "=5024", "?", "P22=1", "PP?", "POWER", "2"]


@pytest.mark.requirement("FR-ERROR")
@pytest.mark.parametrize("mt", [0, 1])
@pytest.mark.parametrize("command", WRONG)
def test_failure_stands_in_the_error_frame(at: ATClient, case: Case, mt: int, command: str) -> None:
    at(f"MT={mt}")
    answer = at(command)
    expected = r"\r\n, ERROR and what follows it, \r\n, a Usage line if any, the prompt"
    got = frame_of(answer, at)
    case.require("FR-ERROR", ERROR_FRAME.fullmatch(got), expected, got)


@pytest.mark.requirement("FR-ERROR-MT0")
@pytest.mark.parametrize("command", WRONG)
def test_failure_is_explained_with_mt_0(at: ATClient, case: Case, command: str) -> None:
    at("MT=0")
    answer = at(command)
    case.require("FR-ERROR-MT0", explains(answer), "ERROR and a reason or a usage", answer.raw)
    case.observe("FR-ERROR-MT0", f"text for {command[:12]}", answer.reason + b" / " + answer.usage)


@pytest.mark.requirement("FR-ERROR-USAGE")
def test_usage_is_of_the_command_that_failed(at: ATClient, case: Case) -> None:
    at("MT=0")
    former = b""
    for command in (b"P1=x", b"R1=a", b"S1=a", b"P1=x"):
        answer = at(command)
        name = command[:2]
        anothers = bool(former) and former in answer.usage and name not in answer.usage
        expected = f"a usage of {name.decode()}, which failed, not of {former.decode()}, which failed before"
        case.require("FR-ERROR-USAGE", not anothers, expected, answer)
        former = name


@pytest.mark.requirement("FR-ERROR-MT1")
@pytest.mark.parametrize("command", WRONG)
def test_failure_is_the_word_alone_with_mt_1(at: ATClient, case: Case, command: str) -> None:
    at("MT=1")
    answer = at(command)
    case.require_one_of("FR-ERROR-MT1", without_progress(answer), BARE_ERROR)


@pytest.mark.requirement("FR-ERROR-MT0", "FR-ERROR-MT1")
def test_mt_takes_effect_each_time(at: ATClient, case: Case) -> None:
    for _ in range(2):
        at("MT=1")
        case.require_one_of("FR-ERROR-MT1", without_progress(at("QQ")), BARE_ERROR)
        at("MT=0")
        answer = at("QQ")
        case.require("FR-ERROR-MT0", explains(answer), "ERROR and a reason or a usage again", answer.raw)


@pytest.mark.requirement("FR-ERROR-MT1")
def test_mt_1_holds_for_one_error_after_another(at: ATClient, case: Case) -> None:
    at("MT=1")
    for command in ("QQ", "P2=x", "QQ"):
        answer = at(command)
        case.require_one_of("FR-ERROR-MT1", without_progress(answer), BARE_ERROR)


@pytest.mark.requirement("FR-ERROR-MT1")
def test_mt_1_holds_on_every_socket(at: ATClient, case: Case) -> None:
    at("MT=1")
    for socket in (1, 2, 3, 0):
        at(f"P0={socket}")
        case.require_one_of("FR-ERROR-MT1", without_progress(at("QQ")), BARE_ERROR)


@pytest.mark.requirement("FR-UNKNOWN", "FR-ONE-ANSWER")
@pytest.mark.parametrize("command", UNKNOWN, ids=range(len(UNKNOWN)))
def test_unknown_command_is_an_error(at: ATClient, case: Case, command: str) -> None:
    answer = at(command)
    case.require("FR-UNKNOWN", answer.error, f"an error for {command[:20]}", answer)
    at.drain(quiet=0.1)
    case.require("FR-ONE-ANSWER", not at.strays, "one answer", b"".join(at.strays))


@pytest.mark.requirement("FR-LOWER-CASE")
@pytest.mark.parametrize(("command", "query", "field"), [("p2=6024", "P?", 2), ("p0=2", "P0", 0), ("r1=700", "R?", 0)])
def test_lower_case_does_not_act(at: ATClient, case: Case, command: str, query: str, field: int) -> None:
    before = at(query).fields
    answer = at.exchange_bytes(command.encode() + b"\r")
    at.drain(quiet=0.1)
    at.strays.clear()
    case.observe("FR-LOWER-CASE", f"answer to {command}", answer)
    after = at(query).fields
    case.require("FR-LOWER-CASE", after[field] == before[field], f"{query} as before: {before}", after)


@pytest.mark.requirement("FR-AFTER-ERROR")
@pytest.mark.parametrize("wrong", [*WRONG, *MALFORMED])
def test_command_after_an_error_works(at: ATClient, case: Case, wrong: str) -> None:
    at.exchange_bytes(wrong.encode() + b"\r")
    at.drain(quiet=0.05)
    answer = at("P2=5024")
    case.require("FR-AFTER-ERROR", answer.ok, "OK", answer)
    answer = at("P0")
    case.require("FR-AFTER-ERROR", answer.ok and answer.payload == b"0", "P0 shows 0", answer)


@pytest.mark.requirement("FR-MALFORMED")
@pytest.mark.parametrize("line", MALFORMED)
def test_answer_to_a_line_that_is_no_command_is_recorded(at: ATClient, case: Case, line: str) -> None:
    case.observe("FR-MALFORMED", f"answer to {line}", at.exchange_bytes(line.encode() + b"\r"))


@pytest.mark.requirement("FR-VALUE-FORM")
@pytest.mark.parametrize(
    "line", ["P2", "P2=", "P2=5024,1", "P1", "P1=", "R1=", "S1=100,2", "P8=", "PK=1", "PK=1,3000,1"]
)
def test_answer_to_an_odd_value_is_recorded(at: ATClient, case: Case, line: str) -> None:
    case.observe("FR-VALUE-FORM", f"answer to {line}", at(line))
