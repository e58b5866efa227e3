"""The readers of answers and of an idle line under rubbish: no exception, no byte lost, the same at every split.

``check`` reads a program: what was sent, which bytes of a peer may come, where the reads end, and the bytes of the
line, made of rubbish, of good answers and of notices.
"""

from collections.abc import Sequence
from itertools import pairwise

from fixtures.drivers.line.frames import Answer, AnswerReader, Expectation, IdleReader
from fixtures.drivers.line.notices import find_notices
from tests.fuzz.rubbish import Cursor

NOTICE_FRAME = b"\r\n[TCP SVR] Accepted 127.0.0.1:34489\r\n> "
PIECES = (
    NOTICE_FRAME, NOTICE_FRAME[:-2], NOTICE_FRAME[2:], NOTICE_FRAME[:20], b"\r\n[SOMETHING] else\r\n> ",
    b"\r\n1\r\nOK\r\n> ", b"\r\n\r\nOK\r\n> ", b"\r\nERROR\r\n> ", b"\r\nERROR: no\r\nUsage: P2 = port\r\n> ",
    b"y" * 400, b"z" * 1030, b"\r\n-1\r\nERROR\r\n> ", b"P0\r",
    b"S3=2\rab", b"\r\n", b"\r", b"\n", b"> ", b">", b" ", b"OK", b"ERROR", b"Usage",
)  # fmt: skip
SENT = (b"P0\r", b"R0\r", b"S3=2\rab", b"\r", b"P0\r\n", b"R?\r")
LONGEST = 500
"""Bytes of a line after which no more is added: it is read again behind each of them."""
MOST_HELD = 1040
"""Bytes of an idle line that may be held back for what they may become: a notice's longest text and its frame."""
GOOD = b"\r\n0\r\nOK\r\n> "


def check(program: bytes) -> None:
    """Whatever the bytes: both readers raise nothing, lose nothing, and read a good answer right behind them."""
    cursor = Cursor(program)
    expectation = expectation_of(cursor)
    splits = [cursor.number(17) for _ in range(8)]
    line = b""
    while cursor and len(line) < LONGEST:
        which = cursor.number(64)
        line += PIECES[which] if which < len(PIECES) else cursor.run(24)
    ends = ends_of(line, splits)
    check_answer(expectation, line, ends)
    check_idle(line, ends)


def expectation_of(cursor: Cursor) -> Expectation:
    sent = SENT[cursor.number(len(SENT))]
    flags = cursor.number(16)
    pending = None if flags & 1 else cursor.piece() if flags & 2 else b""
    return Expectation(
        sent=sent,
        payload=b"ab" if sent.startswith(b"S3") else b"",
        pending=pending,
        prompt_only=sent == b"\r",
        extra_crlf=bool(flags & 4),
        owed_prompt=bool(flags & 8),
    )


def ends_of(line: bytes, splits: Sequence[int]) -> list[int]:
    """Where the reads of ``line`` end: after so many bytes each, again and again."""
    ends, at = [], 0
    steps = [one for one in splits if one] or [len(line) or 1]
    while at < len(line):
        at = min(len(line), at + steps[len(ends) % len(steps)])
        ends.append(at)
    return ends


def check_answer(expectation: Expectation, line: bytes, ends: Sequence[int]) -> None:
    """What is found lies in the bytes, and a split finds what byte by byte finds, where no notice leaves a choice."""
    reader = AnswerReader(expectation)
    for end in ends:
        for silent in (False, True):
            if found := reader.read(line[:end], silent=silent):
                answer, taken = found
                assert 0 < taken <= end
                assert answer.on_line == line[:taken]
                assert answer.ok + answer.error <= 1
    if expectation.pending is None and not find_notices(line):
        assert first(reader, line, ends) == first(reader, line, range(1, len(line) + 1))


def first(reader: AnswerReader, line: bytes, ends: Sequence[int]) -> tuple[Answer, int] | None:
    """The first answer that is found in what has come after each of ``ends``."""
    return next((found for end in ends if (found := reader.read(line[:end]))), None)


def check_idle(line: bytes, ends: Sequence[int]) -> None:
    """Every byte is taken once it is silent, the same at every split; an answer behind it is read as it stands."""
    taken = [take(line, places) for places in (ends, range(1, len(line) + 1), [len(line)])]
    assert taken[0] == taken[1] == taken[2]
    notices, strays, owed = taken[0]
    assert len(b"".join(notices) + strays) <= len(line)
    expectation = Expectation(b"P0\r", owed_prompt=owed)
    found = AnswerReader(expectation).read(GOOD)
    assert found
    assert (found[0].payload, found[0].ok, found[1]) == (b"0", True, len(GOOD))


def take(line: bytes, ends: Sequence[int]) -> tuple[list[bytes], bytes, bool]:
    """Texts of the notices, strays, and whether a prompt is owed, of a line that comes so and then is silent."""
    reader = IdleReader()
    notices: list[bytes] = []
    strays = buffer = b""
    for start, end in pairwise([0, *ends]):
        buffer += line[start:end]
        found, stray, used = reader.take(buffer)
        notices, strays, buffer = notices + [one.text for one in found], strays + stray, buffer[used:]
        assert len(buffer) <= MOST_HELD
    found, stray, used = reader.take(buffer, silent=True)
    assert used == len(buffer)
    return notices + [one.text for one in found], strays + stray, reader.owed_prompt
