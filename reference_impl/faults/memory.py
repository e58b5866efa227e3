"""Faults of memory: bytes of a former client, of a former run."""

from reference_impl.core.answers import Answer
from reference_impl.core.effects import Close, Effect, Receive
from reference_impl.core.events import Accepted, Event, Received
from reference_impl.faults.registry import Fault, fault

OWN = "R0 gives the data of the client that was accepted"


@fault("last-packet-again", breaks=OWN, source="WEB, transcript")
class LastPacketAgain(Fault):
    """The first R0 of a client begins with the last packet of the former client."""

    def __init__(self) -> None:
        self._last = b""
        self._fresh = False

    def event(self, event: Event) -> Event | None:
        """Note that a new client has come."""
        self._fresh = self._fresh or isinstance(event, Accepted)
        return event

    def received(self, data: bytes) -> bytes:
        """Put the old bytes before the new ones."""
        stale, self._last = self._last if self._fresh else b"", data
        self._fresh = False
        return stale + data


class _Unread(Fault):
    """Bytes that nobody has read when `commands` close the client come with the next client's data."""

    commands: tuple[bytes, ...] = ()

    def __init__(self) -> None:
        self._stale = b""
        self._asked: set[int] = set()

    def effect(self, effect: Effect) -> Effect | None:
        """Read the bytes before the close."""
        links = [socket.link.handle for socket in self.module.sockets if socket.server and socket.link]
        if isinstance(effect, Close) and effect.handle in links and self.module.running in self.commands:
            self._asked.add(effect.handle)
            self.module.emit(Receive(effect.handle, 1460))
        return effect

    def event(self, event: Event) -> Event | None:
        """Keep the bytes that were read."""
        if event.handle in self._asked:
            self._asked.discard(event.handle)
            self._stale = event.data if isinstance(event, Received) else self._stale
            return None
        return event

    def received(self, data: bytes) -> bytes:
        """Put the kept bytes before those of the next client."""
        stale, self._stale = self._stale, b""
        return stale + data


@fault("unread-bytes-go-to-the-next", breaks=OWN, source="WEB, transcript")
class UnreadBytesGoToTheNext(_Unread):
    """P5=10 leaves the receiving buffer as it is."""

    commands = (b"P5=10",)


@fault("unread-bytes-survive-the-stop", breaks=OWN, source="WEB, transcript")
class UnreadBytesSurviveTheStop(_Unread):
    """P5=0 leaves the receiving buffer as it is."""

    commands = (b"P5=0",)


@fault("last-answer-behind-payload", breaks="R0 gives the client's bytes and no others", source="UM 4.14.1")
class LastAnswerBehindPayload(Fault):
    """A packet shorter than the packet before is filled up from it, to its length."""

    def __init__(self) -> None:
        self._buffer = b""

    def answer(self, answer: Answer) -> Answer | None:
        """Empty the buffer where a new connection begins."""
        if answer.command == "P5":
            self._buffer = b""
        return answer

    def received(self, data: bytes) -> bytes:
        """Fill the packet up."""
        filled = data + self._buffer[len(data) :]
        self._buffer = data
        return filled
