"""The client's connection: both directions, the remote's leaving, P6=0 and a new start."""

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from suites.steps.answers import successes
from suites.steps.clients import Client
from suites.steps.flows import (
    Server,
    await_close,
    counts,
    read_exactly,
    read_until_lost,
    receive_exactly,
    send_exactly,
    send_until_lost,
    sends_at_once,
    tail_of,
    takes_r2,
    takes_s2,
)
from suites.steps.payloads import CONTENTS, pattern, text

SIZES = [1, 2, 64, 128, 512, 1024, 1399, 1400, 1459, 1460]
SOME = ["all bytes", "CR LF around", "success frame", "error frame", "-1 on a line", "0x15", "a notice"]


@pytest.mark.requirement("CL-READ")
@pytest.mark.parametrize("size", [*SIZES, 4000])
def test_bytes_of_the_remote_are_read(at: ATClient, client: Client, size: int) -> None:
    peer = client.aim().connect()
    stream = pattern(size)
    peer.send(stream)
    read_exactly(at, stream, client.profile.seconds("transfer"))


@pytest.mark.requirement("CL-READ", "CL-SEND")
@pytest.mark.parametrize("name", SOME)
def test_any_content_goes_both_ways(at: ATClient, client: Client, name: str) -> None:
    peer = client.aim().connect()
    limit = client.profile.seconds("transfer")
    peer.send(CONTENTS[name])
    read_exactly(at, CONTENTS[name], limit)
    send_exactly(at, peer, CONTENTS[name], limit)


@pytest.mark.requirement("CL-SEND")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("command", ["S3", "S0"])
def test_remote_receives_what_is_sent(at: ATClient, client: Client, case: Case, size: int, command: str) -> None:
    peer = client.aim().connect()
    payload = pattern(size)
    if command == "S0":
        at(f"S1={size}")
    answer = at.send(payload, command=command if command == "S0" else None)
    case.require("CL-SEND", answer.ok and answer.payload == b"%d" % size, f"{size} and OK", answer)
    got = receive_exactly(peer, size, client.profile.seconds("transfer"), step="CL-SEND") + peer.receive_available(0)
    case.require_bytes("CL-SEND", got, payload, "the remote receives these bytes and no more")


@pytest.mark.requirement("CL-READ", "CL-SEND")
def test_exchange_goes_on_for_many_turns(client: Client) -> None:
    peer = client.aim().connect()
    for turn in range(20):
        client.talks(peer, b"turn %d" % turn)


@pytest.mark.requirement("CL-READ-REST")
@pytest.mark.parametrize(("limit", "size"), [(1, 5), (7, 20), (10, 95), (1000, 2500)])
def test_read_gives_at_most_r1_and_keeps_the_rest(
    at: ATClient, client: Client, case: Case, limit: int, size: int
) -> None:
    peer = client.aim().connect()
    at(f"R1={limit}")
    peer.send(pattern(size))
    answers = read_exactly(at, pattern(size), client.profile.seconds("transfer"))
    longest = max(len(answer.payload) for answer in answers)
    case.require("CL-READ-REST", longest <= limit, f"at most R1={limit} bytes a time", longest)


@pytest.mark.requirement("CL-READ-EMPTY")
def test_silent_remote_is_not_lost(at: ATClient, client: Client, case: Case) -> None:
    peer = client.aim().connect()
    at("R2=100")
    for _ in range(4):
        case.require_one_of("CL-READ-EMPTY", at.read().raw, successes(b"", client.profile))
    client.talks(peer)


@pytest.mark.requirement("DA-READ-TIMEOUT", "DA-READ-WAITS", "CL-READ-EMPTY")
def test_read_of_a_silent_remote_takes_r2(at: ATClient, client: Client, case: Case) -> None:
    peer = client.aim().connect()
    for wait in (100, 600):
        takes_r2(at, client.profile, case, wait)
        client.talks(peer)


@pytest.mark.requirement("DA-S0-SHORT", "CL-SEND")
def test_s0_sends_what_came_when_s2_has_passed(at: ATClient, client: Client, case: Case) -> None:
    peer = client.aim().connect()
    at("S1=10")
    at("R2=3000")  # no part of what S0 may take
    for wait in (300, 700):
        takes_s2(at, client.profile, case, wait, b"four")
    got = receive_exactly(peer, 8, client.profile.seconds("transfer"), step="CL-SEND")
    case.require("CL-SEND", got == b"fourfour", "the remote receives what came, both times", got)


@pytest.mark.requirement("DA-S0", "CL-SEND")
def test_s0_sends_as_soon_as_s1_bytes_are_there(at: ATClient, client: Client, case: Case) -> None:
    peer = client.aim().connect()
    sends_at_once(at, case, b"12345")
    got = receive_exactly(peer, 5, client.profile.seconds("transfer"), step="CL-SEND")
    case.require("CL-SEND", got == b"12345", "the remote receives the five bytes", got)


@pytest.mark.requirement("CL-LOST-R0")
@pytest.mark.parametrize("leave", ["close", "reset"])
@pytest.mark.parametrize("exchanged", [False, True], ids=["at once", "after an exchange"])
def test_read_says_minus_one_when_the_remote_left(
    at: ATClient, client: Client, case: Case, leave: str, exchanged: bool
) -> None:
    peer = client.aim().connect()
    if exchanged:
        client.talks(peer)
    getattr(peer, leave)()
    data, answer = read_until_lost(at, client.profile.seconds("lost"))
    case.require("CL-LOST-R0", not data, "-1 and no byte that nobody sent", data)
    tail = tail_of(answer)
    case.require("CL-LOST-R0", tail.split()[0] in client.profile.forms.lost_tail, "a declared tail after -1", answer)
    case.observe("CL-LOST-R0", "what follows -1", tail)


@pytest.mark.requirement("CL-LOST-S3")
@pytest.mark.parametrize("leave", ["close", "reset"])
def test_send_says_minus_one_when_the_remote_left(at: ATClient, client: Client, case: Case, leave: str) -> None:
    getattr(client.aim().connect(), leave)()
    answer = send_until_lost(at, client.profile.seconds("lost"))
    case.observe("CL-LOST-S3", "what follows -1", tail_of(answer))


@pytest.mark.requirement("CL-BEFORE-LOSS", "CL-LOST-R0")
@pytest.mark.parametrize("size", [1, 1460, 4000])
def test_bytes_before_the_loss_are_read_first(at: ATClient, client: Client, size: int) -> None:
    peer = client.aim().connect()
    peer.send(pattern(size))
    peer.close()
    read_exactly(at, pattern(size), client.profile.seconds("transfer"))
    read_until_lost(at, client.profile.seconds("lost"))


@pytest.mark.requirement("CL-AFTER-LOSS")
@pytest.mark.parametrize("leave", ["close", "reset"])
@pytest.mark.parametrize("noticed", [True, False], ids=["after -1", "before -1"])
def test_client_connects_anew_after_a_loss(at: ATClient, client: Client, leave: str, noticed: bool) -> None:
    peer = client.aim().connect()
    getattr(peer, leave)()
    if noticed:
        read_until_lost(at, client.profile.seconds("lost"))
    client.stop()
    client.talks(client.connect())


@pytest.mark.requirement("CL-STOP")
@pytest.mark.parametrize("unread", [b"", b"never read"], ids=["all read", "unread bytes"])
def test_stop_closes_the_connection(client: Client, unread: bytes) -> None:
    peer = client.aim().connect()
    client.talks(peer)
    if unread:
        peer.send(unread)
    client.stop()
    await_close(peer, client.profile.seconds("close"), step="CL-STOP")


@pytest.mark.requirement("CL-SENT-ARRIVES")
@pytest.mark.parametrize("size", [1, 1460])
def test_what_was_counted_arrives_before_the_close(at: ATClient, client: Client, case: Case, size: int) -> None:
    peer = client.aim().connect()
    answer = at.send(text(size))
    counts(case, answer, size)
    client.stop()
    got = await_close(peer, client.profile.seconds("close"), step="CL-STOP")
    case.require_bytes("CL-SENT-ARRIVES", got, text(size), f"all {size} bytes, then the end")


@pytest.mark.requirement("CL-STOP-TWICE")
def test_stop_of_a_stopped_client_is_recorded(client: Client, case: Case) -> None:
    client.aim().connect()
    client.stop()
    case.observe("CL-STOP-TWICE", "answer to the second P6=0", client.at("P6=0"))


@pytest.mark.requirement("CL-AGAIN")
def test_client_starts_and_stops_ten_times(client: Client) -> None:
    client.aim()
    for turn in range(10):
        peer = client.connect()
        client.talks(peer, b"connection %d" % turn)
        client.stop()
        await_close(peer, client.profile.seconds("close"), step="CL-STOP")


@pytest.mark.requirement("CL-AGAIN", "CL-CONNECT")
def test_new_start_goes_to_the_new_remote(client: Client, case: Case) -> None:
    client.aim()
    former = client.listener
    client.talks(client.connect())
    client.stop()
    for _ in range(2):
        client.aim(client.peers.listen())
        client.talks(client.connect())
        client.stop()
    case.require("CL-AGAIN", not former.waiting(0.02), "no connection to the former port", "one")


@pytest.mark.requirement("CL-NO-STALE-BYTES")
def test_new_connection_has_no_bytes_of_the_former(at: ATClient, client: Client, case: Case) -> None:
    former = client.aim().connect()
    former.send(b"of the former connection")
    client.stop()
    await_close(former, client.profile.seconds("close"), step="CL-STOP")
    peer = client.connect()
    at("R2=200")
    answer = at.read()
    case.require("CL-NO-STALE-BYTES", answer.payload == b"", "no byte of the former connection", answer)
    client.talks(peer)


@pytest.mark.requirement("CL-CONNECT")
@pytest.mark.parametrize("first", ["server", "client"])
def test_socket_is_a_server_and_a_client_in_turn(client: Client, single_server: Server, first: str) -> None:
    for role in [first, "client" if first == "server" else "server"] * 2:
        if role == "server":
            single_server.up()
            single_server.serves(single_server.client())
            single_server.stop()
        else:
            client.talks(client.aim().connect())
            client.stop()
