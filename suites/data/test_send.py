"""S3 and S0: sizes, contents, counts, too many, too few."""

import re

import pytest

from fixtures.case import Case, step_of
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import TcpPeer
from suites.spec.profiles import Profile
from suites.steps.answers import successes
from suites.steps.flows import Server, receive_exactly, send_exactly, sends_at_once, takes_s2
from suites.steps.payloads import CONTENTS, SIZES, pattern, text

FULL_PACKETS = [64, 128, 192, 512, 1024, 1408]
"""Sizes of whole USB and flash packets, which some firmware sends in another way."""
LIKE_COMMANDS = [b"$$$", b"---", b"$$$\r", b"---\r", b"P0=2", b"P0=2\r"]


@pytest.fixture
def peer(served: TcpPeer) -> TcpPeer:
    """The served client of a multi-accept server."""
    return served


@pytest.fixture
def own_peer(server: Server) -> TcpPeer:
    """The same, for a case that may leave the connection in a strange state, or is about its first bytes."""
    return server.up().client()


@pytest.mark.requirement("DA-SEND", "DA-SEND-COUNT", "DA-SEND-FRAME")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("make", [text, pattern], ids=["text", "binary"])
def test_send_reaches_the_peer(  # type: ignore[no-untyped-def]
    at: ATClient, server: Server, peer: TcpPeer, case: Case, size: int, make
) -> None:
    answer = send_exactly(at, peer, make(size), server.profile.seconds("transfer"))
    case.require_one_of("DA-SEND-FRAME", answer.raw, successes(b"%d" % size, server.profile))


@pytest.mark.requirement("DA-SEND")
@pytest.mark.parametrize("name", CONTENTS)
def test_send_takes_any_content(at: ATClient, server: Server, peer: TcpPeer, name: str) -> None:
    send_exactly(at, peer, CONTENTS[name], server.profile.seconds("transfer"))


@pytest.mark.requirement("DA-SEND")
@pytest.mark.parametrize("value", [0x00, 0x0A, 0x0D, 0x11, 0x13, 0x15, 0x1A, 0x7F, 0x80, 0xFF])
def test_send_takes_any_byte_alone(at: ATClient, server: Server, peer: TcpPeer, value: int) -> None:
    send_exactly(at, peer, bytes([value]), server.profile.seconds("transfer"))


@pytest.mark.requirement("DA-SEND-COUNT")
@pytest.mark.parametrize(
    "payload", [b"1", b"2", b"9", b"77", b"OK", text(256), text(1001)], ids=["1", "2", "9", "77", "OK", "256", "1001"]
)
def test_send_answers_the_count_and_no_echo(
    at: ATClient, server: Server, peer: TcpPeer, case: Case, payload: bytes
) -> None:
    answer = at.send(payload)
    count = b"%d" % len(payload)
    case.observe("DA-SEND-COUNT", f"answer to S3={len(payload)}", answer)
    case.require("DA-SEND-COUNT", answer.ok and answer.payload == count, f"{len(payload)} and OK", answer)
    receive_exactly(peer, len(payload), server.profile.seconds("transfer"))


@pytest.mark.requirement("DA-SEND")
def test_sends_on_each_others_heels_all_arrive(at: ATClient, server: Server, own_peer: TcpPeer, case: Case) -> None:
    packets = [b"packet %02d on the heels of another" % number for number in range(20)]
    answers = [at.send(packet) for packet in packets]
    got = receive_exactly(own_peer, len(b"".join(packets)), server.profile.seconds("transfer"))
    case.require_bytes("DA-SEND", got, b"".join(packets), "every packet, in order and once")
    count = b"%d" % len(packets[0])
    wrong = next((one for one in answers if not one.ok or one.payload != count), None)
    case.step("DA-SEND-COUNT", wrong is None, f"the count {len(packets[0])} and OK", wrong)


@pytest.mark.requirement("DA-SEND")
def test_send_sends_just_once(at: ATClient, server: Server, own_peer: TcpPeer, case: Case) -> None:
    for size in range(1, 25):
        send_exactly(at, own_peer, pattern(size, seed=size), server.profile.seconds("transfer"))
    more = own_peer.receive_available(0.1)
    case.require("DA-SEND", not more, "each packet once", more)


@pytest.mark.requirement("DA-SEND")
def test_sends_of_full_packets_follow_each_other_without_a_byte_between(
    at: ATClient, server: Server, peer: TcpPeer, case: Case
) -> None:
    for size in FULL_PACKETS:
        send_exactly(at, peer, pattern(size, seed=size), server.profile.seconds("transfer"))
    more = peer.receive_available(0.1)
    case.require("DA-SEND", not more, f"nothing behind the {FULL_PACKETS[-1]} bytes of the last S3", more)


@pytest.mark.requirement("DA-SEND-ONLY", "DA-SEND")
@pytest.mark.parametrize("payload", LIKE_COMMANDS, ids=range(len(LIKE_COMMANDS)))
def test_send_of_what_looks_like_a_command_does_nothing_else(
    at: ATClient, server: Server, peer: TcpPeer, case: Case, payload: bytes
) -> None:
    echoes = bool(at("P0").echo)
    send_exactly(at, peer, payload, server.profile.seconds("transfer"))
    answer = at("P0")
    if bool(answer.echo) != echoes:
        at.collect(b"---\r")
    case.require("DA-SEND-ONLY", bool(answer.echo) == echoes, "machine mode: an echo as before S3, or none", answer)
    case.require_one_of("DA-SEND-ONLY", answer.raw, successes(b"0", server.profile))


@pytest.mark.requirement("SK-SELECT")
def test_send_after_an_error_goes_to_the_selected_socket(at: ATClient, server: Server) -> None:
    server.socket = 1
    peer = server.up().client()
    for wrong in ("QQ", "P1=x"):
        at(wrong)
        send_exactly(at, peer, b"after " + wrong.encode(), server.profile.seconds("transfer"))


@pytest.mark.requirement("DA-SEND-ZEROS", "DA-SEND-COUNT")
@pytest.mark.parametrize("number", ["05", "0005", "00007", "000001", "08", "010", "0100", "01460", "001460"])
def test_send_takes_leading_zeros(at: ATClient, server: Server, peer: TcpPeer, case: Case, number: str) -> None:
    payload = text(int(number))
    answer = at.send(payload, command=f"S3={number}")
    count = b"%d" % len(payload)
    case.require("DA-SEND-ZEROS", answer.ok and answer.payload.lstrip(b"0") == count, f"{len(payload)} and OK", answer)
    with step_of("DA-SEND-ZEROS"):
        got = receive_exactly(peer, len(payload), server.profile.seconds("transfer"))
    case.require_bytes("DA-SEND-ZEROS", got, payload, f"the {len(payload)} bytes")
    case.require("DA-SEND-COUNT", answer.payload == count, f"the number {len(payload)}, not the digits of S3", answer)


@pytest.mark.requirement("DA-SEND-RANGE")
@pytest.mark.parametrize("number", ["0", "1461", "1500", "65536", "-1", "a"])
@pytest.mark.usefixtures("own_peer")
def test_send_refuses_a_number_out_of_range(at: ATClient, case: Case, number: str) -> None:
    answer = at(f"S3={number}")
    case.require("DA-SEND-RANGE", answer.error, f"an error to S3={number}", answer)


@pytest.mark.requirement("DA-SEND-SHORT")
@pytest.mark.usefixtures("own_peer")
@pytest.mark.parametrize("line", ["S3", "S3="])
def test_send_without_a_number_is_recorded(at: ATClient, case: Case, line: str) -> None:
    case.observe("DA-SEND-SHORT", f"answer to {line}", at(line))


@pytest.mark.requirement("DA-SEND-EXCESS")
@pytest.mark.parametrize("excess", [b"EXCESS", b"E" * 100, b"P0=2\r"], ids=["six", "many", "a command"])
def test_send_drops_what_is_too_much(
    at: ATClient, server: Server, own_peer: TcpPeer, case: Case, excess: bytes
) -> None:
    answer = at.send(b"PAYLOAD" + excess, command="S3=7")
    came = answer.on_line + at.collect(b"", 0.5)
    if b"ERROR" not in came:
        came += at.collect(b"\r", 1.0)
    got = receive_exactly(own_peer, 7, server.profile.seconds("transfer")) + own_peer.receive_available(0.1)
    case.require("DA-SEND-EXCESS", got == b"PAYLOAD", "the peer receives the announced seven bytes only", got)
    case.require("DA-SEND-EXCESS", b"ERROR" in came, "an error message for the bytes in excess", came)
    shown = at("P0")
    case.require("DA-SEND-EXCESS", shown.payload == b"0", "P0 as before: the rest is lost and no command", shown)
    send_exactly(at, own_peer, b"in step", server.profile.seconds("transfer"))


@pytest.mark.requirement("DA-SEND-SHORT")
def test_send_of_too_few_bytes_is_recorded(at: ATClient, own_peer: TcpPeer, case: Case) -> None:
    at("S2=500")
    answer = at.send(b"few", command="S3=10")
    case.observe("DA-SEND-SHORT", "answer to three of ten bytes after S2=500", answer)
    case.observe("DA-SEND-SHORT", "received", own_peer.receive_available(0.2))


@pytest.mark.requirement("DA-S0")
@pytest.mark.parametrize("size", [1, 2, 64, 192, 512, 1024, 1400, 1460])
def test_s0_sends_s1_bytes(at: ATClient, server: Server, peer: TcpPeer, case: Case, size: int) -> None:
    at(f"S1={size}")
    payload = pattern(size)
    answer = at.send(payload, command="S0")
    case.require("DA-S0", answer.ok and answer.payload == b"%d" % size, f"{size} and OK", answer)
    got = receive_exactly(peer, size, server.profile.seconds("transfer")) + peer.receive_available(0)
    case.require_bytes("DA-S0", got, payload, "the peer receives these bytes and no more")


@pytest.mark.requirement("DA-S0-SHORT")
@pytest.mark.usefixtures("own_peer")
def test_s0_with_s2_0_is_answered_without_a_byte(at: ATClient, profile: Profile, case: Case) -> None:
    at("S1=5")
    if not at("S2=0").ok:
        pytest.skip("S2=0 is not accepted, which is another requirement's matter")
    answer = at.send(b"", command="S0")
    took, latest = answer.latency * 1000, profile.limits.read_margin
    case.require("DA-S0-SHORT", took <= latest, f"an answer within S2=0 and a margin, {latest} ms", f"{took:.0f} ms")


@pytest.mark.requirement("DA-S0")
@pytest.mark.parametrize("name", ["all bytes", "CR LF around", "begins with LF", "success frame", "0x15"])
def test_s0_takes_any_content(at: ATClient, server: Server, peer: TcpPeer, case: Case, name: str) -> None:
    payload = CONTENTS[name]
    at(f"S1={len(payload)}")
    answer = at.send(payload, command="S0")
    case.require("DA-S0", answer.ok and answer.payload == b"%d" % len(payload), f"{len(payload)} and OK", answer)
    got = receive_exactly(peer, len(payload), server.profile.seconds("transfer"))
    case.require_bytes("DA-S0", got, payload, "the peer receives these bytes")


@pytest.mark.requirement("DA-S0")
@pytest.mark.parametrize("socket", [0, 1, 2, 3])
def test_s0_sends_the_s1_of_its_socket(at: ATClient, server: Server, case: Case, socket: int) -> None:
    server.socket = socket
    peer = server.up().client()
    send_exactly(at, peer, b"123", server.profile.seconds("transfer"))
    sends_at_once(at, case, b"12345")
    got = receive_exactly(peer, 5, server.profile.seconds("transfer"))
    case.require("DA-S0", got == b"12345", "the five bytes", got)


@pytest.mark.requirement("DA-S0", "DA-SEND")
@pytest.mark.parametrize(("command", "requirement"), [("S0", "DA-S0"), ("S3=8", "DA-SEND")], ids=["S0", "S3"])
def test_payload_that_comes_in_two_parts_within_s2_is_sent_whole(
    at: ATClient, server: Server, own_peer: TcpPeer, case: Case, command: str, requirement: str
) -> None:
    at("S1=8")
    at("S2=3000")
    at.drain()
    at.link.send(command.encode() + b"\rfour")
    at.watch(0.5)
    at.link.send(b"more")
    came = at.collect(b"", 3.0 + server.profile.seconds("answer"))
    got = receive_exactly(own_peer, 8, server.profile.seconds("transfer"))
    case.require(requirement, got == b"fourmore", "the peer receives both parts", got)
    counted = re.search(rb"\n8\r\n(?:\r\n)?OK\r\n> ", came)
    case.step("DA-S0" if command == "S0" else "DA-SEND-COUNT", counted, "8 and OK", came)


@pytest.mark.requirement("DA-S0-SHORT", "DA-S0", "SE-SHOWN-S")
@pytest.mark.parametrize(("announced", "sent"), [(10, 4), (1460, 100)])
def test_s0_sends_what_came_when_s2_has_passed(
    at: ATClient, server: Server, own_peer: TcpPeer, case: Case, announced: int, sent: int
) -> None:
    at(f"S1={announced}")
    at("R2=3000")  # no part of what S0 may take
    payload = text(sent)
    takes_s2(at, server.profile, case, 500, payload)
    got = receive_exactly(own_peer, sent, server.profile.seconds("transfer"))
    case.require_bytes("DA-S0-SHORT", got, payload, "the peer receives what came")
    shown = at("S?").fields[0]
    case.require("SE-SHOWN-S", shown == str(announced), f"S? shows S1={announced} as before", shown)
    at("S2=10000")  # a slow line takes longer than 500 ms for all of them
    answer = at.send(text(announced), command="S0")
    case.require("DA-S0", answer.ok and answer.payload == b"%d" % announced, f"{announced} and OK", answer)
    got = receive_exactly(own_peer, announced, server.profile.seconds("transfer"))
    case.require_bytes("DA-S0", got, text(announced), "the peer receives these bytes")


@pytest.mark.requirement("DA-S0-SHORT")
def test_s0_takes_s2_as_it_was_set_last(at: ATClient, server: Server, own_peer: TcpPeer, case: Case) -> None:
    at("S1=10")
    for wait in (300, 700):
        takes_s2(at, server.profile, case, wait, b"four")
    got = receive_exactly(own_peer, 8, server.profile.seconds("transfer"))
    case.require("DA-S0-SHORT", got == b"fourfour", "the peer receives what came, both times", got)
