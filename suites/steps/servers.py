"""A TCP server of the module, and the moves up to the subject of a case: start, client, exchange, next, stop."""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace

from fixtures.case import Case, show, step_of
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.frames import Answer, Notice
from fixtures.drivers.peers import Network, TcpPeer
from fixtures.errors import BenchError, ModuleFault, NoNotice
from suites.spec.profiles import Profile
from suites.steps.answers import OtherBytes, expect_ok, send_accepted
from suites.steps.transfer import read_exactly, send_exactly

ODD = re.compile(
    rb"(?i)\A\s*(?:\[\s*TCP\s+SVR\s*\]\s*)?accepted\b[^\r\n]*?(?P<address>\d{1,3}(?:\.\d{1,3}){3})\D(?P<port>\d{1,5})(?!\d)"
)
"""A TCP server's notice of a client in another form than the documented one; UDP's is no such notice."""
AT_ONCE_S = 1.0
"""Seconds after its notice within which a client counts as new."""


BEHIND_S = 2.0
"""Seconds within which the notice of a client comes behind a second notice of another client."""
UNANNOUNCED = b"not announced"
"""What such a client sends, by which R0 shows that the client was taken."""
TELLING = 8
"""Bytes of another client, in a row, that do not come by chance."""


@dataclass
class Server:
    """A TCP server of the module: ``mode`` 11 multi-accept, 1 single. ``port`` is its own in every case.

    ``serving``: a client was announced, and neither P5=10 nor P5=0 followed. ``queue``: who connected meanwhile.
    ``stopped``: a server at this port was stopped. ``restarted``: it was started since, and served nobody yet.
    """

    at: ATClient
    peers: Network
    profile: Profile
    case: Case
    port: int
    mode: int = 11
    socket: int = 0
    plain: bool = True
    clients: list[TcpPeer] = field(default_factory=list)
    serving: bool = False
    stopped: bool = False
    restarted: bool = False
    queue: list[TcpPeer] = field(default_factory=list)
    _kept: list[TcpPeer] = field(default_factory=list)
    _fresh: tuple[TcpPeer, int, float] | None = None
    _due: TcpPeer | None = None

    @property
    def area(self) -> str:
        """The area that begins the ids of this server's requirements: MA or SS."""
        return "MA" if self.mode == 11 else "SS"

    @contextmanager
    def _preamble(self, requirement: str) -> Iterator[None]:
        """The way to where a case begins: what fails there breaks ``requirement``, and not the case's.

        ``plain`` until something happened that a case may be about: another socket, a client accepted, a stop. From
        then on the move is a step that the case may be about.
        """
        with self._step(requirement, plain=self.plain and self.socket == 0):
            yield

    @contextmanager
    def _step(self, requirement: str, *, plain: bool) -> Iterator[None]:
        with self.case.move(f"{self.area}-{requirement}"):
            try:
                yield
            except ModuleFault as fault:
                if plain:
                    fault.requirement = fault.requirement or fault.step or f"{self.area}-{requirement}"
                raise

    def configure(self, *, backlog: int = 6, keepalive: str = "") -> None:
        """Select the socket and set it up as the page does: PK, P1, P2, P8.

        A refusal is a matter of the settings' own cases; here it shows in what the server then does.
        """
        low, high = self.profile.ranges.get("P8", (0, 6))
        if not low <= backlog <= high:
            self.case.not_applicable(f"the profile {self.profile.name} declares P8 from {low} to {high}")
        if self.socket:
            self.at.ensure_selected(self.socket)
        if keepalive:
            self.at(f"PK={keepalive}")
        self.at.ensure("P1=0", f"P2={self.port}", f"P8={backlog}")

    def start(self) -> Answer:
        """Send P5=11 or P5=1, which must be accepted."""
        with self._preamble("OK-FIRST"), restart_of(self.area, self.stopped):
            answer = self.at(f"P5={self.mode}")
            expect_closed_before(self, answer)
            expect_ok(answer, f"P5={self.mode}")
        self.restarted = self.stopped
        self._pass_over_left()
        return answer

    def _pass_over_left(self) -> None:
        """Let clients of an earlier server go: no document says whether P5=0 sends away those that wait."""
        while self.peers.left_over:
            self.at.drain(quiet=0.05)
            found = [one for one in self.at.notices if (one.address, one.port) in self.peers.left_over]
            if not found:
                return
            self.at.notices.remove(found[0])
            self.peers.announced(found[0].address, found[0].port)
            self._pass_over()

    def _pass_over(self) -> None:
        for command in ("P5=10",) if self.mode == 11 else ("P5=0", f"P5={self.mode}"):
            self.at(command)

    def up(self, *, backlog: int = 6, keepalive: str = "") -> "Server":
        """Configure and start the server."""
        self.configure(backlog=backlog, keepalive=keepalive)
        self.start()
        return self

    def connect(self, *, source: str = "", source_port: int = 0, small_window: bool = False) -> TcpPeer:
        """Let a client connect, without a wait for its notice."""
        limit = self.profile.seconds("notice")
        self._fresh = None
        # a client whose notice is still to come: the next client waits behind this one
        due = self._due is not None and not self._due.closed
        waits = self.mode == 11 and (self.serving or due)
        way = step_of("MA-QUEUE") if waits else self._preamble("LISTENS")
        with way, restart_of(self.area, self.restarted and not waits):
            peer = self.peers.connect(
                self.port, timeout=limit, source=source, source_port=source_port, small_window=small_window
            )
        self.clients.append(peer)
        if waits:
            self.queue.append(peer)
        else:
            self._due = peer
        return peer

    def notice(self) -> Notice:
        """The next Accepted notice, whoever it is about but those who waited at an earlier server.

        One that is written otherwise than documented is charged, and taken for what it says.
        """
        limit = self.profile.seconds("notice")
        while True:
            with self._preamble("NOTICE"), self._turned_away():
                notice = self.at.wait_notice(lambda one: bool(one.port or ODD.search(one.text)), "of a client", limit)
            notice = self._as_documented(notice)
            self._due = None
            if self.peers.announced(notice.address, notice.port):
                return notice
            self._pass_over()

    def _as_documented(self, notice: Notice) -> Notice:
        if notice.port:
            return notice
        found = ODD.search(notice.text)
        assert found is not None
        self.case.charge(f"{self.area}-NOTICE", False, '"[TCP SVR] Accepted <address>:<port>"', notice.text)
        return replace(notice, address=found["address"].decode(), port=int(found["port"]))

    def accept(self, peer: TcpPeer) -> Notice:
        """Wait for the notice of ``peer``. Raises ModuleFault where it is another's.

        One that names nobody who has connected is charged, and the case goes on; so is a second notice of a client.
        """
        notice = self._pass_over_repeated(self.notice(), peer)
        with self._preamble("NOTICE"):
            if not self.names(notice, peer):
                text = f"expected: {self.expected_notice(peer)}\ngot:      {show(notice.text)}"
                if any(self.names(notice, one) for one in self.clients):
                    raise ModuleFault(text, step="MA-ORDER" if comes_early(self, notice) else f"{self.area}-NOTICE")
                self.case.charge(f"{self.area}-NOTICE", False, self.expected_notice(peer), notice.text)
                self.peers.announced(peer.address, peer.port)
        if self.plain and self.socket == 0:
            self._fresh = (peer, len(self.at.answers), time.monotonic())
        self.plain = self.restarted = False
        self.serving = True
        return notice

    def _pass_over_repeated(self, notice: Notice, peer: TcpPeer) -> Notice:
        """The notice of ``peer`` that comes behind ``notice``, where this tells a client again; else ``notice``.

        Where it does not come, the module has announced the wrong client, and not one client twice.
        """
        if self.names(notice, peer) or self.peers.announcements[notice.address, notice.port] < 2:
            return notice
        try:
            behind = self.at.wait_notice(lambda one: self.names(one, peer), "of this client", BEHIND_S)
        except NoNotice:
            return notice
        self.case.charge(f"{self.area}-NOTICE-ONCE", False, self.expected_notice(peer), notice.text)
        self.peers.announced(behind.address, behind.port)
        return behind

    @contextmanager
    def _turned_away(self) -> Iterator[None]:
        """Charge the queue where no notice comes and the module has turned away a client that waits.

        A client that was there until the last P5=10 was turned away by what P5=10 did, or by the queue, a moment later:
        two more clients tell.
        """
        try:
            yield
        except NoNotice as fault:
            if not (self.plain and self.socket == 0) and takes_without_notice(self, self._due):
                text = f"{fault}; R0 gives the bytes of the client that was to be announced"
                raise ModuleFault(text, f"{self.area}-NOTICE") from fault
            if any(one.closed for one in self.queue):  # a client that leaves may end another one
                raise
            waiting = [one for one in self.queue if not was_announced(self, one)]
            gone = [one for one in waiting if not one.is_open()]
            if not gone or (set(gone) <= set(self._kept) and not turns_away(self)):
                raise
            text = (
                f"expected: {gone[0].name} stays connected until its turn\ngot:      the module closed the connection"
            )
            raise ModuleFault(text, "MA-QUEUE") from fault

    def announced(self, peers: Sequence[TcpPeer]) -> list[TcpPeer]:
        """The clients of ``peers`` that the next notice may mean. Raises ModuleFault where it means none."""
        notice = self.notice()
        meant = [peer for peer in peers if self.names(notice, peer)]
        if not meant:
            expected = " or ".join(map(self.expected_notice, peers))
            text = f"expected: {expected}\ngot:      {show(notice.text)}"
            raise ModuleFault(text, f"{self.area}-NOTICE")
        return meant

    def names(self, notice: Notice, peer: TcpPeer) -> bool:
        """True where ``notice`` is that of ``peer`` in the reading that the profile declares."""
        local = self.profile.forms.accepted_port == "local"
        return (notice.address, notice.port) == (peer.address, self.port if local else peer.port)

    def expected_notice(self, peer: TcpPeer) -> str:
        """The notice that ``peer`` should get, for messages."""
        local = self.profile.forms.accepted_port == "local"
        return f'"[TCP SVR] Accepted {peer.address}:{self.port if local else peer.port}"'

    def client(self, *, source: str = "") -> TcpPeer:
        """Let a client connect, and wait for its notice."""
        peer = self.connect(source=source)
        self.accept(peer)
        return peer

    def go_on(self, peer: TcpPeer, port: int) -> None:
        """Take over the server at ``port`` and its served client ``peer`` from the case before."""
        self.port = port
        self.clients.append(peer)
        self.plain = False

    def next(self) -> Answer:
        """Send P5=10, which must be accepted."""
        self._fresh = self._due = None
        self.serving = False
        self._kept = [one for one in self.queue if one.is_open()]
        return send_accepted(self.at, "P5=10", step="MA-NEXT")

    def is_closed(self) -> bool:
        """Require a closed port, a moment after the answer to P5=0 at the latest: no document gives the time."""
        return self.peers.refuses(self.port, within=self.profile.seconds("close"))

    def stop(self) -> Answer:
        """Send P5=0, which must be accepted."""
        self.plain = self.serving = False
        self.stopped = True
        self._due = None
        self.queue.clear()
        self.peers.stopped()
        return send_accepted(self.at, "P5=0", step=f"{self.area}-STOP")

    def serves(self, peer: TcpPeer, token: bytes = b"served") -> None:
        """Require that ``peer`` is served: its bytes are read, and it gets the bytes that are sent."""
        limit = self.profile.seconds("transfer")
        plain = self._is_fresh(peer)
        peer.send(token)
        with self._step("READ", plain=plain), self.own_bytes(peer):
            read_exactly(self.at, token, limit)
        with self._step("SEND", plain=plain):
            send_exactly(self.at, peer, token[::-1], limit)

    @contextmanager
    def own_bytes(self, peer: TcpPeer) -> Iterator[None]:
        """R0 gives the bytes of ``peer``. Those of a client before it, in this case or another, break another rule."""
        try:
            yield
        except OtherBytes as fault:
            said = [one.said for one in self.clients if one is not peer and one not in self.queue]
            if is_of_another(fault.got, fault.wanted, [*said, *self.peers.former]):
                fault.requirement = f"{self.area}-NO-STALE-BYTES"
            raise

    def _is_fresh(self, peer: TcpPeer) -> bool:
        """True where ``peer`` is the first client and nothing happened since it was accepted, not even time."""
        if self._fresh is None:
            return False
        first, answers, since = self._fresh
        return first is peer and len(self.at.answers) == answers and time.monotonic() - since < AT_ONCE_S


def restart_of(area: str, again: bool) -> AbstractContextManager[None]:
    """The step of a server of ``area``, MA or SS, that is started ``again`` after its stop."""
    return step_of(f"{area}-RESTART") if again else nullcontext()


def expect_closed_before(server: Server, answer: Answer) -> None:
    """Charge the stop where a start is refused and the port still takes connections: P5=0 has left it open.

    Raises ModuleFault.
    """
    if answer.error and server.stopped and not server.is_closed():
        text = f"expected: no connection to port {server.port} after P5=0\ngot:      a connection, and {show(answer)}"
        raise ModuleFault(text, f"{server.area}-STOP-PORT")


def comes_early(server: Server, notice: Notice) -> bool:
    """True where ``notice`` is the first notice of a client that waits behind another client."""
    waits = any(server.names(notice, one) for one in server.queue)
    return waits and server.peers.announcements[notice.address, notice.port] < 2


def was_announced(server: Server, peer: TcpPeer) -> bool:
    """True where the module has announced ``peer``, as far as the notices show that."""
    announcements = server.peers.announcements
    if server.profile.forms.accepted_port == "client":
        return announcements[peer.address, peer.port] > 0
    return server.clients.index(peer) < sum(count for (_, port), count in announcements.items() if port == server.port)


def is_of_another(got: bytes, wanted: bytes, said: Sequence[bytes]) -> bool:
    """True where ``got`` begins with a piece of what somebody else has ``said``, too long to be there by chance.

    A shorter piece must be the end of what was said, and ``wanted`` must follow.
    """
    before, found, _ = got.partition(wanted)
    if len(before) >= TELLING:
        return any(before[:TELLING] in one for one in said)
    return bool(before and found) and any(one.endswith(before) for one in said)


def takes_without_notice(server: Server, due: TcpPeer | None) -> bool:
    """True where R0 gives the bytes of the client whose notice does not come: ``due``, or the first that waits."""
    waiting = [one for one in server.queue if not was_announced(server, one)]
    peer = next((one for one in [due, *waiting] if one is not None and one.is_open()), None)
    if peer is None:
        return False
    try:
        peer.send(UNANNOUNCED)
        return server.at.read(UNANNOUNCED).payload.endswith(UNANNOUNCED)
    except (ModuleFault, BenchError):
        return False


def turns_away(server: Server) -> bool:
    """True where a client is turned away behind another one that is served, without P5=10: tried with two clients.

    False where the module does not serve the first of them.
    """
    limit = server.profile.seconds("notice")
    try:
        served = server.peers.connect(server.port, timeout=limit)
        server.at.wait_notice(lambda one: server.names(one, served), f"of {served.name}", limit)
        server.peers.connect(server.port, timeout=limit).wait_closed(server.profile.seconds("close"))
    except (ModuleFault, BenchError):
        return False
    return served.is_open()


def attempt(server: Server) -> TcpPeer | None:
    """Let a further client try to connect: no document says whether it can."""
    try:
        return server.peers.try_connect(server.port, timeout=0.2)
    except OSError:
        return None
