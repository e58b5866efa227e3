"""Rubbish that looks like what goes over such a line: bytes become a list of steps, dice become bytes.

A coverage-guided fuzzer changes bytes, so bytes are the only input: each target reads its steps out of them, and any
bytes are a valid program. The corpus is kept in the same form.
"""

import random
from collections.abc import Iterator

TOKENS = (
    *(f"{family}{digit}".encode() for family in "PRSCZ" for digit in "0123456789?K"),
    *(b"I?", b"MT", b"MR", b"MS", b"PK", b"CS", b"CD", b"CR", b"D0", b"ZR", b"ZP", b"$$$", b"---", b"QQ"),
    *(b"=", b"=0", b"=1", b"=10", b"=11", b"=2", b"=3", b"=250", b"=1460", b"=1461", b"=30000", b"=65535", b"=65536"),
    *(b"=-1", b"=+1", b"=1,3000", b"=1,3000,1", b"=127.0.0.1", b"=0x10", b"=00005", b"=1e3", b"= 5", b"=" + b"9" * 40),
    *(b"\r", b"\n", b"\r\n", b"\r\r", b",", b"\x00", b"\x15\x15", b"\xff", b"> ", b"\r\n> ", b"OK", b"ERROR", b"-1"),
    *(b"\r\nOK\r\n> ", b"\r\nERROR\r\n> ", b"Usage: P2 = port\r\n", b"x" * 64, b"x" * 1023, b"x" * 1025, b"\r" * 40),
    *(
        b"[TCP SVR] Accepted 127.0.0.1:34489",
        b"[TCP SVR] Waiting on connection...",
        b"[TCP TSK] Killed",
        b"[JOIN   ] A",
    ),
    *(b"P0=0\r", b"P0\r", b"P5=11\r", b"P5=10\r", b"P5=0\r", b"P5=1\r", b"R0\r", b"S3=5\rhello", b"S0\r", b"P6=1\r"),
)
"""What lines are made of: commands, values at the edges, delimiters, and the module's own words."""


class Cursor:
    """Reads numbers and runs of bytes from ``data``; at its end everything is 0 or empty."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def __bool__(self) -> bool:
        return self.at < len(self.data)

    def number(self, below: int) -> int:
        value = self.data[self.at] if self else 0
        self.at += 1
        return value % below

    def run(self, most: int) -> bytes:
        count = self.number(most + 1)
        taken = self.data[self.at : self.at + count]
        self.at += count
        return taken

    def piece(self) -> bytes:
        """A token, or a run of any bytes."""
        which = self.number(256)
        return self.run(40) if which >= len(TOKENS) else TOKENS[which]


def programs(seed: int, size: int = 120) -> Iterator[bytes]:
    """Random programs of up to ``size`` bytes, the same for the same ``seed``."""
    dice = random.Random(seed)
    while True:
        yield dice.randbytes(dice.randint(1, size))
