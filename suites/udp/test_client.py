"""A UDP client: where its datagrams go, what comes back, stop and start; and UDP beside TCP."""

import pytest

from fixtures.case import Case, resting_on, step_of
from fixtures.drivers.line.at import ATClient
from fixtures.errors import NotAvailableHere
from suites.steps.answers import successes
from suites.steps.clients import Client
from suites.steps.datagrams import Datagrams
from suites.steps.flows import Server, read_exactly, send_exactly, sends_at_once, takes_r2, takes_s2
from suites.steps.payloads import CONTENTS, pattern

SIZES = [1, 2, 64, 512, 1024, 1399, 1400, 1459, 1460]
SOME = ["all bytes", "CR LF", "prompt", "success frame", "error frame", "-1 on a line", "0x15", "NULs"]


@pytest.mark.requirement("UD-CLIENT")
def test_datagram_goes_to_the_remote(udp: Datagrams, case: Case) -> None:
    source = udp.call().sends(b"to the remote")
    expected = udp.peers.module_address
    case.require("UD-CLIENT", source[0] == expected, f"a datagram from {expected}", source[0])


@pytest.mark.requirement("UD-CLIENT")
def test_datagram_goes_to_the_address_that_p3_names(at: ATClient, udp: Datagrams) -> None:
    others = udp.peers.other_addresses()
    if not others:
        raise NotAvailableHere("this machine has one address in the module's network")
    for address in others:
        udp.aim(udp.peers.udp(address=address)).call().sends(b"to " + address.encode())
        at("P6=0")


@pytest.mark.requirement("UD-SOCKETS")
@pytest.mark.parametrize("socket", [0, 1, 2, 3])
def test_client_works_on_each_socket(udp: Datagrams, socket: int) -> None:
    udp.socket = socket
    udp.select()
    source = udp.call().sends(b"on socket %d" % socket)
    udp.receives(b"back to socket %d" % socket, target=source)


@pytest.mark.requirement("UD-SEND")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("command", ["S3", "S0"])
def test_datagram_of_each_size_arrives(at: ATClient, udp: Datagrams, size: int, command: str) -> None:
    udp.call()
    if command == "S0":
        at(f"S1={size}")
    udp.sends(pattern(size), command if command == "S0" else None)


@pytest.mark.requirement("UD-SEND", "UD-CLIENT-READ")
@pytest.mark.parametrize("name", SOME)
def test_any_content_goes_both_ways(udp: Datagrams, name: str) -> None:
    source = udp.call().sends(CONTENTS[name])
    udp.receives(CONTENTS[name], target=source)


@pytest.mark.requirement("UD-CLIENT-READ")
@pytest.mark.parametrize("size", SIZES)
def test_answer_of_each_size_is_read_whole(udp: Datagrams, size: int) -> None:
    source = udp.call().sends(b"question")
    udp.receives(pattern(size), target=source)


@pytest.mark.requirement("UD-SEND", "UD-CLIENT-READ")
def test_exchange_goes_on_for_many_turns(udp: Datagrams) -> None:
    udp.call()
    for turn in range(20):
        source = udp.sends(b"question %d" % turn)
        udp.receives(b"answer %d" % turn, target=source)


@pytest.mark.requirement("UD-OVER-R1")
@pytest.mark.parametrize(("limit", "size"), [(7, 20), (10, 30), (1000, 1460)])
def test_rest_of_an_answer_over_r1_is_lost(at: ATClient, udp: Datagrams, case: Case, limit: int, size: int) -> None:
    source = udp.call().sends(b"question")
    at(f"R1={limit}")
    answer = udp.first_answer(pattern(size), target=source)
    case.require_bytes("UD-OVER-R1", answer.payload, pattern(size)[:limit], f"the first {limit} of {size} bytes")
    at("R2=100")
    rest = at.read(pattern(size)[limit:])
    case.require("UD-OVER-R1", not rest.payload, "nothing of the rest", rest)
    udp.receives(b"n", target=source)


@pytest.mark.requirement("UD-READ-EMPTY")
def test_read_without_an_answer_is_the_empty_success(at: ATClient, udp: Datagrams, case: Case) -> None:
    source = udp.call().sends(b"question")
    at("R2=100")
    for _ in range(2):
        case.require_one_of("UD-READ-EMPTY", at.read().raw, successes(b"", udp.profile))
    udp.receives(b"answer", target=source)


@pytest.mark.requirement("UD-READ-EMPTY", "DA-READ-TIMEOUT", "DA-READ-WAITS")
def test_read_without_an_answer_takes_r2(at: ATClient, udp: Datagrams, case: Case) -> None:
    source = udp.call().sends(b"question")
    for wait in (100, 600):
        takes_r2(at, udp.profile, case, wait)
        udp.receives(b"answer", target=source)


@pytest.mark.requirement("UD-SEND", "DA-S0-SHORT")
def test_s0_sends_what_came_when_s2_has_passed(at: ATClient, udp: Datagrams, case: Case) -> None:
    udp.call()
    at("S1=10")
    at("R2=3000")  # no part of what S0 may take
    for wait in (300, 700):
        takes_s2(at, udp.profile, case, wait, b"four")
        with resting_on("UD-SEND"):
            got, _ = udp.peer.receive(udp.profile.seconds("transfer"))
        case.require("UD-SEND", got == b"four", "the remote receives what came, as one datagram", got)


@pytest.mark.requirement("UD-SEND", "DA-S0")
def test_s0_sends_as_soon_as_s1_bytes_are_there(at: ATClient, udp: Datagrams, case: Case) -> None:
    udp.call()
    sends_at_once(at, case, b"12345")
    with resting_on("UD-SEND"):
        got, _ = udp.peer.receive(udp.profile.seconds("transfer"))
    case.require("UD-SEND", got == b"12345", "the remote receives the five bytes", got)


@pytest.mark.requirement("UD-CLIENT-AGAIN")
@pytest.mark.parametrize("remote", ["the same remote", "another remote"])
def test_client_starts_again_after_the_stop(at: ATClient, udp: Datagrams, case: Case, remote: str) -> None:
    former = udp.peer
    udp.call().sends(b"before the stop")
    answer = at("P6=0")
    case.require("UD-CLIENT-AGAIN", answer.ok, "OK to P6=0", answer)
    if remote == "another remote":
        udp.aim(udp.peers.udp())
    with step_of("UD-CLIENT-AGAIN"):  # the client before the stop has sent, so what goes wrong now is the new start
        source = udp.call().sends(b"after the start")
        udp.receives(b"answer", target=source)
    more = former.receive_available(0.02)
    case.require("UD-CLIENT-AGAIN", not more, "nothing more to the former remote", more)


@pytest.mark.requirement("UD-LOCAL-PORT", "UD-LINES")
def test_local_port_and_lines_are_recorded(at: ATClient, udp: Datagrams, case: Case) -> None:
    udp.aim()
    at(f"P2={udp.port}")
    case.observe("UD-LINES", "answer to P6=1", at("P6=1"))
    source = udp.sends(b"from which port?")
    case.observe("UD-LOCAL-PORT", "local port", "P2" if source[1] == udp.port else "another")
    case.observe("UD-LINES", "answer to P6=0", at("P6=0"))


@pytest.mark.requirement("UD-APART")
@pytest.mark.parametrize("tcp", [0, 1, 2, 3])
def test_udp_and_tcp_keep_their_data_apart(at: ATClient, udp: Datagrams, single_server: Server, tcp: int) -> None:
    limit = udp.profile.seconds("transfer")
    single_server.socket, udp.socket = tcp, (tcp + 1) % 4
    at(f"P0={tcp}")
    peer = single_server.up().client()
    udp.select()
    udp.serve()
    for turn in range(3):
        peer.send(b"stream %d" % turn)
        udp.receives(b"datagram %d" % turn)
        at(f"P0={tcp}")
        read_exactly(at, b"stream %d" % turn, limit)
        send_exactly(at, peer, b"reply %d" % turn, limit)
        udp.select()


@pytest.mark.requirement("UD-APART")
def test_server_and_clients_of_both_kinds_run_together(at: ATClient, udp: Datagrams, other_port: int) -> None:
    caller = Datagrams(at, udp.peers, udp.profile, udp.case, udp.peers.udp(), other_port, socket=1)
    tcp = Client(at, udp.peers, udp.profile, udp.case, socket=2)
    udp.serve()
    caller.select()
    caller.call()
    peer = tcp.aim().connect()
    for turn in range(3):
        udp.select()
        udp.receives(b"to the server %d" % turn)
        caller.select()
        source = caller.sends(b"to the remote %d" % turn)
        caller.receives(b"back %d" % turn, target=source)
        tcp.select()
        tcp.talks(peer, b"stream %d" % turn)
