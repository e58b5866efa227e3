"""Faults of -1: the word that the connection is lost."""

from dataclasses import replace

from reference_impl.core.answers import Answer
from reference_impl.core.effects import Effect, Receive, Transmit
from reference_impl.core.events import Event, Lost, Transmitted
from reference_impl.faults.registry import Fault, fault

LOST = "R0 = -1 means that the connection is lost"
TABLE = "WEB, multi-connection table"


@fault("minus-one-never", breaks=LOST, source=TABLE)
class MinusOneNever(Fault):
    """R0 and S3 never answer -1: a lost connection seems idle."""

    def lost(self, _lost: bool) -> bool:
        """Say that the connection is not lost."""
        return False


@fault("minus-one-not-on-read", breaks=LOST, source=TABLE)
class MinusOneNotOnRead(Fault):
    """R0 never answers -1."""

    def lost(self, lost: bool) -> bool:
        """Say that the connection is not lost where R0 asks."""
        return lost and self.module.running != b"R0"


@fault("minus-one-not-on-send", breaks="S3 = -1 means that the connection is lost", source=TABLE)
class MinusOneNotOnSend(Fault):
    """S3 never answers -1, and counts on."""

    def lost(self, lost: bool) -> bool:
        """Say that the connection is not lost where S3 asks."""
        return lost and not self.module.running.startswith(b"S")


@fault("lost-send-is-0", breaks="S3 = -1 means that the connection is lost", source=TABLE)
class LostSendIs0(Fault):
    """On a lost connection S3 answers 0."""

    def answer(self, answer: Answer) -> Answer | None:
        """Answer 0."""
        lost = answer.command in ("S0", "S3") and answer.payload == b"-1"
        return replace(answer, payload=b"0") if lost else answer


@fault("lost-read-is-0", breaks=LOST, source=TABLE)
class LostReadIs0(Fault):
    """On a lost connection R0 answers 0."""

    def answer(self, answer: Answer) -> Answer | None:
        """Answer 0."""
        lost = answer.command == "R0" and answer.payload == b"-1" and not answer.ok
        return replace(answer, payload=b"0") if lost else answer


@fault("lost-read-is-a-bare-error", breaks=LOST, source=TABLE)
class LostReadIsABareError(Fault):
    """On a lost connection R0 answers ERROR without -1."""

    def answer(self, answer: Answer) -> Answer | None:
        """Leave -1 out."""
        lost = answer.command == "R0" and answer.payload == b"-1" and not answer.ok
        return replace(answer, payload=b"") if lost else answer


@fault("minus-one-once", breaks=LOST, source=TABLE)
class MinusOneOnce(Fault):
    """-1 comes once for each connection; later the lost connection seems idle."""

    def __init__(self) -> None:
        self._told = 0

    def lost(self, lost: bool) -> bool:
        """Say the loss of each link once."""
        link = self.module.socket.link
        known = link is not None and link.handle == self._told
        self._told = link.handle if link is not None else 0
        return lost and not known


@fault("minus-one-after-a-minute", breaks=LOST, source=TABLE)
class MinusOneAfterAMinute(Fault):
    """-1 comes when the connection has been lost for a minute."""

    def __init__(self) -> None:
        self._since: dict[int, float] = {}

    def lost(self, lost: bool) -> bool:
        """Say the loss when a minute is over."""
        link = self.module.socket.link
        since = self._since.setdefault(link.handle, self.module.now) if link is not None else 0.0
        return lost and self.module.now - since >= 60


@fault("minus-one-before-the-bytes", breaks="R0 answers the bytes of the client", source="UM 4.14.1")
class MinusOneBeforeTheBytes(Fault):
    """When the client has left, R0 answers -1 and not the last bytes of the client."""

    def __init__(self) -> None:
        self._asked: Receive | None = None

    def effect(self, effect: Effect) -> Effect | None:
        """Ask whether the client is still there before reading."""
        if not isinstance(effect, Receive) or self._asked is effect or self._datagram(effect.handle):
            return effect
        self._asked = effect
        return Transmit(effect.handle, b"")

    def event(self, event: Event) -> Event | None:
        """Read where the client is there; say the loss where the client has left."""
        if self._asked is not None and self._asked.handle == event.handle:
            if isinstance(event, Transmitted):
                self.module.emit(self._asked)
                return None
            self._asked = None
        return event

    def _datagram(self, handle: int) -> bool:
        links = (socket.link for socket in self.module.sockets)
        return any(link is not None and link.handle == handle and link.datagram for link in links)


@fault("loss-told-on-every-socket", breaks=LOST, source=TABLE)
class LossToldOnEverySocket(Fault):
    """When one connection is lost, R0 and S3 answer -1 on every socket."""

    def event(self, event: Event) -> Event | None:
        """End all connections."""
        if isinstance(event, Lost):
            for socket in self.module.sockets:
                if socket.link is not None and not socket.link.datagram:
                    socket.link.lost = True
        return event
