"""The connection is lost: the answers of R0, S3 and S0, whatever was set and sent before."""

import pytest

from fixtures.case import Case, is_told_again
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.frames import Answer
from suites.spec.profiles import Profile
from suites.steps.flows import Server, is_lost, is_short_error, read_exactly, read_until_lost, send_until_lost
from suites.steps.payloads import pattern

LONGEST_WAIT_MS = 30000
"""The largest R2."""


@pytest.fixture
def wait(profile: Profile, case: Case) -> int:
    """An R2 with which R0 outlasts the time in which the module must notice a loss."""
    if profile.limits.lost > LONGEST_WAIT_MS:
        case.not_applicable(f"the profile {profile.name} lets a loss be noticed later than the longest R0 ends")
    return profile.limits.lost


def waiting_read(at: ATClient, wait: int) -> Answer:
    """An R0 that may wait ``wait`` milliseconds; that the peer has left has crossed the network before it begins."""
    at(f"R2={wait}")
    at.drain(quiet=0.1)
    return at.read()


@pytest.mark.requirement("MA-LOST-R0", "SE-SHOWN-R")
@pytest.mark.parametrize("leave", ["close", "reset"])
def test_read_that_waits_beyond_the_loss_says_minus_one(
    at: ATClient, server: Server, case: Case, wait: int, leave: str
) -> None:
    getattr(server.up().client(), leave)()
    at("R1=1")
    answer = waiting_read(at, wait)
    case.require("MA-LOST-R0", is_lost(answer), f"-1 whole, with R1=1, from an R0 that may wait {wait} ms", answer)
    shown = at("R?").fields[:2]
    case.require("SE-SHOWN-R", shown == ["1", str(wait)], f"R? shows 1,{wait} after -1 as before", ",".join(shown))


@pytest.mark.requirement("MA-LOST-R0", "DA-BEFORE-LOSS")
@pytest.mark.parametrize("size", [10, 20])
def test_loss_shows_after_reads_of_exactly_r1(at: ATClient, server: Server, case: Case, wait: int, size: int) -> None:
    peer = server.up().client()
    at("R1=10")
    peer.send(pattern(size))
    peer.close()
    read_exactly(at, pattern(size), server.profile.seconds("transfer"))
    answer = waiting_read(at, wait)
    case.require("MA-LOST-R0", is_lost(answer), f"-1 from an R0 that may wait {wait} ms", answer)


@pytest.mark.requirement("MA-LOST-R0")
@pytest.mark.parametrize("leave", ["close", "reset"])
def test_every_read_says_minus_one_after_send_did(at: ATClient, server: Server, case: Case, leave: str) -> None:
    getattr(server.up().client(), leave)()
    send_until_lost(at, server.profile.seconds("lost"))
    data, _ = read_until_lost(at, server.profile.seconds("lost"))
    case.require("MA-LOST-R0", not data, "-1 and no byte that nobody sent", data)
    for again in range(2, 10):
        answer = at.read()
        case.require("MA-LOST-R0", is_lost(answer), f"-1 for the time number {again}", answer)


@pytest.mark.requirement("FR-ERROR-MT1", "MA-LOST-R0", "MA-LOST-S3")
def test_error_of_a_lost_connection_is_the_word_alone_with_mt_1(at: ATClient, server: Server, case: Case) -> None:
    server.up().client().reset()
    at("MT=1")
    _, read = read_until_lost(at, server.profile.seconds("lost"))
    sent = send_until_lost(at, server.profile.seconds("lost"))
    for what, answer in (("R0", read), ("S3", sent)):
        good = not answer.error or is_short_error(answer)
        case.require("FR-ERROR-MT1", good, f"to {what} -1 and OK, or the word ERROR alone", answer)


@pytest.mark.requirement("MA-LOST-S3", "DA-LOST-S0", "DA-LOST-PAYLOAD")
def test_sends_say_minus_one_once_the_reset_was_told(at: ATClient, server: Server, case: Case) -> None:
    server.up().client().reset()
    for _ in range(2):
        read_until_lost(at, server.profile.seconds("lost"))
    send_until_lost(at, server.profile.seconds("lost"))
    at("S1=5")
    answer = at.send(b"12345", command="S0")
    case.require("DA-LOST-S0", answer.payload == b"-1", "-1 to S0 after R0 and S3 = -1", answer)
    send_until_lost(at, server.profile.seconds("lost"), payload=b"P0=2\r")
    at.drain(quiet=0.1)
    case.step("FR-ONE-ANSWER", not is_told_again(at.strays, at.answers[-8:]), "each answer once", at.strays)
    more = b"".join(at.strays).strip(b"\r\n> ")
    case.require("DA-LOST-PAYLOAD", not more, "one answer to S3 and its payload", more)
    answer = at("P0")
    case.require("DA-LOST-PAYLOAD", answer.payload == b"0", "P0 as before: P0=2 was the payload of S3", answer)
