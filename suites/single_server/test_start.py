"""P5=1: OK before any client, the port, each socket, P?."""

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.errors import NotAvailableHere
from suites.steps.flows import Server


@pytest.mark.requirement("SS-OK-FIRST", "SS-START-LINES", "SS-NOTICE-ONCE")
@pytest.mark.parametrize("backlog", [1, 3, 6])
def test_ok_comes_before_any_client_does(at: ATClient, single_server: Server, case: Case, backlog: int) -> None:
    single_server.configure(backlog=backlog)
    answer = single_server.start()
    case.require("SS-OK-FIRST", answer.ok, "OK to P5=1 with no client there", answer)
    at.drain(quiet=0.05)
    announced = [one.text for one in at.notices if one.port]
    case.require("SS-NOTICE-ONCE", not announced, "no Accepted notice while nobody has connected", announced)
    case.observe("SS-START-LINES", "answer to P5=1", answer)


@pytest.mark.requirement("SS-NOT-BEFORE")
def test_port_is_closed_before_the_start(single_server: Server, case: Case) -> None:
    single_server.configure()
    refused = single_server.peers.refuses(single_server.port)
    case.require("SS-NOT-BEFORE", refused, "no connection before P5=1", "a connection")


@pytest.mark.requirement("SS-LISTENS")
def test_port_is_open_after_the_start(single_server: Server) -> None:
    single_server.up().connect()


@pytest.mark.requirement("SS-LISTENS", "SS-READ", "SS-SEND")
@pytest.mark.parametrize("port", [1024, 5024, 32767, 61000, 65535])
def test_server_listens_at_the_port_that_p2_names(single_server: Server, port: int) -> None:
    single_server.peers.reserve(port)
    single_server.port = port
    single_server.up().serves(single_server.client())


@pytest.mark.requirement("SS-SOCKETS")
@pytest.mark.parametrize("socket", [0, 1, 2, 3])
def test_server_works_on_each_socket(single_server: Server, case: Case, socket: int) -> None:
    other = single_server.peers.free_port()
    single_server.at(f"P0={(socket + 1) % 4}")
    single_server.at("P1=0")
    single_server.at(f"P2={other}")
    single_server.at("P8=1")
    single_server.at(f"P0={socket}")
    single_server.socket = socket
    single_server.up()
    single_server.serves(single_server.client())
    case.require("SS-SOCKETS", single_server.peers.refuses(other), "no listener at another socket's P2", "a connection")
    single_server.stop()
    case.step("SS-STOP-PORT", single_server.is_closed(), "no connection after P5=0", "a connection")


@pytest.mark.requirement("SS-NOTICE")
@pytest.mark.parametrize("start", [1, 2, 3])
def test_notice_names_the_clients_address_and_port(single_server: Server, case: Case, start: int) -> None:
    single_server.configure()
    for _ in range(start - 1):
        single_server.start()
        single_server.client()
        single_server.stop()
    single_server.start()
    peer = single_server.connect()
    notice = single_server.notice()
    expected = single_server.expected_notice(peer)
    case.require("SS-NOTICE", single_server.names(notice, peer), expected, notice.text)
    case.observe("SS-NOTICE", "port in the notice", "client" if notice.port == peer.port else "local")


@pytest.mark.requirement("SS-NOTICE")
def test_notice_names_each_of_several_addresses(single_server: Server, case: Case) -> None:
    sources = single_server.peers.other_addresses()
    if not sources:
        raise NotAvailableHere("this machine has one address in the module's network")
    single_server.configure()
    for source in sources:
        single_server.start()
        peer = single_server.connect(source=source)
        notice = single_server.notice()
        expected = single_server.expected_notice(peer)
        case.require("SS-NOTICE", single_server.names(notice, peer), expected, notice.text)
        single_server.stop()


@pytest.mark.requirement("SS-NOTICE")
@pytest.mark.parametrize("mt", [0, 1])
def test_client_is_announced_with_either_error_text(at: ATClient, single_server: Server, mt: int) -> None:
    at(f"MT={mt}")
    single_server.up().client()


@pytest.mark.requirement("SS-NOTICE-ONCE")
def test_client_is_announced_once(at: ATClient, single_server: Server, case: Case) -> None:
    single_server.up()
    single_server.serves(single_server.client())
    at("R2=200")
    at.read()
    at.drain()
    again = [one.text for one in at.notices if one.port]
    case.require("SS-NOTICE-ONCE", not again, "one Accepted notice for one client", again)


@pytest.mark.requirement("SS-STATUS")
@pytest.mark.parametrize("source", ["own", "another"])
def test_status_shows_the_served_client(at: ATClient, single_server: Server, case: Case, source: str) -> None:
    others = single_server.peers.other_addresses()
    if source == "another" and not others:
        raise NotAvailableHere("this machine has one address in the module's network")
    single_server.configure()
    for address in ("", others[0], others[-1]) if source == "another" else ("",):
        single_server.start()
        peer = single_server.client(source=address)
        for when in ("once it is accepted", "after an exchange"):
            fields = at("P?").fields
            case.require("SS-STATUS", fields[1:2] == [peer.address], f"{peer.address} in field 2 of P? {when}", fields)
            case.require("SS-STATUS", fields[5:6] == ["1"], f"1 in field 6 of P? {when}", fields)
            single_server.serves(peer)
        single_server.stop()


@pytest.mark.requirement("SS-STATUS")
@pytest.mark.parametrize("socket", [1, 2, 3])
def test_status_shows_the_served_client_of_its_socket(
    at: ATClient, single_server: Server, case: Case, socket: int
) -> None:
    single_server.socket = socket
    peer = single_server.up().client()
    fields = at("P?").fields
    case.require("SS-STATUS", fields[1:2] == [peer.address], f"{peer.address} in field 2 of P?", fields)
    case.require("SS-STATUS", fields[5:6] == ["1"], "1 in field 6 of P?", fields)


@pytest.mark.requirement("SS-STATUS-STOPPED")
@pytest.mark.parametrize("when", ["before the start", "after the stop"])
def test_status_shows_no_server_when_none_runs(at: ATClient, single_server: Server, case: Case, when: str) -> None:
    single_server.configure()
    if when == "after the stop":
        single_server.start()
        single_server.client()
        case.observe("SS-STATUS-STOPPED", "P? before the stop", at("P?").text)
        single_server.stop()
    fields = at("P?").fields
    case.require("SS-STATUS-STOPPED", fields[5:6] == ["0"], "0 in field 6 of P?", fields)


@pytest.mark.requirement("SS-STATUS-OPEN")
def test_status_without_a_client_is_recorded(at: ATClient, single_server: Server, case: Case) -> None:
    single_server.up()
    case.observe("SS-STATUS-OPEN", "P? while waiting", at("P?").text)
    single_server.client()
    single_server.stop()
    case.observe("SS-STATUS-OPEN", "P? after P5=0", at("P?").text)


@pytest.mark.requirement("SS-START-TWICE")
@pytest.mark.parametrize("serving", [False, True], ids=["waiting", "serving"])
def test_start_while_the_server_runs_is_recorded(single_server: Server, case: Case, serving: bool) -> None:
    single_server.up()
    if serving:
        single_server.client()
    case.observe("SS-START-TWICE", "answer to P5=1", single_server.at("P5=1"))
