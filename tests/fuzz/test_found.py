"""What rubbish has found in the readers, as the bytes that showed it."""

import pytest

from fixtures.drivers.line.frames import AnswerReader, Expectation, IdleReader
from tests.fuzz.reader import MOST_HELD, take

ACCEPTED = b"[TCP SVR] Accepted 127.0.0.1:34489"


def every_way(line):
    return [take(line, ends) for ends in (range(1, len(line) + 1), [len(line)], [5, len(line)])]


def test_text_behind_a_blank_line_is_judged_the_same_however_it_is_read():
    """It was a notice where a read ended behind the blank line, and a stray where none did."""
    found = every_way(b"\r\n\r\nsomething\r\n" + ACCEPTED + b"\r\n")
    assert found[0] == found[1] == found[2]
    assert found[0] == ([ACCEPTED], b"\r\n\r\nsomething", True)


def test_silence_ends_what_a_stray_has_begun():
    reader = IdleReader()
    assert reader.take(b"\x15", silent=True)[1] == b"\x15"
    notices, strays, _ = reader.take(b"\r\n[SOMETHING] happened\r\n> ", silent=True)
    assert ([one.text for one in notices], strays) == ([b"[SOMETHING] happened"], b"")


def test_notice_that_was_cut_off_by_another_takes_nothing_of_the_next_answer():
    """Both were cut out, one within the other: the answer seemed longer than the bytes that had come."""
    line = b"\r\n[TCP SVR] Garb" + ACCEPTED + b"\r\n> \r\n0\r\nOK\r\n> "
    answer, end = AnswerReader(Expectation(b"P0\r")).read(line, silent=True)
    assert end == len(line)
    assert answer.ok
    assert [one.text for one in answer.notices] == [ACCEPTED]


@pytest.mark.parametrize("line", [b"\r\n" + b"z" * 5000, b"[" * 5000, b"\r\n" + ACCEPTED + b"\r\nUsage" + b"z" * 5000])
def test_line_that_never_ends_is_not_held_back_for_ever(line):
    reader, buffer = IdleReader(), b""
    for start in range(0, len(line), 50):
        buffer += line[start : start + 50]
        buffer = buffer[reader.take(buffer)[2] :]
        assert len(buffer) <= MOST_HELD


@pytest.mark.parametrize("silent", [False, True])
def test_error_has_a_longest_text_so_that_rubbish_is_read_in_time_that_grows_with_its_length(silent):
    """With any length, each of the ERRORs in a line was followed to its end: a quarter of a megabyte took minutes."""
    reader = AnswerReader(Expectation(b"P0\r"))
    assert reader.read(b"\r\nERROR" + b"x" * 1024 + b"\r\n> ", silent=silent)[0].error
    found = reader.read(b"\r\nERROR" + b"x" * 1025 + b"\r\n> ", silent=silent)
    assert not (found and found[0].error)
