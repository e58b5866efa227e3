"""MS and MR: asynchronous text, suppressed or polled."""

import time
from collections.abc import Iterator

import pytest

from fixtures.case import Case, show
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import TcpPeer
from fixtures.errors import ModuleFault
from suites.spec.profiles import Profile
from suites.steps.answers import successes
from suites.steps.flows import Server, is_lost, read_exactly, send_exactly


@pytest.fixture
def text_as_before(at: ATClient) -> Iterator[None]:
    """MS is 0 again after the case."""
    yield
    at("MS=0")


def only_polled(profile: Profile, case: Case) -> None:
    """Go on only with a module that keeps its notices for MR."""
    if profile.forms.notices != "mr":
        case.not_applicable(f"the profile {profile.name} declares that notices come inline")


def pass_over_left(server: Server) -> None:
    """Let the clients of an earlier server go, while notices still announce them."""
    if server.peers.left_over:
        server.up(backlog=1)
        server.stop()


def serves_unannounced(server: Server, peer: TcpPeer, token: bytes = b"unannounced") -> None:
    """``peer`` is served, though nothing says since when: R0 may be empty, refused or -1 before. Raises ModuleFault."""
    peer.send(token)
    step = f"{server.area}-READ"
    deadline = time.monotonic() + server.profile.seconds("notice")
    while (answer := server.at.read(token)).error or not answer.payload or is_lost(answer, token):
        if time.monotonic() > deadline:
            raise ModuleFault(
                f"expected: the bytes of the client that has connected\ngot:      {show(answer)}", step=step
            )
        server.at.drain(quiet=0.05)
    if not token.startswith(answer.payload):
        raise ModuleFault(f"expected: {show(token)}\ngot:      {show(answer)}", step=step)
    limit = server.profile.seconds("transfer")
    read_exactly(server.at, token[len(answer.payload) :], limit)
    send_exactly(server.at, peer, token[::-1], limit)


@pytest.mark.requirement("SY-MS")
@pytest.mark.usefixtures("text_as_before")
@pytest.mark.parametrize("value", [0, 1])
def test_suppressing_is_accepted(at: ATClient, case: Case, value: int) -> None:
    answer = at(f"MS={value}")
    case.require("SY-MS", answer.ok, f"OK to MS={value}", answer)


@pytest.mark.requirement("SY-MS-RANGE")
@pytest.mark.usefixtures("text_as_before")
def test_suppressing_takes_no_text(at: ATClient, case: Case) -> None:
    answer = at("MS=a")
    case.require("SY-MS-RANGE", answer.error, "an error to MS=a", answer)


@pytest.mark.requirement("SY-MS-EFFECT")
@pytest.mark.usefixtures("text_as_before")
@pytest.mark.parametrize("value", ["-1", "9"])
def test_number_beyond_the_limits_of_suppressing_is_recorded(at: ATClient, case: Case, value: str) -> None:
    case.observe("SY-MS-EFFECT", f"answer to MS={value}", at(f"MS={value}"))


HIDING = (1, 2, 3)
"""Values of MS that hide text. UM lets 1 hide all of it, QR20 leaves the TCP server's to 2 and 3, from C3.5.2.5 on."""


def texts_of_a_client(server: Server, case: Case) -> list[bytes]:
    """The Accepted notices of a client that connects, is served and is shown by P?; the server is stopped then."""
    server.start()
    peer = server.connect()
    serves_unannounced(server, peer)
    server.at.drain(quiet=0.2)
    fields = server.at("P?").fields
    case.require("SS-STATUS", fields[1:2] == [peer.address], f"{peer.address} in field 2 of P?", fields)
    announced = [one for one in server.at.notices if one.port]
    for one in announced:
        server.at.notices.remove(one)
        server.peers.announced(one.address, one.port)
    server.stop()
    return [one.text for one in announced]


@pytest.mark.requirement("SY-MS-SUPPRESS", "SS-STATUS")
@pytest.mark.usefixtures("text_as_before")
def test_suppressed_text_is_not_sent(at: ATClient, server: Server, case: Case) -> None:
    server.mode = 1
    pass_over_left(server)
    if not at("MS=1").ok:
        pytest.skip("MS=1 is not accepted, which is another requirement's matter")
    server.configure(backlog=1)
    for value in HIDING:
        if value > 1 and not at(f"MS={value}").ok:
            continue
        announced = texts_of_a_client(server, case)
        if not announced:
            break
    case.require("SY-MS-SUPPRESS", not announced, "no Accepted notice while MS is 1, or else 2 or 3", announced)
    announced = texts_of_a_client(server, case)
    case.require(
        "SY-MS-SUPPRESS", not announced, f"no Accepted notice of a second client while MS is {value}", announced
    )
    at("MS=0")
    server.start()
    server.serves(server.client())


@pytest.mark.requirement("SY-MS-EFFECT")
@pytest.mark.usefixtures("text_as_before")
@pytest.mark.parametrize("value", HIDING)
def test_effect_of_suppressing_is_recorded(at: ATClient, server: Server, case: Case, value: int) -> None:
    answer = at(f"MS={value}")
    case.observe("SY-MS-EFFECT", f"answer to MS={value}", answer)
    server.mode = 1
    peer = server.up(backlog=1).connect()
    if answer.ok:
        serves_unannounced(server, peer)
        at.drain(quiet=0.2)
        texts = [one.text for one in at.notices]
        case.observe("SY-MS-EFFECT", f"notices with MS={value}", texts or "none")


@pytest.mark.requirement("SY-MR")
@pytest.mark.parametrize("times", [1, 3])
def test_polling_with_nothing_waiting(at: ATClient, profile: Profile, case: Case, times: int) -> None:
    only_polled(profile, case)
    for _ in range(times):
        answer = at("MR")
        case.require_one_of("SY-MR", answer.raw, successes(b"[SOMA][EOMA]", profile))


@pytest.mark.requirement("SY-MR-ONE")
def test_polling_gives_the_notice_once(at: ATClient, server: Server, case: Case) -> None:
    only_polled(server.profile, case)
    server.mode = 1
    peer = server.up(backlog=1).connect()
    server.accept(peer)
    answer = at("MR")
    case.require("SY-MR-ONE", answer.ok and b"Accepted" not in answer.payload, "no second notice of it", answer)


@pytest.mark.requirement("SY-MR-INLINE")
def test_polling_a_module_with_inline_notices_is_recorded(at: ATClient, profile: Profile, case: Case) -> None:
    if profile.forms.notices == "mr":
        case.not_applicable(f"the profile {profile.name} declares that notices are polled")
    case.observe("SY-MR-INLINE", "answer to MR", at("MR"))
