"""Client after client through the multi-accept server, at random sizes and pauses, each judged and measured."""

import random
from array import array
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import TcpPeer
from fixtures.errors import BenchError, LinkLost, ModuleFault
from suites.campaigns.endurance.besides import Besides
from suites.steps.flows import Server, expect_ok, read_exactly, read_until_lost, send_exactly

QUEUE = (1, 1, 1, 2, 3)
LARGEST_SENT, LARGEST_READ = 1460, 4000
PAUSES_S = (0.0, 0.0, 0.002, 0.02, 0.1)
RESTART_EVERY = 25
"""Rounds after which the server is stopped and started again."""
RESET_EVERY = 40
"""Rounds after which the module is reset, where the rig allows a reset and names a network to join again."""
IN_A_ROW = 3
MOST = 20
"""Failures after which the campaign ends, in a row and in all."""
JUDGED = (
    "MA-MANY", "MA-ORDER", "MA-READ", "MA-SEND", "MA-LOST-R0", "MA-NEXT", "MA-NEXT-CLOSES", "MA-STOP", "MA-RESTART",
    "MA-NOTICE", "MA-LISTENS", "MA-OK-FIRST", "SY-RESET", "SY-RESET-SERVER", "TI-RECORD", "TI-LIMIT",
)  # fmt: skip


@dataclass
class Measured:
    """One value a cycle. ``at``: seconds since the beginning; ``accept`` and ``answer`` in ms; ``rate`` in kB/s."""

    at: "array[float]" = field(default_factory=lambda: array("d"))
    accept: "array[float]" = field(default_factory=lambda: array("d"))
    answer: "array[float]" = field(default_factory=lambda: array("d"))
    rate: "array[float]" = field(default_factory=lambda: array("d"))


@dataclass(frozen=True)
class Breach:
    """A client that was not served as the documents say: in which cycle, when (seconds), what."""

    cycle: int
    at: float
    fault: ModuleFault


@dataclass
class EnduranceWork:
    """The campaign's work. ``counts``: cycles, bytes, restarts, resets, clients that left first, troubles of the bench.

    A cycle is one client: accept, exchange, next (P5=10).
    """

    bench: Bench
    server: Server
    dice: random.Random
    measured: Measured = field(default_factory=Measured)
    counts: Counter[str] = field(default_factory=Counter)
    breaches: list[Breach] = field(default_factory=list)
    _row: int = 0
    _began: float = 0.0
    _besides: Besides = field(init=False)

    def __post_init__(self) -> None:
        self._besides = Besides(self.server, self.dice, self.counts)

    @property
    def at(self) -> ATClient:
        """The AT client."""
        return self.bench.at

    def begin(self) -> None:
        """Start the server."""
        self._began = self.bench.transcript.now()
        self.server.up()

    def elapsed(self) -> float:
        """Seconds since it began."""
        return self.bench.transcript.now() - self._began

    def worth_going_on(self) -> bool:
        """False once the module fails again and again."""
        return self._row < IN_A_ROW and len(self.breaches) < MOST

    def round(self) -> None:
        """Some clients, a cycle each. A breach is noted, and the server started anew. Raises BenchError."""
        try:
            self._clients()
            self._row = 0
        except ModuleFault as fault:
            self.breaches.append(Breach(self.counts["cycles"] + 1, self.elapsed(), fault))
            self._anew()
        except LinkLost:
            raise
        except BenchError:
            self.counts["troubles of the bench"] += 1
            self._anew()
        finally:
            self.bench.close_peers()
            self.at.answers.clear()

    def _anew(self) -> None:
        """The module back in the known state, and the server up."""
        self._row += 1
        self.bench.close_peers()
        self.bench.recover()
        self.bench.make_known(everything=True)
        self.server.port = self.server.peers.free_port()
        try:
            self.server.up()
        except ModuleFault:
            self._row = IN_A_ROW

    # --- one round ------------------------------------------------------------------------------------------------
    def _clients(self) -> None:
        self.counts["rounds"] += 1
        if self.counts["rounds"] % RESTART_EVERY == 0:
            self._restart()
        if self.counts["rounds"] % RESET_EVERY == 0 and self.bench.allows("reset") and self.bench.rig.network.ssid:
            self._reset()
        self._besides.between(self.counts["rounds"])
        began = self.bench.transcript.now()
        with judged("MA-MANY"):
            peers = [self.server.connect() for _ in range(self.dice.choice(QUEUE))]
        for peer in peers:
            began = self._client(peer, began)

    def _client(self, peer: TcpPeer, began: float) -> float:
        """Serve ``peer``, for whom the module was free at ``began``; when it is free for the next."""
        with judged("MA-MANY"):
            notice = self.server.notice()
        with judged("MA-ORDER"):
            if not self.server.names(notice, peer):
                raise ModuleFault(f"expected: {self.server.expected_notice(peer)}\ngot:      {notice.text!r}")
        self.server.plain = False
        accepted = (notice.at - began) * 1000
        answered = self._answer_ms()
        rate = self._exchange(peer)
        self._besides.with_client(self.counts["cycles"], peer)
        self._part(peer)
        self._note(accepted, answered, rate)
        with judged("MA-NEXT"):
            began = self.bench.transcript.now()
            self.server.next()
        with judged("MA-NEXT-CLOSES"):
            if not peer.closed:
                peer.wait_closed(self.server.profile.seconds("close"))
        return began

    def _note(self, accepted: float, answered: float, rate: float) -> None:
        self.counts["cycles"] += 1
        measured = self.measured
        measured.at.append(self.elapsed())
        measured.accept.append(accepted)
        measured.answer.append(answered)
        measured.rate.append(rate)

    def _answer_ms(self) -> float:
        """How long the same short command takes, each time."""
        with judged("MA-MANY"):
            return expect_ok(self.at("P0"), "P0").latency * 1000

    def _exchange(self, peer: TcpPeer) -> float:
        """Bytes both ways, some times; kB/s of all of them together."""
        limit = self.server.profile.seconds("transfer")
        began, count = self.bench.transcript.now(), 0
        for _ in range(self.dice.randint(1, 3)):
            up, down = self._bytes(LARGEST_READ), self._bytes(LARGEST_SENT)
            with judged("MA-READ"):
                peer.send(up)
                read_exactly(self.at, up, limit)
            with judged("MA-SEND"):
                send_exactly(self.at, peer, down, limit)
            count += len(up) + len(down)
            self.at.drain(quiet=self.dice.choice(PAUSES_S))
        self.counts["bytes"] += count
        return count / 1000 / (self.bench.transcript.now() - began)

    def _bytes(self, most: int) -> bytes:
        """Any bytes, short ones as often as long ones."""
        return self.dice.randbytes(round(most ** self.dice.random()))

    def _part(self, peer: TcpPeer) -> None:
        """One client in ten leaves before it is sent away."""
        if self.dice.random() < 0.1:
            peer.close()
            self.counts["left first"] += 1
            with judged("MA-LOST-R0"):
                read_until_lost(self.at, self.server.profile.seconds("lost"))

    def _restart(self) -> None:
        self.counts["restarts"] += 1
        with judged("MA-STOP"):
            self.server.stop()
        with judged("MA-RESTART"):
            self.server.start()

    def _reset(self) -> None:
        """Reset the module while its server runs and nobody is served; the server starts again."""
        self.counts["resets"] += 1
        with judged("SY-RESET"):
            self.bench.reset_module(self.server.profile.seconds("ready"))
            self.bench.make_known(everything=True)
        self.server.port = self.server.peers.free_port()
        with judged("SY-RESET-SERVER"):
            self.server.up()


@contextmanager
def judged(requirement: str) -> Iterator[None]:
    """What goes wrong here breaks ``requirement``, unless it is known to break another."""
    try:
        yield
    except ModuleFault as fault:
        fault.requirement = fault.requirement or requirement
        raise
