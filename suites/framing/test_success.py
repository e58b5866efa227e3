"""The frames of success: empty, with a payload, the prompt."""

import re

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.frames import Answer
from suites.spec.profiles import Profile
from suites.steps.answers import frame_of, send_accepted, successes


@pytest.mark.requirement("FR-EMPTY-OK", "FR-ECHO")
@pytest.mark.parametrize("command", ["P0=0", "P1=0", "P2=5024", "P4=5025", "P8=6", "R1=1460", "R2=250", "S1=1460"])
def test_empty_success_is_ten_bytes(at: ATClient, profile: Profile, case: Case, command: str) -> None:
    answer = at(command)
    case.observe("FR-EMPTY-OK", "the word of success", answer.raw.removesuffix(b"> ").strip())
    case.require_one_of("FR-EMPTY-OK", frame_of(answer, at), successes(b"", profile))
    case.observe("FR-ECHO", "echo in machine mode", answer.echo or "none")


@pytest.mark.requirement("FR-PAYLOAD")
@pytest.mark.parametrize("query", ["P0", "P?", "R?", "S?", "I?"])
def test_payload_stands_in_its_frame(at: ATClient, profile: Profile, case: Case, query: str) -> None:
    answer = at(query)
    frame = b"|".join(map(re.escape, successes(b"PAYLOAD", profile))).replace(b"PAYLOAD", rb"[^\r\n]+")
    got = frame_of(answer, at)
    case.require("FR-PAYLOAD", re.fullmatch(frame, got), r"\r\n, one line, \r\nOK\r\n and the prompt", got)


@pytest.mark.requirement("FR-PROMPT")
@pytest.mark.parametrize("command", ["P0=0", "P0", "P?", "QQ", "P1=x"])
def test_every_answer_ends_in_the_prompt(at: ATClient, case: Case, command: str) -> None:
    answer = at(command)
    case.require("FR-PROMPT", answer.raw.endswith(b"\r\n> "), r"the answer ends in \r\n> with its space", answer.raw)
    at.drain(quiet=0.1)
    more = b"".join(at.strays)
    case.step("FR-ONE-ANSWER", not more.strip(b"\r\n> "), "no second answer after the prompt", more)
    case.require("FR-PROMPT", not more, "nothing after the prompt", more)


@pytest.mark.requirement("FR-PROMPT", "FR-EMPTY-OK")
def test_each_of_many_answers_ends_in_the_prompt(at: ATClient, profile: Profile, case: Case, bench_pace: float) -> None:
    for _ in range(max(20, min(100, int(2 / max(bench_pace, 1e-3))))):
        answer = at("P0=0")
        case.require(
            "FR-PROMPT", answer.raw.endswith(b"\r\n> "), r"the answer ends in \r\n> with its space", answer.raw
        )
        case.require_one_of("FR-EMPTY-OK", frame_of(answer, at), successes(b"", profile))


@pytest.mark.requirement("FR-CR")
@pytest.mark.parametrize("value", [1, 2, 3, 0])
def test_carriage_return_ends_the_command(at: ATClient, case: Case, value: int) -> None:
    send_accepted(at, f"P0={value}", step="SE-P0")
    case.require("FR-CR", at("P0").payload == str(value).encode(), f"P0 shows {value}", at.answers[-1])


@pytest.mark.requirement("FR-CRLF")
@pytest.mark.parametrize("command", ["P0", "P2=5024", "P?", "QQ"])
def test_line_feed_after_the_carriage_return_is_ignored(at: ATClient, case: Case, command: str) -> None:
    expected = at(command)
    answer = at.exchange_bytes(command.encode() + b"\r\n")
    words = f"the answer as without the line feed: {expected.raw!r}"
    case.require("FR-CRLF", same(answer, expected), words, answer)
    again = at(command)
    case.require("FR-CRLF", same(again, expected), "the next command is not disturbed", again)


def same(answer: Answer, former: Answer) -> bool:
    """The same bytes, or an error both times: the wording of its reason may be another."""
    return answer.raw == former.raw or (answer.error and former.error)


@pytest.mark.requirement("FR-CRLF")
@pytest.mark.parametrize("command", ["P0", "P2=5024"])
def test_line_feed_that_comes_by_itself_is_ignored(at: ATClient, case: Case, command: str) -> None:
    expected = at(command)
    at.start(command)
    at.watch(0.02)  # on a line the line feed is always a piece of its own
    at.link.send(b"\n")
    answer = at.finish()
    case.require("FR-CRLF", answer.raw == expected.raw, f"the answer as usual: {expected.raw!r}", answer)
    at.drain(quiet=0.1)
    more = b"".join(at.strays)
    case.require("FR-CRLF", not more.strip(b"\r\n"), "no answer to the line feed", more)
    again = at(command)
    case.require("FR-CRLF", again.raw == expected.raw, "the next command is not disturbed", again)


@pytest.mark.requirement("FR-BARE-CR")
@pytest.mark.parametrize("count", [1, 3])
def test_lone_carriage_return_is_answered_by_the_prompt(at: ATClient, case: Case, count: int) -> None:
    for _ in range(count):
        answer = at.exchange_bytes(b"\r", prompt_only=True)
        case.require_one_of("FR-BARE-CR", answer.raw.removeprefix(b"\r\r"), [b"\r\n> ", b"\n> "])


@pytest.mark.requirement("FR-ONE-ANSWER")
@pytest.mark.parametrize("command", ["P0", "P2=5024", "P?", "R?", "S?", "I?", "QQ", "P1=x"])
def test_each_command_has_one_answer(at: ATClient, case: Case, command: str) -> None:
    at(command)
    at.drain(quiet=0.25)
    more = b"".join(at.strays)
    case.require("FR-ONE-ANSWER", not more, f"one answer to {command}, then silence", more)
