"""Peers that do not do what peers do: they do not read, close one side and stay, leave or send in a payload, abort."""

import re

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.frames import Answer
from fixtures.errors import NotAvailableHere
from suites.data.counts import count_of, received, refused
from suites.data.kinds import AREAS, MULTI, TCP, connected, of_kinds
from suites.spec.profiles import Profile
from suites.steps.flows import read_exactly, read_some, read_until_lost, receive_exactly, send_exactly
from suites.steps.maker import Maker
from suites.steps.payloads import pattern, text
from suites.steps.uses import TcpCall, TcpService

PACKET = 1460
MOST = 1500
"""Packets after which a module that still takes them is not said to be full: some 2 MB."""
WAIT_MS = 700
"""S2 while the peer does not read."""
LONGEST_S2_S = 30.0
HALF = 200
ANSWERS = rb"(?:OK|ERROR\b.*?)\r\n> "
"""How each answer ends."""


def works_again(uses: Maker, kind: str) -> None:
    """The same kind of use, from begin to end."""
    with uses.turn(f"{kind} once more"):
        uses.lasting(kind).whole(b"once more")


def ended(uses: Maker, use: TcpService | TcpCall) -> None:
    """``use`` is stopped."""
    with uses.turn(f"the stop of the {use.name}"):
        use.end()


@pytest.mark.parametrize("kind", of_kinds("DA-SEND-FULL", "DA-SEND-FULL-S2", "DA-SEND", "DA-SEND-COUNT", "{}-SEND"))
def test_send_to_a_peer_that_does_not_read_is_answered(
    at: ATClient, uses: Maker, profile: Profile, case: Case, bench_pace: float, kind: str
) -> None:
    if MOST * bench_pace > 60:
        raise NotAvailableHere("to fill what lies between would take this module more than a minute")
    use = connected(uses, kind, small_window=True)
    at(f"S2={WAIT_MS}")
    with uses.turn("S3 to a peer that does not read", "DA-SEND-FULL"):
        packets = fill(at, LONGEST_S2_S + profile.seconds("answer"))
    answer = packets[-1]
    counts = "a loss or an error" if refused(answer) else "what was sent"
    case.observe("DA-SEND-FULL-S2", f"S3 with S2={WAIT_MS}", f"{counts}, after {answer.latency * 1000:.0f} ms")
    case.require("DA-SEND-FULL", refused(answer) or answer.payload.isdigit(), "a count, -1 or an error", answer)
    sent = b"".join(pattern(PACKET, seed=number)[: count_of(one)] for number, one in enumerate(packets))
    if refused(answer):
        maybe = pattern(PACKET, seed=len(packets) - 1)
        got = use.peer.receive_available(0.3)
        case.require("DA-SEND", (sent + maybe).startswith(got), f"of the {len(sent)} bytes that were counted", len(got))
        return
    got = received(use, sent, packets, profile)
    whole = b"".join(pattern(PACKET, seed=number) for number in range(len(packets)))
    counted = f"the number of the bytes of S3, of which all {len(whole)} have arrived"
    case.require("DA-SEND-COUNT", sent == whole or got != whole, counted, len(sent))
    case.require_bytes("DA-SEND", got, sent, f"the {len(sent)} bytes that were counted, and no more")
    at("S2=5000")  # only now: a module may be busy with its full window until the peer reads
    send_exactly(at, use.peer, b"room again", profile.seconds("transfer"))


def fill(at: ATClient, latest: float) -> list[Answer]:
    """S3 until one is not taken whole or waits: all answers. ``latest``: seconds for each.

    Raises NoAnswer, and NotAvailableHere where everything is taken at once.
    """
    answers: list[Answer] = []
    for number in range(MOST):
        answer = at.send(pattern(PACKET, seed=number), timeout=latest)
        answers.append(answer)
        if refused(answer) or answer.payload != b"%d" % PACKET or answer.latency * 1000 > WAIT_MS * 0.9:
            return answers
    raise NotAvailableHere(f"the module takes {MOST * PACKET} bytes that nobody reads")


@pytest.mark.parametrize("kind", of_kinds("DA-BEFORE-LOSS", "{}-READ"))
@pytest.mark.parametrize("size", [1, 3000])
def test_bytes_before_a_peer_closed_its_side_are_read(uses: Maker, profile: Profile, kind: str, size: int) -> None:
    use = connected(uses, kind)
    use.peer.send(pattern(size))
    use.peer.half_close()
    read_exactly(use.at, pattern(size), profile.seconds("transfer"), step="DA-BEFORE-LOSS")


STOPS = {"MA": ("MA-STOP", "MA-STOP-CLIENT", "MA-RESTART"), "SS": ("SS-STOP", "SS-STOP-CLIENT", "SS-RESTART")} | {
    "CL": ("CL-STOP", "CL-AGAIN")
}


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, id=kind, marks=pytest.mark.requirement(*STOPS[AREAS[kind]])) for kind in TCP]
)
@pytest.mark.parametrize("unread", [b"", b"never read"], ids=["all read", "unread bytes"])
@pytest.mark.parametrize("asked", [False, True], ids=["at once", "after R0 and S3"])
def test_stop_closes_a_connection_whose_peer_has_closed_its_side(
    at: ATClient, uses: Maker, kind: str, unread: bytes, asked: bool
) -> None:
    use = connected(uses, kind)
    use.talk(b"before")
    use.peer.send(unread)
    use.peer.half_close()
    if asked:  # what they answer is recorded elsewhere
        at("R2=100")
        at.read(unread)
        at.send(b"still there?")
    ended(uses, use)
    works_again(uses, kind)


@pytest.mark.parametrize("kind", of_kinds("DA-LOST-PAYLOAD", "{}-LOST-R0"))
@pytest.mark.parametrize("leave", ["close", "reset"])
def test_peer_that_leaves_in_the_middle_of_a_payload_leaves_one_answer(
    at: ATClient, uses: Maker, profile: Profile, case: Case, kind: str, leave: str
) -> None:
    use = connected(uses, kind)
    use.talk(b"before")
    at.drain()
    at.link.send(b"S3=%d\r" % (2 * HALF) + text(HALF))
    at.watch(0.1)
    getattr(use.peer, leave)()
    at.watch(0.1)
    at.link.send(text(HALF - 5) + b"P0=2\r")
    came = at.collect(b"", profile.seconds("answer") + 5)
    ends = re.findall(ANSWERS, came, re.DOTALL)
    case.require("DA-LOST-PAYLOAD", len(ends) == 1, f"one answer to S3={2 * HALF} and its bytes", came)
    shown = at("P0")
    case.require("DA-LOST-PAYLOAD", shown.payload == b"0", "P0 as before: P0=2 was of the payload", shown)
    if b"-1" not in came or kind == MULTI:  # of the others no document says what R0 answers after the first -1
        read_until_lost(at, profile.seconds("lost"), step=f"{AREAS[kind]}-LOST-R0")
    ended(uses, use)
    works_again(uses, kind)


@pytest.mark.parametrize("kind", of_kinds("DA-SEND", "DA-READ", "{}-SEND", "{}-READ"))
@pytest.mark.parametrize("size", [1, PACKET])
def test_peer_that_sends_in_the_middle_of_a_payload_is_read_afterwards(
    at: ATClient, uses: Maker, profile: Profile, case: Case, kind: str, size: int
) -> None:
    use = connected(uses, kind)
    payload, stream = pattern(2 * HALF, seed=3), pattern(size, seed=5)
    at.drain()
    at.link.send(b"S3=%d\r" % len(payload) + payload[:HALF])
    at.watch(0.1)
    use.peer.send(stream)
    at.watch(0.1)
    at.link.send(payload[HALF:])
    came = at.collect(b"", profile.seconds("answer") + 5)
    got = receive_exactly(use.peer, len(payload), profile.seconds("transfer"))
    case.require_bytes("DA-SEND", got, payload, f"the {len(payload)} bytes of S3")
    counted = re.search(rb"\n%d\r\n(?:\r\n)?OK\r\n> " % len(payload), came)
    case.step("DA-SEND-COUNT", counted, f"{len(payload)} and OK", came)
    read_exactly(at, stream, profile.seconds("transfer"))


@pytest.mark.parametrize("kind", of_kinds("{}-READ", "{}-LOST-R0", "{}-NO-STALE-BYTES"))
@pytest.mark.parametrize("read", [0, 10], ids=["none read", "some read"])
def test_bytes_of_a_peer_that_aborted_are_its_own_and_gone_with_it(
    at: ATClient, uses: Maker, profile: Profile, case: Case, kind: str, read: int
) -> None:
    use = connected(uses, kind)
    stream = text(700)
    use.peer.send(stream)
    done = 0
    if read:
        at(f"R1={read}")
        done = len(read_some(at, stream, profile.seconds("transfer")))
        at("R1=1460")
    use.peer.reset()
    rest, _ = read_until_lost(at, profile.seconds("lost"), stream[done:], step=f"{AREAS[kind]}-LOST-R0")
    own = stream[done:].startswith(rest)
    case.require(f"{AREAS[kind]}-READ", own, "what the peer sent, as far as the abort has left it, then -1", rest)
    ended(uses, use)
    again = connected(uses, kind)
    at("R2=150")
    answer = at.read()
    clean = answer.ok and not answer.payload
    case.require(f"{AREAS[kind]}-NO-STALE-BYTES", clean, "no byte of the peer before", answer)
    again.talk(b"of its own")
