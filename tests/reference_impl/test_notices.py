"""When a notice comes, and what the notice says."""

import pytest

from reference_impl.core.profile import Forms, Limits, Profile
from tests.reference_impl.core_bench import OK, PROMPT, CoreBench, payload

NOTICE = b"\r\n[TCP SVR] Accepted 127.0.0.9:40001\r\n> "
WAITING = "[TCP SVR] Waiting on connection …".encode()


def listening(forms=None, **options):
    bench = CoreBench(Profile(forms=forms or Forms(), limits=Limits(short_errors=1)), **options)
    bench.at("P5=11")
    return bench


def test_a_notice_comes_in_one_piece_with_its_own_prompt():
    bench = listening()
    bench.pieces.clear()
    bench.connect()
    bench.run(0.01)
    assert [piece.data for piece in bench.pieces] == [NOTICE]


def test_a_notice_waits_until_the_command_that_runs_is_answered():
    bench = listening()
    bench.at("P0=1")
    bench.at("P2=81")
    bench.at("P5=11")
    other = bench.connect(("127.0.0.2", 2))
    bench.run(0.01)
    bench.take()
    bench.send(b"R0\r")
    bench.connect(server=min(bench.network.servers))
    assert bench.run(1.0).take() == b""
    bench.arrive(other, b"data")
    assert bench.take() == payload(b"data")
    assert bench.run(0.01).take() == NOTICE


def test_a_notice_waits_while_a_command_arrives():
    bench = listening()
    bench.send(b"P")
    bench.connect()
    bench.run(0.05)
    assert bench.take() == b""
    bench.send(b"0\r")
    assert bench.take() == payload(b"0")
    assert bench.run(0.01).take() == NOTICE


def test_half_a_line_does_not_hold_a_notice_for_ever():
    bench = listening()
    bench.send(b"P")
    bench.connect()
    assert bench.run(1.0).take() == NOTICE
    assert bench.at(b"0") == payload(b"0")


def test_a_host_that_asks_all_the_time_gets_the_notice_too():
    bench = listening()
    bench.connect()
    said = b""
    for _ in range(10):
        said += bench.at("P0", 0.001)
    assert NOTICE in said


def test_a_notice_is_not_glued_to_the_answer_before_it():
    bench = listening()
    bench.connect()
    bench.connect(("127.0.0.2", 2))
    bench.run(0.01)
    bench.pieces.clear()
    bench.send(b"P5=10\r")
    bench.run(0.01)
    assert [piece.data for piece in bench.pieces] == [
        payload(WAITING),
        b"\r\n[TCP SVR] Accepted 127.0.0.2:2\r\n> ",
    ]


def next_with_a_queue(forms):
    bench = listening(forms)
    bench.connect()
    bench.connect(("127.0.0.2", 2))
    bench.run(0.01)
    bench.pieces.clear()
    bench.send(b"P5=10\r")
    bench.run(0.1)
    return [piece.data for piece in bench.pieces]


SECOND = b"\r\n[TCP SVR] Accepted 127.0.0.2:2"


def test_a_notice_can_be_glued_to_the_answer():
    assert next_with_a_queue(Forms(notice_glued=True)) == [payload(WAITING) + SECOND + PROMPT]


def test_a_notice_can_follow_ok_without_a_prompt_between_as_in_the_transcript():
    assert next_with_a_queue(Forms(notice_merged=True)) == [b"\r\n" + WAITING + b"\r\nOK" + SECOND + PROMPT]


def test_without_a_queue_the_answer_has_its_prompt_even_so():
    bench = listening(Forms(notice_merged=True))
    assert bench.at("P5=10") == payload(WAITING)


def test_a_notice_can_come_between_a_commands_arrival_and_its_answer():
    assert next_with_a_queue(Forms(notice_at_once=True)) == [SECOND + PROMPT, payload(WAITING)]


def test_a_notice_can_do_without_a_prompt():
    bench = listening(Forms(notice_prompt=False))
    bench.connect()
    assert bench.run(0.01).take() == NOTICE.removesuffix(b"> ")


def test_a_notice_can_tell_the_local_port():
    bench = listening(Forms(notice_local_port=True))
    bench.connect()
    assert bench.run(0.01).take() == b"\r\n[TCP SVR] Accepted 127.0.0.9:5024\r\n> "


def test_a_notice_can_be_late():
    bench = listening(Forms(notice_ms=300))
    bench.connect()
    assert bench.run(0.299).take() == b""
    assert bench.run(0.002).take() == NOTICE


@pytest.mark.parametrize("value", ["1", "2", "3"])
def test_suppressed_notices_are_not_told(value):
    bench = CoreBench(Profile(limits=Limits(suppression_max=3)))
    assert bench.at(f"MS={value}") == OK
    bench.at("P5=11")
    bench.connect()
    assert bench.run(1.0).take() == b""
    bench.at("MS=0")
    bench.at("P5=0")
    bench.at("P5=11")
    bench.connect()
    assert bench.run(0.01).take() == NOTICE


def test_spi_firmware_tells_nothing_by_itself_and_one_message_a_poll():
    bench = listening(polled=True)
    bench.at("P0=1")
    bench.at("P5=11")
    bench.connect(server=min(bench.network.servers))
    bench.connect(("127.0.0.2", 2))
    assert bench.run(1.0).take() == b""
    assert bench.at("MR") == b"\r\n[SOMA][TCP SVR] Accepted 127.0.0.9:40001[EOMA]\r\nOK\r\n> "
    assert bench.at("MR") == b"\r\n[SOMA][TCP SVR] Accepted 127.0.0.2:2[EOMA]\r\nOK\r\n> "
    assert bench.at("MR") == b"\r\n[SOMA][EOMA]\r\nOK\r\n> "


def test_spi_firmware_pads_the_prompt_after_a_reset():
    bench = listening(polled=True)
    assert bench.at("ZR", 1.0) == b"\x15\x15\r\n> "


def test_uart_firmware_has_nothing_to_poll():
    bench = listening()
    bench.connect()
    bench.run(0.01)
    bench.take()
    assert bench.at("MR") == b"\r\n[SOMA][EOMA]\r\nOK\r\n> "


def test_bytes_can_be_told_one_by_one():
    bench = CoreBench(Profile(forms=Forms(dribble_us=500)))
    bench.pieces.clear()
    bench.at("P0")
    assert [piece.gap for piece in bench.pieces] == [0.0005]


@pytest.mark.parametrize("closing", ["P5=10", "P5=0", "CD"])
def test_message_of_a_client_that_was_closed_is_not_told(closing):
    bench = listening(polled=True)
    bench.connect()
    bench.at(closing)
    assert bench.at("MR") == b"\r\n[SOMA][EOMA]\r\nOK\r\n> "
