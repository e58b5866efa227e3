"""Frames to the byte: what is said to commands good and bad."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_impl.core.commands import COMMANDS
from reference_impl.core.profile import Forms, Limits, Profile
from tests.reference_impl.core_bench import OK, PROMPT, CoreBench, payload

SHORT = Profile(limits=Limits(short_errors=1))
ERROR = b"\r\nERROR\r\n> "


@pytest.fixture
def bench():
    return CoreBench()


def test_an_empty_success_is_ten_bytes(bench):
    assert bench.at("P0=1") == OK
    assert len(OK) == 10


def test_a_payload_stands_between_two_delimiters(bench):
    assert bench.at("P0") == b"\r\n0\r\nOK\r\n> "


@pytest.mark.parametrize("step", [1, 2, None])
def test_a_command_is_answered_once_however_it_is_split(bench, step):
    bench.send(b"P0=2\r\nP0\r", step)
    assert bench.take() == OK + payload(b"2")


def test_a_lone_carriage_return_answers_the_prompt(bench):
    assert bench.at("") == PROMPT


def test_a_line_feed_alone_answers_nothing(bench):
    bench.send(b"\n\n\n")
    assert bench.take() == b""


def test_an_error_has_its_reason_and_usage_with_mt_0(bench):
    answer = bench.at("R1=0")
    assert answer.startswith(b"\r\nERROR: ")
    assert b"\r\nUsage: R1 " in answer
    assert answer.endswith(PROMPT)
    assert answer.count(b"> ") == 1


def test_an_error_is_one_word_with_mt_1(bench):
    assert bench.at("MT=1") == OK
    assert bench.at("R1=0") == ERROR
    assert bench.at("MT=0") == OK
    assert bench.at("R1=0") != ERROR


@pytest.mark.parametrize(
    "line",
    [
        *(b"X", b"XX", b"XX=1", b"p0", b"P0 ", b" P0", b"P", b"=", b"==", b"P2=", b"P0=1,2", b"MT", b"MT="),
        *(b"MT=2", b"S3", b"R0=1", b"I?=1", b"\x00", b"\xff\xfe", b"P0\x00"),
        *(b"0" * 100, b"x" * 1000, b"x" * 10_000),
    ],
)
def test_what_is_no_command_is_an_error_and_the_next_command_works(line):
    bench = CoreBench(SHORT)
    assert bench.at(line) == ERROR
    assert bench.at("P0") == payload(b"0")


def test_a_line_of_100000_bytes_is_one_error_and_the_next_command_works():
    bench = CoreBench(SHORT)
    assert bench.at(b"C1=" + b"x" * 100_000) == ERROR
    assert bench.at("P0") == payload(b"0")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_answers_one_frame_with_and_without_a_value(name):
    for line in (name, name + "=", name + "=1", name + "=x,y", name + "=" + "9" * 40):
        bench = CoreBench(SHORT)
        answer = bench.at(line, seconds=10.0)
        assert answer.endswith(PROMPT), line
        assert answer.count(PROMPT) == 1, line


def test_no_error_text_looks_like_a_prompt():
    for name, row in COMMANDS.items():
        assert "> " not in row.usage, name


def test_human_mode_echoes_and_machine_mode_does_not(bench):
    assert bench.at("$$$") == payload(b"Entering CMD mode")
    assert bench.at("P0=1") == b"P0=1\r" + OK
    assert bench.at("---") == b"---\r" + payload(b"Exiting CMD mode")
    assert bench.at("P0") == payload(b"1")


def test_human_mode_echoes_while_the_line_is_being_typed(bench):
    bench.at("$$$")
    bench.send(b"P")
    assert bench.take() == b"P"


def test_human_mode_does_not_echo_a_payload(bench):
    bench.at("$$$")
    assert bench.at(b"S3=3\rabc") == b"S3=3\r" + payload(b"-1")


def test_firmware_with_a_further_crlf_before_ok_answers_twelve_bytes():
    bench = CoreBench(Profile(forms=Forms(crlf_before_ok=True)))
    assert bench.at("P0=1") == b"\r\n\r\n\r\nOK\r\n> "
    assert bench.at("P0") == b"\r\n1\r\n\r\nOK\r\n> "


def test_firmware_with_a_further_crlf_before_error_keeps_the_rest():
    bench = CoreBench(Profile(limits=Limits(short_errors=1), forms=Forms(crlf_before_error=True)))
    assert bench.at("XX") == b"\r\n" + ERROR


def test_the_start_up_prompt_comes_first_and_behind_a_banner_where_there_is_one():
    assert CoreBench(power=False).engine.take_effects() == []
    for forms, expected in ((Forms(), PROMPT), (Forms(banner="ready"), b"\r\nready" + PROMPT)):
        bench = CoreBench(Profile(forms=forms), power=False)
        bench.engine.power_on(bench.now)
        bench._settle()
        assert bench.take() == expected


def test_thinking_delays_the_answer_and_nothing_else_is_said_meanwhile():
    bench = CoreBench(Profile(forms=Forms(think_ms=150)))
    bench.send(b"P0\r")
    bench.run(0.149)
    assert bench.take() == b""
    bench.run(0.001)
    assert bench.take() == payload(b"0")


def test_a_command_that_comes_during_another_is_carried_out_after_it():
    bench = CoreBench(Profile(forms=Forms(think_ms=150)))
    bench.send(b"P0=3\rP0\r")
    bench.run(1.0)
    assert bench.take() == OK + payload(b"3")


@settings(max_examples=300)
@given(st.lists(st.binary(max_size=60), max_size=12), st.integers(1, 40))
def test_any_bytes_leave_the_module_in_step(chunks, step):
    bench = CoreBench(SHORT)
    for chunk in chunks:
        bench.send(chunk, step)
        bench.run(0.01)
    bench.run(60.0)
    # What was left half-said may be a line, or a payload that S2 has ended by now.
    bench.at("", seconds=60.0)
    bench.at("---", seconds=60.0)
    assert bench.at("P0=2", seconds=1.0) == OK
    assert bench.at("P0", seconds=1.0) == payload(b"2")


COMMAND_LINES = st.sampled_from(sorted(COMMANDS)).flatmap(
    lambda name: st.tuples(st.just(name), st.sampled_from(["", "=", "=0", "=1", "=10", "=11", "=2,3", "=\x00"]))
)


@settings(max_examples=300)
@given(st.lists(COMMAND_LINES, max_size=15), st.integers(1, 20))
def test_any_commands_leave_the_module_in_step(commands, step):
    bench = CoreBench(SHORT)
    for name, value in commands:
        bench.send((name + value).encode() + b"\r", step)
        bench.run(0.02)
    bench.run(120.0)
    bench.at("\x11", seconds=60.0)  # ends A0, which blocks
    bench.at("", seconds=60.0)
    bench.at("---", seconds=60.0)
    assert bench.at("P0=2", seconds=1.0).endswith(OK)
    assert bench.at("P0", seconds=1.0).endswith(payload(b"2"))
