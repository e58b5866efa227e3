"""P5=0: the client and the port are closed; and P5=11 starts again."""

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import TcpPeer
from suites.steps.flows import KILLED, Server, await_close, lines_match, read_until_lost

STATES = ["waiting", "waiting again", "serving", "serving with a queue", "lost", "told of the loss"]
SERVING = ["serving", "serving with a queue", "serving the second"]


def bring_to(server: Server, state: str) -> TcpPeer | None:
    """The server in ``state``; the client that it serves then, or has served."""
    server.up()
    if state == "waiting":
        return None
    peer = server.client()
    if state == "waiting again":
        server.next()
        return None
    if "queue" in state:
        server.connect()
    if "second" in state:
        server.next()
        peer = server.client()
    if state in ("lost", "told of the loss"):
        peer.close()
    if state == "told of the loss":
        read_until_lost(server.at, server.profile.seconds("lost"))
    return peer


@pytest.mark.requirement("MA-STOP")
@pytest.mark.parametrize("state", STATES)
def test_stop_answers_killed(server: Server, case: Case, state: str) -> None:
    bring_to(server, state)
    answer = server.stop()
    case.require("MA-STOP", lines_match(answer, KILLED), "the line [TCP TSK] Killed and OK", answer)


@pytest.mark.requirement("MA-STOP", "MA-STOP-PORT")
@pytest.mark.parametrize("number", [1, 2, 3])
def test_stop_answers_killed_and_closes_the_port_on_another_socket(server: Server, case: Case, number: int) -> None:
    server.socket = number
    server.up()
    answer = server.stop()
    case.require("MA-STOP", lines_match(answer, KILLED), f"[TCP TSK] Killed and OK on socket {number}", answer)
    case.require("MA-STOP-PORT", server.is_closed(), "no connection after P5=0", "a connection")


@pytest.mark.requirement("MA-STOP-CLIENT", "MA-STOP-PORT")
@pytest.mark.parametrize("state", SERVING)
def test_stop_closes_the_served_client(server: Server, case: Case, state: str) -> None:
    peer = bring_to(server, state)
    server.stop()
    if peer:
        await_close(peer, server.profile.seconds("close"), step="MA-STOP-CLIENT")
    case.require("MA-STOP-PORT", server.is_closed(), "no connection after P5=0", "a connection")


@pytest.mark.requirement("MA-STOP-PORT")
@pytest.mark.parametrize("state", ["waiting", "waiting again", "lost", "told of the loss"])
def test_stop_closes_the_port(server: Server, case: Case, state: str) -> None:
    bring_to(server, state)
    server.stop()
    case.require("MA-STOP-PORT", server.is_closed(), "no connection after P5=0", "a connection")


@pytest.mark.requirement("MA-STOP-PORT")
def test_stop_closes_the_port_that_it_was_started_with(server: Server, case: Case) -> None:
    server.up()
    server.at(f"P2={server.peers.free_port()}")  # a module may refuse it while the server runs
    server.stop()
    case.require("MA-STOP-PORT", server.is_closed(), "no connection after P5=0", "a connection")


@pytest.mark.requirement("MA-STOP-PORT")
def test_stopped_server_announces_nobody(at: ATClient, server: Server, case: Case) -> None:
    server.up()
    server.stop()
    server.is_closed()
    at.drain(quiet=0.1)
    at.notices.clear()  # a port may be closed a moment after the answer
    server.peers.refuses(server.port)
    at.drain(quiet=0.1)
    late = [one.text for one in at.notices if one.port]
    case.require("MA-STOP-PORT", not late, "no Accepted notice after P5=0", late)


@pytest.mark.requirement("MA-RESTART")
@pytest.mark.parametrize("port", ["the same port", "another port"])
@pytest.mark.parametrize("state", STATES)
def test_server_starts_again_after_the_stop(at: ATClient, server: Server, state: str, port: str) -> None:
    bring_to(server, state)
    server.stop()
    at.drain(quiet=0.05)
    at.notices.clear()
    if port == "another port":
        server.port = server.peers.free_port()
        at(f"P2={server.port}")
    server.start()
    server.serves(server.client())


@pytest.mark.requirement("MA-RESTART")
def test_server_starts_and_stops_ten_times(server: Server) -> None:
    server.configure()
    for _ in range(10):
        server.start()
        server.serves(server.client())
        server.stop()


@pytest.mark.requirement("MA-STOP-TWICE")
def test_stop_of_a_stopped_server_is_recorded(at: ATClient, server: Server, case: Case) -> None:
    server.up()
    server.stop()
    case.observe("MA-STOP-TWICE", "answer to the second P5=0", at("P5=0"))


@pytest.mark.requirement("MA-STOP-QUEUE")
@pytest.mark.parametrize("waiting", [1, 3])
def test_fate_of_waiting_clients_at_the_stop_is_recorded(server: Server, case: Case, waiting: int) -> None:
    server.up()
    server.client()
    others = [server.connect() for _ in range(waiting)]
    server.stop()
    closed = sum(not peer.is_open() for peer in others)
    case.observe("MA-STOP-QUEUE", "waiting clients closed at once", f"{closed} of {waiting}")
    server.at("P5=11")
    server.at.drain(quiet=0.1)
    kept = any(one.port for one in server.at.notices)
    case.observe("MA-STOP-QUEUE", "after the next P5=11", "one of them is announced" if kept else "none is announced")
