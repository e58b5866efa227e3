"""P5=11: the lines, OK before any client, the port, each socket."""

import re

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from suites.steps.flows import ELLIPSIS, SETUP, WAITING, Server, lines_match


@pytest.mark.requirement("MA-SETUP")
@pytest.mark.parametrize("backlog", [0, 1, 2, 3, 4, 5, 6])
def test_start_answers_setup_and_waiting(server: Server, case: Case, backlog: int) -> None:
    server.configure(backlog=backlog)
    answer = server.start()
    expected = "the lines [TCP TSK] Multi-Accept Setup and [TCP SVR] Waiting on connection ..., each once, then OK"
    case.require("MA-SETUP", lines_match(answer, SETUP, WAITING), expected, answer)
    if found := re.search(ELLIPSIS, answer.payload):
        case.observe("MA-SETUP", "ellipsis", found.group())


@pytest.mark.requirement("MA-OK-FIRST", "MA-NOTICE-ONCE")
def test_ok_comes_before_any_client_does(at: ATClient, server: Server, case: Case) -> None:
    server.configure()
    answer = server.start()
    case.require("MA-OK-FIRST", answer.ok, "OK with no client there", answer)
    at.drain(quiet=0.2)
    announced = [one.text for one in at.notices if one.port]
    case.require("MA-NOTICE-ONCE", not announced, "no Accepted notice while nobody has connected", announced)


@pytest.mark.requirement("MA-NOT-BEFORE")
def test_port_is_closed_before_the_start(server: Server, case: Case) -> None:
    server.configure()
    case.require("MA-NOT-BEFORE", server.peers.refuses(server.port), "no connection before P5=11", "a connection")


@pytest.mark.requirement("MA-LISTENS")
def test_port_is_open_after_the_start(server: Server) -> None:
    server.up().client()


@pytest.mark.requirement("MA-LISTENS")
@pytest.mark.parametrize("port", [1024, 5024, 8080, 32767, 65535])
def test_server_listens_at_the_port_that_p2_names(server: Server, port: int) -> None:
    server.peers.reserve(port)
    server.port = port
    server.up().serves(server.client())


@pytest.mark.requirement("MA-SOCKETS")
@pytest.mark.parametrize("socket", [0, 1, 2, 3])
def test_server_works_on_each_socket(server: Server, socket: int) -> None:
    server.socket = socket
    server.up()
    server.serves(server.client())
    server.next()
    server.serves(server.client())
    server.stop()


@pytest.mark.requirement("MA-READ", "MA-SEND")
@pytest.mark.parametrize("backlog", [0, 1, 6])
def test_client_is_served_with_each_backlog(server: Server, backlog: int) -> None:
    server.up(backlog=backlog)
    for token in (b"first", b"second"):
        server.serves(server.client(), token)
        server.next()


@pytest.mark.requirement("MA-START-TWICE")
@pytest.mark.parametrize("command", ["P5=11", "P5=1"])
@pytest.mark.parametrize("serving", [False, True], ids=["waiting", "serving"])
def test_start_while_the_server_runs_is_recorded(server: Server, case: Case, command: str, serving: bool) -> None:
    server.up()
    if serving:
        server.client()
    answer = server.at(command)
    case.observe("MA-START-TWICE", f"answer to {command}", answer)
