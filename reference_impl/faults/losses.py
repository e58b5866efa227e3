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
    """A lost connection looks like an idle one."""

    def lost(self, _lost: bool) -> bool:
        """Never tell."""
        return False


@fault("minus-one-not-on-read", breaks=LOST, source=TABLE)
class MinusOneNotOnRead(Fault):
    """R0 never tells."""

    def lost(self, lost: bool) -> bool:
        """Hold it back from R0."""
        return lost and self.module.running != b"R0"


@fault("minus-one-not-on-send", breaks="S3 = -1 means that the connection is lost", source=TABLE)
class MinusOneNotOnSend(Fault):
    """S3 counts on."""

    def lost(self, lost: bool) -> bool:
        """Hold it back from S3."""
        return lost and not self.module.running.startswith(b"S")


@fault("lost-send-is-0", breaks="S3 = -1 means that the connection is lost", source=TABLE)
class LostSendIs0(Fault):
    """S3 answers that nothing was sent."""

    def answer(self, answer: Answer) -> Answer | None:
        """Say 0."""
        lost = answer.command in ("S0", "S3") and answer.payload == b"-1"
        return replace(answer, payload=b"0") if lost else answer


@fault("lost-read-is-0", breaks=LOST, source=TABLE)
class LostReadIs0(Fault):
    """R0 answers 0."""

    def answer(self, answer: Answer) -> Answer | None:
        """Say 0."""
        lost = answer.command == "R0" and answer.payload == b"-1" and not answer.ok
        return replace(answer, payload=b"0") if lost else answer


@fault("lost-read-is-a-bare-error", breaks=LOST, source=TABLE)
class LostReadIsABareError(Fault):
    """R0 answers ERROR without the -1."""

    def answer(self, answer: Answer) -> Answer | None:
        """Leave it out."""
        lost = answer.command == "R0" and answer.payload == b"-1" and not answer.ok
        return replace(answer, payload=b"") if lost else answer


@fault("minus-one-once", breaks=LOST, source=TABLE)
class MinusOneOnce(Fault):
    """It is told once for each connection; later the lost connection looks idle."""

    def __init__(self) -> None:
        self._told = 0

    def lost(self, lost: bool) -> bool:
        """Tell each link's loss once."""
        link = self.module.socket.link
        known = link is not None and link.handle == self._told
        self._told = link.handle if link is not None else 0
        return lost and not known


@fault("minus-one-after-a-minute", breaks=LOST, source=TABLE)
class MinusOneAfterAMinute(Fault):
    """It is told when the connection has been lost for a minute."""

    def __init__(self) -> None:
        self._since: dict[int, float] = {}

    def lost(self, lost: bool) -> bool:
        """Wait."""
        link = self.module.socket.link
        since = self._since.setdefault(link.handle, self.module.now) if link is not None else 0.0
        return lost and self.module.now - since >= 60


@fault("minus-one-before-the-bytes", breaks="R0 answers the bytes of the client", source="UM 4.14.1")
class MinusOneBeforeTheBytes(Fault):
    """When the client has left, its last bytes are given up."""

    def __init__(self) -> None:
        self._asked: Receive | None = None

    def effect(self, effect: Effect) -> Effect | None:
        """Look whether the client is still there before reading."""
        if not isinstance(effect, Receive) or self._asked is effect or self._datagram(effect.handle):
            return effect
        self._asked = effect
        return Transmit(effect.handle, b"")

    def event(self, event: Event) -> Event | None:
        """It is there: read. It is not: lost."""
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
    """When one connection is lost all are."""

    def event(self, event: Event) -> Event | None:
        """Spread it."""
        if isinstance(event, Lost):
            for socket in self.module.sockets:
                if socket.link is not None and not socket.link.datagram:
                    socket.link.lost = True
        return event
