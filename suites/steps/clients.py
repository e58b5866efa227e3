"""The moves of a module that connects: aim, start, exchange, stop."""

from dataclasses import dataclass, field

from fixtures.case import Case, resting_on
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.frames import Answer
from fixtures.drivers.peers import ClosedPort, Network, TcpListener, TcpPeer
from suites.spec.profiles import Profile
from suites.steps.connecting import reach_nobody, reached, reaching
from suites.steps.flows import read_exactly, send_accepted, send_exactly


@dataclass
class Client:
    """A TCP client of the module on ``socket``. ``listener`` is the remote that it connects to."""

    at: ATClient
    peers: Network
    profile: Profile
    case: Case
    socket: int = 0
    listener: TcpListener = field(init=False)

    def __post_init__(self) -> None:
        self.listener = self.peers.listen()

    def select(self) -> None:
        """P0, where another socket is selected: from here on the commands are for this socket."""
        self.at.ensure_selected(self.socket)

    def aim(self, listener: TcpListener | None = None) -> "Client":
        """Set P1, P3 and P4 to the remote; ``listener``: to another one, from here on."""
        self.listener = listener or self.listener
        self._set_remote(self.listener)
        return self

    def aim_at_nobody(self) -> "Client":
        """Set P1, P3 and P4 to a port of the bench that refuses connections."""
        self._set_remote(self.peers.nobody())
        return self

    def _set_remote(self, remote: TcpListener | ClosedPort) -> None:
        if self.socket:
            self.select()
        self.at.ensure("P1=0", f"P3={remote.address}", f"P4={remote.port}")

    @property
    def connects(self) -> str:
        """The requirement by which P6=1 connects: that of each socket, where another one than 0 is used."""
        return "CL-SOCKETS" if self.socket else "CL-CONNECT"

    def start(self) -> Answer:
        """Send P6=1, which must be accepted."""
        with reaching(self.peers, self.socket):
            return send_accepted(self.at, "P6=1", step=self.connects)

    def reach_nobody(self) -> Answer:
        """Send P6=1 where nobody listens; the answer, which the case judges."""
        return reach_nobody(self.at, self.peers, self.socket)

    def arrival(self) -> TcpPeer:
        """The connection as the remote has it. Raises ModuleFault where none comes."""
        with reached(self.peers, self.socket), resting_on(self.connects):
            return self.listener.accept(self.profile.seconds("transfer"))

    def connect(self) -> TcpPeer:
        """Start the client; the connection of the remote. Raises Masked where the module never connects."""
        with self.case.move(self.connects):
            self.start()
            return self.arrival()

    def stop(self) -> Answer:
        """Send P6=0, which must be accepted."""
        return send_accepted(self.at, "P6=0", step="CL-STOP")

    def talks(self, peer: TcpPeer, token: bytes = b"over the wire") -> None:
        """``peer`` is at the other end of the selected socket: its bytes are read, and it gets what is sent."""
        talks(self.at, self.case, peer, token, self.profile.seconds("transfer"))


def talks(at: ATClient, case: Case, peer: TcpPeer, token: bytes, limit: float) -> None:
    """What ``peer`` sends is read by R0, and what S3 sends arrives at it, within ``limit`` seconds each."""
    peer.send(token)
    with case.move("CL-READ"):
        read_exactly(at, token, limit, step="CL-READ")
    with case.move("CL-SEND"):
        send_exactly(at, peer, token[::-1], limit, count="CL-SEND", step="CL-SEND")
