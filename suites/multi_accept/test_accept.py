"""The notice of an accepted client."""

import contextlib
import re

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import TcpPeer
from fixtures.errors import PeerError
from suites.steps.flows import Server, read_until_lost

LOW_PORTS = range(9990, 9600, -7)
"""Ports of four digits that peers may come from; no case has its server at one of them."""


@pytest.mark.requirement("MA-NOTICE")
@pytest.mark.parametrize("client", [1, 2, 3])
def test_notice_names_the_clients_address_and_port(server: Server, case: Case, client: int) -> None:
    server.up()
    for _ in range(client - 1):
        server.client()
        server.next()
    peer = server.connect()
    notice = server.notice()
    case.require("MA-NOTICE", server.names(notice, peer), server.expected_notice(peer), notice.text)
    whose = "client" if notice.port == peer.port else "local"
    case.observe("MA-NOTICE", "port in the notice", whose)


@pytest.mark.requirement("MA-NOTICE")
def test_notice_names_each_of_several_addresses(server: Server, case: Case) -> None:
    sources = server.peers.other_addresses()
    if not sources:
        pytest.skip("this machine has one address in the module's network")
    server.up()
    for source in sources:
        peer = server.connect(source=source)
        notice = server.notice()
        case.require("MA-NOTICE", server.names(notice, peer), server.expected_notice(peer), notice.text)
        server.next()


@pytest.mark.requirement("MA-NOTICE")
@pytest.mark.parametrize("digits", [4, 5])
def test_notice_writes_the_port_as_the_number_it_is(server: Server, case: Case, digits: int) -> None:
    server.up()
    peer = client_of_low_port(server) if digits == 4 else server.connect()
    notice = server.notice()
    expected = server.expected_notice(peer)
    good = server.names(notice, peer) and notice.text.strip().decode("latin-1").endswith(expected.strip('"'))
    case.require("MA-NOTICE", good, expected, notice.text)


def client_of_low_port(server: Server) -> TcpPeer:
    """A client whose port has four digits. Raises PeerError where this machine has none to give."""
    for port in LOW_PORTS[:-1]:
        with contextlib.suppress(PeerError):
            return server.connect(source_port=port)
    return server.connect(source_port=LOW_PORTS[-1])


@pytest.mark.requirement("MA-NOTICE")
@pytest.mark.parametrize("mt", [0, 1])
def test_client_is_announced_with_either_error_text(at: ATClient, server: Server, mt: int) -> None:
    at(f"MT={mt}")
    server.up()
    server.client()
    server.connect()
    server.next()
    server.notice()


@pytest.mark.requirement("MA-NOTICE-ONCE")
def test_client_is_announced_once(at: ATClient, server: Server, case: Case) -> None:
    server.up()
    server.serves(server.client())
    at("R2=200")
    at.read()
    at.drain()
    again = [one.text for one in at.notices if one.port]
    case.require("MA-NOTICE-ONCE", not again, "one Accepted notice for one client", again)


@pytest.mark.requirement("MA-NOTICE-ONCE")
@pytest.mark.parametrize("leave", ["close", "reset"])
def test_client_that_leaves_is_not_announced_again(at: ATClient, server: Server, case: Case, leave: str) -> None:
    peer = server.up().client()
    getattr(peer, leave)()
    at("R2=200")
    read_until_lost(at, server.profile.seconds("lost"))
    at.drain(quiet=0.2)
    again = [one.text for one in at.notices if one.port]
    case.require("MA-NOTICE-ONCE", not again, "one Accepted notice for one client", again)


@pytest.mark.requirement("FR-NOTICE", "FR-NOTICE-PLACE")
@pytest.mark.parametrize("mt", [0, 1])
def test_notice_has_a_frame_and_a_prompt_of_its_own(at: ATClient, server: Server, case: Case, mt: int) -> None:
    at(f"MT={mt}")
    server.up()
    for client in range(1, 5):
        server.connect()
        notice = server.notice()
        case.observe("FR-NOTICE-PLACE", "notice after a client's connect", notice.where)
        if notice.where == "idle" and server.profile.forms.notices == "inline":
            case.require("FR-NOTICE", notice.lead, f"CR LF before the notice of client {client}", "none")
            case.require("FR-NOTICE", notice.prompt, f"a prompt of its own after the notice of client {client}", "none")
        server.next()


@pytest.mark.requirement("FR-NOTICE-PLACE")
def test_place_of_the_notice_after_p5_10_is_recorded(server: Server, case: Case) -> None:
    server.up()
    server.client()
    server.connect()
    answer = server.next()
    notice = server.notice()
    place = "inside the answer" if notice.where == "answer" else "after the answer"
    case.observe("FR-NOTICE-PLACE", "notice of a waiting client at P5=10", place)
    case.observe("FR-NOTICE-PLACE", "bytes of the answer", answer)
    shared = re.search(rb"OK\r\n(?:\r\n)?\[TCP SVR\] Accepted", answer.on_line)
    case.observe("FR-NOTICE-PLACE", "prompt between OK and the notice", "missing" if shared else "there")


@pytest.mark.requirement("MA-STATUS")
def test_status_of_the_served_client_is_recorded(at: ATClient, server: Server, case: Case) -> None:
    server.up()
    case.observe("MA-STATUS", "P? while waiting", at("P?").text)
    server.client()
    case.observe("MA-STATUS", "P? while serving", at("P?").text)
    server.next()
    case.observe("MA-STATUS", "P? after P5=10", at("P?").text)
