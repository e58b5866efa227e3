"""The uses of a socket, each of them whole: begin, talk, end. What one use leaves must not show in the next."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from fixtures.case import Case, resting_on
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import Network, TcpPeer
from suites.client.moves import Client
from suites.spec.profiles import Profile
from suites.steps.flows import KILLED, Server, expect_ok, lines_match, read_exactly, read_until_lost, send_exactly
from suites.udp.moves import Datagrams, free_port


@dataclass
class Use(ABC):
    """One use of ``socket``. ``port`` is where its server listens; ``name`` is what a message calls it.

    ``small_window``: the peer takes little that it does not read. Each move names the requirement that it breaks
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

    def select(self) -> None:
        """P0, where another socket is selected."""
        if self.at.history.socket != self.socket:
            self.at(f"P0={self.socket}")

    def set(self, *settings: str) -> None:
        """Each of ``settings`` is sent, also where it holds already: the use before may have left another."""
        for setting in settings:
            self.at(setting)

    def whole(self, token: bytes) -> None:
        """From its begin to its end, with an exchange of ``token`` between. Raises ModuleFault."""
        self.begin()
        self.talk(token)
        self.end()

    @abstractmethod
    def begin(self) -> None:
        """Set up and started; somebody is at the other end. Raises ModuleFault."""

    def talk(self, token: bytes) -> None:
        """``token`` goes out, and its bytes backwards come in. Raises ModuleFault."""
        self.give(token)
        self.take(token[::-1])

    def last(self, packets: int, *, inwards: bool) -> None:
        """So many ``packets`` come in, or go out. Raises ModuleFault."""
        for number in range(packets):
            packet = b"packet %d" % number
            self.take(packet) if inwards else self.give(packet)

    @abstractmethod
    def give(self, token: bytes) -> None:
        """``token`` goes out: S3, and the other end has it. Raises ModuleFault."""

    @abstractmethod
    def take(self, token: bytes) -> None:
        """``token`` comes in: the other end sends, and R0 has it. Raises ModuleFault."""

    @abstractmethod
    def end(self) -> None:
        """Stopped; P? shows no server. Raises ModuleFault."""

    def shows_no_server(self) -> None:
        """Fields 6 and 7 of P?, the servers, are 0 after the stop."""
        answer = self.at("P?")
        for place, requirement in ((5, "SS-STATUS-STOPPED"), (6, "UD-STATUS")):
            got = "".join(answer.fields[place : place + 1]).strip()
            self.case.step(requirement, got == "0", f"0 in field {place + 1} of P? after the stop", answer)


@dataclass
class TcpService(Use):
    """A TCP server with one client after the other."""

    mode: int = 1
    server: Server = field(init=False)
    peer: TcpPeer = field(init=False)

    def start(self) -> None:
        """Started; no client yet."""
        self.server = Server(
            self.at, self.peers, self.profile, self.case, self.port, mode=self.mode, socket=self.socket, plain=False
        )
        self.set("P1=0", f"P2={self.port}", "P8=6")
        with resting_on(f"{self.server.area}-OK-FIRST"):
            self.server.start()

    def begin(self) -> None:
        """Started, and a client is served."""
        self.start()
        self.peer = self._client()

    def give(self, token: bytes) -> None:
        """To the client that is served."""
        step = f"{self.server.area}-SEND"
        send_exactly(self.at, self.peer, token, self.profile.seconds("transfer"), count=step, step=step)

    def take(self, token: bytes) -> None:
        """From the client that is served."""
        self.peer.send(token)
        read_exactly(self.at, token, self.profile.seconds("transfer"), step=f"{self.server.area}-READ")

    def next(self) -> None:
        """P5=10: the client is closed, and the next one is served."""
        follower = self.server.connect()
        self.server.next()
        with resting_on("MA-NEXT-CLOSES"):
            self.peer.wait_closed(self.profile.seconds("close"))
        self.peer = follower
        with resting_on("MA-NEXT-ACCEPTS"):
            self.server.accept(follower)

    def lose(self) -> None:
        """The client leaves, and R0 says so."""
        self.peer.close()
        read_until_lost(self.at, self.profile.seconds("lost"), step=f"{self.server.area}-LOST-R0")

    def end(self) -> None:
        """P5=0; the client, where there is one, is closed."""
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
        """With both."""
        self.begin()
        self.talk(token + b" of the first")
        self.next()
        self.talk(token + b" of the second")
        self.end()


class LostClient(TcpService):
    """A TCP server whose client leaves."""

    def whole(self, token: bytes) -> None:
        """Stopped after the loss."""
        self.begin()
        self.talk(token)
        self.lose()
        self.end()


class NoClient(TcpService):
    """A TCP server that nobody uses."""

    def talk(self, token: bytes) -> None:
        """Nobody is there, and nothing is said."""

    def begin(self) -> None:
        """Started."""
        self.start()


@dataclass
class TcpCall(Use):
    """The module's TCP client."""

    client: Client = field(init=False)
    peer: TcpPeer = field(init=False)

    def aim(self, port: int = 0) -> None:
        """P1, P3 and P4 name a listener of this use, at ``port`` or any; P2 a port that no server has had."""
        self.client = Client(self.at, self.peers, self.profile, self.socket)
        remote = self.client.listener = self.peers.listen(port, small_window=self.small_window)
        self.set("P1=0", f"P2={self.peers.free_port()}", f"P3={remote.address}", f"P4={remote.port}")

    def begin(self) -> None:
        """Connected to the listener."""
        self.aim()
        self.peer = self.client.connect()

    def give(self, token: bytes) -> None:
        """To the listener's side of the connection."""
        send_exactly(self.at, self.peer, token, self.profile.seconds("transfer"), count="CL-SEND", step="CL-SEND")

    def take(self, token: bytes) -> None:
        """From the listener's side of the connection."""
        self.peer.send(token)
        read_exactly(self.at, token, self.profile.seconds("transfer"), step="CL-READ")

    def end(self) -> None:
        """P6=0; the connection is closed."""
        self.client.stop()
        if not self.peer.closed:
            with resting_on("CL-STOP"):
                self.peer.wait_closed(self.profile.seconds("close"))
        self.shows_no_server()


class LostCall(TcpCall):
    """A TCP client whose remote resets the connection."""

    def whole(self, token: bytes) -> None:
        """Stopped after the loss."""
        self.begin()
        self.talk(token)
        self.peer.reset()
        read_until_lost(self.at, self.profile.seconds("lost"), step="CL-LOST-R0")
        self.end()


class RefusedCall(TcpCall):
    """A TCP client that reaches nobody."""

    def begin(self) -> None:
        """An error to P6=1.

        The port is one that the system gives to nobody by itself, as it might do once the listener is closed.
        """
        self.aim(self.peers.free_port())
        self.client.listener.close()
        answer = self.at("P6=1")
        self.case.step("CL-REFUSED", answer.error, "an error to P6=1: nobody listens there", answer)

    def talk(self, token: bytes) -> None:
        """Nobody is there, and nothing is said."""

    def end(self) -> None:
        """P6=0. No document says what that answers behind a refusal."""
        self.at("P6=0")


@dataclass
class UdpUse(Use):
    """Either kind of UDP."""

    udp: Datagrams = field(init=False)

    def make(self, port: int) -> None:
        """The moves of UDP, with a peer of this use."""
        self.udp = Datagrams(self.at, self.peers, self.profile, self.peers.udp(), port, self.socket)


class UdpService(UdpUse):
    """A UDP server."""

    def begin(self) -> None:
        """P1=1, P2, P5=1."""
        self.make(self.port)
        self.udp.serve()

    def give(self, token: bytes) -> None:
        """A datagram comes in instead: what goes out of a server no document says."""
        self.take(token)

    def take(self, token: bytes) -> None:
        """To the port of P2."""
        self.udp.receives(token)

    def end(self) -> None:
        """P5=0."""
        expect_ok(self.at("P5=0"), "P5=0", step="UD-STOP")
        self.shows_no_server()


@dataclass
class UdpCall(UdpUse):
    """A UDP client. ``source`` is where its last datagram came from."""

    source: tuple[str, int] = ("", 0)

    def begin(self) -> None:
        """P1=1, P2, P3, P4, P6=1."""
        self.make(free_port(self.peers))
        peer = self.udp.peer
        self.set("P1=1", f"P2={self.udp.port}", f"P3={peer.address}", f"P4={peer.port}")
        expect_ok(self.at("P6=1"), "P6=1 with P1=1", step="UD-CLIENT")

    def give(self, token: bytes) -> None:
        """To the remote that P3 and P4 name."""
        self.source = self.udp.sends(token)

    def take(self, token: bytes) -> None:
        """From that remote, once it was sent to."""
        self.udp.receives(token, target=self.source)

    def end(self) -> None:
        """P6=0."""
        expect_ok(self.at("P6=0"), "P6=0", step="UD-CLIENT-AGAIN")
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
