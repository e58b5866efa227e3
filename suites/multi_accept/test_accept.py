"""The notice of an accepted client."""

import re

import pytest

from fixtures.case import Case
from fixtures.drivers.at import ATClient
from suites.flows import Server, read_until_lost


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
def test_notice_has_a_frame_and_a_prompt_of_its_own(server: Server, case: Case) -> None:
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
