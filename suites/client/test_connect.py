"""P6=1: the line, the connection, each socket, and what cannot be connected to."""

import re

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.errors import NotAvailableHere
from suites.steps.clients import Client
from suites.steps.flows import is_short_error, lines_match
from suites.steps.shown import all_shown

NO_HOST = ["255.255.255.255", "224.0.0.1"]
"""Broadcast and multicast: TCP has no connection to them, and no packet is sent."""


@pytest.mark.requirement("CL-CONNECT")
def test_client_connects_to_the_remote(client: Client) -> None:
    client.aim().connect()


@pytest.mark.requirement("CL-CONNECT")
def test_client_connects_once(client: Client, case: Case) -> None:
    peer = client.aim().connect()
    client.talks(peer)
    case.require("CL-CONNECT", not client.listener.waiting(0.05), "one connection for one P6=1", "a second one")


@pytest.mark.requirement("CL-CONNECT")
def test_client_connects_to_the_address_that_p3_names(client: Client) -> None:
    others = client.peers.other_addresses()
    if not others:
        raise NotAvailableHere("this machine has one address in the module's network")
    for address in others:
        client.aim(client.peers.listen(address=address))
        client.talks(client.connect())
        client.stop()


@pytest.mark.requirement("CL-LINE")
@pytest.mark.parametrize("time", [1, 2])
def test_answer_names_the_remote_address(client: Client, case: Case, time: int) -> None:
    client.aim()
    for _ in range(time - 1):
        client.connect()
        client.stop()
    answer = client.start()
    line = rb"\[TCP  RC\] Connecting to " + re.escape(client.listener.address.encode())
    expected = f'the line "[TCP  RC] Connecting to {client.listener.address}" and OK'
    case.require("CL-LINE", lines_match(answer, line), expected, answer)


@pytest.mark.requirement("CL-SOCKETS")
@pytest.mark.parametrize("socket", [0, 1, 2, 3])
def test_client_works_on_each_socket(client: Client, case: Case, socket: int) -> None:
    decoy = client.peers.listen()
    client.at(f"P0={(socket + 1) % 4}")
    client.at("P1=0")
    client.at(f"P3={decoy.address}")
    client.at(f"P4={decoy.port}")
    client.at(f"P0={socket}")
    client.socket = socket
    client.talks(client.aim().connect())
    case.require("CL-SOCKETS", not decoy.waiting(0.02), "no connection to another socket's P3 and P4", "one")
    client.stop()


@pytest.mark.requirement("CL-REFUSED", "CL-FAILED-FORM")
@pytest.mark.parametrize("times", [1, 3])
def test_refused_connection_is_an_error(client: Client, case: Case, times: int) -> None:
    client.aim_at_nobody()
    for _ in range(times):
        answer = client.reach_nobody()
        case.require("CL-REFUSED", answer.error, "an error to P6=1: nobody listens there", answer)
        case.observe("CL-FAILED-FORM", "answer to a refused P6=1", answer)


@pytest.mark.requirement("CL-REFUSED")
@pytest.mark.parametrize("socket", [1, 2, 3])
def test_refused_connection_is_an_error_on_another_socket(client: Client, case: Case, socket: int) -> None:
    client.socket = socket
    answer = client.aim_at_nobody().reach_nobody()
    case.require("CL-REFUSED", answer.error, "an error to P6=1: nobody listens there", answer)


@pytest.mark.requirement("FR-ERROR-MT0", "FR-ERROR-MT1", "CL-REFUSED")
@pytest.mark.parametrize("mt", [0, 1])
def test_refused_connection_is_told_as_mt_says(client: Client, case: Case, mt: int) -> None:
    client.aim_at_nobody()
    client.at(f"MT={mt}")
    answer = client.reach_nobody()
    case.require("CL-REFUSED", answer.error, "an error to P6=1: nobody listens there", answer)
    if mt:
        case.require("FR-ERROR-MT1", is_short_error(answer), "the word ERROR and nothing behind it", answer)
    else:
        has_reason = not is_short_error(answer) or any(b"Connecting" not in line for line in answer.lines)
        case.require("FR-ERROR-MT0", has_reason, "ERROR and a reason or a usage", answer)


@pytest.mark.requirement("CL-UNREACHABLE", "CL-FAILED-FORM")
@pytest.mark.parametrize("address", NO_HOST)
def test_address_without_a_host_is_an_error(at: ATClient, client: Client, case: Case, address: str) -> None:
    client.aim()
    if not at(f"P3={address}").ok:
        case.not_applicable(f"the module does not take P3={address}")
    answer = client.reach_nobody()
    case.require("CL-UNREACHABLE", answer.error, f"an error to P6=1: no host has the address {address}", answer)
    case.observe("CL-FAILED-FORM", f"answer to P6=1 with P3={address}", answer)


@pytest.mark.requirement("CL-AFTER-FAILED")
@pytest.mark.parametrize("stopped", [True, False], ids=["P6=0 between", "at once"])
def test_client_connects_after_a_refusal(client: Client, case: Case, stopped: bool) -> None:
    refused = client.aim_at_nobody().reach_nobody()
    case.step("CL-REFUSED", refused.error, "an error to P6=1: nobody listens there", refused)
    if stopped:
        client.at("P6=0")
    client.talks(client.aim().connect())


@pytest.mark.requirement("CL-NO-REMOTE")
def test_start_without_a_remote_is_recorded(at: ATClient, case: Case) -> None:
    at("P1=0")
    at("P3=0.0.0.0")
    case.observe("CL-NO-REMOTE", "answer to P6=1 with P3=0.0.0.0", at("P6=1"))


@pytest.mark.requirement("SS-STATUS-STOPPED")
def test_client_is_not_shown_as_a_server(at: ATClient, client: Client, case: Case) -> None:
    client.talks(client.aim().connect())
    fields = at("P?").fields
    case.require("SS-STATUS-STOPPED", fields[5:6] == ["0"], "0 in field 6 of P?: a client, and no server", fields)


@pytest.mark.requirement("CL-SURVIVES")
def test_settings_survive_start_and_stop(at: ATClient, client: Client, case: Case) -> None:
    client.aim()
    for setting in ("P8=3", "PK=1,60000", "R1=700", "R2=300", "S1=800", "S2=900"):
        at(setting)
    before = all_shown(at)
    client.connect()
    client.stop()
    at.drain(quiet=0.05)
    after = all_shown(at)
    case.require("CL-SURVIVES", after == before, f"{before}", f"{after}")


@pytest.mark.requirement("CL-STATUS")
def test_status_and_local_port_are_recorded(at: ATClient, client: Client, case: Case) -> None:
    local = client.peers.free_port()
    client.aim()
    at(f"P2={local}")
    peer = client.connect()
    case.observe("CL-STATUS", "P? while connected", at("P?").text)
    case.observe("CL-STATUS", "local port", "P2" if peer.remote[1] == local else "any")
    client.stop()
    case.observe("CL-STATUS", "P? after P6=0", at("P?").text)


@pytest.mark.requirement("CL-START-TWICE")
def test_start_of_a_connected_client_is_recorded(client: Client, case: Case) -> None:
    client.aim().connect()
    case.observe("CL-START-TWICE", "answer to P6=1 said again", client.at("P6=1"))


@pytest.mark.requirement("CL-D0")
def test_address_by_d0_is_recorded(at: ATClient, client: Client, case: Case) -> None:
    address = client.listener.address
    case.observe("CL-D0", "answer to D0=address", at(f"D0={address}"))
    case.observe("CL-D0", "P3 then", "the same" if at("P?").fields[3:4] == [address] else "another")
    at("P3=0.0.0.0")
