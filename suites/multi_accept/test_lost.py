"""The connection is lost: -1 on R0 and on S3."""

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.errors import ModuleFault
from suites.steps.flows import Server, is_lost, read_exactly, read_until_lost, send_until_lost, tail_of


@pytest.mark.requirement("MA-LOST-R0")
@pytest.mark.parametrize("leave", ["close", "reset"])
@pytest.mark.parametrize("exchanged", [False, True], ids=["at once", "after an exchange"])
def test_read_says_minus_one_when_the_client_left(
    at: ATClient, server: Server, case: Case, leave: str, exchanged: bool
) -> None:
    server.up()
    peer = server.client()
    if exchanged:
        server.serves(peer)
    getattr(peer, leave)()
    data, answer = read_until_lost(at, server.profile.seconds("lost"))
    case.require("MA-LOST-R0", not data, "-1 and no byte that nobody sent", data)
    tail = tail_of(answer)
    case.require("MA-LOST-R0", tail.split()[0] in server.profile.forms.lost_tail, "a declared tail after -1", answer)
    case.observe("MA-LOST-R0", "what follows -1", tail)


@pytest.mark.requirement("MA-LOST-S3")
@pytest.mark.parametrize("leave", ["close", "reset"])
def test_send_says_minus_one_when_the_client_left(at: ATClient, server: Server, case: Case, leave: str) -> None:
    server.up()
    getattr(server.client(), leave)()
    answer = send_until_lost(at, server.profile.seconds("lost"))
    case.observe("MA-LOST-S3", "what follows -1", tail_of(answer))


@pytest.mark.requirement("MA-LOST-R0", "MA-LOST-S3")
@pytest.mark.parametrize("leave", ["close", "reset"])
@pytest.mark.parametrize("command", ["R0", "S3"])
def test_client_that_left_is_lost_with_keepalive_as_on_the_page(
    at: ATClient, server: Server, command: str, leave: str
) -> None:
    server.up(keepalive="1,3000")
    getattr(server.client(), leave)()
    limit = server.profile.seconds("lost")
    try:
        read_until_lost(at, limit) if command == "R0" else send_until_lost(at, limit)
    except ModuleFault as fault:
        fault.requirement = f"MA-LOST-{command}"
        raise


@pytest.mark.requirement("MA-LOST-S3")
def test_send_says_minus_one_after_read_did(at: ATClient, server: Server, case: Case) -> None:
    server.up()
    server.client().reset()
    read_until_lost(at, server.profile.seconds("lost"))
    answer = send_until_lost(at, server.profile.seconds("lost"))
    case.require("MA-LOST-S3", answer.payload == b"-1", "-1", answer)


@pytest.mark.requirement("MA-LOST-R0")
def test_read_says_minus_one_again_and_again(at: ATClient, server: Server, case: Case) -> None:
    server.up()
    server.client().close()
    read_until_lost(at, server.profile.seconds("lost"))
    for again in range(2, 6):
        answer = at.read()
        case.require("MA-LOST-R0", is_lost(answer), f"-1 for the time number {again}", answer)


@pytest.mark.requirement("MA-LOST-R0")
def test_read_says_minus_one_again_after_another_socket_was_selected(at: ATClient, server: Server, case: Case) -> None:
    server.up()
    server.client().close()
    read_until_lost(at, server.profile.seconds("lost"))
    for socket in (1, 0):
        at(f"P0={socket}")
    answer = at.read()
    case.require("MA-LOST-R0", is_lost(answer), "-1 again after P0=1 and P0=0", answer)


@pytest.mark.requirement("MA-LOST-R0")
def test_each_client_can_be_lost(at: ATClient, server: Server) -> None:
    server.up()
    for _ in range(3):
        server.client().close()
        read_until_lost(at, server.profile.seconds("lost"))
        server.next()


@pytest.mark.requirement("MA-READ")
def test_idle_client_is_not_lost(at: ATClient, server: Server, case: Case) -> None:
    server.up()
    peer = server.client()
    at("R2=300")
    for _ in range(3):
        answer = at.read()
        case.require("MA-READ", answer.ok and not answer.payload, "the empty answer while the client is silent", answer)
    server.serves(peer)


@pytest.mark.requirement("MA-LOST-R0", "MA-READ")
@pytest.mark.parametrize("size", [1, 100, 1460, 4000])
def test_bytes_before_the_loss_are_read_first(at: ATClient, server: Server, size: int) -> None:
    server.up()
    peer = server.client()
    stream = bytes(48 + n % 10 for n in range(size))
    peer.send(stream)
    peer.close()
    read_exactly(at, stream, server.profile.seconds("transfer"))
    read_until_lost(at, server.profile.seconds("lost"))
