"""P5=10: close the client that is served and take the next."""

import statistics
import time

import pytest

from fixtures.case import Case, step_of
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.frames import Answer
from fixtures.errors import ModuleFault
from suites.multi_accept.moves import grows, next_closes
from suites.steps.flows import (
    WAITING,
    Server,
    await_close,
    counts,
    let_pass,
    lines_match,
    read_exactly,
    read_until_lost,
    send_exactly,
)


@pytest.mark.requirement("MA-NEXT")
@pytest.mark.parametrize("waiting", [False, True], ids=["nobody waits", "one waits"])
def test_next_answers_waiting(server: Server, case: Case, waiting: bool) -> None:
    server.up()
    server.client()
    if waiting:
        server.connect()
    answer = server.next()
    case.require("MA-NEXT", lines_match(answer, WAITING), "the line [TCP SVR] Waiting on connection ... and OK", answer)
    prompt_inside = b"> " in answer.payload or answer.raw.endswith(b"> OK\r\n> ")
    case.observe("MA-NEXT", "form", "prompt before OK" if prompt_inside else "line, OK")


@pytest.mark.requirement("MA-NEXT-CLOSES", "MA-QUEUE")
@pytest.mark.parametrize("waiting", [0, 1, 3])
def test_next_closes_the_served_client(server: Server, case: Case, waiting: int) -> None:
    server.up()
    first = server.client()
    others = [server.connect() for _ in range(waiting)]
    server.next()
    await_close(first, server.profile.seconds("close"), step="MA-NEXT-CLOSES")
    for peer in others[:1]:  # who comes next must be known before anybody can be said to wait
        server.accept(peer)
    closed = sum(not peer.is_open() for peer in others)
    case.require("MA-QUEUE", not closed, "the waiting clients stay connected", f"{closed} of {waiting} were closed")


@pytest.mark.requirement("MA-NEXT-CLOSES")
def test_next_closes_each_client_of_a_row(server: Server) -> None:
    server.up()
    for _ in range(4):
        next_closes(server, server.client())


@pytest.mark.requirement("MA-NEXT-ACCEPTS")
def test_next_accepts_the_client_that_waits(server: Server) -> None:
    server.up()
    server.client()
    second = server.connect()
    server.next()
    server.accept(second)
    server.serves(second)


@pytest.mark.requirement("MA-NEXT-ACCEPTS")
def test_next_accepts_the_client_that_comes_later(at: ATClient, server: Server) -> None:
    server.up()
    for later in (0.05, 1.6):
        server.client()
        server.next()
        let_pass(at, later)
        server.serves(server.client())
        server.next()


@pytest.mark.requirement("MA-NEXT-UNREAD", "MA-NO-STALE-BYTES", "MA-EARLY-BYTES", "DA-READ-R1")
@pytest.mark.parametrize("early", [b"", b"sent before its turn, and longer than R1"], ids=["silent", "early bytes"])
def test_next_with_unread_bytes_drops_them(at: ATClient, server: Server, case: Case, early: bytes) -> None:
    server.up()
    first = server.client()
    peer_bytes = b"read this, and leave the rest " * 20
    first.send(peer_bytes)
    at("R1=10")
    read_some(at, peer_bytes, server)
    second = server.connect()
    second.send(early)
    server.next()
    await_close(first, server.profile.seconds("close"), step="MA-NEXT-CLOSES")
    server.accept(second)
    with server.own_bytes(second):
        pieces = reads_early_bytes(at, early, server)
    most = max((len(one.payload) for one in pieces), default=0)
    case.require("DA-READ-R1", most <= 10, "at most 10 bytes with R1=10, of the next client too", most)
    at("R1=1460")
    at("R2=200")
    answer = at.read()
    case.require("MA-NO-STALE-BYTES", answer.payload == b"", "no byte of the former client", answer)
    second.send(b"of the second")
    reads_nothing_else(at, b"of the second", server)
    server.serves(second)


def reads_early_bytes(at: ATClient, early: bytes, server: Server) -> list[Answer]:
    """R0 gives the bytes that the client has sent before its turn. Raises ModuleFault that names its requirement."""
    with step_of("MA-EARLY-BYTES"):
        return read_exactly(at, early, server.profile.seconds("transfer"))


def reads_nothing_else(at: ATClient, stream: bytes, server: Server) -> None:
    """R0 gives ``stream`` from its first byte on. Raises ModuleFault that names its requirement."""
    try:
        read_exactly(at, stream, server.profile.seconds("transfer"))
    except ModuleFault as fault:
        raise ModuleFault(str(fault), "MA-NO-STALE-BYTES") from fault


def read_some(at: ATClient, stream: bytes, server: Server) -> None:
    """At least one byte of ``stream``, and not all."""
    for _ in range(20):
        answer = at.read(stream)
        if answer.payload:
            return
    read_exactly(at, stream[:1], server.profile.seconds("transfer"))


@pytest.mark.requirement("MA-NEXT-UNREAD")
def test_next_while_the_client_is_still_sending(server: Server) -> None:
    server.up()
    first = server.client()
    for _ in range(8):
        first.send(b"x" * 512)
    second = server.connect()
    server.next()
    await_close(first, server.profile.seconds("close"), step="MA-NEXT-CLOSES")
    server.accept(second)
    server.serves(second)


@pytest.mark.requirement("MA-NEXT-AFTER-LEFT", "MA-NEXT")
@pytest.mark.parametrize("leave", ["close", "reset", "half_close"])
@pytest.mark.parametrize("noticed", [True, False], ids=["after -1", "before -1"])
def test_next_after_the_client_left(at: ATClient, server: Server, case: Case, leave: str, noticed: bool) -> None:
    server.up()
    first = server.client()
    getattr(first, leave)()
    if noticed and leave != "half_close":
        read_until_lost(at, server.profile.seconds("lost"))
    second = server.connect()
    answer = server.next()
    server.accept(second)
    server.serves(second)
    case.require("MA-NEXT", lines_match(answer, WAITING), "the line [TCP SVR] Waiting on connection ... and OK", answer)


@pytest.mark.requirement("MA-NEXT-NEEDED")
@pytest.mark.parametrize("leave", ["close", "reset"])
def test_client_that_left_is_not_followed_before_p5_10(at: ATClient, server: Server, case: Case, leave: str) -> None:
    server.up()
    first = server.client()
    second = server.connect()
    getattr(first, leave)()
    read_until_lost(at, server.profile.seconds("lost"))
    at("R2=200")
    at.read()
    at.drain()
    early = [one.text for one in at.notices if one.port]
    case.require("MA-NEXT-NEEDED", not early, "no Accepted notice before P5=10", early)
    server.next()
    server.accept(second)


@pytest.mark.requirement("MA-NO-STALE-BYTES")
@pytest.mark.parametrize("size", [1, 100, 1460])
def test_next_client_sees_no_byte_of_the_former(at: ATClient, server: Server, case: Case, size: int) -> None:
    server.up()
    limit = server.profile.seconds("transfer")
    for letter in (b"a", b"b", b"c"):
        peer = server.client()
        stream = letter * size
        peer.send(stream)
        read_exactly(at, stream, limit)
        at("R2=100")
        answer = at.read()
        case.require("MA-NO-STALE-BYTES", answer.payload == b"", "no more than this client has sent", answer)
        server.next()


@pytest.mark.requirement("MA-SENT-ARRIVES")
@pytest.mark.parametrize("command", ["P5=10", "P5=0"])
@pytest.mark.parametrize("size", [1, 1460])
def test_what_was_counted_arrives_before_the_close(
    at: ATClient, server: Server, case: Case, command: str, size: int
) -> None:
    server.up()
    peer = server.client()
    payload = bytes(65 + n % 26 for n in range(size))
    answer = at.send(payload)
    counts(case, answer, size)
    at(command)
    got = await_close(peer, server.profile.seconds("close"), step="MA-NEXT-CLOSES")
    case.require_bytes("MA-SENT-ARRIVES", got, payload, f"all {size} bytes, then the end")


EACH_WAY = 40
"""Clients of a long row with whom data goes both ways; those behind them read and are read by turns."""
MANY_S = 200.0
"""Seconds after which no more clients are made: no document says how soon after P5=10 the former one is closed."""


@pytest.mark.requirement("MA-MANY")
@pytest.mark.parametrize("number", [1, 2, 3])
def test_several_clients_in_a_row_on_another_socket(server: Server, number: int) -> None:
    server.socket = number
    server.up()
    for _ in range(8):
        peer = server.client()
        server.serves(peer)
        next_closes(server, peer)


@pytest.mark.requirement("MA-MANY")
@pytest.mark.parametrize("count", [20, 200])
def test_many_clients_in_a_row(at: ATClient, server: Server, case: Case, bench_pace: float, count: int) -> None:
    if count * 5 * bench_pace > 60:
        pytest.skip(f"{count} clients would take this module more than a minute")
    server.up()
    limit = server.profile.seconds("transfer")
    took: list[float] = []
    last_start = time.monotonic() + MANY_S
    for number in range(count):
        began = time.monotonic()
        if began > last_start:
            case.observe("MA-MANY", f"clients in a row within {MANY_S:g} s", number)
            break
        peer = server.client()
        took.append(time.monotonic() - began)
        if number < EACH_WAY or number % 2:
            token = b"client number %d" % number
            peer.send(token)
            read_exactly(at, token, limit)
        if number < EACH_WAY or not number % 2:
            send_exactly(at, peer, b"answer to %d" % number, limit)
        next_closes(server, peer)
        if len(took) % 20 == 0:
            first, last = statistics.median(took[:5]), statistics.median(took[-5:])
            expected = f"client {number + 1} accepted about as fast as the first ones ({first * 1000:.0f} ms)"
            steady = last > first + 1.0 and grows(took) > 0.5  # a module may have been slow before, and be uneven
            case.require("MA-MANY", last <= 2 * first + 1.0 and not steady, expected, f"{last * 1000:.0f} ms")


@pytest.mark.requirement("MA-NEXT-IDLE")
def test_next_without_a_client_is_recorded(at: ATClient, server: Server, case: Case) -> None:
    server.up()
    case.observe("MA-NEXT-IDLE", "answer to P5=10 with no client", at("P5=10"))


@pytest.mark.requirement("MA-NEXT-OUTSIDE")
@pytest.mark.parametrize("mode", ["stopped", "single"])
def test_next_outside_multi_accept_is_recorded(at: ATClient, single_server: Server, case: Case, mode: str) -> None:
    single_server.configure()
    if mode == "single":
        single_server.start()
    case.observe("MA-NEXT-OUTSIDE", f"answer to P5=10, {mode}", at("P5=10"))
