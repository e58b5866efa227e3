"""The moves that the areas share: start a server, take a client, read, send, lose the connection.

A move that goes wrong raises ModuleFault without naming a requirement: it is then the first of the case's.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fixtures.case import Case, parting, show
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.frames import Answer, Notice
from fixtures.drivers.peers import Network, TcpPeer
from fixtures.errors import ModuleFault
from suites.spec.profiles import Profile

PROGRESS = re.compile(rb"(?:\[[A-Z][^\r\n]*\r\n)*")
"""Lines that may stand before ERROR (LOG)."""
BARE_ERROR = [b"\r\nERROR\r\n> ", b"\r\n\r\nERROR\r\n> "]
"""A failure that is the word alone (UM 4.12.5); some firmware begins it with one more CR LF (LOG)."""
ELLIPSIS = rb" ?(?:\xe2\x80\xa6|\x85|\.\.\.)"
SETUP = rb"\[TCP TSK\] Multi-Accept Setup"
WAITING = rb"\[TCP SVR\] Waiting on connection" + ELLIPSIS
KILLED = rb"\[TCP TSK\] Killed"
IDLE_S = 4.5
"""How long a client is silent that must not be lost by that: longer than firmware's shortest patience."""


def expect_ok(answer: Answer, what: str = "") -> Answer:
    """``answer`` is a success. Raises ModuleFault."""
    if not answer.ok:
        raise ModuleFault(f"expected: OK to {what or show(answer.command)}\ngot:      {show(answer)}")
    return answer


def differs(what: str, wanted: bytes, got: bytes) -> ModuleFault:
    """That ``got`` came and not ``wanted``, which ``what`` introduces; it says where the two part."""
    return ModuleFault(f"expected: {what} {show(wanted)}\ngot:      {show(got)}{parting(wanted, got)}")


def configure(at: ATClient, **settings: object) -> None:
    """Send each setting, such as ``P2=5024``; every one must be accepted."""
    for name, value in settings.items():
        expect_ok(at(f"{name}={value}"), f"{name}={value}")


def is_lost(answer: Answer, pending: bytes = b"") -> bool:
    """True where ``answer`` says that the connection is lost; not where a peer sent the characters -1."""
    return answer.payload == b"-1" and (answer.error or not pending.startswith(b"-1"))


def tail_of(answer: Answer) -> str:
    """Which reading of the -1 answer's tail the module took."""
    return "ERROR tail" if answer.error else "OK tail"


def lines_match(answer: Answer, *patterns: bytes) -> bool:
    """True where the payload is exactly these lines, in this order."""
    return len(answer.lines) == len(patterns) and all(
        re.fullmatch(pattern, line.strip()) for pattern, line in zip(patterns, answer.lines, strict=True)
    )


def read_exactly(at: ATClient, stream: bytes, timeout: float) -> list[Answer]:
    """R0 until all of ``stream`` is read; each answer a piece of it, in order. Raises ModuleFault.

    A module may give fewer bytes than are there, and none while they are on their way; it may not give others.
    """
    answers: list[Answer] = []
    rest = stream
    quiet_since = time.monotonic()
    while rest:
        answer = at.read(rest)
        answers.append(answer)
        done = len(stream) - len(rest)
        if is_lost(answer, rest) or not answer.ok:
            raise ModuleFault(f"expected: bytes {done} to {len(stream)} of the peer's\ngot:      {show(answer)}")
        if not rest.startswith(answer.payload):
            raise differs(f"the peer's bytes from {done} on:", rest, answer.payload)
        rest = rest[len(answer.payload) :]
        if answer.payload:
            quiet_since = time.monotonic()
        elif time.monotonic() - quiet_since > timeout:
            raise ModuleFault(f"expected: bytes {done} to {len(stream)} within {timeout:g} s\ngot:      only {done}")
    return answers


def read_until_lost(at: ATClient, timeout: float, pending: bytes = b"") -> tuple[bytes, Answer]:
    """R0 until it is -1: the bytes before it, and the answer. Raises ModuleFault."""
    deadline = time.monotonic() + timeout
    data = b""
    while True:
        answer = at.read(pending[len(data) :])
        if is_lost(answer, pending[len(data) :]):
            return data, answer
        if not answer.ok:
            raise ModuleFault(f"expected: -1 or the rest of the bytes\ngot:      {show(answer)}")
        data += answer.payload
        if time.monotonic() > deadline:
            raise ModuleFault(f"expected: -1 within {timeout:g} s of the loss\ngot:      {show(answer)}")


def send_until_lost(at: ATClient, timeout: float, payload: bytes = b"x") -> Answer:
    """S3 until it is -1. The first may still count: TCP learns of a loss by its answer. Raises ModuleFault."""
    deadline = time.monotonic() + timeout
    while True:
        answer = at.send(payload)
        if answer.payload == b"-1":
            return answer
        if time.monotonic() > deadline:
            raise ModuleFault(f"expected: -1 within {timeout:g} s of the loss\ngot:      {show(answer)}")
        at.drain(quiet=0.02)


def send_exactly(at: ATClient, peer: TcpPeer, payload: bytes, timeout: float) -> Answer:
    """S3 with ``payload``; the count is right and the peer has received just these bytes. Raises ModuleFault.

    What comes behind them is looked for without waiting: a byte too many is mostly in the same packet.
    """
    answer = at.send(payload)
    if not answer.ok or answer.payload != str(len(payload)).encode():
        raise ModuleFault(f"expected: the count {len(payload)} and OK\ngot:      {show(answer)}")
    got = peer.receive(len(payload), timeout)
    if got != payload:
        raise differs("the peer receives", payload, got)
    if more := peer.receive_available(0):
        raise ModuleFault(f"expected: nothing behind the {len(payload)} bytes of S3\ngot:      {show(more)}")
    return answer


def read_some(at: ATClient, stream: bytes, timeout: float) -> bytes:
    """R0 until it gives bytes, which must begin ``stream``; may be fewer than are there. Raises ModuleFault."""
    deadline = time.monotonic() + timeout
    while True:
        answer = at.read(stream)
        if is_lost(answer, stream) or not answer.ok or not stream.startswith(answer.payload):
            raise ModuleFault(f"expected: the peer's bytes: {show(stream)}\ngot:      {show(answer)}")
        if answer.payload:
            return answer.payload
        if time.monotonic() > deadline:
            raise ModuleFault(f"expected: the peer's bytes within {timeout:g} s\ngot:      none")


def takes_r2(at: ATClient, profile: Profile, case: Case, wait: int) -> None:
    """R2=``wait`` and an R0 for which nothing comes: it takes that long, whatever R2 was before."""
    at(f"R2={wait}")
    took = at.read().latency * 1000
    margin = profile.limits.read_margin
    case.require("DA-READ-TIMEOUT", took <= wait + margin, f"an answer within {wait} + {margin} ms", f"{took:.0f} ms")
    case.require("DA-READ-WAITS", took >= wait * 0.9 - 20, f"no answer before {wait} ms", f"{took:.0f} ms")


def takes_s2(at: ATClient, profile: Profile, case: Case, wait: int, payload: bytes) -> None:
    """S2=``wait`` and an S0 with ``payload``, fewer than S1 bytes: it takes that long, whatever S2 was before.

    A module may count S2 from S0 or from the last byte, which is later: neither ends before S2 has passed since S0.
    """
    at(f"S2={wait}")
    answer = at.send(payload, command="S0")
    size = len(payload)
    case.require("DA-S0-SHORT", answer.ok and answer.payload == b"%d" % size, f"{size} and OK", answer)
    took, latest = answer.latency * 1000, wait + profile.limits.read_margin
    case.require("DA-S0-SHORT", took <= latest, f"an answer within S2 and a margin, {latest} ms", f"{took:.0f} ms")
    case.require("DA-S0-SHORT", took >= wait * 0.9 - 20, f"no answer before S2, {wait} ms", f"{took:.0f} ms")


def sends_at_once(at: ATClient, case: Case, payload: bytes) -> None:
    """S0 with ``payload``, which is S1 bytes: it is answered without waiting for more."""
    size = len(payload)
    at(f"S1={size}")
    at("S2=10000")
    answer = at.send(payload, command="S0")
    case.require("DA-S0", answer.ok and answer.payload == b"%d" % size, f"{size} and OK", answer)
    case.require("DA-S0", answer.latency < 8, "an answer long before S2, 10 s: S1 bytes were there", answer.latency)


def let_pass(at: ATClient, seconds: float) -> None:
    """The time is what the case is about: it passes whatever the module says, which need not be silent."""
    at.watch(seconds)
    at.drain()


def explains(answer: Answer) -> bool:
    """True where ``answer`` fails with more than the word ERROR."""
    return answer.error and not re.fullmatch(rb"[\r\n]*ERROR[\r\n]*> ", answer.raw)


def without_progress(answer: Answer) -> bytes:
    """The error's bytes without the lines of progress."""
    return b"\r\n" + PROGRESS.sub(b"", answer.raw.removeprefix(b"\r\n"), count=1)


def is_short_error(answer: Answer) -> bool:
    """True where ``answer`` fails by the word ERROR and nothing behind it; lines of its progress may stand before."""
    return answer.error and answer.reason.strip() == b"ERROR" and not answer.usage


@dataclass
class Server:
    """A TCP server of the module: ``mode`` 11 multi-accept, 1 single. ``port`` is its own in every case."""

    at: ATClient
    peers: Network
    profile: Profile
    case: Case
    port: int
    mode: int = 11
    socket: int = 0
    plain: bool = True

    @contextmanager
    def _preamble(self, requirement: str) -> Iterator[None]:
        """The way to where a case begins: what fails there breaks a requirement of its own, not the case's.

        ``plain`` until something happened that a case may be about: another socket, a client accepted, a stop.
        """
        try:
            yield
        except ModuleFault as fault:
            if self.plain and self.socket == 0:
                area = "MA" if self.mode == 11 else "SS"
                fault.requirement = fault.requirement or f"{area}-{requirement}"
            raise

    def configure(self, *, backlog: int = 6, keepalive: str = "") -> None:
        """Select the socket and set it up as the page does: PK, P1, P2, P8.

        A refusal is a matter of the settings' own cases; here it shows in what the server then does.
        """
        low, high = self.profile.ranges.get("P8", (0, 6))
        if not low <= backlog <= high:
            self.case.not_applicable(f"the profile {self.profile.name} declares P8 from {low} to {high}")
        if self.socket:
            self.at(f"P0={self.socket}")
        if keepalive:
            self.at(f"PK={keepalive}")
        self.at.ensure("P1=0", f"P2={self.port}", f"P8={backlog}")

    def start(self) -> Answer:
        """P5=11 or P5=1; must be accepted."""
        with self._preamble("OK-FIRST"):
            answer = expect_ok(self.at(f"P5={self.mode}"), f"P5={self.mode}")
        self._pass_over_left()
        return answer

    def _pass_over_left(self) -> None:
        """Let those go that waited at an earlier server: no document says whether P5=0 sends them away."""
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
        """Configured and started."""
        self.configure(backlog=backlog, keepalive=keepalive)
        self.start()
        return self

    def connect(self, *, source: str = "", source_port: int = 0) -> TcpPeer:
        """A client that connects; whether it is accepted is not waited for."""
        limit = self.profile.seconds("notice")
        with self._preamble("LISTENS"):
            return self.peers.connect(self.port, timeout=limit, source=source, source_port=source_port)

    def notice(self) -> Notice:
        """The next Accepted notice, whoever it is about but those who waited at an earlier server."""
        limit = self.profile.seconds("notice")
        while True:
            notice = self.at.wait_notice(lambda one: bool(one.port), "of an accepted client", limit)
            if self.peers.announced(notice.address, notice.port):
                return notice
            self._pass_over()

    def accept(self, peer: TcpPeer) -> Notice:
        """Wait for the notice of ``peer``. Raises ModuleFault where it is another's."""
        with self._preamble("NOTICE"):
            notice = self.notice()
            if not self.names(notice, peer):
                raise ModuleFault(f"expected: {self.expected_notice(peer)}\ngot:      {show(notice.text)}")
        self.plain = False
        return notice

    def names(self, notice: Notice, peer: TcpPeer) -> bool:
        """True where ``notice`` is that of ``peer`` in the reading that the profile declares."""
        local = self.profile.forms.accepted_port == "local"
        return (notice.address, notice.port) == (peer.address, self.port if local else peer.port)

    def expected_notice(self, peer: TcpPeer) -> str:
        """The notice that ``peer`` is owed, for messages."""
        local = self.profile.forms.accepted_port == "local"
        return f'"[TCP SVR] Accepted {peer.address}:{self.port if local else peer.port}"'

    def client(self, *, source: str = "") -> TcpPeer:
        """A client that has connected and was accepted."""
        peer = self.connect(source=source)
        self.accept(peer)
        return peer

    def next(self) -> Answer:
        """P5=10; must be accepted."""
        return expect_ok(self.at("P5=10"), "P5=10")

    def is_closed(self) -> bool:
        """Nobody listens at the port, a moment after the answer to P5=0 at the latest: no document says when."""
        return self.peers.refuses(self.port, within=self.profile.seconds("close"))

    def stop(self) -> Answer:
        """P5=0; must be accepted."""
        self.plain = False
        self.peers.stopped()
        return expect_ok(self.at("P5=0"), "P5=0")

    def serves(self, peer: TcpPeer, token: bytes = b"served") -> None:
        """``peer`` is the one that is served: its bytes are read, and it gets what is sent."""
        limit = self.profile.seconds("transfer")
        peer.send(token)
        read_exactly(self.at, token, limit)
        send_exactly(self.at, peer, token[::-1], limit)
