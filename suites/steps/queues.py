"""Clients that wait for their turn: the queue of a multi-accept server."""

from fixtures.case import Case
from fixtures.drivers.peers import TcpPeer
from fixtures.errors import ModuleFault, NoNotice
from suites.steps.servers import Server
from suites.steps.transfer import read_exactly


def all_wait_and_have_their_turn(server: Server, case: Case, backlog: int) -> None:
    """A client is served, ``backlog`` more connect, and none of them is turned away until its turn has come."""
    first = server.client()
    server.at("R2=300")
    peers: list[TcpPeer] = []
    try:
        for _ in range(backlog):
            peers += [server.connect()]
        server.serves(first)
        server.at.read()
        closed = sum(not peer.is_open() for peer in peers)
        case.require("MA-QUEUE", not closed, f"{backlog} clients stay connected", f"{closed} were closed")
        for place, peer in enumerate(peers, 1):
            server.next()
            accept_waiting(server, peer)
            peer.send(b"waited at place %d" % place)
            read_exactly(server.at, b"waited at place %d" % place, server.profile.seconds("transfer"))
    except ModuleFault as fault:
        if fault.requirement not in (None, "MA-QUEUE"):
            raise
        expected = f"with P8={backlog}, {backlog} clients wait until their turn"
        case.require("MA-QUEUE", False, expected, f"{len(peers)} connected; {fault}")


def accept_waiting(server: Server, peer: TcpPeer) -> None:
    """``peer``, which waits, is announced behind P5=10. Raises ModuleFault.

    Where no notice comes and ``peer`` is still connected, the queue has kept it, and P5=10 has not taken it.
    """
    try:
        server.accept(peer)
    except NoNotice as fault:
        if fault.requirement is None and peer.is_open():
            fault.requirement = "MA-NEXT-ACCEPTS"
        raise
