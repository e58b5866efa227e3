"""The uses of a socket, each of them complete: begin, talk, end. Nothing of one use may show in the next use."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from fixtures.case import Case, resting_on
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import ClosedPort, Network, TcpListener, TcpPeer
from fixtures.errors import ModuleFault
from suites.spec.profiles import Profile
from suites.steps.clients import Client
from suites.steps.datagrams import Datagrams, free_port
from suites.steps.flows import KILLED, Server, lines_match, read_exactly, read_until_lost, send_accepted, send_exactly

SHORT_READ = "R2=100"
"""A module may wait for all of R2 though bytes are there: each R0 of a use is a short one."""


@dataclass
class Use(ABC):
    """One use of ``socket``. ``port`` is where its server listens; ``name`` is what a message calls it.

    ``small_window``: the peer takes little that it does not read. ``start_step`` is the requirement that its start
    is judged by: that of a first use, or of one behind another. Each move names the requirement that it breaks
    (``ModuleFault.requirement`` or ``step``).
    """

    at: ATClient
    peers: Network
    profile: Profile
    case: Case
    socket: int
    port: int
    name: str = ""
    small_window: bool = False
    start_step: str = ""

    def select(self) -> None:
        """Select the socket by P0, where another socket is selected."""
        if self.at.history.socket != self.socket:
            self.at(f"P0={self.socket}")

    def local(self, *settings: str) -> None:
        """Send each of ``settings`` of this end, unless it is known to hold: no use may change them."""
        self.at.ensure(*settings)

    def remote(self, address: str, port: int) -> None:
        """Send P3 and P4, also where they hold already: a module may show there who came to its server last."""
        for setting in (f"P3={address}", f"P4={port}"):
            self.at(setting)

    def whole(self, token: bytes) -> None:
        """Begin the use, exchange ``token`` and end the use. Raises ModuleFault."""
        self.begin()
        self.talk(token)
        self.end()

    @contextmanager
    def starting(self) -> Iterator[None]:
        """The start: a fault in it breaks ``start_step``, where there is one. Raises ModuleFault, as it came."""
        try:
            yield
        except ModuleFault as fault:
            fault.requirement = fault.requirement or self.start_step or None
            raise

    @abstractmethod
    def begin(self) -> None:
        """Set the socket up and start it; a peer is at the other end. Raises ModuleFault."""

    def talk(self, token: bytes) -> None:
        """Send ``token``, and receive its bytes in reverse order. Raises ModuleFault."""
        self.give(token)
        self.take(token[::-1])

    def last(self, packets: int, *, inwards: bool) -> None:
        """Receive, or send, this number of ``packets``. Raises ModuleFault."""
        for number in range(packets):
            packet = b"packet %d" % number
            self.take(packet) if inwards else self.give(packet)

    @abstractmethod
    def give(self, token: bytes) -> None:
        """Send ``token`` by S3; the other end receives it. Raises ModuleFault."""

    @abstractmethod
    def take(self, token: bytes) -> None:
        """Receive ``token``: the other end sends it, and R0 gives it. Raises ModuleFault."""

    @abstractmethod
    def end(self) -> None:
        """Stop the use; P? shows no server then. Raises ModuleFault."""

    def shows_no_server(self) -> None:
        """Require 0 in fields 6 and 7 of P?, the servers, after the stop."""
        answer = self.at("P?")
        for place, requirement in ((5, "SS-STATUS-STOPPED"), (6, "UD-STATUS")):
            got = "".join(answer.fields[place : place + 1])
            self.case.step(requirement, got == "0", f"0 in field {place + 1} of P? after the stop", answer)


@dataclass
class TcpService(Use):
    """A TCP server with one client after the other."""

    mode: int = 1
    server: Server = field(init=False)
    peer: TcpPeer = field(init=False)

    def start(self) -> None:
        """Start the server; there is no client yet."""
        self.server = Server(
            self.at, self.peers, self.profile, self.case, self.port, mode=self.mode, socket=self.socket, plain=False
        )
        self.server.stopped = bool(self.start_step)  # a server of this socket was stopped, at the same port
        self.local("P1=0", f"P2={self.port}", "P8=6", SHORT_READ)
        with self.starting(), resting_on(f"{self.server.area}-OK-FIRST"):
            self.server.start()

    def begin(self) -> None:
        """Start the server, and let a client connect."""
        self.start()
        self.peer = self._client()

    def give(self, token: bytes) -> None:
        """Send to the client that is served."""
        step = f"{self.server.area}-SEND"
        send_exactly(self.at, self.peer, token, self.profile.seconds("transfer"), count=step, step=step)

    def take(self, token: bytes) -> None:
        """Receive from the client that is served."""
        self.peer.send(token)
        read_exactly(self.at, token, self.profile.seconds("transfer"), step=f"{self.server.area}-READ")

    def next(self) -> None:
        """Close the client by P5=10, and serve the next client."""
        follower = self.server.connect()
        self.server.next()
        with resting_on("MA-NEXT-CLOSES"):
            self.peer.wait_closed(self.profile.seconds("close"))
        self.peer = follower
        with resting_on("MA-NEXT-ACCEPTS"):
            self.server.accept(follower)

    def lose(self) -> None:
        """Let the client leave; R0 answers -1 then."""
        self.peer.close()
        read_until_lost(self.at, self.profile.seconds("lost"), step=f"{self.server.area}-LOST-R0")

    def end(self) -> None:
        """Stop the server by P5=0; the client, where there is one, is closed."""
        answer = self.server.stop()
        if self.mode == 11:
            self.case.step("MA-STOP", lines_match(answer, KILLED), "the line [TCP TSK] Killed and OK", answer)
        with resting_on(f"{self.server.area}-STOP-CLIENT"):
            for peer in self.server.clients:
                if not peer.closed:
                    peer.wait_closed(self.profile.seconds("close"))
        self.shows_no_server()

    def _client(self) -> TcpPeer:
        with resting_on(f"{self.server.area}-LISTENS"):
            peer = self.server.connect(small_window=self.small_window)
        self.server.accept(peer)
        return peer


class NextClient(TcpService):
    """A multi-accept server that serves two clients."""

    def whole(self, token: bytes) -> None:
        """Exchange ``token`` with both clients."""
        self.begin()
        self.talk(token + b" of the first")
        self.next()
        self.talk(token + b" of the second")
        self.end()


class LostClient(TcpService):
    """A TCP server whose client leaves."""

    def whole(self, token: bytes) -> None:
        """Stop the server after the loss of its client."""
        self.begin()
        self.talk(token)
        self.lose()
        self.end()


class NoClient(TcpService):
    """A TCP server that nobody uses."""

    def talk(self, token: bytes) -> None:
        """Exchange nothing: there is no client."""

    def begin(self) -> None:
        """Started."""
        self.start()


@dataclass
class TcpCall(Use):
    """The module's TCP client."""

    client: Client = field(init=False)
    peer: TcpPeer = field(init=False)

    def aim(self, remote: TcpListener | ClosedPort) -> None:
        """P1, P3 and P4 name ``remote``; P2 a port that no server has had."""
        self.client = Client(self.at, self.peers, self.profile, self.case, self.socket)
        self.local("P1=0", f"P2={self.peers.free_port()}", SHORT_READ)
        self.remote(remote.address, remote.port)

    def begin(self) -> None:
        """Connect to a listener of this use."""
        listener = self.peers.listen(small_window=self.small_window)
        self.aim(listener)
        self.client.listener = listener
        with self.starting():
            self.peer = self.client.connect()

    def give(self, token: bytes) -> None:
        """Send to the listener's side of the connection."""
        send_exactly(self.at, self.peer, token, self.profile.seconds("transfer"), count="CL-SEND", step="CL-SEND")

    def take(self, token: bytes) -> None:
        """Receive from the listener's side of the connection."""
        self.peer.send(token)
        read_exactly(self.at, token, self.profile.seconds("transfer"), step="CL-READ")

    def end(self) -> None:
        """Stop the client by P6=0; the connection is closed."""
        self.client.stop()
        if not self.peer.closed:
            with resting_on("CL-STOP"):
                self.peer.wait_closed(self.profile.seconds("close"))
        self.shows_no_server()


class LostCall(TcpCall):
    """A TCP client whose remote resets the connection."""

    def whole(self, token: bytes) -> None:
        """Stop the server after the loss of its client."""
        self.begin()
        self.talk(token)
        self.peer.reset()
        read_until_lost(self.at, self.profile.seconds("lost"), step="CL-LOST-R0")
        self.end()


class RefusedCall(TcpCall):
    """A TCP client that reaches nobody."""

    def begin(self) -> None:
        """An error to P6=1."""
        self.aim(self.peers.nobody())
        answer = self.client.reach_nobody()
        self.case.step("CL-REFUSED", answer.error, "an error to P6=1: nobody listens there", answer)

    def talk(self, token: bytes) -> None:
        """Exchange nothing: there is no client."""

    def end(self) -> None:
        """Stop the client by P6=0. No document gives the answer after a refused connection."""
        self.at("P6=0")


@dataclass
class UdpUse(Use):
    """Either kind of UDP."""

    udp: Datagrams = field(init=False)

    def make(self, port: int) -> None:
        """The moves of UDP, with a peer of this use."""
        self.udp = Datagrams(self.at, self.peers, self.profile, self.case, self.peers.udp(), port, self.socket)


class UdpService(UdpUse):
    """A UDP server."""

    def begin(self) -> None:
        """P1=1, P2, P5=1."""
        self.make(self.port)
        self.local(SHORT_READ)
        with self.starting():
            self.udp.serve()

    def give(self, token: bytes) -> None:
        """Receive a datagram instead: no document says where a UDP server sends."""
        self.take(token)

    def take(self, token: bytes) -> None:
        """Receive a datagram that was sent to the port of P2."""
        self.udp.receives(token)

    def end(self) -> None:
        """P5=0."""
        send_accepted(self.at, "P5=0", step="UD-STOP")
        self.shows_no_server()


@dataclass
class UdpCall(UdpUse):
    """A UDP client. ``source`` is where its last datagram came from."""

    source: tuple[str, int] = ("", 0)

    def begin(self) -> None:
        """P1=1, P2, P3, P4, P6=1."""
        self.make(free_port(self.peers))
        peer = self.udp.peer
        self.local("P1=1", f"P2={self.udp.port}", SHORT_READ)
        self.remote(peer.address, peer.port)
        with self.starting():
            self.udp.start()

    def give(self, token: bytes) -> None:
        """Send to the remote that P3 and P4 name."""
        self.source = self.udp.sends(token)

    def take(self, token: bytes) -> None:
        """Receive from the remote, after a datagram was sent to it."""
        self.udp.receives(token, target=self.source)

    def end(self) -> None:
        """P6=0."""
        send_accepted(self.at, "P6=0", step="UD-CLIENT-AGAIN")
        self.shows_no_server()


LASTING: dict[str, Callable[..., Use]] = {
    "multi-accept server": partial(TcpService, mode=11),
    "single server": TcpService,
    "TCP client": TcpCall,
    "UDP server": UdpService,
    "UDP client": UdpCall,
}
"""The uses that last until they are ended."""
WHOLE: dict[str, Callable[..., Use]] = {
    "multi-accept server with two clients": partial(NextClient, mode=11),
    "multi-accept server whose client leaves": partial(LostClient, mode=11),
    "single server": TcpService,
    "single server whose client leaves": LostClient,
    "single server without a client": NoClient,
    "TCP client": TcpCall,
    "TCP client whose remote resets": LostCall,
    "TCP client that is refused": RefusedCall,
    "UDP server": UdpService,
    "UDP client": UdpCall,
}
"""All uses, from begin to end."""
