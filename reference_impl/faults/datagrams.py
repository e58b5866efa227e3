"""Faults of UDP."""

from dataclasses import replace

from reference_impl.core.effects import Close, Effect, OpenDatagram, Receive, Transmit
from reference_impl.core.events import Event, Received
from reference_impl.faults.registry import Fault, fault

WHOLE = "A datagram's data over R1 is lost"


@fault("udp-listens-one-port-higher", breaks="P2 is the local port", source="WEB, first table; UM")
class UdpListensOnePortHigher(Fault):
    """The UDP server listens at port P2 + 1."""

    def effect(self, effect: Effect) -> Effect | None:
        """Add one to the port."""
        if isinstance(effect, OpenDatagram) and self.module.running == b"P5=1":
            return replace(effect, local=(effect.local[0], (effect.local[1] + 1) % 65536))
        return effect


@fault("udp-server-not-shown", breaks="P?: field 7 is the UDP server", source="UM")
class UdpServerNotShown(Fault):
    """P? always shows 0 for the UDP server."""

    def shown(self, fields: list[str]) -> list[str]:
        """Show 0."""
        return [*fields[:6], "0", *fields[7:]] if self.module.running == b"P?" else fields


@fault("udp-rest-kept", breaks=WHOLE, source="UM 4.14")
class UdpRestKept(Fault):
    """The bytes of a datagram beyond R1 come with the next R0, as those of a stream do."""

    def __init__(self) -> None:
        self._limit = 0
        self._rest: dict[int, Received] = {}

    def effect(self, effect: Effect) -> Effect | None:
        """Answer the kept bytes, or take the whole datagram where none are kept."""
        if not isinstance(effect, Receive) or self.module.socket.link is None:
            return effect
        if not self.module.socket.link.datagram:
            return effect
        self._limit = effect.limit
        kept = self._rest.pop(effect.handle, None)
        if kept is not None:
            self.module.post(self._cut(kept))
            return None
        return replace(effect, limit=65535)

    def event(self, event: Event) -> Event | None:
        """Keep the bytes beyond R1."""
        return self._cut(event) if isinstance(event, Received) and event.peer is not None else event

    def _cut(self, event: Received) -> Received:
        if len(event.data) > self._limit:
            self._rest[event.handle] = replace(event, data=event.data[self._limit :])
        return replace(event, data=event.data[: self._limit])


@fault("udp-long-datagram-dropped", breaks="R0 gives R1 bytes of a longer datagram", source="UM 4.14")
class UdpLongDatagramDropped(Fault):
    """A datagram longer than R1 is lost as a whole."""

    def read_limit(self, limit: int) -> int:
        """Take the whole datagram from the network."""
        link = self.module.socket.link
        return 65535 if link is not None and link.datagram else limit

    def received(self, data: bytes) -> bytes:
        """Drop a datagram longer than R1."""
        return b"" if len(data) > self.module.socket.number("R1") else data


@fault("udp-stop-keeps-port", breaks="P5=0 closes the socket", source="UM")
class UdpStopKeepsPort(Fault):
    """The port of the UDP server stays open after its stop."""

    def effect(self, effect: Effect) -> Effect | None:
        """Drop the closing."""
        links = [
            s.link.handle for s in self.module.sockets if s.link is not None and s.link.datagram and s.role == "P5"
        ]
        return None if isinstance(effect, Close) and effect.handle in links else effect


@fault("udp-send-split", breaks="S3 sends the bytes as one datagram", source="UM 4.15")
class UdpSendSplit(Fault):
    """A payload over 512 bytes is sent as two datagrams."""

    def effect(self, effect: Effect) -> Effect | None:
        """Send the first part; the core sends the rest."""
        if isinstance(effect, Transmit) and effect.remote is not None and len(effect.data) > 512:
            return replace(effect, data=effect.data[:512])
        return effect


@fault("udp-sends-to-the-first-remote", breaks="P6=1 takes P3 and P4 as they are", source="UM")
class UdpSendsToTheFirstRemote(Fault):
    """All datagrams of a socket go to the remote of its first datagram, until P1 is set."""

    def __init__(self) -> None:
        self._first: dict[int, tuple[str, int]] = {}

    def effect(self, effect: Effect) -> Effect | None:
        """Put the first remote in place of the present one."""
        if isinstance(effect, Transmit) and effect.remote is not None:
            return replace(effect, remote=self._first.setdefault(self.module.selected, effect.remote))
        return effect

    def line(self, text: bytes) -> bytes | None:
        """Forget the first remote when P1 is set."""
        if text.startswith(b"P1="):
            self._first.pop(self.module.selected, None)
        return text


@fault("udp-first-datagram-lost", breaks="R0 gives the datagram that has come", source="UM 4.14")
class UdpFirstDatagramLost(Fault):
    """The first datagram of each sender is lost."""

    def __init__(self) -> None:
        self._known: set[tuple[int, object]] = set()

    def event(self, event: Event) -> Event | None:
        """Drop the datagram, and read the next one."""
        if not isinstance(event, Received) or event.peer is None or (event.handle, event.peer) in self._known:
            return event
        self._known.add((event.handle, event.peer))
        self.module.emit(Receive(event.handle, self.module.socket.number("R1")))
        return None
