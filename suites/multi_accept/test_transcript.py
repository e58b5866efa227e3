"""The page's own transcript, byte for byte, with its two clients."""

import re

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.frames import Answer
from fixtures.drivers.peers import Network, TcpPeer
from suites.spec.profiles import Profile
from suites.steps.flows import KILLED, SETUP, WAITING, Server, await_close, read_exactly, receive_exactly

GREETING = b"Data from 192.168.10.100"
BETWEEN = rb"\r\n(?:> )?(?:\r\n)?"
"""Between two lines of one answer: the table's prompt after the asynchronous line is a reading too."""


def frame(*lines: bytes, extra_crlf: bool) -> re.Pattern[bytes]:
    """The bytes of a success with these lines.

    The page's table has a prompt between an asynchronous line and OK; what follows it is then the prompt's line,
    or a success of its own with an empty payload.
    """
    asynchronous = any(line.startswith(rb"\[TCP") for line in lines)
    before_ok = rb"(?:\r\n|(?:\r\n)?> (?:\r\n){0,2})" if asynchronous else rb"\r\n"
    before_ok += rb"(?:\r\n)?" if extra_crlf else b""
    return re.compile(rb"\r\n" + BETWEEN.join(lines) + before_ok + rb"OK\r\n> ")


@pytest.mark.requirement("MA-TRANSCRIPT")
def test_page_transcript_is_answered_byte_for_byte(at: ATClient, peers: Network, profile: Profile, case: Case) -> None:
    peers.reserve(5024)
    server = Server(at, peers, profile, case, 5024)

    def step(answer: Answer, *lines: bytes) -> None:
        pattern = frame(*lines, extra_crlf=profile.forms.extra_crlf_before_ok)
        expected = f"bytes like {pattern.pattern.decode('latin-1')}"
        case.require("MA-TRANSCRIPT", pattern.fullmatch(answer.raw), expected, answer.raw)

    def serve(peer: TcpPeer, byte: bytes) -> None:
        peer.send(GREETING)
        read_exactly(at, GREETING, profile.seconds("transfer"))
        step(at.send(byte), b"1")
        got = receive_exactly(peer, 1, profile.seconds("transfer"))
        case.require("MA-TRANSCRIPT", got == byte, f"the client receives {byte!r}", got)

    at("P0=0")
    for command in ("PK=1,3000", "P1=0", "P2=5024", "P8=6"):
        step(at(command), b"")
    step(at("P5=11"), SETUP, WAITING)
    first = server.client()
    serve(first, b"1")
    step(at("P5=10"), WAITING)
    await_close(first, profile.seconds("close"), step="MA-NEXT-CLOSES")
    second = server.client()
    serve(second, b"2")
    step(at("P5=0"), KILLED)
    await_close(second, profile.seconds("close"), step="MA-STOP-CLIENT")
