"""Faults of the servers: what start, next and stop do."""

from dataclasses import replace

from reference_impl.core import server
from reference_impl.core.answers import Answer
from reference_impl.core.effects import Accept, Close, Effect, Listen
from reference_impl.core.events import Accepted, Event
from reference_impl.core.seams import Change, Notice
from reference_impl.core.sockets import Order, State
from reference_impl.faults.registry import Fault, fault

TABLE = "WEB, multi-connection table"


@fault("listens-one-port-higher", breaks="P2 selects the port of the server", source="WEB, first table")
class ListensOnePortHigher(Fault):
    """The server listens at port P2 + 1."""

    def effect(self, effect: Effect) -> Effect | None:
        """Add one to the port."""
        if isinstance(effect, Listen):
            return replace(effect, local=(effect.local[0], (effect.local[1] + 1) % 65536))
        return effect


@fault("listens-before-start", breaks="P5=11 or P5=1 starts the server", source="WEB; UM 5.6.1")
class ListensBeforeStart(Fault):
    """The port is open as soon as P2 is set."""

    def __init__(self) -> None:
        self._early: int | None = None

    def store(self, change: Change) -> Change | None:
        """Open the port."""
        if change.name == "P2" and isinstance(change.value, int) and change.value:
            self._close()
            self._early = self.module.new_handle()
            self.module.emit(Listen(self._early, (self.module.address, change.value), 1))
        return change

    def order(self, order: Order) -> Order:
        """Close the port for the server."""
        self._close()
        return order

    def _close(self) -> None:
        if self._early is not None:
            self.module.emit(Close(self._early))
        self._early = None


@fault("next-keeps-client", breaks="P5=10: the client is closed", source=TABLE)
class NextKeepsClient(Fault):
    """P5=10 leaves the connection of the former client open."""

    def effect(self, effect: Effect) -> Effect | None:
        """Drop the closing of the link while its server runs."""
        links = [socket.link for socket in self.module.sockets if socket.server and socket.link]
        stopping = self.module.running == b"P5=0"
        kept = isinstance(effect, Close) and any(link.handle == effect.handle for link in links)
        return None if kept and not stopping else effect


@fault("next-takes-nobody", breaks="P5=10: the next client is accepted", source=TABLE)
class NextTakesNobody(Fault):
    """P5=10 closes the client and accepts no other."""

    def effect(self, effect: Effect) -> Effect | None:
        """Drop the accepting."""
        return None if isinstance(effect, Accept) and self.module.running == b"P5=10" else effect


@fault("next-after-the-loss-stops", breaks="P5=10 takes the next when the client has left", source=TABLE)
class NextAfterTheLossStops(Fault):
    """On a lost connection P5=10 stops the server."""

    def order(self, order: Order) -> Order:
        """Stop the server."""
        return Order.STOP if order is Order.NEXT and self.module.socket.state is State.LOST else order


@fault("next-after-the-loss-refused", breaks="P5=10 takes the next when the client has left", source=TABLE)
class NextAfterTheLossRefused(Fault):
    """On a lost connection P5=10 answers an error; only P5=0 helps."""

    def line(self, text: bytes) -> bytes | None:
        """Carry out a command that is refused, in place of P5=10."""
        return b"P5=9" if text == b"P5=10" and self.module.socket.state is State.LOST else text


@fault("next-not-needed", breaks="After -1, P5=10 takes the next client", source=TABLE)
class NextNotNeeded(Fault):
    """The next client is accepted as soon as R0 or S3 has answered -1."""

    def answer(self, answer: Answer) -> Answer | None:
        """Accept the next client without P5=10."""
        socket = self.module.socket
        if answer.payload == b"-1" and socket.state is State.LOST:
            self.module.close_link(socket)
            server.take_next(self.module, socket)
        return answer


@fault("port-stays-open", breaks="P5=0: the client and the port are closed", source=TABLE)
class PortStaysOpen(Fault):
    """The port stays open after P5=0."""

    def __init__(self) -> None:
        self._servers: set[int] = set()

    def effect(self, effect: Effect) -> Effect | None:
        """Drop the closing of servers."""
        if isinstance(effect, Listen):
            self._servers.add(effect.handle)
        return None if isinstance(effect, Close) and effect.handle in self._servers else effect


class _KeepsClient(Fault):
    """P5=0 closes the port and not the client; ``multi``: of multi-accept servers, or of single servers."""

    multi = True

    def effect(self, effect: Effect) -> Effect | None:
        """Drop the closing of the link."""
        links = [s.link for s in self.module.sockets if s.server and s.server.multi is self.multi and s.link]
        kept = isinstance(effect, Close) and any(link.handle == effect.handle for link in links)
        return None if kept and self.module.running == b"P5=0" else effect


@fault("stop-keeps-client", breaks="P5=0: the client and the port are closed", source=TABLE)
class StopKeepsClient(_KeepsClient):
    """P5=0 leaves the client of multi-accept connected."""


@fault("single-stop-keeps-client", breaks="P5=0 closes the client's socket and the listening one", source="WEB")
class SingleStopKeepsClient(_KeepsClient):
    """P5=0 leaves the client of the single server connected."""

    multi = False


@fault("single-stop-twice-is-an-error", breaks="P5=0, said again, answers OK again", source="UM 5.6.1")
class SingleStopTwiceIsAnError(Fault):
    """P5=0 answers an error where no server runs."""

    def answer(self, answer: Answer) -> Answer | None:
        """Answer an error where no server ran."""
        return replace(answer, ok=False) if self.module.running == b"P5=0" and self._stopped else answer

    def line(self, text: bytes) -> bytes | None:
        """Note whether a server runs."""
        self._stopped = self.module.socket.state is State.STOPPED and not self.module.socket.role
        return text


@fault("port-used-once", breaks="A server that was stopped starts again", source="WEB, single-connection table; UM")
class PortUsedOnce(Fault):
    """A second start at the same port is refused, as while the port is in TIME_WAIT."""

    def __init__(self) -> None:
        self._used: set[int] = set()

    def line(self, text: bytes) -> bytes | None:
        """Carry out a command that is refused, in place of the start."""
        port = self.module.socket.number("P2")
        if text not in (b"P5=1", b"P5=11") or self.module.socket.server is not None:
            return text
        known = port in self._used
        self._used.add(port)
        return b"P5=9" if known else text


@fault("server-starts-leak", breaks="A server that was stopped starts again", source="WEB, single-connection table; UM")
class ServerStartsLeak(Fault):
    """A socket's server starts three times and no more."""

    def __init__(self) -> None:
        self._starts: dict[int, int] = {}

    def line(self, text: bytes) -> bytes | None:
        """Carry out a command that is refused, in place of the start."""
        starts = self._starts.get(self.module.selected, 0)
        if text == b"P5=11":
            self._starts[self.module.selected] = starts + 1
        return b"P5=9" if text == b"P5=11" and starts >= 3 else text


@fault("hang-after-20-accepts", breaks="P5=10: the next client is accepted", source="WEB, transcript")
class HangAfter20Accepts(Fault):
    """The module is silent after twenty clients."""

    def __init__(self) -> None:
        self._accepts = 0

    def event(self, event: Event) -> Event | None:
        """Count the clients."""
        self._accepts += isinstance(event, Accepted)
        return None if self._accepts > 20 and isinstance(event, Accepted) else event

    def answer(self, answer: Answer) -> Answer | None:
        """Answer nothing."""
        return None if self._accepts >= 20 else answer


@fault("no-more-clients-after-16", breaks="P5=10: the next client is accepted", source="WEB, transcript")
class NoMoreClientsAfter16(Fault):
    """A server accepts sixteen clients and no more."""

    def __init__(self) -> None:
        self._taken: dict[int, int] = {}

    def effect(self, effect: Effect) -> Effect | None:
        """Accept sixteen clients."""
        if isinstance(effect, Accept):
            self._taken[effect.handle] = self._taken.get(effect.handle, 0) + 1
            return None if self._taken[effect.handle] > 16 else effect
        return effect


@fault("client-closed-after-16", breaks="P5=10: the next client is accepted and served", source="WEB, transcript")
class ClientClosedAfter16(Fault):
    """From the seventeenth client of a server on, each is announced and closed."""

    def __init__(self) -> None:
        self._taken: dict[int, int] = {}

    def event(self, event: Event) -> Event | None:
        """Close the client."""
        if isinstance(event, Accepted):
            self._taken[event.handle] = self._taken.get(event.handle, 0) + 1
            if self._taken[event.handle] > 16:
                self.module.emit(Close(event.link))
        return event


@fault("server-on-socket-0-only", breaks="P0 selects the socket that the server works on", source="WEB, first table")
class ServerOnSocket0Only(Fault):
    """P5=11 is refused on the sockets 1 to 3."""

    def line(self, text: bytes) -> bytes | None:
        """Carry out a command that is refused, in place of P5=11."""
        return b"P5=9" if text == b"P5=11" and self.module.selected else text


@fault("stop-stops-all-sockets", breaks="P5 acts on the selected socket", source="WEB, first table")
class StopStopsAllSockets(Fault):
    """P5=0 closes what is open on the other sockets too."""

    def answer(self, answer: Answer) -> Answer | None:
        """Close the other sockets."""
        if self.module.running == b"P5=0":
            self.module.close_all()
        return answer


@fault("next-closes-the-other-client", breaks="P5=10 closes the client of the selected socket", source="WEB, tables")
class NextClosesTheOtherClient(Fault):
    """P5=10 closes the clients of all servers."""

    def order(self, order: Order) -> Order:
        """Close the clients of the other servers."""
        if order is Order.NEXT:
            for socket in self.module.sockets:
                if socket.server is not None and socket.link is not None:
                    self.module.close_link(socket)
        return order


@fault("notice-selects-its-socket", breaks="P0 selects the socket", source="WEB, first table")
class NoticeSelectsItsSocket(Fault):
    """A notice selects the socket of its client."""

    def notice(self, notice: Notice) -> Notice | None:
        """Select the socket."""
        self.module.selected = notice.socket
        return notice
