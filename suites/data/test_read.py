"""R0: sizes, contents, R1, R2."""

import time

import pytest

from fixtures.case import Case, step_of
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import TcpPeer
from suites.steps.answers import successes
from suites.steps.flows import Server, is_lost, read_exactly, read_some, read_until_lost, send_exactly, takes_r2
from suites.steps.payloads import CONTENTS, SIZES, pattern, text

HUMAN_AND_BACK = "human mode and back"
BETWEEN_READS = ["P0", "P?", "R?", "S?", "I?", "CS", "XX", "R1=9999", "P8=6", "PK=0,60000", "R2=300", "S1=100"]


@pytest.mark.requirement("DA-READ", "DA-READ-R1")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("make", [text, pattern], ids=["text", "binary"])
def test_read_gives_the_peers_bytes(at: ATClient, server: Server, served: TcpPeer, case: Case, size: int, make) -> None:  # type: ignore[no-untyped-def]
    stream = make(size)
    served.send(stream)
    answers = read_exactly(at, stream, server.profile.seconds("transfer"))
    longest = max(len(answer.payload) for answer in answers)
    case.require("DA-READ-R1", longest <= 1460, "at most 1460 bytes a time", longest)


@pytest.mark.requirement("DA-READ")
@pytest.mark.parametrize("name", CONTENTS)
def test_read_gives_any_content(at: ATClient, server: Server, served: TcpPeer, name: str) -> None:
    served.send(CONTENTS[name])
    read_exactly(at, CONTENTS[name], server.profile.seconds("transfer"))


@pytest.mark.requirement("DA-READ", "DA-SEND")
@pytest.mark.parametrize("socket", [1, 2, 3])
def test_any_byte_passes_both_ways_on_another_socket(at: ATClient, server: Server, socket: int) -> None:
    server.socket = socket
    peer = server.up().client()
    limit = server.profile.seconds("transfer")
    peer.send(CONTENTS["all bytes"])
    with step_of("DA-READ"):
        read_exactly(at, CONTENTS["all bytes"], limit)
    with step_of("DA-SEND"):
        send_exactly(at, peer, CONTENTS["all bytes"], limit)


@pytest.mark.requirement("DA-READ")
@pytest.mark.parametrize("value", [0x00, 0x0A, 0x0D, 0x11, 0x13, 0x15, 0x1A, 0x7F, 0x80, 0xFF])
def test_read_gives_any_byte_alone(at: ATClient, server: Server, served: TcpPeer, value: int) -> None:
    served.send(bytes([value]))
    read_exactly(at, bytes([value]), server.profile.seconds("transfer"))


@pytest.mark.requirement("DA-READ")
def test_read_of_a_short_packet_after_a_long_one_gives_the_short_one(at: ATClient, server: Server) -> None:
    peer = server.up().client()
    for size in (1460, 300, 10, 1):
        stream = pattern(size, seed=size)
        peer.send(stream)
        read_exactly(at, stream, server.profile.seconds("transfer"))


@pytest.mark.requirement("DA-READ-REST", "DA-READ-R1")
@pytest.mark.parametrize(
    ("limit", "size"), [(1, 5), (7, 40), (10, 11), (10, 95), (100, 1000), (333, 400), (1000, 2500), (1460, 4000)]
)
def test_read_gives_at_most_r1_and_keeps_the_rest(
    at: ATClient, server: Server, served: TcpPeer, case: Case, limit: int, size: int
) -> None:
    at(f"R1={limit}")
    stream = pattern(size)
    served.send(stream)
    answers = read_exactly(at, stream, server.profile.seconds("transfer"))
    longest = max(len(answer.payload) for answer in answers)
    case.require("DA-READ-R1", longest <= limit, f"at most R1={limit} bytes a time", longest)


@pytest.mark.requirement("DA-READ-R1", "DA-READ-REST")
def test_read_gives_at_most_r1_as_it_was_set_last(at: ATClient, server: Server, case: Case) -> None:
    peer = server.up().client()
    stream = pattern(100)
    peer.send(stream)
    for limit in (40, 11, 4):
        at(f"R1={limit}")
        some = read_some(at, stream, server.profile.seconds("transfer"))
        case.require("DA-READ-R1", len(some) <= limit, f"at most R1={limit} bytes, set since the read before", some)
        stream = stream[len(some) :]
    at("R1=1460")
    read_exactly(at, stream, server.profile.seconds("transfer"))


@pytest.mark.requirement("DA-READ")
@pytest.mark.parametrize("command", ["S3=5", "S0"])
def test_sending_leaves_what_waits_to_be_read(at: ATClient, server: Server, command: str) -> None:
    peer = server.up().client()
    limit = server.profile.seconds("transfer")
    stream = pattern(200)
    peer.send(stream)
    at("R1=1")
    read_exactly(at, stream[:1], limit)
    at("S1=5")
    at.send(b"12345", command=command)
    at("R1=1460")
    read_exactly(at, stream[1:], limit)


@pytest.mark.requirement("DA-READ-EMPTY")
@pytest.mark.parametrize(("times", "wait"), [(1, 100), (3, 100), (1, 1), (2, 0)])
@pytest.mark.usefixtures("served")
def test_read_without_data_is_the_empty_success(
    at: ATClient, server: Server, case: Case, times: int, wait: int
) -> None:
    at(f"R2={wait}")
    for _ in range(times):
        answer = at.read()
        case.require_one_of("DA-READ-EMPTY", answer.raw, successes(b"", server.profile))


@pytest.mark.requirement("DA-READ-TIMEOUT", "DA-READ-WAITS")
@pytest.mark.parametrize("wait", [0, 1, 50, 100, 1000, 2500])
@pytest.mark.usefixtures("served")
def test_read_without_data_takes_r2(at: ATClient, server: Server, case: Case, wait: int) -> None:
    takes_r2(at, server.profile, case, wait)


@pytest.mark.requirement("DA-READ-WAITS", "DA-READ-TIMEOUT")
def test_read_takes_r2_as_it_was_set_last(at: ATClient, server: Server, case: Case) -> None:
    peer = server.up().client()
    takes_r2(at, server.profile, case, 100)
    peer.send(b"read before R2 changes")
    read_exactly(at, b"read before R2 changes", server.profile.seconds("transfer"))
    takes_r2(at, server.profile, case, 600)


@pytest.mark.requirement("DA-READ-TIMEOUT", "DA-READ-WAITS")
@pytest.mark.parametrize("socket", [1, 2, 3])
def test_read_takes_the_r2_of_its_socket(at: ATClient, server: Server, case: Case, socket: int) -> None:
    server.socket = socket
    server.up().client()
    takes_r2(at, server.profile, case, 200)


@pytest.mark.requirement("DA-READ-REST", "DA-READ-R1")
@pytest.mark.parametrize("socket", [1, 2, 3])
def test_read_gives_at_most_the_r1_of_its_socket(at: ATClient, server: Server, case: Case, socket: int) -> None:
    server.socket = socket
    peer = server.up().client()
    at("R1=10")
    peer.send(pattern(25))
    answers = read_exactly(at, pattern(25), server.profile.seconds("transfer"))
    longest = max(len(answer.payload) for answer in answers)
    case.require("DA-READ-R1", longest <= 10, "at most R1=10 bytes a time", longest)


@pytest.mark.requirement("DA-READ-WAITS")
def test_read_after_one_of_exactly_r1_waits_as_ever(at: ATClient, server: Server, case: Case) -> None:
    peer = server.up().client()
    at("R1=10")
    at("R2=400")
    peer.send(pattern(10))
    read_exactly(at, pattern(10), server.profile.seconds("transfer"))
    took = at.read().latency * 1000
    case.require("DA-READ-WAITS", took >= 340, "no answer before 400 ms", f"{took:.0f} ms")


@pytest.mark.requirement("DA-READ")
def test_read_that_does_not_wait_gives_what_is_there(at: ATClient, server: Server, served: TcpPeer) -> None:
    at("R2=0")
    served.send(pattern(100))
    read_exactly(at, pattern(100), server.profile.seconds("transfer"))


@pytest.mark.requirement("DA-READ-REST", "FR-ONE-ANSWER")
def test_bytes_that_come_between_reads_stay_for_the_next(at: ATClient, server: Server, case: Case) -> None:
    peer = server.up().client()
    at("R1=10")
    at("R2=100")
    at.read()
    peer.send(pattern(20))
    at.drain(quiet=0.3)
    more = b"".join(at.strays).strip(b"\r\n> ")
    case.require("FR-ONE-ANSWER", not more, "no bytes that no R0 asked for", more)
    answer = at.read(pattern(20))
    case.require("DA-READ-REST", pattern(20).startswith(answer.payload), "the peer's first bytes", answer)
    at.drain(quiet=0.3)
    read_exactly(at, pattern(20)[len(answer.payload) :], server.profile.seconds("transfer"))


@pytest.mark.requirement("DA-READ-REST")
@pytest.mark.parametrize(
    "between",
    [*BETWEEN_READS, "P0=1,P0=0", pytest.param(HUMAN_AND_BACK, marks=pytest.mark.needs("human_mode"))],
)
def test_rest_stays_whatever_is_sent_between_two_reads(
    at: ATClient, server: Server, served: TcpPeer, between: str
) -> None:
    limit = server.profile.seconds("transfer")
    at("R1=4")
    served.send(pattern(12))
    done = len(read_some(at, pattern(12), limit))
    if between == HUMAN_AND_BACK:
        at.collect(b"$$$\r")
        at.collect(b"---\r")
    else:
        for command in [between] if between.startswith("PK") else between.split(","):
            at(command)
    read_exactly(at, pattern(12)[done:], limit)


@pytest.mark.requirement("DA-READ-WAITS")
@pytest.mark.parametrize("wait", [3000])
def test_read_gives_what_comes_while_it_waits(at: ATClient, server: Server, case: Case, wait: int) -> None:
    peer = server.up().client()
    at(f"R2={wait}")
    at.start("R0", pending=b"late")
    at.watch(0.3)
    peer.send(b"late")
    answer = at.finish()
    case.require("DA-READ-WAITS", answer.payload and b"late".startswith(answer.payload), "what came", answer)
    read_exactly(at, b"late"[len(answer.payload) :], server.profile.seconds("transfer"))


@pytest.mark.requirement("DA-READ-AT-ONCE")
def test_read_with_data_there_is_recorded(at: ATClient, server: Server, served: TcpPeer, case: Case) -> None:
    served.send(b"there")
    read_exactly(at, b"there", server.profile.seconds("transfer"))
    at("R2=1500")
    served.send(b"again")
    began = time.monotonic()
    answers = read_exactly(at, b"again", server.profile.seconds("transfer"))
    took = time.monotonic() - began
    waited = "waits until R2" if took > 1.2 else "does not wait for more"
    case.observe("DA-READ-AT-ONCE", "R0 with data there and R2=1500", f"{waited} ({len(answers)} answers)")


@pytest.mark.requirement("DA-MINUS-ONE")
@pytest.mark.parametrize("stream", [b"-1", b"-1-1", b"-1\r\n"])
def test_minus_one_of_the_peer_is_data(
    at: ATClient, server: Server, served: TcpPeer, case: Case, stream: bytes
) -> None:
    served.send(stream)
    answers = read_exactly(at, stream, server.profile.seconds("transfer"))
    case.require("DA-MINUS-ONE", all(answer.ok for answer in answers), "OK after the data", answers[-1])
    server.serves(served)


@pytest.mark.requirement("DA-BEFORE-LOSS")
@pytest.mark.parametrize("leave", ["close", "half_close"])
@pytest.mark.parametrize("size", [1, 1460, 1461, 6000])
def test_bytes_before_the_loss_are_read(at: ATClient, server: Server, leave: str, size: int) -> None:
    peer = server.up().client()
    stream = pattern(size)
    peer.send(stream)
    getattr(peer, leave)()
    read_exactly(at, stream, server.profile.seconds("transfer"))
    if leave == "close":
        read_until_lost(at, server.profile.seconds("lost"))


@pytest.mark.requirement("DA-BEFORE-LOSS")
@pytest.mark.parametrize("socket", [1, 2, 3])
def test_bytes_before_the_loss_are_read_on_another_socket(at: ATClient, server: Server, socket: int) -> None:
    server.socket = socket
    peer = server.up().client()
    peer.send(pattern(300))
    peer.close()
    read_exactly(at, pattern(300), server.profile.seconds("transfer"))
    read_until_lost(at, server.profile.seconds("lost"))


@pytest.mark.requirement("DA-BEFORE-LOSS")
@pytest.mark.parametrize("size", [4, 2000])
def test_bytes_before_the_loss_are_read_after_a_send(at: ATClient, server: Server, size: int) -> None:
    peer = server.up().client()
    peer.send(pattern(size))
    peer.half_close()  # a peer that is gone altogether would reset, and TCP may drop at a reset what was not read
    at.drain(quiet=0.1)
    at.send(b"x")
    read_exactly(at, pattern(size), server.profile.seconds("transfer"))


@pytest.mark.requirement("DA-HALF-CLOSE")
def test_half_close_is_recorded(at: ATClient, server: Server, case: Case) -> None:
    peer = server.up().client()
    peer.half_close()
    at("R2=100")
    answer = at.read()
    case.observe("DA-HALF-CLOSE", "R0 after the peer's FIN", "-1" if is_lost(answer) else answer)
    answer = at.send(b"still there?")
    case.observe("DA-HALF-CLOSE", "S3 after the peer's FIN", answer)
    if answer.payload == b"12":
        case.observe("DA-HALF-CLOSE", "received", peer.receive_available(0.2))


@pytest.mark.requirement("DA-R3")
def test_r3_is_recorded(at: ATClient, server: Server, case: Case) -> None:
    peer = server.up().client()
    answer = at("R3=1")
    case.observe("DA-R3", "answer to R3=1", answer)
    peer.send(b"data")
    case.observe("DA-R3", "answer to R0 with R3=1", at.collect(b"R0\r", 1.0))
    at.collect(b"R3=0\r", 1.0)
