"""P5=0: the client and the port are closed; and P5=1 starts again."""

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.errors import NotAvailableHere
from suites.steps.flows import (
    KILLED,
    Server,
    await_close,
    counts,
    lines_match,
    read_exactly,
    read_until_lost,
    send_exactly,
)
from suites.steps.payloads import text
from suites.steps.servers import attempt

STATES = ["waiting", "serving", "client closed", "client reset", "lost"]
OTHERS = "serving, another tries"
STARTS = 30


def bring_to(server: Server, state: str) -> None:
    """The server in ``state``; ``lost``: R0 has said so."""
    server.up()
    if state == "waiting":
        return
    peer = server.client()
    server.serves(peer)
    if state == OTHERS:
        attempt(server)
    if state in ("client closed", "lost"):
        peer.close()
    if state == "client reset":
        peer.reset()
    if state == "lost":
        read_until_lost(server.at, server.profile.seconds("lost"))


@pytest.mark.requirement("SS-STOP", "SS-STOP-LINES")
@pytest.mark.parametrize("state", STATES)
def test_stop_answers_ok(at: ATClient, single_server: Server, case: Case, state: str) -> None:
    bring_to(single_server, state)
    answer = at("P5=0")
    case.require("SS-STOP", answer.ok, "OK to P5=0", answer)
    case.observe("SS-STOP-LINES", f"answer to P5=0, {state}", answer)


@pytest.mark.requirement("SS-STOP-CLIENT")
@pytest.mark.parametrize("unread", [b"", b"never read"], ids=["all read", "unread bytes"])
def test_stop_closes_the_client(single_server: Server, unread: bytes) -> None:
    peer = single_server.up().client()
    single_server.serves(peer)
    if unread:
        peer.send(unread)
    single_server.stop()
    await_close(peer, single_server.profile.seconds("close"), step="SS-STOP-CLIENT")


@pytest.mark.requirement("SS-STOP-PORT")
@pytest.mark.parametrize("state", [*STATES, OTHERS])
def test_stop_closes_the_port(at: ATClient, single_server: Server, case: Case, state: str) -> None:
    bring_to(single_server, state)
    single_server.stop()
    case.require("SS-STOP-PORT", single_server.is_closed(), "no connection after P5=0", "a connection")
    at.drain(quiet=0.05)
    late = [one.text for one in at.notices if one.port]
    case.require("SS-STOP-PORT", not late, "no Accepted notice after P5=0", late)


@pytest.mark.requirement("SS-STOP-PORT")
def test_stop_closes_the_port_that_it_was_started_with(single_server: Server, case: Case) -> None:
    single_server.up()
    single_server.at(f"P2={single_server.peers.free_port()}")  # a module may refuse it while the server runs
    single_server.stop()
    case.require("SS-STOP-PORT", single_server.is_closed(), "no connection after P5=0", "a connection")


@pytest.mark.requirement("SS-STOP-TWICE")
@pytest.mark.parametrize("state", STATES)
def test_stop_again_answers_ok_again(at: ATClient, single_server: Server, case: Case, state: str) -> None:
    bring_to(single_server, state)
    single_server.stop()
    for _ in range(2):
        answer = at("P5=0")
        case.require("SS-STOP-TWICE", answer.ok, "OK to P5=0 said again", answer)


@pytest.mark.requirement("SS-RESTART")
@pytest.mark.parametrize("port", ["the same port", "another port"])
@pytest.mark.parametrize("state", STATES)
def test_server_starts_again_after_the_stop(at: ATClient, single_server: Server, state: str, port: str) -> None:
    bring_to(single_server, state)
    single_server.stop()
    if port == "another port":
        single_server.port = single_server.peers.free_port()
        at(f"P2={single_server.port}")
    single_server.start()
    single_server.serves(single_server.client())


@pytest.mark.requirement("SS-RESTART")
def test_server_starts_and_stops_many_times(single_server: Server, bench_pace: float) -> None:
    if STARTS * 5 * bench_pace > 60:
        raise NotAvailableHere(f"{STARTS} starts would take this module more than a minute")
    single_server.configure()
    limit = single_server.profile.seconds("transfer")
    for number in range(STARTS):
        single_server.start()
        peer = single_server.client()
        peer.send(b"client %d" % number)
        read_exactly(single_server.at, b"client %d" % number, limit)
        send_exactly(single_server.at, peer, b"answer %d" % number, limit)
        single_server.stop()
        await_close(peer, single_server.profile.seconds("close"), step="SS-STOP-CLIENT")


@pytest.mark.requirement("SS-RESTART", "MA-STOP")
@pytest.mark.needs("multi_accept")
def test_single_server_follows_multi_accept_and_back(server: Server, case: Case) -> None:
    server.configure()
    for mode in (11, 1, 11, 1):
        server.mode = mode
        server.start()
        server.serves(server.client())
        answer = server.stop()
        if mode == 11:
            case.require("MA-STOP", lines_match(answer, KILLED), "the line [TCP TSK] Killed and OK", answer)


@pytest.mark.requirement("SS-NO-STALE-BYTES")
@pytest.mark.parametrize("size", [1, 1460])
def test_bytes_of_the_former_client_are_gone_after_a_restart(
    at: ATClient, single_server: Server, case: Case, size: int
) -> None:
    first = single_server.up().client()
    first.send(text(size))
    single_server.stop()
    await_close(first, single_server.profile.seconds("close"), step="SS-STOP-CLIENT")
    single_server.start()
    second = single_server.client()
    at("R2=200")
    answer = at.read()
    case.require("SS-NO-STALE-BYTES", answer.payload == b"", "no byte of the former client", answer)
    single_server.serves(second)


@pytest.mark.requirement("SS-SENT-ARRIVES")
@pytest.mark.parametrize("size", [1, 1460])
def test_what_was_counted_arrives_before_the_close(at: ATClient, single_server: Server, case: Case, size: int) -> None:
    peer = single_server.up().client()
    answer = at.send(text(size))
    counts(case, answer, size)
    single_server.stop()
    got = await_close(peer, single_server.profile.seconds("close"), step="SS-STOP-CLIENT")
    case.require_bytes("SS-SENT-ARRIVES", got, text(size), f"all {size} bytes, then the end")
