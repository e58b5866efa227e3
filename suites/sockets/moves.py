"""Several sockets at a time: each a :class:`Station`, with the peer at its other end."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from fixtures.case import resting_on, show
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.frames import Answer
from fixtures.drivers.peers import Network, TcpPeer
from fixtures.errors import BenchError, ModuleFault
from suites.spec.profiles import Profile
from suites.steps.clients import Client
from suites.steps.flows import Server, is_lost, read_exactly, read_until_lost, send_exactly

SOCKETS = (0, 1, 2, 3)


@dataclass
class Station:
    """Socket ``number`` of the module in the role of a server or of a client, and its ``peer``."""

    number: int
    role: Server | Client
    peer: TcpPeer

    @property
    def at(self) -> ATClient:
        """The AT client, this socket selected: by P0, where another one is."""
        self.role.at.ensure_selected(self.number)
        return self.role.at

    def reads(self, stream: bytes) -> list[Answer]:
        """R0 on this socket gives ``stream``. Raises ModuleFault."""
        return read_exactly(self.at, stream, self._limit)

    def reads_part(self, rest: bytes) -> bytes:
        """One R0 on this socket, which gives a piece of ``rest`` or nothing yet; what is left of it."""
        answer = self.at.read(rest)
        if is_lost(answer, rest) or not answer.ok or not rest.startswith(answer.payload):
            text = f"expected: on socket {self.number}, of {show(rest)}\ngot:      {show(answer)}"
            raise ModuleFault(text, step="DA-READ")
        return rest[len(answer.payload) :]

    def sends(self, payload: bytes) -> None:
        """S3 on this socket reaches this socket's peer. Raises ModuleFault."""
        send_exactly(self.at, self.peer, payload, self._limit)

    def talks(self, token: bytes) -> None:
        """Send and receive; P0 is sent before each."""
        self.peer.send(token)
        self.reads(token)
        self.sends(token[::-1])

    def read_empty(self) -> Answer:
        """R0 with a short R2, where nothing is to be read."""
        self.at.ensure("R2=30")
        return self.role.at.read()

    def lost(self) -> tuple[bytes, Answer]:
        """Send R0 on this socket until R0 answers -1. Raises ModuleFault."""
        return read_until_lost(self.at, self.role.profile.seconds("lost"))

    def stop(self) -> None:
        """P5=0 or P6=0 on this socket; the peer is closed. Raises ModuleFault."""
        _ = self.at
        self.role.stop()
        with resting_on(f"{self.role.area}-STOP-CLIENT" if isinstance(self.role, Server) else "CL-STOP"):
            self.peer.wait_closed(self.role.profile.seconds("close"))

    @property
    def _limit(self) -> float:
        return self.role.profile.seconds("transfer")


def serves_once_started_again(server: Server) -> bool:
    """True where ``server`` takes a client after P5=0 and a start: then nothing is wrong but what was before."""
    try:
        server.at.ensure_selected(server.socket)
        server.stop()
        server.start()
        server.client()
    except (ModuleFault, BenchError):
        return False
    return True


def read_in_turns(stations: list[Station], streams: dict[int, bytes]) -> None:
    """One R0 on each socket, round after round, until each has given its own of ``streams``. Raises ModuleFault.

    How many bytes an R0 gives is the module's affair, so the sockets may end in different rounds.
    """
    rests = dict(streams)
    limit = stations[0].role.profile.seconds("transfer")
    quiet_since = time.monotonic()
    while any(rests.values()):
        for station in stations:
            if rest := rests[station.number]:
                rests[station.number] = station.reads_part(rest)
                if len(rests[station.number]) < len(rest):
                    quiet_since = time.monotonic()
        if time.monotonic() - quiet_since > limit:
            missing = {number: len(rest) for number, rest in rests.items() if rest}
            text = f"expected: the rest of each stream within {limit:g} s\ngot:      missing: {missing}"
            raise ModuleFault(text, step="DA-READ")


@dataclass
class Board:
    """Puts servers and clients on the module's sockets."""

    prototype: Server
    at: ATClient
    peers: Network
    profile: Profile

    def server(self, socket: int, mode: int = 1) -> Server:
        """A server that waits on ``socket``, at a port of its own; no client yet."""
        one = self.prototype
        made = Server(one.at, one.peers, one.profile, one.case, self.peers.free_port(), mode=mode, socket=socket)
        self.at.ensure_selected(socket)
        return made.up()

    def serving(self, socket: int, mode: int = 1) -> Station:
        """A server on ``socket`` that serves a client."""
        server = self.server(socket, mode)
        return Station(socket, server, server.client())

    def calling(self, socket: int) -> Station:
        """A client on ``socket`` that is connected to a listener of its own."""
        self.at.ensure_selected(socket)
        client = Client(self.at, self.peers, self.profile, self.prototype.case, socket)
        return Station(socket, client, client.aim().connect())

    def mixed(self, server: int = 0, mode: int = 1, sockets: Iterable[int] = SOCKETS) -> list[Station]:
        """A server on socket ``server`` and clients on the other ``sockets``; the server's station is first."""
        first = self.serving(server, mode)
        return [first, *(self.calling(number) for number in sockets if number != server)]
