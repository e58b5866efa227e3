"""Faults of the client, P6."""

from dataclasses import replace

from reference_impl.core.answers import Answer
from reference_impl.core.effects import Close, Connect, Effect, Endpoint
from reference_impl.core.events import Event, Failed
from reference_impl.faults.registry import Fault, fault

LINE = "P6=1 answers [TCP  RC] Connecting to a.b.c.d, OK"
REMOTE = "P6=1 connects to P3 and P4"


@fault("connecting-line-missing", breaks=LINE, source="UM")
class ConnectingLineMissing(Fault):
    """P6=1 is answered with OK alone, without the line Connecting."""

    def answer(self, answer: Answer) -> Answer | None:
        """Take the line away."""
        return replace(answer, payload=b"") if answer.command == "P6" and answer.ok else answer


@fault("connecting-to-0", breaks=LINE, source="UM")
class ConnectingTo0(Fault):
    """The line Connecting names the address 0.0.0.0."""

    def answer(self, answer: Answer) -> Answer | None:
        """Put 0.0.0.0 in place of the address."""
        connecting = answer.command == "P6" and answer.payload
        return replace(answer, payload=b"[TCP  RC] Connecting to 0.0.0.0") if connecting else answer


@fault("connects-one-port-higher", breaks=REMOTE, source="WEB, single-connection table; UM")
class ConnectsOnePortHigher(Fault):
    """The client connects to port P4 + 1."""

    def effect(self, effect: Effect) -> Effect | None:
        """Add one to the port."""
        if isinstance(effect, Connect):
            return replace(effect, remote=(effect.remote[0], (effect.remote[1] + 1) % 65536))
        return effect


@fault("connects-to-the-first-remote", breaks=REMOTE, source="WEB, single-connection table; UM")
class ConnectsToTheFirstRemote(Fault):
    """A socket that was connected once connects to that remote again, until another use of the socket."""

    def __init__(self) -> None:
        self._first: dict[int, Endpoint] = {}

    def effect(self, effect: Effect) -> Effect | None:
        """Put the first remote in place of the present one."""
        if isinstance(effect, Connect):
            return replace(effect, remote=self._first.setdefault(self.module.selected, effect.remote))
        return effect

    def line(self, text: bytes) -> bytes | None:
        """Forget the first remote when P1 is set."""
        if text.startswith(b"P1="):
            self._first.pop(self.module.selected, None)
        return text


@fault("refused-connection-is-ok", breaks="A command that fails answers ERROR", source="UM 1.4.2")
class RefusedConnectionIsOk(Fault):
    """P6=1 is answered with OK where nobody listens."""

    def answer(self, answer: Answer) -> Answer | None:
        """Answer OK."""
        return replace(answer, ok=True) if self.module.running == b"P6=1" and answer.payload else answer


@fault("failed-connection-sticks", breaks="P6=1 connects", source="UM")
class FailedConnectionSticks(Fault):
    """A socket on which a connection has failed never connects again."""

    def __init__(self) -> None:
        self._stuck: set[int] = set()

    def event(self, event: Event) -> Event | None:
        """Note that the connection has failed."""
        if isinstance(event, Failed) and self.module.running == b"P6=1":
            self._stuck.add(self.module.selected)
        return event

    def line(self, text: bytes) -> bytes | None:
        """Carry out a command that is refused, in place of the next P6=1."""
        return b"P6=9" if text == b"P6=1" and self.module.selected in self._stuck else text


@fault("client-stop-keeps-connection", breaks="P6=0 stops the client", source="UM")
class ClientStopKeepsConnection(Fault):
    """P6=0 leaves the connection open."""

    def effect(self, effect: Effect) -> Effect | None:
        """Drop the closing."""
        return None if isinstance(effect, Close) and self.module.running == b"P6=0" else effect


@fault("client-starts-once", breaks="P6=1 starts the client", source="UM")
class ClientStartsOnce(Fault):
    """After P6=0 the socket connects no more, until P1 is set."""

    def __init__(self) -> None:
        self._used: set[int] = set()

    def line(self, text: bytes) -> bytes | None:
        """Carry out a command that is refused, in place of P6=1."""
        selected = self.module.selected
        if text.startswith(b"P1="):
            self._used.discard(selected)
        if text == b"P6=0":
            self._used.add(selected)
        return b"P6=9" if text == b"P6=1" and selected in self._used else text


@fault("client-loss-not-told", breaks="R0 and S3 = -1 mean that the connection is lost", source="WEB; UM 4.14, 4.15")
class ClientLossNotTold(Fault):
    """A lost connection of a client never answers -1."""

    def lost(self, lost: bool) -> bool:
        """Say that the connection is not lost."""
        return lost and self.module.socket.role != "P6"
