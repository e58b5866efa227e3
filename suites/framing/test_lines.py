"""Odd lines: long, binary, lower in the stack, interrupted. Most answers are recorded; the module must stay in step."""

import time

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient


@pytest.mark.requirement("FR-LONG-LINE")
@pytest.mark.parametrize("length", [100, 1000, 10000, 100000])
def test_answer_to_a_long_line_is_recorded(at: ATClient, case: Case, bench_pace: float, length: int) -> None:
    if length * bench_pace / 15 > 60:  # a short exchange is some 15 bytes
        pytest.skip(f"a line of {length} bytes would take this line more than a minute")
    # No document says how long a value may be; of P3 it is no address at any length, so that nothing is set by it.
    case.observe("FR-LONG-LINE", f"answer to {length} bytes", at.collect(b"P3=" + b"x" * length + b"\r"))


@pytest.mark.requirement("FR-EVERY-BYTE")
@pytest.mark.parametrize(
    "value",
    [b"60\x0001", b"6001\x00", b"\xb6001", b"600\xb1"],
    ids=["NUL inside", "NUL at the end", "top bit of the first digit", "top bit of the last digit"],
)
def test_number_with_a_byte_that_is_no_digit_is_not_taken_for_one(at: ATClient, case: Case, value: bytes) -> None:
    answer = at(b"P2=" + value)
    case.require("FR-EVERY-BYTE", answer.error, "an error: this is no port number", answer)


@pytest.mark.requirement("FR-ANY-BYTE")
@pytest.mark.parametrize(
    "line",
    [b"P2=50\x0024", b"P2=50\xff24", b"\x00P0", b"\xff\xfe", bytes(range(1, 13)) + bytes(range(14, 256))],
    ids=["NUL inside", "0xFF inside", "NUL before", "0xFF only", "all but CR"],
)
def test_answer_to_bytes_that_are_no_text_is_recorded(at: ATClient, case: Case, line: bytes) -> None:
    case.observe("FR-ANY-BYTE", "answer", at.collect(line + b"\r"))


@pytest.mark.requirement("FR-ANY-BYTE")
@pytest.mark.parametrize("line", [b"\x15\x15\x15P0", b"\nP0", b" P0"], ids=["0x15 burst", "line feed", "space"])
def test_answer_to_a_command_after_noise_is_recorded(at: ATClient, case: Case, line: bytes) -> None:
    case.observe("FR-ANY-BYTE", "answer", at.collect(line + b"\r"))


@pytest.mark.requirement("FR-TWO-COMMANDS")
def test_fate_of_two_commands_in_one_write_is_recorded(at: ATClient, case: Case) -> None:
    case.observe("FR-TWO-COMMANDS", "answers", at.collect(b"P0\rR?\r"))


@pytest.mark.requirement("FR-PAUSE")
def test_command_with_a_pause_inside_is_recorded(at: ATClient, case: Case) -> None:
    at.link.send(b"P")
    time.sleep(2)  # the pause is what the case is about
    case.observe("FR-PAUSE", "answer to P, two seconds, 0", at.collect(b"0\r"))
