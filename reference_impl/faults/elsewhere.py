"""Faults that do not show where one looks first: on another socket, with another MT or PK, behind a loss, later on."""

from dataclasses import replace

from reference_impl.core.answers import PROMPT, Answer
from reference_impl.core.effects import Accept, Effect, Listen
from reference_impl.core.events import Accepted
from reference_impl.core.seams import Check, Notice
from reference_impl.core.sockets import Order
from reference_impl.faults.queues import Hoarding
from reference_impl.faults.registry import Fault, fault

PAGE = "WEB, transcript"
KILLED = "P5=0 answers [TCP TSK] Killed, OK"
KEPT = "All P settings are kept per socket; R and S act on the selected one"


@fault("killed-missing-after-the-loss", breaks=KILLED, source=PAGE)
class KilledMissingAfterTheLoss(Fault):
    """P5=0 on a lost connection is answered with OK alone."""

    def __init__(self) -> None:
        self._lost = False

    def order(self, order: Order) -> Order:
        """Note whether the client is lost."""
        link = self.module.socket.link
        self._lost = order is Order.STOP and link is not None and link.lost
        return order

    def answer(self, answer: Answer) -> Answer | None:
        """Leave the line Killed out."""
        return replace(answer, payload=b"") if self._lost and self.module.running == b"P5=0" else answer


@fault("killed-missing-on-socket-3", breaks=KILLED, source=PAGE)
class KilledMissingOnSocket3(Fault):
    """P5=0 on socket 3 is answered with OK alone."""

    def answer(self, answer: Answer) -> Answer | None:
        """Leave the line Killed out."""
        there = self.module.running == b"P5=0" and self.module.selected == 3
        return replace(answer, payload=b"") if there else answer


@fault("newest-client-first-on-socket-1", breaks="Clients are served one after the other, in their order", source=PAGE)
class NewestClientFirstOnSocket1(Hoarding):
    """On socket 1 the client that has waited for the shortest time is served first."""

    def choose(self, queue: list[Accepted]) -> Accepted | None:
        """The last of those that wait."""
        server = self.module.sockets[1].server
        return queue[-1] if server is not None and server.handle == queue[0].handle else queue[0]


@fault("three-clients-on-socket-2", breaks="P5=10: the next client is accepted", source=PAGE)
class ThreeClientsOnSocket2(Fault):
    """A server of socket 2 accepts three clients and no more."""

    def __init__(self) -> None:
        self._taken: dict[int, int] = {}

    def effect(self, effect: Effect) -> Effect | None:
        """Accept three clients."""
        server = self.module.sockets[2].server
        if isinstance(effect, Accept) and server is not None and server.handle == effect.handle:
            self._taken[effect.handle] = self._taken.get(effect.handle, 0) + 1
            return effect if self._taken[effect.handle] <= 3 else None
        return effect


@fault("backlog-of-socket-0", breaks=KEPT, source="UM; WEB, first table")
class BacklogOfSocket0(Fault):
    """P8 of socket 0 counts for all sockets."""

    def effect(self, effect: Effect) -> Effect | None:
        """Take P8 of socket 0."""
        own = self.module.sockets[0].number("P8")
        return replace(effect, backlog=own) if isinstance(effect, Listen) else effect


@fault("loss-hidden-with-keep-alive-on", breaks="-1 means that the connection is lost, by the client too", source=PAGE)
class LossHiddenWithKeepAliveOn(Fault):
    """With PK=1 the loss of a client never shows."""

    def lost(self, lost: bool) -> bool:
        """Say that the connection is not lost where PK is on."""
        value = self.module.socket.settings["PK"]
        return lost and isinstance(value, tuple) and not value[0]


@fault("notice-lost-while-another-socket-is-read", breaks="A client is announced", source="WEB, transcript; UM 5.6")
class NoticeLostWhileAnotherSocketIsRead(Fault):
    """A client that comes while R0 waits on another socket is accepted without a notice."""

    def notice(self, notice: Notice) -> Notice | None:
        """Drop the notice."""
        reading = self.module.running == b"R0" and not self.module.idle
        return None if reading and notice.socket != self.module.selected else notice


@fault(
    "notice-without-prompt-with-mt-1", breaks="Asynchronous text is followed by a prompt of its own", source="UM 4.4"
)
class NoticeWithoutPromptWithMt1(Fault):
    """With MT=1 a notice has no prompt."""

    def notice_frame(self, frame: bytes) -> bytes:
        """Cut the prompt off."""
        return frame.removesuffix(PROMPT) + b"\r\n" if self.module.short_errors else frame


@fault("mt-kept-per-socket", breaks="MT=1: short error texts", source="UM 4.12.5")
class MtKeptPerSocket(Fault):
    """MT counts for the socket that was selected when it was set."""

    def __init__(self) -> None:
        self._kept: dict[int, int] = {}

    def line(self, text: bytes) -> bytes | None:
        """Set MT as the selected socket has it."""
        first = self.module.limits.short_errors
        self.module.short_errors = self._kept.get(self.module.selected, first)
        return text

    def answer(self, answer: Answer) -> Answer | None:
        """Keep MT for the selected socket."""
        if self.module.running.startswith(b"MT="):
            self._kept[self.module.selected] = self.module.short_errors
        return answer


@fault("name-resets-security", breaks="C? shows the security that C3 has set", source="UM C3, C?")
class NameResetsSecurity(Fault):
    """C1 sets C3 to 0, an open network."""

    def answer(self, answer: Answer) -> Answer | None:
        """Set C3 to its default."""
        if self.module.running.startswith(b"C1=") and answer.ok:
            self.module.network.security = 0
        return answer


@fault("next-resets-packet-size", breaks="S1 stays as it was set", source="UM S1, S?")
class NextResetsPacketSize(Fault):
    """P5=10 sets S1 to 1460."""

    def answer(self, answer: Answer) -> Answer | None:
        """Set S1 to its default."""
        if self.module.running == b"P5=10" and answer.ok:
            self.module.socket.settings["S1"] = 1460
        return answer


@fault("odd-sizes-round-up", breaks="R0 gives up to R1 bytes", source="UM 4.14.1")
class OddSizesRoundUp(Fault):
    """An odd R1 from 3 to 1399 counts as the next even number."""

    def read_limit(self, limit: int) -> int:
        """Round the size up."""
        return limit + limit % 2 if 3 <= limit <= 1399 else limit


@fault("count-of-six-digits-refused", breaks="S3=n: leading zeros are allowed", source="UM 4.15.4")
class CountOfSixDigitsRefused(Fault):
    """S3 refuses a number of six digits."""

    def check(self, check: Check) -> Check:
        """Refuse the number."""
        return replace(check, value=None) if check.name == "S3" and len(check.text) > 5 else check


class _Latched(Fault):
    """A setting of a connection's first use counts until the connection ends."""

    def __init__(self) -> None:
        self._first: dict[int, float] = {}

    def latch(self, value: float) -> float:
        """The value at the first use of this connection."""
        link = self.module.socket.link
        return value if link is None else self._first.setdefault(link.handle, value)


@fault("read-size-latched", breaks="R0 gives up to R1 bytes, as R1 is then", source="UM 4.14.1")
class ReadSizeLatched(_Latched):
    """The R1 of the first R0 of a connection counts for all of its R0."""

    def read_limit(self, limit: int) -> int:
        """Take the first value."""
        return int(self.latch(limit))


@fault("read-timeout-latched", breaks="R0 waits R2, as R2 is then", source="UM 4.14.1")
class ReadTimeoutLatched(_Latched):
    """The R2 of the first R0 of a connection counts for all of its R0."""

    def read_timeout(self, seconds: float) -> float:
        """Take the first value."""
        return self.latch(seconds)


@fault("write-timeout-latched", breaks="S0: fewer bytes are sent when S2 has passed", source="UM 4.15")
class WriteTimeoutLatched(_Latched):
    """The S2 of the first S3 of a connection counts for all of its S3."""

    def write_timeout(self, seconds: float) -> float:
        """Take the first value."""
        return self.latch(seconds)


@fault("timeouts-of-clients-are-5-s", breaks="R0 waits R2, S0 waits S2", source="UM 4.14.1, 4.15; P6")
class TimeoutsOfClientsAre5S(Fault):
    """A connection that P6 has opened waits 5 s, whatever R2 and S2 say."""

    def read_timeout(self, seconds: float) -> float:
        """Wait for the default."""
        return 5.0 if self.module.socket.role == "P6" else seconds

    write_timeout = read_timeout


@fault("timeouts-of-datagrams-are-5-s", breaks="R0 waits R2, S0 waits S2", source="UM 4.14, 4.15")
class TimeoutsOfDatagramsAre5S(Fault):
    """A UDP socket waits 5 s, whatever R2 and S2 say."""

    def read_timeout(self, seconds: float) -> float:
        """Wait for the default."""
        return 5.0 if self.module.socket.datagram else seconds

    write_timeout = read_timeout


@fault("s0-waits-half", breaks="S0: fewer bytes are sent when S2 has passed", source="UM 4.15, 5.6.1.2")
class S0WaitsHalf(Fault):
    """S0 waits half of S2."""

    def write_timeout(self, seconds: float) -> float:
        """Halve the time."""
        return seconds / 2 if self.module.running == b"S0" else seconds


@fault("s0-waits-s2-and-r2", breaks="S0: fewer bytes are sent when S2 has passed", source="UM 4.15, 5.6.1.2")
class S0WaitsS2AndR2(Fault):
    """S0 waits the sum of S2 and R2."""

    def write_timeout(self, seconds: float) -> float:
        """Add R2."""
        return seconds + self.module.socket.number("R2") / 1000
