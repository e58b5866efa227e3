"""Malformed lines that do no harm: how they are made, and what is never sent.

The lines are random, and :func:`is_harmless` keeps a module from harm: it reads the bytes as a module might. Every line
that is sent has passed it, and so has every line of a shorter form of a finding.
"""

import functools
import random
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

POLICY = Path(__file__).with_name("commands.toml")
BUFFER = 60
"""Bytes of a line that every module takes; beyond them a small one might begin a new line anywhere."""
EDITING = frozenset(b"\x08\x7f\x88\xff")
"""Backspace and delete, with the top bit too: a module that lets a line be edited would read another one."""
NAME = re.compile(rb"[A-Z0-9?$-]{2}")
SHOWN_NAME = re.compile(rb"[A-Z]{2}|[A-Z][0-9?]")
TEXT = re.compile(rb"[\x20-\x7e]{2,64}")
WAITING = frozenset({b"R0", b"S0", b"S3"})
PAYLOAD = frozenset({b"S0", b"S3"})
TIMEOUTS = frozenset({b"R2", b"S2"})
QUOTABLE = 1200
"""The longest shot."""


@functools.cache
def harmless_names() -> frozenset[bytes]:
    """The names that may begin a line."""
    return frozenset(one.encode() for one in tomllib.loads(POLICY.read_text(encoding="utf-8"))["harmless"])


@functools.cache
def never() -> dict[bytes, str]:
    """The names, or families, that are never sent, and why."""
    return {one.encode(): why for one, why in tomllib.loads(POLICY.read_text(encoding="utf-8"))["never"].items()}


def readings(data: bytes) -> Iterator[bytes]:
    """The lines that a module might read in ``data``.

    With eight bits or seven, in any case; ended by CR, or by LF or NUL too; with the bytes that are no text left out,
    or the spaces as well.
    """
    for bits in (data, bytes(one & 0x7F for one in data)):
        upper = bits.upper()
        for ends in (rb"\r", rb"[\r\n]", rb"[\r\n\x00]"):
            for line in re.split(ends, upper):
                for dropped in (rb"[^\x20-\x7e]", rb"[^\x21-\x7e]"):
                    yield re.sub(dropped, b"", line)


def names(data: bytes) -> Iterator[bytes]:
    """The names of commands that a module might find in ``data``.

    Those that begin a line, or stand behind one byte or two that were lost or strayed there, or behind whatever else
    is no letter; and those anywhere beyond what every module's buffer holds.
    """
    for line in readings(data):
        bare = re.sub(rb"^[^A-Z$-]+", b"", line)
        for start in (line, line[1:], line[2:], bare):
            if found := NAME.match(start):
                yield found.group()
        for at in range(BUFFER, len(line) - 1):
            if found := NAME.match(line, at):
                yield found.group()


def is_harmless(data: bytes) -> bool:
    """True where no module that reads ``data``, however it does, can find a command in it that might do harm."""
    if len(data) > QUOTABLE or EDITING & frozenset(data):
        return False
    found = set(names(data))
    if found & (PAYLOAD | TIMEOUTS) and re.search(rb"[\r\n\x00].", data, re.DOTALL):
        return False  # more might be taken for the payload, and its rest for a line; or a read might wait for long
    return all(_may(name) for name in found)


def _may(name: bytes) -> bool:
    """True for a name on the list, and for what no module takes for a name: without a letter in front."""
    return name in harmless_names() or not (name[:1].isalpha() or name in (b"$$",))


def is_command(shot: bytes) -> bool:
    """True where the documents leave no doubt that ``shot`` is one command: text, two capitals or digits, one CR."""
    line = shot.removesuffix(b"\r")
    named = SHOWN_NAME.match(line) is not None and line[2:3] in (b"", b"=")
    return shot.endswith(b"\r") and named and TEXT.fullmatch(line) is not None and not set(names(shot)) & WAITING


def waits_for_payload(shot: bytes) -> bool:
    """True where a module might wait for bytes behind ``shot``."""
    return bool(set(names(shot)) & PAYLOAD)


# --- random lines -------------------------------------------------------------------------------------------------
STEMS = (
    *(b"P0", b"P1", b"P2", b"P3", b"P4", b"P8", b"PK", b"R1", b"R2", b"R3", b"S1", b"S2", b"MT", b"P?", b"R?", b"S?"),
    *(b"I?", b"MR", b"R0", b"QQ", b"", b"=", b"P", b"?", b"2", b"p2", b"r1", b"PP?", b"P22", b"RR1", b"---", b"--"),
)
RARE = (b"S3", b"S0")
VALUES = (
    b"", b"=", b"==", b"=0", b"=1", b"=-1", b"=+1", b"=4", b"=5024", b"=65535", b"=65536", b"=99999999999999999999",
    b"=1460", b"=1461", b"=00005", b"=0x10", b"=1e3", b"= 5", b"=5 ", b"=5,", b"=,5", b"=1,3000", b"=1,3000,1", b"=1,",
    b"=127.0.0.1", b"=999.1.1.1", b"=1.2.3", b"=...", b"=%s%n%x", b"='\"", b"=-", b"=.", b"=" + b"9" * 60, b"?", b"??",
)  # fmt: skip
NOISE = (
    b"\x00",
    b"\x15",
    b"\x15\x15",
    b"\n",
    b"\r",
    b" ",
    b"\t",
    b"\x1b[0m",
    b"\xfe",
    b"\x80",
    b"\xc3\xa9",
    b"> ",
    b"+",
)


def shots(seed: int) -> Iterator[bytes]:
    """Malformed but harmless shots, each with the CR that ends it; the same for the same ``seed``, without end."""
    dice = random.Random(seed)
    while True:
        shot = _line(dice) + b"\r"
        if dice.random() < 0.1:
            shot += _line(dice) + b"\r"
        if is_harmless(shot):
            yield shot


def _line(dice: random.Random) -> bytes:
    stem = dice.choice(RARE) if dice.random() < 0.01 else dice.choice(STEMS)
    line = stem + dice.choice(VALUES)
    for _ in range(dice.choice((0, 0, 0, 1, 1, 2, 4))):
        line = _mutated(dice, line)
    if dice.random() < 0.02:
        line += dice.choice((b"9", b"=", b" ", b",", b"\x00", b"\xfe")) * dice.choice((100, 255, 256, 512, 1000))
    return line


def _mutated(dice: random.Random, line: bytes) -> bytes:
    at = dice.randint(0, len(line))
    end = min(len(line), at + dice.randint(0, 3))
    kind = dice.randint(0, 4)
    if kind == 0:
        return line[:at] + dice.choice(NOISE) + line[at:]
    if kind == 1:
        return line[:at] + line[end:]
    if kind == 2:
        return line[:at] + line[at:end] * dice.randint(2, 9) + line[end:]
    if kind == 3:
        return line[:at] + dice.randbytes(dice.randint(1, 3)) + line[end:]
    return line[:at] + bytes(one ^ (1 << dice.randint(0, 7)) for one in line[at:end]) + line[end:]
