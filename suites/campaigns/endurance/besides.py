"""What a long run does between its clients, so that after hours a module has had many of everything.

Errors, selections of sockets, uses of other sockets, datagrams, long waits, long streams: a count that is kept in too
few bits, a buffer that is never given back, a state that one use leaves to the next show only after many.
"""

import random
import time
from collections import Counter
from collections.abc import Callable

from fixtures.case import step_of
from fixtures.drivers.peers import TcpPeer
from suites.steps.flows import Server, read_exactly, receive_exactly, send_exactly, takes_r2, takes_s2
from suites.steps.maker import Maker
from suites.steps.payloads import pattern
from suites.steps.uses import LASTING, WHOLE

OTHER_SOCKETS = (1, 2, 3)
WRONG = ("QQ", "P2=port", "R1=a", "S3=0")
PACKETS = 66
"""Packets of a session on another socket, at most."""
WAITS_MS = (257, 1025, 4097, 8193, 16385, 30000)
"""Milliseconds on the far side of the widths of a field, and the largest."""
OTHER_EVERY, WAIT_EVERY, STREAM_EVERY = 6, 400, 1500
"""Rounds between two uses of another socket; clients between two long waits, and between two long streams."""
STREAM = (1 << 22) + 1460
"""Bytes of a long stream each way: more than 22 bits count."""
STREAM_S = 300.0
"""Seconds after which a long stream ends: a slow line carries less."""
PACKET = 1460
JUDGED = (
    "FR-UNKNOWN", "SE-RANGE", "DA-SEND-RANGE", "FR-AFTER-ERROR", "SE-P0-SHOW", "SK-KEPT", "SK-SELECT", "DA-BULK",
    "DA-READ-TIMEOUT", "DA-READ-WAITS", "DA-S0-SHORT",
    "SS-OK-FIRST", "SS-LISTENS", "SS-NOTICE", "SS-READ", "SS-SEND", "SS-LOST-R0", "SS-STOP", "SS-STOP-CLIENT",
    "SS-STATUS-STOPPED", "CL-CONNECT", "CL-READ", "CL-SEND", "CL-LOST-R0", "CL-REFUSED", "CL-STOP",
    "UD-SERVER", "UD-READ", "UD-STOP", "UD-STATUS", "UD-CLIENT", "UD-SEND", "UD-CLIENT-READ", "UD-CLIENT-AGAIN",
)  # fmt: skip
"""What they are judged by, besides the requirements of the clients."""


class Besides:
    """The moves beside the clients of ``server``. ``counts`` is the campaign's: errors, uses, packets."""

    def __init__(self, server: Server, dice: random.Random, counts: Counter[str]) -> None:
        self._server = server
        self._at = server.at
        self._dice = dice
        self._counts = counts
        self._maker = Maker(server.at, server.peers, server.profile, server.case)

    def between(self, rounds: int) -> None:
        """Between two rounds: no client is served. Raises ModuleFault."""
        self._error()
        if rounds % OTHER_EVERY == 0:
            self._other_use()

    def with_client(self, number: int, peer: TcpPeer) -> None:
        """While ``peer``, the client of this ``number``, is served. Raises ModuleFault."""
        if number % WAIT_EVERY == WAIT_EVERY - 1:
            self._wait(peer)
        if number % STREAM_EVERY == STREAM_EVERY - 1:
            self._stream(peer)

    def _error(self) -> None:
        wrong = self._dice.choice(WRONG)
        requirement = {"QQ": "FR-UNKNOWN", "S3=0": "DA-SEND-RANGE"}.get(wrong, "SE-RANGE")
        answer = self._at(wrong)
        self._server.case.step(requirement, answer.error, f"an error to {wrong}", answer)
        answer = self._at("P0")
        self._server.case.step("FR-AFTER-ERROR", answer.ok, "OK to P0 after an error", answer)
        self._counts["errors"] += 1

    def _other_use(self) -> None:
        """A use of another socket, whole or in a session, while the server of socket 0 waits."""
        socket = self._dice.choice(OTHER_SOCKETS)
        self._at(f"P0={socket}")
        kinds: tuple[tuple[Callable[[str, int], None], list[str]], ...] = (
            (self._whole, list(WHOLE)), (self._session, list(LASTING))
        )  # fmt: skip
        do, names = self._dice.choice(kinds)
        name = self._dice.choice(names)
        with self._maker.turn(f"{name} on socket {socket}"):
            do(name, socket)
        del self._maker.story[:-3]
        self._at("P0=0")
        shown = self._at("P0")
        self._server.case.step("SE-P0-SHOW", shown.payload == b"0", "0 after P0=0", shown)
        self._counts["uses of other sockets"] += 1

    def _whole(self, name: str, socket: int) -> None:
        self._maker.whole(name, socket).whole(b"use %d" % self._counts["uses of other sockets"])

    def _session(self, name: str, socket: int) -> None:
        use = self._maker.lasting(name, socket)
        packets = self._dice.randint(1, PACKETS)
        use.begin()
        use.talk(b"a session begins")
        use.last(packets, inwards=self._dice.random() < 0.5)
        use.end()
        self._counts["packets on other sockets"] += packets

    def _wait(self, peer: TcpPeer) -> None:
        wait = self._dice.choice(WAITS_MS)
        with self._maker.turn(f"a wait of {wait} ms"):
            takes_r2(self._at, self._server.profile, self._server.case, wait)
            self._at("S1=10")
            takes_s2(self._at, self._server.profile, self._server.case, wait, b"four")
        receive_exactly(peer, 4, self._server.profile.seconds("transfer"))
        for setting in ("R2=5000", "S2=5000", "S1=1460"):
            self._at(setting)
        self._counts["long waits"] += 1

    def _stream(self, peer: TcpPeer) -> None:
        limit = self._server.profile.seconds("transfer")
        until = time.monotonic() + STREAM_S
        with step_of("DA-BULK"):
            for number in range(1, STREAM // PACKET + 1):
                packet = pattern(PACKET, seed=number)
                peer.send(packet)
                read_exactly(self._at, packet, limit)
                send_exactly(self._at, peer, packet, limit)
                self._at.answers.clear()
                self._counts["bytes"] += 2 * PACKET
                if time.monotonic() > until:
                    break
        self._counts["long streams"] += 1
