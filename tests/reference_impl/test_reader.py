"""Bytes become lines and payloads, however they are split."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.core.reader import BACKLOG_LIMIT, LINE_LIMIT, Reader


def lines_of(data, step):
    reader = Reader()
    found = []
    for start in range(0, len(data), step):
        reader.feed(data[start : start + step], 0.0)
        while (line := reader.scan()[1]) is not None:
            found.append(line)
    return found


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_lines_come_out_the_same_however_they_are_split(step):
    found = lines_of(b"P0=1\rI?\r\n\rC1=a,b c\rrest", step)
    assert [line.text for line in found] == [b"P0=1", b"I?", b"", b"C1=a,b c"]


@given(st.binary(max_size=300), st.integers(1, 300))
def test_any_bytes_give_the_same_lines_whole_and_in_pieces(data, step):
    assert lines_of(data, step) == lines_of(data, max(1, len(data)))


def test_a_line_feed_behind_the_carriage_return_is_ignored():
    assert [line.text for line in lines_of(b"\nP0\r\nP1\r\n", 1)] == [b"P0", b"P1"]


def test_a_line_feed_inside_a_line_stays():
    assert lines_of(b"C1=a\nb\r", 1)[0].text == b"C1=a\nb"


def test_a_line_of_the_limit_is_whole_and_one_more_byte_is_too_long():
    assert not lines_of(b"x" * LINE_LIMIT + b"\r", 64)[0].overlong
    assert lines_of(b"x" * (LINE_LIMIT + 1) + b"\r", 64)[0].overlong


@pytest.mark.parametrize("step", [1, 4096])
def test_an_overlong_line_keeps_its_beginning_and_the_next_line_is_intact(step):
    first, second = lines_of(b"AB" + b"x" * 100_000 + b"\rP0\r", step)
    assert first.overlong
    assert first.text == b"AB" + b"x" * (LINE_LIMIT - 2)
    assert (second.text, second.overlong) == (b"P0", False)


def test_an_endless_line_keeps_the_buffer_small():
    reader = Reader()
    for _ in range(1000):
        reader.feed(b"x" * 1000, 0.0)
        reader.scan()
        assert len(reader) <= LINE_LIMIT


def test_the_cost_of_a_line_grows_with_its_length_and_not_with_its_square():
    """Counted in bytes searched, not in seconds: each byte is looked at once."""
    searched = 0

    class Counting(bytearray):
        def find(self, sub, start=0):
            nonlocal searched
            searched += len(self) - start
            return super().find(sub, start)

    reader = Reader()
    reader._buffer = Counting()
    for _ in range(20_000):
        reader.feed(b"x", 0.0)
        reader.scan()
    assert searched <= 20_000


def test_what_comes_while_nothing_is_taken_is_bounded():
    reader = Reader()
    for _ in range(100):
        reader.feed(b"x" * 1000, time.monotonic())
    assert len(reader) == BACKLOG_LIMIT


def test_a_payload_is_taken_whatever_its_bytes_are():
    reader = Reader()
    reader.feed(b"\n\r\r\n> OKP0\r", 0.0)
    assert reader.take(7) == b"\n\r\r\n> O"
    assert reader.scan()[1].text == b"KP0"


def test_bytes_to_be_echoed_are_given_once():
    reader = Reader()
    reader.feed(b"P", 0.0)
    assert reader.scan() == (b"P", None)
    assert reader.scan() == (b"", None)
    reader.feed(b"0\r", 0.0)
    assert reader.scan()[0] == b"0\r"
