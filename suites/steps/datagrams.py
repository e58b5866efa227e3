"""The moves of UDP: a server and a client of the module, and datagrams that are read whole."""

import socket as sockets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fixtures.case import Case, parting, resting_on, show
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.frames import Answer
from fixtures.drivers.peers import Network, UdpPeer
from fixtures.errors import ModuleFault, NetworkError
from suites.spec.profiles import Profile
from suites.steps.connecting import reached
from suites.steps.flows import differs, is_lost, send_accepted
from suites.steps.pace import pause_behind

TRIES = 3
"""Number of times that a datagram is sent to a module across a real network, which may lose one."""


def free_port(peers: Network) -> int:
    """A port that is free for UDP too. Raises NetworkError."""
    for _ in range(100):
        port = peers.free_port()
        if peers.is_free(port, sockets.SOCK_DGRAM):
            return port
    raise NetworkError("no port is free for UDP on this machine")


@dataclass
class Datagrams:
    """UDP on ``socket`` of the module: a server at ``port``, or a client of ``peer``."""

    at: ATClient
    peers: Network
    profile: Profile
    case: Case
    peer: UdpPeer
    port: int
    socket: int = 0

    @property
    def here(self) -> tuple[str, int]:
        """Where the module's server receives."""
        return self.peers.module_address, self.port

    def select(self) -> None:
        """Select the socket by P0: the commands from here on are for this socket."""
        self.at(f"P0={self.socket}")

    def serve(self) -> "Datagrams":
        """P1=1, P2 and P5=1 on the selected socket; the start must be accepted."""
        self.at.ensure("P1=1", f"P2={self.port}")
        send_accepted(self.at, "P5=1", "P5=1 with P1=1", step="UD-SERVER")
        return self

    def aim(self, peer: UdpPeer | None = None) -> "Datagrams":
        """P1=1, P3 and P4 of the peer; ``peer``: another one, from here on."""
        self.peer = peer or self.peer
        self.at.ensure("P1=1", f"P3={self.peer.address}", f"P4={self.peer.port}")
        return self

    def call(self) -> "Datagrams":
        """Set the remote, and send P6=1, which must be accepted."""
        self.aim()
        self.start()
        return self

    def start(self) -> Answer:
        """Send P6=1, which must be accepted."""
        with reached(self.peers, self.socket):
            return send_accepted(self.at, "P6=1", "P6=1 with P1=1", step="UD-CLIENT")

    def receives(self, datagram: bytes, *, peer: UdpPeer | None = None, target: tuple[str, int] | None = None) -> None:
        """``datagram``, sent to ``target`` (the server), is what R0 gives, whole. Raises ModuleFault."""
        answer = self.first_answer(datagram, peer=peer, target=target)
        if answer.payload != datagram:
            text = f"expected: the datagram {show(datagram)}\ngot:      {show(answer)}"
            raise ModuleFault(text + parting(datagram, answer.payload), step="UD-CLIENT-READ" if target else "UD-READ")

    def first_answer(
        self, datagram: bytes, *, peer: UdpPeer | None = None, target: tuple[str, int] | None = None
    ) -> Answer:
        """The first answer of R0 with data after ``datagram`` was sent.

        Raises ModuleFault where none comes, Masked where none ever comes.
        """
        with self.case.move("UD-CLIENT-READ") if target else self._arriving():
            return self._first_answer(datagram, peer or self.peer, target or self.here, is_server=not target)

    @contextmanager
    def _arriving(self) -> Iterator[None]:
        """The move of a datagram to the module's server: the server is there, and R0 gives the datagram."""
        with self.case.move("UD-SERVER"), self.case.move("UD-READ"):
            yield

    def _first_answer(self, datagram: bytes, peer: UdpPeer, target: tuple[str, int], *, is_server: bool) -> Answer:
        for last in range(TRIES - 1, -1, -1) if not self.peers.local() else (0,):
            peer.send(datagram, target)
            if answer := self._data(datagram):
                return answer
            if not last:
                break
        text = f"expected: the datagram {show(datagram)}\ngot:      {show(self.at.answers[-1])}, no data"
        if is_server and self.peer.is_refused(self.here):
            raise ModuleFault(f"{text}; the module's UDP port {self.port} is closed", step="UD-SERVER")
        raise ModuleFault(text, step="UD-READ" if is_server else "UD-CLIENT-READ")

    def sends(self, payload: bytes, command: str | None = None) -> tuple[str, int]:
        """``payload`` by S3 (or ``command``) arrives at the peer, alone; where it came from.

        Raises ModuleFault, and Masked where that never succeeds.
        """
        with self.case.move("UD-SEND"):
            return self._sends(payload, command)

    def _sends(self, payload: bytes, command: str | None) -> tuple[str, int]:
        answer = self.at.send(payload, command=command)
        if not answer.ok or answer.payload != str(len(payload)).encode():
            raise ModuleFault(f"expected: the count {len(payload)} and OK\ngot:      {show(answer)}", step="UD-SEND")
        with resting_on("UD-SEND"):
            got, source = self.peer.receive(self.profile.seconds("transfer"))
        if got != payload:
            raise differs("the remote receives", payload, got, step="UD-SEND")
        return source

    def _data(self, datagram: bytes) -> Answer | None:
        """R0 until it gives data, or the datagram is overdue."""
        deadline = time.monotonic() + self.profile.seconds("transfer")
        while time.monotonic() < deadline:
            answer = self.at.read(datagram)
            if answer.ok and answer.payload and not is_lost(answer, datagram):
                return answer
            pause_behind(self.at, answer)
        return None
