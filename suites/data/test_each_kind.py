"""What the documents say of data without a word about who is connected: held on the single server, the client and UDP.

The multi-accept server has cases of its own for all of it. Here each kind takes all values in one connection.
"""

import re

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.errors import NotAvailableHere
from suites.data.kinds import AREAS, CLIENT, SINGLE, UDP_CLIENT, arrived, begun, connected, of_kinds
from suites.spec.profiles import Profile
from suites.steps.flows import (
    is_short_error,
    read_exactly,
    read_until_lost,
    sends_at_once,
    takes_r2,
    takes_s2,
)
from suites.steps.maker import Maker
from suites.steps.payloads import CONTENTS, SIZES, pattern, text
from suites.steps.uses import TcpCall, TcpService, UdpCall, Use

OTHERS = (SINGLE, CLIENT, UDP_CLIENT)
OTHER_TCP = (SINGLE, CLIENT)
LIKE_COMMANDS = [b"$$$", b"---", b"$$$\r", b"---\r", b"P0=2", b"P0=2\r"]
VOLUME = 70_000
"""Bytes that go each way: more than a count of sixteen bits holds."""
PACKET = 1460
PAUSE_S = 0.3
"""Seconds between two pieces of a payload; all of them together are far from S2."""
TOO_LONG_S = 60.0


@pytest.mark.parametrize("kind", of_kinds("DA-READ", "DA-SEND", "{}-SEND", kinds=OTHERS))
def test_bytes_of_each_size_go_both_ways(uses: Maker, kind: str) -> None:
    use = begun(uses, kind)
    for size in SIZES:
        use.give(pattern(size, seed=size))
        use.take(pattern(size, seed=size + 1))


@pytest.mark.parametrize("kind", of_kinds("DA-READ", "DA-SEND", "{}-SEND", kinds=OTHERS))
def test_bytes_of_any_content_go_both_ways(uses: Maker, kind: str) -> None:
    use = begun(uses, kind)
    for content in CONTENTS.values():
        use.give(content)
        use.take(content)


@pytest.mark.parametrize("kind", of_kinds("DA-MINUS-ONE", kinds=OTHERS))
@pytest.mark.parametrize("stream", [b"-1", b"-1-1", b"-1\r\n"])
def test_minus_one_of_the_peer_is_data(uses: Maker, kind: str, stream: bytes) -> None:
    use = begun(uses, kind)
    with uses.turn("-1 of the peer", "DA-MINUS-ONE"):
        use.take(stream)
        use.give(b"still connected")


@pytest.mark.parametrize("kind", of_kinds("DA-SEND-ZEROS", "DA-SEND-RANGE", kinds=OTHERS))
def test_number_of_a_send_has_zeros_and_a_range(at: ATClient, uses: Maker, case: Case, kind: str) -> None:
    use = begun(uses, kind)
    for number in ("05", "0005", "010", "001460"):
        payload = text(int(number))
        answer = at.send(payload, command=f"S3={number}")
        counted = answer.ok and answer.payload == b"%d" % len(payload)
        case.require("DA-SEND-ZEROS", counted, f"{len(payload)} and OK to S3={number}", answer)
        case.require_bytes("DA-SEND-ZEROS", arrived(use, len(payload)), payload, f"the {len(payload)} bytes")
    for number in ("0", "1461", "65536"):
        answer = at(f"S3={number}")
        case.require("DA-SEND-RANGE", answer.error, f"an error to S3={number}", answer)
        use.give(b"after S3=" + number.encode())


@pytest.mark.parametrize("kind", of_kinds("DA-SEND-EXCESS", kinds=OTHERS))
def test_send_drops_what_is_too_much(at: ATClient, uses: Maker, case: Case, kind: str) -> None:
    use = begun(uses, kind)
    answer = at.send(b"PAYLOADEXCESS", command="S3=7")
    came = answer.on_line + at.collect(b"", 0.5)
    if b"ERROR" not in came:
        came += at.collect(b"\r", 1.0)
    got = arrived(use, 7)
    case.require("DA-SEND-EXCESS", got == b"PAYLOAD", "the peer receives the announced seven bytes only", got)
    case.require("DA-SEND-EXCESS", b"ERROR" in came, "an error message for the bytes in excess", came)
    use.give(b"in step")


@pytest.mark.parametrize("kind", of_kinds("DA-SEND-ONLY", "DA-SEND", kinds=OTHERS))
def test_send_of_what_looks_like_a_command_does_nothing_else(at: ATClient, uses: Maker, case: Case, kind: str) -> None:
    use = begun(uses, kind)
    for payload in LIKE_COMMANDS:
        use.give(payload)
        shown = at("P0")
        case.require("DA-SEND-ONLY", shown.ok and shown.payload == b"0", "P0 as before the payload", shown)


@pytest.mark.parametrize("kind", of_kinds("DA-S0", "DA-SEND", kinds=OTHERS))
@pytest.mark.parametrize("command", ["S0", "S3=12"])
def test_payload_in_pieces_with_pauses_within_s2_is_sent_whole(
    at: ATClient, uses: Maker, profile: Profile, case: Case, kind: str, command: str
) -> None:
    use = begun(uses, kind)
    for setting in ("S1=12", "S2=4000"):
        at(setting)
    at.drain()
    at.link.send(command.encode() + b"\r")
    for piece in (b"four", b"more", b"last"):
        at.watch(PAUSE_S)
        at.link.send(piece)
    came = at.collect(b"", 4.0 + profile.seconds("answer"))
    requirement = "DA-S0" if command == "S0" else "DA-SEND"
    got = arrived(use, 12)
    case.require(requirement, got == b"fourmorelast", "the peer receives all pieces", got)
    counted = re.search(rb"\n12\r\n(?:\r\n)?OK\r\n> ", came)
    case.step("DA-S0" if command == "S0" else "DA-SEND-COUNT", counted, "12 and OK", came)


@pytest.mark.parametrize("kind", of_kinds("DA-BULK", kinds=OTHER_TCP))
def test_more_bytes_than_16_bits_count_go_both_ways(uses: Maker, case: Case, kind: str) -> None:
    packets = -(-VOLUME // PACKET)
    use = connected(uses, kind)
    use.give(pattern(PACKET))
    each = use.at.answers[-1].latency
    if packets * 2 * each > TOO_LONG_S:
        raise NotAvailableHere(f"{VOLUME} bytes each way would take this module more than {TOO_LONG_S:g} s")
    with uses.turn(f"{VOLUME} bytes each way", "DA-BULK"):
        for number in range(packets):
            use.give(pattern(PACKET, seed=number))
            use.take(pattern(PACKET, seed=number + packets))
    expected = pattern(PACKET) + b"".join(pattern(PACKET, seed=number) for number in range(packets))
    case.require_bytes("DA-BULK", use.peer.received, expected, f"the {len(expected)} bytes that were sent")


@pytest.mark.parametrize("kind", of_kinds("DA-READ-REST", "DA-READ-R1", kinds=(SINGLE,)))
@pytest.mark.parametrize(("limit", "size"), [(1, 5), (7, 20), (256, 600), (1000, 2500)])
def test_read_gives_at_most_r1_and_keeps_the_rest(
    at: ATClient, uses: Maker, profile: Profile, case: Case, kind: str, limit: int, size: int
) -> None:
    use = connected(uses, kind)
    at(f"R1={limit}")
    use.peer.send(pattern(size))
    answers = read_exactly(at, pattern(size), profile.seconds("transfer"), step="DA-READ-REST")
    longest = max(len(answer.payload) for answer in answers)
    case.require("DA-READ-R1", longest <= limit, f"at most R1={limit} bytes a time", longest)


@pytest.mark.parametrize("kind", of_kinds("DA-READ-TIMEOUT", "DA-READ-WAITS", "DA-S0-SHORT", "DA-S0", kinds=(SINGLE,)))
def test_reads_and_sends_take_r2_and_s2(at: ATClient, uses: Maker, profile: Profile, case: Case, kind: str) -> None:
    use = connected(uses, kind)
    for wait in (150, 600):
        takes_r2(at, profile, case, wait)
    at("S1=10")
    for wait in (300, 700):
        takes_s2(at, profile, case, wait, b"four")
        got = arrived(use, 4)
        case.require("DA-S0-SHORT", got == b"four", "the peer receives what came", got)
    sends_at_once(at, case, b"12345")


@pytest.mark.parametrize("kind", of_kinds("FR-ERROR-MT1", "{}-LOST-R0", kinds=OTHER_TCP))
def test_error_of_a_lost_connection_is_the_word_alone_with_mt_1(
    at: ATClient, uses: Maker, profile: Profile, case: Case, kind: str
) -> None:
    use = connected(uses, kind)
    use.peer.reset()
    at("MT=1")
    area = AREAS[kind]
    _, answer = read_until_lost(at, profile.seconds("lost"), step=f"{area}-LOST-R0")
    good = not answer.error or is_short_error(answer)
    case.require("FR-ERROR-MT1", good, "-1 and OK, or the word ERROR alone", answer)


@pytest.mark.parametrize("kind", of_kinds("SK-KEPT", kinds=(*OTHER_TCP, UDP_CLIENT)))
def test_selecting_the_selected_socket_keeps_what_waits(uses: Maker, kind: str) -> None:
    use = begun(uses, kind)
    with uses.turn("P0=0 while socket 0 is selected", "SK-KEPT"):
        waits(use, b"waits to be read")
        for _ in range(2):
            use.at("P0=0")
        reads(use, b"waits to be read")
        use.give(b"still connected")


def waits(use: Use, data: bytes) -> None:
    """``data`` is sent to the module, and not read."""
    if isinstance(use, UdpCall):
        use.udp.peer.send(data, use.source)
    elif isinstance(use, TcpService | TcpCall):
        use.peer.send(data)


def reads(use: Use, data: bytes) -> None:
    """``data``, which waits, is what R0 gives."""
    read_exactly(use.at, data, use.profile.seconds("transfer"))
