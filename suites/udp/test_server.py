"""A UDP server: port, P?, sizes, contents, datagrams over R1, stop and start."""

import socket as sockets
import time

import pytest

from fixtures.case import Case, show
from fixtures.drivers.line.at import ATClient
from fixtures.errors import NotAvailableHere
from suites.steps.answers import successes
from suites.steps.datagrams import Datagrams
from suites.steps.flows import is_lost, let_pass, takes_r2
from suites.steps.payloads import CONTENTS, pattern

SIZES = [1, 2, 64, 512, 1024, 1399, 1400, 1459, 1460]
SOME = ["all bytes", "CR LF", "prompt", "success frame", "error frame", "-1 on a line", "0x15", "NULs"]


def server_fields(at: ATClient) -> str:
    """Fields 6 and 7 of P?: TCP server, UDP server."""
    return ",".join(at("P?").fields[5:7])


@pytest.mark.requirement("UD-SERVER")
def test_datagram_to_the_port_of_p2_is_read(udp: Datagrams) -> None:
    udp.serve().receives(b"to the port of P2")


@pytest.mark.requirement("UD-SERVER")
@pytest.mark.parametrize("port", [1024, 5024, 65535])
def test_server_receives_at_the_port_that_p2_names(udp: Datagrams, port: int) -> None:
    udp.peers.reserve(port, sockets.SOCK_DGRAM)
    udp.port = port
    udp.serve().receives(b"to port %d" % port)


@pytest.mark.requirement("UD-SOCKETS")
@pytest.mark.parametrize("socket", [0, 1, 2, 3])
def test_server_works_on_each_socket(udp: Datagrams, socket: int) -> None:
    udp.socket = socket
    udp.select()
    udp.serve().receives(b"on socket %d" % socket)


@pytest.mark.requirement("UD-STATUS")
def test_status_shows_the_server(at: ATClient, udp: Datagrams, case: Case) -> None:
    at("P1=1")
    before = server_fields(at)
    case.require("UD-STATUS", before == "0,0", "0,0 in fields 6 and 7 of P? before P5=1", before)
    udp.serve()
    for when in ("while it waits", "after a datagram"):
        running = server_fields(at)
        case.require("UD-STATUS", running == "0,1", f"0,1 in fields 6 and 7 of P? {when}", running)
        udp.receives(b"datagram")
    at("P5=0")
    after = server_fields(at)
    case.require("UD-STATUS", after == "0,0", "0,0 in fields 6 and 7 of P? after P5=0", after)


@pytest.mark.requirement("UD-STATUS")
def test_status_of_another_socket_shows_no_server(at: ATClient, udp: Datagrams, case: Case) -> None:
    udp.serve().receives(b"datagram")
    for other, protocol in ((1, 0), (2, 1), (3, 1)):
        at(f"P0={other}")
        at(f"P1={protocol}")
        got = server_fields(at)
        case.require("UD-STATUS", got == "0,0", f"0,0 in fields 6 and 7 of P? of socket {other}, which has none", got)
    udp.select()
    running = server_fields(at)
    case.require("UD-STATUS", running == "0,1", "0,1 in fields 6 and 7 of P? of socket 0, which has one", running)


@pytest.mark.requirement("SE-SURVIVES")
@pytest.mark.needs("udp")
def test_settings_survive_start_and_stop(at: ATClient, udp: Datagrams, case: Case) -> None:
    for setting in ("P1=1", "P4=6102", "R1=700", "S1=800"):
        at(setting)
    udp.serve().receives(b"datagram")
    before = at("P?").fields, at("R?").fields, at("S?").fields
    case.step("SE-SHOWN-P", before[0][0].strip() in ("1", "UDP"), "P1=1 in field 1 of P?", before[0])
    at("P5=0")
    at.drain(quiet=0.05)
    after = at("P?").fields, at("R?").fields, at("S?").fields
    case.require("SE-SURVIVES", after[0][0].strip() in ("1", "UDP"), "P1=1 in field 1 of P? after P5=0", after[0])
    case.require("SE-SURVIVES", after[0][2].strip() == str(udp.port), f"P2={udp.port} in field 3 of P?", after[0])
    case.require("SE-SURVIVES", after[1:] == before[1:], f"R? and S? as before: {before[1:]}", after[1:])


@pytest.mark.requirement("UD-READ")
@pytest.mark.parametrize("size", SIZES)
def test_datagram_of_each_size_is_read_whole(udp: Datagrams, size: int) -> None:
    udp.serve().receives(pattern(size))


@pytest.mark.requirement("UD-READ")
@pytest.mark.parametrize("name", SOME)
def test_datagram_of_any_content_is_read(udp: Datagrams, name: str) -> None:
    udp.serve().receives(b"a sender may be announced at its first")
    udp.receives(CONTENTS[name])


@pytest.mark.requirement("UD-READ")
@pytest.mark.parametrize(("limit", "size"), [(1, 1), (10, 10), (100, 99), (1000, 1000), (1200, 1100), (1459, 1459)])
def test_datagram_of_at_most_r1_bytes_is_read_whole(at: ATClient, udp: Datagrams, limit: int, size: int) -> None:
    udp.serve()
    at(f"R1={limit}")
    udp.receives(pattern(size))


@pytest.mark.requirement("UD-READ")
def test_datagrams_come_one_after_the_other(udp: Datagrams) -> None:
    udp.serve()
    for number in range(20):
        udp.receives(b"datagram %d" % number)


@pytest.mark.requirement("UD-OVER-R1", "UD-READ")
@pytest.mark.parametrize(("limit", "size"), [(1, 2), (7, 20), (10, 30), (100, 1000), (1000, 1460), (1460, 1472)])
def test_rest_of_a_datagram_over_r1_is_lost(at: ATClient, udp: Datagrams, case: Case, limit: int, size: int) -> None:
    udp.serve()
    at(f"R1={limit}")
    datagram = pattern(size)
    answer = udp.first_answer(datagram)
    case.require_bytes("UD-OVER-R1", answer.payload, datagram[:limit], f"the first {limit} of {size} bytes")
    at("R2=100")
    rest = at.read(datagram[limit:])
    nothing = not rest.payload or is_lost(rest, datagram[limit:])
    case.require("UD-OVER-R1", nothing, "nothing of the rest", rest)
    udp.receives(b"n")


@pytest.mark.requirement("UD-READ-EMPTY")
def test_read_without_a_datagram_is_the_empty_success(at: ATClient, udp: Datagrams, case: Case) -> None:
    udp.serve().receives(b"the only one")
    at("R2=100")
    for _ in range(3):
        case.require_one_of("UD-READ-EMPTY", at.read().raw, successes(b"", udp.profile))
    udp.receives(b"one more")


@pytest.mark.requirement("UD-READ-EMPTY", "DA-READ-TIMEOUT", "DA-READ-WAITS")
def test_read_without_a_datagram_takes_r2(at: ATClient, udp: Datagrams, case: Case) -> None:
    udp.serve()
    for wait in (100, 600):
        udp.receives(b"read before R2 changes")
        takes_r2(at, udp.profile, case, wait)


@pytest.mark.requirement("UD-STOP")
@pytest.mark.parametrize("used", [False, True], ids=["unused", "used"])
def test_stop_gives_the_port_free(at: ATClient, udp: Datagrams, case: Case, used: bool) -> None:
    udp.serve()
    if used:
        udp.receives(b"before the stop")
    answer = at("P5=0")
    case.require("UD-STOP", answer.ok, "OK to P5=0", answer)
    deadline = time.monotonic() + udp.profile.seconds("close")
    while not (free := udp.peers.is_free(udp.port, sockets.SOCK_DGRAM)) and time.monotonic() < deadline:
        at.drain(quiet=0.05)
    case.require("UD-STOP", free, f"UDP port {udp.port} is free after P5=0", "the module still holds it")


@pytest.mark.requirement("UD-STOP", "UD-RESTART")
def test_datagram_to_a_stopped_server_is_never_read(at: ATClient, udp: Datagrams, case: Case) -> None:
    udp.serve().receives(b"before the stop")
    at("P5=0")
    udp.peer.send(b"while stopped", udp.here)
    at("P0=0")
    udp.serve()
    at("R2=200")
    answer = at.read(b"while stopped")
    case.require("UD-STOP", b"stopped" not in answer.payload, "no datagram that came while it was stopped", answer)
    udp.receives(b"after the start")


@pytest.mark.requirement("UD-STOP-UNREAD", "UD-RESTART")
def test_datagram_that_nobody_read_before_the_stop_is_recorded(at: ATClient, udp: Datagrams, case: Case) -> None:
    at("R2=100")
    udp.serve().receives(b"read before the stop")
    udp.peer.send(b"unread", udp.here)
    let_pass(at, 0.2)
    at("P5=0")
    udp.serve()
    answer = at.read(b"unread")
    case.observe("UD-STOP-UNREAD", "R0 after the next start", "the datagram" if b"unread" in answer.payload else answer)
    udp.receives(b"after the start")


@pytest.mark.requirement("UD-RESTART")
@pytest.mark.parametrize("port", ["the same port", "another port"])
def test_server_starts_again_after_the_stop(at: ATClient, udp: Datagrams, other_port: int, port: str) -> None:
    udp.serve().receives(b"before the stop")
    at("P5=0")
    if port == "another port":
        udp.port = other_port
    udp.serve().receives(b"after the start")


@pytest.mark.requirement("UD-RESTART")
def test_server_starts_and_stops_many_times(at: ATClient, udp: Datagrams, bench_pace: float) -> None:
    if 30 * 5 * bench_pace > 60:
        raise NotAvailableHere("30 starts would take this module more than a minute")
    for number in range(30):
        udp.serve().receives(b"start %d" % number)
        at("P5=0")


@pytest.mark.requirement("UD-NOTICE", "UD-LINES")
def test_notice_and_lines_are_recorded(at: ATClient, udp: Datagrams, case: Case) -> None:
    at("P1=1")
    at(f"P2={udp.port}")
    case.observe("UD-LINES", "answer to P5=1", at("P5=1"))
    udp.receives(b"first of its sender")
    at.drain(quiet=0.1)
    seen = "; ".join(show(one.text) for one in at.notices) or "none"
    case.observe("UD-NOTICE", "notices after a datagram", seen)
    case.observe("UD-NOTICE", "P? after a datagram", at("P?").text)
    case.observe("UD-LINES", "answer to P5=0", at("P5=0"))


@pytest.mark.requirement("UD-SERVER-REPLY")
def test_answer_of_a_server_is_recorded(at: ATClient, udp: Datagrams, case: Case) -> None:
    udp.serve().receives(b"question")
    case.observe("UD-SERVER-REPLY", "S3=6 after a datagram", at.send(b"answer"))
    case.observe("UD-SERVER-REPLY", "the sender receives", udp.peer.receive_available(0.1) or "nothing")


@pytest.mark.requirement("UD-SENDERS")
def test_several_senders_are_recorded(at: ATClient, udp: Datagrams, case: Case) -> None:
    other = udp.peers.udp()
    udp.serve().receives(b"of the first sender")
    for number, peer in enumerate((udp.peer, other, udp.peer), 1):
        peer.send(b"waits, %d" % number, udp.here)
    for number in range(1, 4):
        case.observe("UD-SENDERS", f"R0 number {number} of three datagrams", at.read(b"waits, %d" % number))
    at("R1=10")
    for datagram in (b"more than ten bytes", b"behind"):
        udp.peer.send(datagram, udp.here)
    for what in ("of a datagram over R1", "of the datagram that waits behind it"):
        case.observe("UD-SENDERS", f"R0 {what}", at.read(b"more than behind"))
