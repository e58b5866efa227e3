"""Clients that wait: their number, their order, and that no byte of them is read before their turn."""

import time

import pytest

from fixtures.case import Case, show, step_of
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import TcpPeer
from fixtures.errors import ModuleFault
from suites.multi_accept.moves import queue_up
from suites.steps.flows import Server, is_lost, read_exactly, read_until_lost, send_exactly
from suites.steps.pace import pause_behind
from suites.steps.payloads import pattern
from suites.steps.queues import accept_waiting, all_wait_and_have_their_turn


@pytest.mark.requirement("MA-QUEUE")
@pytest.mark.parametrize("backlog", [1, 2, 3, 4, 5, 6])
def test_as_many_clients_as_the_backlog_can_wait(server: Server, case: Case, backlog: int) -> None:
    server.up(backlog=backlog)
    all_wait_and_have_their_turn(server, case, backlog)


@pytest.mark.requirement("MA-QUEUE")
@pytest.mark.parametrize(
    ("backlog", "restarted"), [(1, False), (3, False), (3, True)], ids=["1", "3", "3 after a restart"]
)
def test_backlog_does_not_shrink_with_the_clients_served(
    server: Server, case: Case, backlog: int, restarted: bool
) -> None:
    server.up(backlog=backlog)
    for _ in range(backlog + 1):
        server.serves(server.client())
        server.next()
    if restarted:
        server.stop()
        with step_of("MA-RESTART"):
            server.start()
    all_wait_and_have_their_turn(server, case, backlog)


@pytest.mark.requirement("MA-QUEUE")
def test_backlog_is_that_of_the_selected_socket(at: ATClient, server: Server, case: Case) -> None:
    at("P8=1")
    server.socket = 2
    server.up(backlog=6)
    all_wait_and_have_their_turn(server, case, 6)


@pytest.mark.requirement("MA-ORDER")
@pytest.mark.parametrize("number", [1, 2, 3])
def test_order_is_kept_on_another_socket(server: Server, number: int) -> None:
    server.socket = number
    server.up()
    server.client()
    for peer in queue_up(server, 3):
        server.next()
        accept_waiting(server, peer)


@pytest.mark.requirement("MA-ONE-AT-A-TIME")
@pytest.mark.parametrize("waiting", [1, 3, 6])
def test_second_client_waits_until_p5_10(at: ATClient, server: Server, case: Case, waiting: int) -> None:
    server.up()
    first = server.client()
    others = queue_up(server, waiting)
    server.serves(first)
    at("R2=200")
    at.read()
    at.drain()
    early = [one.text for one in at.notices if one.port]
    case.require("MA-ONE-AT-A-TIME", not early, "no Accepted notice before P5=10", early)
    server.next()
    server.accept(others[0])


@pytest.mark.requirement("MA-FIRST-STAYS")
@pytest.mark.parametrize("waiting", [1, 2, 6])
def test_first_client_stays_when_others_connect(server: Server, case: Case, waiting: int) -> None:
    server.up()
    first = server.client()
    server.serves(first, b"before")
    queue_up(server, waiting)
    server.serves(first, b"after")
    case.require("MA-FIRST-STAYS", first.is_open(), "the first client is still connected", "it was closed")


@pytest.mark.requirement("MA-ORDER", "MA-NEXT-ACCEPTS")
@pytest.mark.parametrize("waiting", [1, 2, 3, 4, 5, 6])
def test_waiting_clients_are_accepted_in_their_order(server: Server, case: Case, waiting: int) -> None:
    server.up(backlog=6)
    ports = sorted(server.peers.source_ports(waiting), reverse=waiting % 2 == 0)
    peers = [server.client(), *(server.connect(source_port=port) for port in ports)]
    for place, peer in enumerate(peers[1:], 2):
        server.next()
        notice = server.notice()
        expected = f"client {place} of {len(peers)}: {server.expected_notice(peer)}"
        case.require("MA-ORDER", server.names(notice, peer), expected, notice.text)
        server.serves(peer, b"client %d" % place)


@pytest.mark.requirement("MA-ORDER", "MA-NEXT-ACCEPTS")
@pytest.mark.parametrize("state", ["just started", "after P5=10"])
def test_first_of_two_that_come_at_once_is_first(server: Server, case: Case, state: str) -> None:
    server.up()
    if state == "after P5=10":
        server.client()
        server.next()
    for turn in (1, 2):
        ports = sorted(server.peers.source_ports(2), reverse=turn == 2)
        peers = [server.connect(source_port=port) for port in ports]
        for place, peer in enumerate(peers, 1):
            notice = server.notice()
            expected = f"the one that came as number {place}: {server.expected_notice(peer)}"
            case.require("MA-ORDER", server.names(notice, peer), expected, notice.text)
            server.serves(peer, b"number %d of turn %d" % (place, turn))
            server.next()


@pytest.mark.requirement("MA-READ", "MA-SEND")
@pytest.mark.parametrize(("waiting", "size"), [(4, 2), (2, 257), (1, 1460)])
def test_each_client_of_a_queue_is_served_whole(at: ATClient, server: Server, waiting: int, size: int) -> None:
    server.up()
    limit = server.profile.seconds("transfer")
    peers = [server.client(), *queue_up(server, waiting)]
    for number, peer in enumerate(peers):
        if number:
            server.next()
            server.accept(peer)
        down, up = pattern(size, seed=number), pattern(size, seed=100 + number)
        peer.send(down)
        read_exactly(at, down, limit)
        send_exactly(at, peer, up, limit)


@pytest.mark.requirement("MA-OWN-BYTES")
@pytest.mark.parametrize("waiting", [1, 2, 6])
def test_bytes_of_waiting_clients_are_not_read(at: ATClient, server: Server, case: Case, waiting: int) -> None:
    server.up()
    first = server.client()
    for number, peer in enumerate(queue_up(server, waiting)):
        peer.send(b"of waiting client %d" % number)
    at("R2=200")
    answer = at.read()
    case.require("MA-OWN-BYTES", answer.payload == b"", "no byte: the served client has sent none", answer)
    first.send(b"of the first")
    read_exactly(at, b"of the first", server.profile.seconds("transfer"))


@pytest.mark.requirement("MA-EARLY-BYTES")
@pytest.mark.parametrize("waiting", [1, 2, 6])
def test_bytes_sent_before_the_turn_are_there(at: ATClient, server: Server, waiting: int) -> None:
    server.up()
    server.client()
    others = queue_up(server, waiting)
    for number, peer in enumerate(others):
        peer.send(b"early bytes of waiting client %d" % number)
    for number, peer in enumerate(others):
        server.next()
        server.accept(peer)
        read_exactly(at, b"early bytes of waiting client %d" % number, server.profile.seconds("transfer"))


@pytest.mark.requirement("MA-EARLY-BYTES")
def test_many_bytes_sent_before_the_turn_are_there(at: ATClient, server: Server) -> None:
    server.up()
    server.client()
    streams = [pattern(1400, seed=1), pattern(4000, seed=2)]
    others = queue_up(server, len(streams))
    for peer, stream in zip(others, streams, strict=True):
        peer.send(stream)
    for peer, stream in zip(others, streams, strict=True):
        server.next()
        server.accept(peer)
        read_exactly(at, stream, server.profile.seconds("transfer"))


@pytest.mark.requirement("MA-EARLY-BYTES", "MA-QUEUED-LEAVES", "MA-LOST-R0")
def test_bytes_of_a_client_that_left_the_queue_come_before_the_loss(at: ATClient, server: Server, case: Case) -> None:
    server.up()
    server.client()
    gone, staying = queue_up(server, 2)
    sent = {gone: b"gone after these bytes", staying: b"still here"}
    for peer, early in sent.items():
        peer.send(early)
    gone.close()
    server.next()
    meant = server.announced([gone, staying])
    piece = first_piece(at, server)
    announced = [one for one in meant if sent[one].startswith(piece)]
    case.require("MA-EARLY-BYTES", announced, "the bytes that the announced client has sent", piece)
    passed_over = announced == [staying]
    case.observe("MA-QUEUED-LEAVES", "a client that has sent and left", "passed over" if passed_over else "announced")
    if not passed_over:
        rest = sent[gone][len(piece) :]
        data, _ = read_until_lost(at, server.profile.seconds("lost"), rest)
        case.require("MA-EARLY-BYTES", data == rest, "all that this client has sent, then -1", piece + data)
        server.next()
        server.accept(staying)
        piece = b""
    read_exactly(at, sent[staying][len(piece) :], server.profile.seconds("transfer"))


def first_piece(at: ATClient, server: Server) -> bytes:
    """What R0 gives of the first bytes that are there, whoever has sent them. Raises ModuleFault."""
    deadline = time.monotonic() + server.profile.seconds("transfer")
    while not (answer := at.read()).payload:
        if time.monotonic() > deadline:
            raise ModuleFault(f"expected: bytes sent before the turn\ngot:      {show(answer)}", "MA-EARLY-BYTES")
        pause_behind(at, answer)
    if is_lost(answer):
        text = f"expected: bytes that came before the loss\ngot:      {show(answer)}"
        raise ModuleFault(text, "MA-EARLY-BYTES", step="DA-BEFORE-LOSS")
    return answer.payload


@pytest.mark.requirement("MA-SEND")
def test_what_is_sent_reaches_the_served_client_only(at: ATClient, server: Server, case: Case) -> None:
    server.up()
    first = server.client()
    second, third = queue_up(server, 2)
    send_exactly(at, first, b"for the first", server.profile.seconds("transfer"))
    for peer in (second, third):
        got = peer.receive_available(0.05)
        case.require("MA-SEND", not got, "a waiting client receives nothing", got)


@pytest.mark.requirement("MA-QUEUED-LEAVES")
@pytest.mark.parametrize("leave", ["close", "reset"])
@pytest.mark.parametrize("position", [0, 1, 2])
def test_client_that_leaves_the_queue_does_not_stop_the_others(server: Server, leave: str, position: int) -> None:
    server.up()
    server.client()
    others = queue_up(server, 3)
    getattr(others[position], leave)()
    staying = [peer for number, peer in enumerate(others) if number != position]
    for peer in staying:
        skip_to(server, peer, gone=others[position])
        server.serves(peer)


def skip_to(server: Server, wanted: TcpPeer, gone: TcpPeer) -> None:
    """P5=10 until ``wanted`` is announced; the one that has ``gone`` may be announced before, or not."""
    for _ in range(2):
        server.next()
        notice = server.notice()
        if server.names(notice, wanted) and not serves_one_who_left(server):
            return
        if not server.names(notice, gone):
            break
    raise ModuleFault(f"expected: {server.expected_notice(wanted)}\ngot:      {show(notice.text)}", step="MA-NOTICE")


def serves_one_who_left(server: Server) -> bool:
    """Where the notice names the server's own port it is the same for all clients; R0 tells who was accepted."""
    return server.profile.forms.accepted_port == "local" and is_lost(server.at.read())


@pytest.mark.requirement("MA-OVER-BACKLOG")
@pytest.mark.parametrize("backlog", [0, 1, 6])
def test_number_of_clients_over_the_backlog_is_recorded(server: Server, case: Case, backlog: int) -> None:
    server.up(backlog=backlog)
    server.client()
    waiting = 0
    while waiting < backlog + 3:
        try:
            server.peers.try_connect(server.port, timeout=0.3)
        except OSError:
            break
        waiting += 1
    case.observe("MA-OVER-BACKLOG", f"clients that could wait with P8={backlog}", waiting)
