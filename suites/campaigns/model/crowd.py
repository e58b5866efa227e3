"""The clients of a walk and the server that they connect to: who is served, who waits, who has left."""

from dataclasses import dataclass

from fixtures.case import Case, step_of
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.frames import Notice
from fixtures.drivers.peers import Network, PeerTimeout, TcpPeer
from fixtures.drivers.replay.record import Recorder
from fixtures.errors import HarnessError, ModuleFault, NoNotice
from suites.campaigns.model.situation import Situation, Transition
from suites.campaigns.model.table import RESETS, SENDS, WAITING_LEAVES, WAITING_SENDS, ModelRow
from suites.spec.profiles import Profile
from suites.steps.flows import Server, send_accepted

R2_MS = 60
"""Milliseconds that R0 waits for bytes in a walk: most of what a walk costs on a quick module."""
TRY_S = 0.2
"""Seconds that a client tries to connect whom the module may leave without an answer."""


@dataclass
class WalkClient:
    """A client of the walk. ``unread``: its bytes that must still be read; ``maybe``: those that a reset may take.

    ``early``: it has sent before its turn.
    """

    peer: TcpPeer
    unread: bytes = b""
    maybe: bytes = b""
    left: bool = False
    early: bool = False


@dataclass
class Gear:
    """What a walk goes with. ``pace``: seconds that this module takes for a short exchange."""

    at: ATClient
    peers: Network
    profile: Profile
    case: Case
    pace: float = 0.0


class Crowd:
    """The clients, the server and the peers of one walk. :meth:`begin` makes a fresh start.

    ``story``: the steps until now, in words; ``recorder``: the same steps in the form of a replay file.
    """

    def __init__(self, gear: Gear, recorder: Recorder) -> None:
        self.at, self.peers, self.profile, self.case = gear.at, gear.peers, gear.profile, gear.case
        self.pace = gear.pace
        self.secrets = gear.at.link.transcript.secrets
        self.recorder = recorder
        self.now = Situation()
        self.story: list[str] = []
        self.walked: list[Transition] = []
        self.observing = False
        self._client: WalkClient | None = None
        self._queue: list[WalkClient] = []
        self._others: list[WalkClient] = []
        self._stale = False
        self._made = 0
        self._own: set[tuple[str, int]] = set()
        self._former: set[tuple[str, int]] = set()
        self.begin()

    def begin(self) -> None:
        """A fresh start: no server, a port of its own."""
        self._server = Server(self.at, self.peers, self.profile, self.case, port=0, plain=False)
        self.at.ensure("P1=0", f"R2={R2_MS}")
        self._another_port()
        low, high = self.profile.ranges.get("P8", (0, 6))
        self.at.ensure(f"P8={max(low, min(6, high))}")
        self.now = Situation()

    def _another_port(self) -> None:
        self._forget_clients()
        self._former |= self._own | {(self.peers.module_address, self._server.port)}
        self._own = set()
        self._server.port = self.peers.free_port()
        send_accepted(self.at, f"P2={self._server.port}", step="SE-P2")

    def _forget_clients(self) -> None:
        """Nobody is known to be served or to wait; who was there leaves."""
        for one in (self._client, *self._queue, *self._others):
            if one is not None and not one.left:
                self._let_go(one, "reset")
        self._client, self._queue, self._others = None, [], []
        self.at.notices.clear()

    def _let_go(self, client: WalkClient, how: str) -> None:
        client.left = True
        getattr(client.peer, how)()
        self.recorder.left(client.peer, how)

    def _is_former(self, notice: Notice) -> bool:
        """True where a notice is about somebody of an earlier start, of whom no document says when he is dropped."""
        place = (notice.address, notice.port)
        return place in self._former or (place in self.peers.left_over and place not in self._own)

    def _connect(self) -> WalkClient:
        try:
            peer = self._server.connect()
        except ModuleFault:
            self.recorder.refused(self._server.port, f"peer{self._made + 1}")
            raise
        return self._joined(peer)

    def _joined(self, peer: TcpPeer, *, compared: bool = True) -> WalkClient:
        self._made += 1
        self._own.add((peer.address, peer.port))
        self._former.discard((peer.address, peer.port))  # systems use a port again
        self.recorder.connected(peer, compared=compared)
        return WalkClient(peer)

    def _attempt(self) -> WalkClient | None:
        try:
            peer = self.peers.try_connect(self._server.port, timeout=TRY_S)
        except OSError:
            self.recorder.refused(self._server.port, f"peer{self._made + 1}", compared=False)
            return None
        return self._joined(peer, compared=False)

    def _notice(self) -> Notice:
        """The next notice that is not about somebody of an earlier start."""
        while True:
            try:
                notice = self._server.notice()
            except NoNotice:
                self.recorder.notice(b"")
                raise
            if not self._is_former(notice):
                self.recorder.notice(notice.text)
                return notice

    @property
    def _served(self) -> WalkClient:
        if self._client is None:
            raise HarnessError(f"nobody is served in {self.now}")
        return self._client

    def _token(self, size: int, whose: str) -> bytes:
        """``size`` bytes that tell whose they are, CR LF and a prompt among the longer ones."""
        text = b"<%s %d>\r\n> " % (whose.encode(), len(self.story))
        return (text * (size // len(text) + 1))[:size]

    def _send(self, event: str, size: int) -> None:
        client = self._served if event == SENDS else self._queue[self.now.first]
        data = self._token(size, client.peer.name)
        client.peer.send(data)
        client.unread += data
        client.early = client.early or event == WAITING_SENDS
        self.recorder.sent(client.peer, data)

    def _leave(self, row: ModelRow, event: str) -> None:
        client = self._queue[self.now.first] if event == WAITING_LEAVES else self._served
        self._let_go(client, "reset" if event == RESETS else "close")
        if event == RESETS:
            client.maybe, client.unread = client.maybe + client.unread, b""
        if row.is_open:
            self.at.drain()

    def _closed(self, client: WalkClient | None, requirement: str) -> None:
        """The module closes the connection of a client that has not left itself."""
        if client is None or client.left:
            return
        client.left = True
        try:
            with step_of(requirement):
                data = client.peer.wait_closed(self.profile.seconds("close"))
        except PeerTimeout:
            self.recorder.closed(client.peer, still_open=True)
            raise
        self.recorder.closed(client.peer, data)
