"""A client that vanishes without FIN or RST is found by keep-alive: R0 and S3 say -1."""

import time

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from suites.steps.flows import Server, read_until_lost, send_until_lost, tail_of

pytestmark = [pytest.mark.needs("multi_accept", "keepalive")]

PK = "1,1000"
IDLE_S = 1.0
OTHER_SOCKET = 1


def second_server(server: Server) -> Server | None:
    """A server on another socket with keep-alive; None where the module has no room for it."""
    other = Server(server.at, server.peers, server.profile, server.case, server.peers.free_port(), socket=OTHER_SOCKET)
    other.configure(keepalive=PK)
    return other if server.at("P5=11").ok else None


def send_is_lost(at: ATClient, server: Server) -> None:
    """S3 says -1. Raises ModuleFault."""
    answer = send_until_lost(at, server.profile.seconds("lost"), step="KA-LOST-S3")
    server.case.require("KA-LOST-S3", answer.payload == b"-1", "-1", answer)


@pytest.mark.requirement("KA-LOST-R0", "KA-LOST-S3", "KA-NEXT")
def test_client_that_vanished_is_lost_for_read_and_for_send(at: ATClient, server: Server, case: Case) -> None:
    server.up(keepalive=PK)
    other = second_server(server)
    unread = other.client() if other else None
    at("P0=0")
    peer = server.client()
    server.serves(peer)
    at("R2=100")
    for one in (unread, peer):
        if one:
            one.go_silent()
    began = time.monotonic()
    data, answer = read_until_lost(at, IDLE_S + server.profile.seconds("keepalive"))
    case.observe("KA-LOST-R0", f"seconds from the last byte to -1 with PK={PK}", f"{time.monotonic() - began:.1f}")
    case.observe("KA-LOST-R0", "what follows -1", tail_of(answer))
    case.require("KA-LOST-R0", not data, "no byte that nobody sent", data)
    send_is_lost(at, server)
    serves_the_next(server)
    if unread:
        send_alone_is_lost(at, server, since=began)
    else:
        case.observe("KA-LOST-S3", "S3 without an R0 before it", "not tried: no second server")


def serves_the_next(server: Server) -> None:
    """P5=10 leads to the next client. Raises ModuleFault."""
    server.next()
    server.serves(server.client())


def send_alone_is_lost(at: ATClient, server: Server, *, since: float) -> None:
    """S3 on the other socket, which no R0 was sent to and which went silent at the same time.

    The pause is for a module whose timer is coarse: a byte sent before it has found out would start TCP's own,
    far longer, wait instead.
    """
    at.drain(quiet=min(5.0, 0.25 * (time.monotonic() - since)))
    at(f"P0={OTHER_SOCKET}")
    send_is_lost(at, server)
