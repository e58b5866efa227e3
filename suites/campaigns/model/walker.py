"""Takes the steps of the model with a real module and real peers, and compares each with its row of the table."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.frames import Answer, Notice
from fixtures.drivers.peers import Network, PeerClosed, PeerTimeout, TcpPeer
from fixtures.drivers.replay.record import Recorder
from fixtures.errors import HarnessError, ModuleFault, NoNotice
from suites.campaigns.model.situation import Situation, Transition, after, row_of
from suites.campaigns.model.table import (
    BAD,
    CLOSES,
    MULTI,
    READ_NONE,
    RESETS,
    SENDS,
    SET_PORT,
    STATUS,
    STOP,
    WAITING_LEAVES,
    WAITING_SENDS,
    Row,
    always,
)
from suites.spec.profiles import Profile
from suites.steps.flows import (
    KILLED,
    SETUP,
    WAITING,
    Server,
    expect_ok,
    is_lost,
    lines_match,
    read_exactly,
    read_until_lost,
    send_exactly,
    send_until_lost,
    tail_of,
)

R2_MS = 60
"""How long R0 waits for bytes in a walk: most of what a walk costs on a quick module."""
BAD_COMMAND = "QQ"
TRY_S = 0.2
"""How long somebody tries to connect whom the module may turn away without a word."""


@dataclass
class Client:
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


class Walker:
    """One walk. :meth:`begin` makes a fresh start, :meth:`step` takes a step.

    A module that does not do as the table says makes ``step`` raise ModuleFault with the requirement; the steps until
    then are in ``told``, and in the form of a replay file in ``recorder``.
    """

    def __init__(self, gear: Gear, recorder: Recorder) -> None:
        self.at, self.peers, self.profile, self.case = gear.at, gear.peers, gear.profile, gear.case
        self.pace = gear.pace
        self.secrets = gear.at.link.transcript.secrets
        self.recorder = recorder
        self.now = Situation()
        self.told: list[str] = []
        self.walked: list[Transition] = []
        self.observing = False
        self._client: Client | None = None
        self._queue: list[Client] = []
        self._others: list[Client] = []
        self._stale = False
        self._made = 0
        self._own: set[tuple[str, int]] = set()
        self._former: set[tuple[str, int]] = set()
        self.begin()

    # -- the walk ------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """A fresh start: no server, a port of its own."""
        self._server = Server(self.at, self.peers, self.profile, self.case, port=0, plain=False)
        self.at.ensure("P1=0", f"R2={R2_MS}")
        self._another_port()
        low, high = self.profile.ranges.get("P8", (0, 6))
        self.at.ensure(f"P8={max(low, min(6, high))}")
        self.now = Situation()

    def step(self, event: str, size: int = 5) -> None:
        """Let ``event`` happen; ``size`` is that of the bytes which it sends. Raises ModuleFault, HarnessError."""
        row = row_of(self.now, event)
        self.told.append(f"{self.now.state}: {event}")
        self.at.link.transcript.note("walk", self.told[-1])
        if event == STOP:
            self.peers.stopped()
        with self._charged(row):
            self._do(row, event, size)
        self._expect_no_notice(row)
        then = after(self.now, event)
        self.walked.append((self.now.state, event, then.state))
        self.now = then

    def end(self) -> None:
        """Let all clients go."""
        self._forget_clients()

    def _do(self, row: Row, event: str, size: int) -> None:
        if event in (SENDS, WAITING_SENDS):
            self._send(event, size)
        elif event in (CLOSES, RESETS, WAITING_LEAVES):
            self._leave(row, event)
        elif row.sees == "counted":
            self._see_counted(size)
        else:
            getattr(self, f"_see_{row.sees.replace(' ', '_')}")(row, event)

    @contextlib.contextmanager
    def _charged(self, row: Row) -> Iterator[None]:
        """What fails without a requirement's name is charged to the row's first."""
        try:
            yield
        except ModuleFault as fault:
            fault.requirement = fault.requirement or row.requirements[0]
            raise

    def _expect_no_notice(self, row: Row) -> None:
        self.at.drain()
        for notice in [one for one in self.at.notices if one.port and not row.is_open]:
            self.at.notices.remove(notice)
            if self._is_former(notice):
                continue
            self.recorder.notice(notice.text)
            of_another, again = (always(self.now.state) * 2)[:2]
            known = self._client is not None and self._server.names(notice, self._client.peer)
            broken = again if known else of_another
            self.case.require(broken, False, f"no notice behind this step ({self.now.state})", notice.text)
        if row.is_open:
            self._forget_clients()

    # -- clients -------------------------------------------------------------------------------------------------

    def _another_port(self) -> None:
        self._forget_clients()
        self._former |= self._own | {(self.peers.module_address, self._server.port)}
        self._own = set()
        self._server.port = self.peers.free_port()
        expect_ok(self.at(f"P2={self._server.port}"), f"P2={self._server.port}")

    def _forget_clients(self) -> None:
        """Nobody is known to be served or to wait; who was there leaves."""
        for one in (self._client, *self._queue, *self._others):
            if one is not None and not one.left:
                self._let_go(one, "reset")
        self._client, self._queue, self._others = None, [], []
        self.at.notices.clear()

    def _let_go(self, client: Client, how: str) -> None:
        client.left = True
        getattr(client.peer, how)()
        self.recorder.left(client.peer, how)

    def _is_former(self, notice: Notice) -> bool:
        """True where a notice is about somebody of an earlier start, of whom no document says when he is dropped."""
        place = (notice.address, notice.port)
        return place in self._former or (place in self.peers.left_over and place not in self._own)

    def _connect(self) -> Client:
        try:
            peer = self._server.connect()
        except ModuleFault:
            self.recorder.refused(self._server.port, f"peer{self._made + 1}")
            raise
        return self._joined(peer)

    def _joined(self, peer: TcpPeer, *, compared: bool = True) -> Client:
        self._made += 1
        self._own.add((peer.address, peer.port))
        self._former.discard((peer.address, peer.port))  # systems use a port again
        self.recorder.connected(peer, compared=compared)
        return Client(peer)

    def _attempt(self) -> Client | None:
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
    def _served(self) -> Client:
        if self._client is None:
            raise HarnessError(f"nobody is served in {self.now}")
        return self._client

    def _token(self, size: int, whose: str) -> bytes:
        """``size`` bytes that tell whose they are, CR LF and a prompt among the longer ones."""
        text = b"<%s %d>\r\n> " % (whose.encode(), len(self.told))
        return (text * (size // len(text) + 1))[:size]

    def _send(self, event: str, size: int) -> None:
        client = self._served if event == SENDS else self._queue[self.now.first]
        data = self._token(size, client.peer.name)
        client.peer.send(data)
        client.unread += data
        client.early = client.early or event == WAITING_SENDS
        self.recorder.sent(client.peer, data)

    def _leave(self, row: Row, event: str) -> None:
        client = self._queue[self.now.first] if event == WAITING_LEAVES else self._served
        self._let_go(client, "reset" if event == RESETS else "close")
        if event == RESETS:
            client.maybe, client.unread = client.maybe + client.unread, b""
        if row.is_open:
            self.at.drain()

    def _closed(self, client: Client | None, requirement: str) -> None:
        """The module closes the connection of a client that has not left itself."""
        if client is None or client.left:
            return
        client.left = True
        try:
            data = client.peer.wait_closed(self.profile.seconds("close"))
        except PeerTimeout as fault:
            self.recorder.closed(client.peer, still_open=True)
            fault.requirement = requirement
            raise
        self.recorder.closed(client.peer, data)

    # -- what must be seen ---------------------------------------------------------------------------------------

    def _see_starts(self, _row: Row, event: str) -> Answer:
        self._server.mode = 11 if event == MULTI else 1
        return self._server.start()

    def _see_setup(self, row: Row, event: str) -> None:
        answer = self._see_starts(row, event)
        good = lines_match(answer, SETUP, WAITING)
        self.case.require("MA-SETUP", good, "the lines Multi-Accept Setup and Waiting on connection, then OK", answer)

    def _see_accepted(self, row: Row, _event: str) -> None:
        client = self._connect()
        notice = self._notice()
        expected = self._server.expected_notice(client.peer)
        self.case.require(row.requirements[0], self._server.names(notice, client.peer), expected, notice.text)
        self._client = client
        self._nothing_stale("SS-NO-STALE-BYTES" if "SS-NOTICE" in row.requirements else "MA-NO-STALE-BYTES")

    def _nothing_stale(self, requirement: str) -> None:
        """Where bytes of a client before were left unread, the one accepted now does not get them."""
        client = self._served
        if self._stale and not client.unread:
            answer = self.at.read()
            self.case.require(requirement, not answer.payload, "no byte of the client before", answer)
        self._stale = False

    def _see_refused(self, row: Row, _event: str) -> None:
        self._port_is_closed(row.requirements[0])

    def _port_is_closed(self, requirement: str) -> None:
        refused = self._server.is_closed()
        if refused:
            self.recorder.refused(self._server.port)
        self.case.require(requirement, refused, "no connection to the port", "a connection")

    def _see_waits(self, _row: Row, _event: str) -> None:
        self._queue.append(self._connect())
        self._stays("MA-FIRST-STAYS")

    def _see_tries(self, _row: Row, _event: str) -> None:
        if client := self._attempt():
            self._others.append(client)
        self._stays("SS-FIRST-STAYS")

    def _stays(self, requirement: str) -> None:
        if self._client is not None and not self._client.left:
            self.case.require(requirement, self._client.peer.is_open(), "the served client stays", "it was closed")

    def _see_anybody(self, _row: Row, _event: str) -> None:
        if client := self._attempt():
            self._let_go(client, "reset")
        self.at.drain(quiet=0.02)

    def _see_next_waits(self, _row: Row, _event: str) -> None:
        self._next()
        self._client = None

    def _next(self) -> None:
        self._note_stale()
        answer = self._server.next()
        self.case.require("MA-NEXT", lines_match(answer, WAITING), "the line Waiting on connection and OK", answer)
        self._closed(self._client, "MA-NEXT-CLOSES")

    def _see_next_accepts(self, row: Row, _event: str) -> None:
        """Those who have left may be announced before the first who still waits."""
        charged = next(one for one in ("MA-NEXT-AFTER-LEFT", "MA-NEXT-ACCEPTS") if one in row.requirements)
        place = self.now.first
        gone, client = self._queue[:place], self._queue[place]
        self._next()
        for _ in range(place + 1):
            notice = self._notice_or(charged)
            if self._server.names(notice, client.peer) and not self._is_one_of(gone, client):
                break
            left = any(self._server.names(notice, one.peer) for one in gone)
            self.case.require("MA-ORDER", left, self._server.expected_notice(client.peer), notice.text)
            self._server.next()
        else:
            self.case.require("MA-ORDER", False, self._server.expected_notice(client.peer), "those who have left")
        self._client, self._queue = client, self._queue[place + 1 :]
        self._nothing_stale("MA-NO-STALE-BYTES")

    def _is_one_of(self, gone: list[Client], client: Client) -> bool:
        """True where the one announced has left. A notice with the server's own port does not tell; R0 does."""
        if not gone or self.profile.forms.accepted_port != "local":
            return False
        answer = self.at.read(client.unread)
        if is_lost(answer, client.unread) or not client.unread.startswith(answer.payload):
            return True
        client.unread = client.unread[len(answer.payload) :]
        return False

    def _notice_or(self, requirement: str) -> Notice:
        try:
            return self._notice()
        except NoNotice as fault:
            fault.requirement = requirement
            raise

    def _see_next_left(self, _row: Row, _event: str) -> None:
        self._next()
        self.at.drain(quiet=0.02)

    def _note_stale(self) -> None:
        self._stale = self._stale or (self._client is not None and bool(self._client.unread))

    def _see_stops(self, row: Row, _event: str) -> Answer:
        self._note_stale()
        answer = self._server.stop()
        self._closed(self._client, "MA-STOP-CLIENT" if "MA-STOP" in row.requirements else "SS-STOP-CLIENT")
        self._forget_clients()
        self._port_is_closed(row.requirements[-1])
        return answer

    def _see_killed(self, row: Row, event: str) -> None:
        answer = self._see_stops(row, event)
        self.case.require("MA-STOP", lines_match(answer, KILLED), "the line [TCP TSK] Killed and OK", answer)

    def _see_the_bytes(self, row: Row, _event: str) -> None:
        client = self._served
        try:
            read_exactly(self.at, client.unread, self.profile.seconds("transfer"))
        except ModuleFault as fault:
            early = client.early and "MA-EARLY-BYTES" in row.requirements
            fault.requirement = "MA-EARLY-BYTES" if early else row.requirements[0]
            raise
        client.unread, client.early = b"", False

    def _see_nothing(self, row: Row, _event: str) -> None:
        answer = self.at.read()
        self.case.require(row.requirements[0], answer.ok and not is_lost(answer), "the empty success", answer)
        if answer.payload:
            self.case.require(self._broken_by(answer.payload, row), False, "no byte: all was read", answer)

    def _broken_by(self, data: bytes, row: Row) -> str:
        """Which requirement bytes break that nobody asked for: those of one who waits, or of one who is gone."""
        waiting = any(data[:9] in one.unread for one in self._queue)
        wanted = "MA-OWN-BYTES" if waiting else "MA-NO-STALE-BYTES"
        own = [one for one in row.requirements if one in (wanted, "SS-NO-STALE-BYTES")]
        return own[0] if own else row.requirements[0]

    def _see_lost(self, row: Row, _event: str) -> None:
        client = self._served
        data, answer = read_until_lost(self.at, self.profile.seconds("lost"), client.maybe)
        good = client.maybe.startswith(data)
        self.case.require(row.requirements[0], good, "-1, and no byte that nobody sent", data)
        tail = tail_of(answer).split()[0]
        self.case.require(row.requirements[0], tail in self.profile.forms.lost_tail, "a declared tail", answer)
        client.maybe = b""
        if self._queue:
            self.at.drain(quiet=0.03)  # a module that takes the next by itself says so now

    def _see_lost_sending(self, _row: Row, _event: str) -> None:
        send_until_lost(self.at, self.profile.seconds("lost"))
        client = self._served
        client.maybe, client.unread = client.unread + client.maybe, b""

    def _see_counted(self, size: int) -> None:
        client = self._served
        data = self._token(size, f"to {client.peer.name}")
        try:
            send_exactly(self.at, client.peer, data, self.profile.seconds("transfer"))
        except (PeerTimeout, PeerClosed):
            self.recorder.received(client.peer, client.peer.received[-size:])
            raise
        self.recorder.received(client.peer, data)
        self._others_receive_nothing()

    def _others_receive_nothing(self) -> None:
        for one in (*self._queue, *self._others):
            if not one.left and (got := one.peer.receive_available(0.0)):
                requirement = "MA-SEND" if self._server.mode == 11 else "SS-ONE-AT-A-TIME"
                self.case.require(requirement, False, "only the served client receives what is sent", got)

    def _see_served(self, row: Row, _event: str) -> None:
        fields = [one.strip() for one in self.at("P?").fields]
        want = [self._served.peer.address, "1"]
        got = [*fields[1:2], *fields[5:6]]
        self.case.require(
            row.requirements[0], got == want, "the client's address in field 2 of P?, 1 in field 6", fields
        )

    def _see_no_server(self, row: Row, _event: str) -> None:
        fields = [one.strip() for one in self.at("P?").fields]
        self.case.require(row.requirements[0], fields[5:6] == ["0"], "0 in field 6 of P?", fields)

    def _see_ok(self, row: Row, event: str) -> None:
        if event == SET_PORT:
            self._another_port()
        else:
            answer = self.at(command_of(event, self._server.port))
            self.case.require(row.requirements[0], answer.ok, f"OK to {event}", answer)

    def _see_error(self, row: Row, event: str) -> None:
        answer = self.at(command_of(event, self._server.port))
        self.case.require(row.requirements[0], answer.error, f"ERROR to {event}", answer)

    def _see_anything(self, row: Row, event: str) -> None:
        if event == READ_NONE:
            answer = self.at.read()
        else:
            port = self.peers.free_port() if event == SET_PORT else 0
            answer = self.at(command_of(event, port))
        if self.observing and row.state != "open":
            self.case.observe(row.requirements[0], f"{event} in {row.state}", answer)
        if event == STOP and row.state == "open":
            self.at.drain(quiet=0.05)
            self._another_port()
        elif row.is_open:
            self.at.drain(quiet=0.02)

    def _see_any_lines(self, _row: Row, _event: str) -> None:
        """Where S3 is refused at once the byte behind it is a command line of its own, an empty one."""
        sent = b"S3=1\r\r"
        came = self.at.collect(sent)
        self.at.drain(quiet=4 * self.pace)
        self.at.strays.clear()
        self.recorder.line(sent, came)


def command_of(event: str, port: int) -> str:
    """The command that an event sends."""
    return {BAD: BAD_COMMAND, STATUS: "P?", SET_PORT: f"P2={port}"}.get(event, event)
