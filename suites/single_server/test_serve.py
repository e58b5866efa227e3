"""One client at a time: both directions, others that try, the client's leaving."""

import pytest

from fixtures.case import Case, show
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import TcpPeer
from suites.steps.answers import successes
from suites.steps.flows import (
    IDLE_S,
    Server,
    let_pass,
    read_exactly,
    read_until_lost,
    receive_exactly,
    send_exactly,
    send_until_lost,
    tail_of,
)
from suites.steps.payloads import CONTENTS, pattern
from suites.steps.servers import attempt

SIZES = [1, 2, 64, 512, 1024, 1399, 1400, 1459, 1460]
SOME = ["all bytes", "CR LF around", "success frame", "error frame", "-1 on a line", "0x15", "a notice"]


@pytest.mark.requirement("SS-READ")
@pytest.mark.parametrize("size", [*SIZES, 4000])
def test_bytes_of_the_client_are_read(at: ATClient, single_server: Server, single_served: TcpPeer, size: int) -> None:
    stream = pattern(size)
    single_served.send(stream)
    read_exactly(at, stream, single_server.profile.seconds("transfer"))


@pytest.mark.requirement("SS-READ", "SS-SEND")
@pytest.mark.parametrize("name", SOME)
def test_any_content_goes_both_ways(at: ATClient, single_server: Server, single_served: TcpPeer, name: str) -> None:
    limit = single_server.profile.seconds("transfer")
    single_served.send(CONTENTS[name])
    read_exactly(at, CONTENTS[name], limit)
    send_exactly(at, single_served, CONTENTS[name], limit)


@pytest.mark.requirement("SS-READ")
def test_bytes_sent_before_the_notice_was_seen_are_read(at: ATClient, single_server: Server) -> None:
    single_server.up()
    peer = single_server.connect()
    peer.send(b"early bytes")
    single_server.accept(peer)
    read_exactly(at, b"early bytes", single_server.profile.seconds("transfer"))


@pytest.mark.requirement("SS-SEND")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("command", ["S3", "S0"])
def test_client_receives_what_is_sent(
    at: ATClient, single_server: Server, single_served: TcpPeer, case: Case, size: int, command: str
) -> None:
    payload = pattern(size)
    if command == "S0":
        at(f"S1={size}")
    answer = at.send(payload, command=command if command == "S0" else None)
    case.require("SS-SEND", answer.ok and answer.payload == b"%d" % size, f"{size} and OK", answer)
    got = receive_exactly(single_served, size, single_server.profile.seconds("transfer"), step="SS-SEND")
    case.require_bytes("SS-SEND", got, payload, "the client receives these bytes")


@pytest.mark.requirement("SS-READ", "SS-SEND")
def test_exchange_goes_on_for_many_turns(single_server: Server) -> None:
    peer = single_server.up().client()
    for turn in range(20):
        single_server.serves(peer, b"turn %d" % turn)


@pytest.mark.requirement("SS-READ-EMPTY")
def test_silent_client_is_not_lost(at: ATClient, single_server: Server, case: Case) -> None:
    peer = single_server.up().client()
    at("R2=100")
    for _ in range(4):
        case.require_one_of("SS-READ-EMPTY", at.read().raw, successes(b"", single_server.profile))
    single_server.serves(peer)


@pytest.mark.requirement("SS-STAYS")
def test_silent_client_stays(at: ATClient, single_server: Server) -> None:
    peer = single_server.up().client()
    let_pass(at, IDLE_S)
    single_server.serves(peer)


@pytest.mark.requirement("SS-STAYS")
def test_settings_leave_the_client_alone(at: ATClient, single_server: Server) -> None:
    peer = single_server.up().client()
    for setting in ("P3=10.1.2.3", "P4=6102", "P8=2", "PK=1,3000", "R1=700", "S1=800", "MT=0", "MT=1"):
        at(setting)  # a module may refuse it while the server runs
        single_server.serves(peer, setting.encode())


@pytest.mark.requirement("SS-FIRST-STAYS")
@pytest.mark.parametrize("backlog", [1, 6])
@pytest.mark.parametrize("others", [1, 3])
def test_first_client_stays_when_others_try(single_server: Server, case: Case, others: int, backlog: int) -> None:
    first = single_server.up(backlog=backlog).client()
    single_server.serves(first, b"before")
    for _ in range(others):
        attempt(single_server)
    single_server.serves(first, b"after")
    case.require("SS-FIRST-STAYS", first.is_open(), "the first client is still connected", "it was closed")


@pytest.mark.requirement("SS-ONE-AT-A-TIME")
@pytest.mark.parametrize("others", [1, 3])
def test_other_client_is_neither_announced_nor_served(
    at: ATClient, single_server: Server, case: Case, others: int
) -> None:
    first = single_server.up().client()
    came = [one for one in (attempt(single_server) for _ in range(others)) if one]
    for peer in came:
        if peer.is_open():
            peer.send(b"of another client")
    at("R2=200")
    answer = at.read()
    case.require("SS-ONE-AT-A-TIME", answer.payload == b"", "no byte: the served client has sent none", answer)
    at.drain()
    early = [one.text for one in at.notices if one.port]
    case.require("SS-ONE-AT-A-TIME", not early, "no second Accepted notice", early)
    send_exactly(at, first, b"for the first", single_server.profile.seconds("transfer"))
    got = b"".join(peer.receive_available(0.05) for peer in came)
    case.require("SS-ONE-AT-A-TIME", not got, "other clients receive nothing", got)


@pytest.mark.requirement("SS-OTHERS")
@pytest.mark.parametrize("backlog", [1, 6])
def test_fate_of_other_clients_is_recorded(single_server: Server, case: Case, backlog: int) -> None:
    single_server.up(backlog=backlog).client()
    others = [attempt(single_server) for _ in range(2)]
    able = sum(1 for peer in others if peer)
    case.observe("SS-OTHERS", f"of 2 more clients could connect with P8={backlog}", able)
    single_server.stop()
    closed = sum(1 for peer in others if peer and not peer.is_open())
    case.observe("SS-OTHERS", "of these were closed at once by P5=0", closed)


@pytest.mark.requirement("SS-LOST-R0")
@pytest.mark.parametrize("leave", ["close", "reset"])
@pytest.mark.parametrize("exchanged", [False, True], ids=["at once", "after an exchange"])
def test_read_says_minus_one_when_the_client_left(
    at: ATClient, single_server: Server, case: Case, leave: str, exchanged: bool
) -> None:
    peer = single_server.up().client()
    if exchanged:
        single_server.serves(peer)
    getattr(peer, leave)()
    data, answer = read_until_lost(at, single_server.profile.seconds("lost"))
    case.require("SS-LOST-R0", not data, "-1 and no byte that nobody sent", data)
    tail = tail_of(answer)
    declared = tail.split()[0] in single_server.profile.forms.lost_tail
    case.require("SS-LOST-R0", declared, "a declared tail after -1", answer)
    case.observe("SS-LOST-R0", "what follows -1", tail)


@pytest.mark.requirement("SS-LOST-S3")
@pytest.mark.parametrize("leave", ["close", "reset"])
def test_send_says_minus_one_when_the_client_left(at: ATClient, single_server: Server, case: Case, leave: str) -> None:
    getattr(single_server.up().client(), leave)()
    answer = send_until_lost(at, single_server.profile.seconds("lost"))
    case.observe("SS-LOST-S3", "what follows -1", tail_of(answer))


@pytest.mark.requirement("SS-BEFORE-LOSS", "SS-LOST-R0")
@pytest.mark.parametrize("size", [1, 1460, 4000])
def test_bytes_before_the_loss_are_read_first(at: ATClient, single_server: Server, size: int) -> None:
    peer = single_server.up().client()
    stream = pattern(size)
    peer.send(stream)
    peer.close()
    read_exactly(at, stream, single_server.profile.seconds("transfer"))
    read_until_lost(at, single_server.profile.seconds("lost"))


@pytest.mark.requirement("SS-AFTER-LOSS")
def test_next_client_without_a_restart_is_recorded(at: ATClient, single_server: Server, case: Case) -> None:
    single_server.up().client().close()
    read_until_lost(at, single_server.profile.seconds("lost"))
    peer = attempt(single_server)
    case.observe("SS-AFTER-LOSS", "the next client", "connects" if peer else "cannot connect")
    at("R2=100")
    case.observe("SS-AFTER-LOSS", "R0 then", at.read())
    at.drain()
    case.observe("SS-AFTER-LOSS", "notices", ", ".join(show(one.text) for one in at.notices) or "none")
