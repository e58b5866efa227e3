"""Faults of the backlog: who waits, in which order, and who is served."""

from dataclasses import replace

from reference_impl.core.effects import Accept, Cancel, Close, Effect, Listen, Receive, Transmit
from reference_impl.core.events import Accepted, Blocked, Event, Lost, Received, Transmitted
from reference_impl.faults.registry import Fault, fault

SEQUENTIAL = "Clients are served one after the other, in their order"
PAGE = "WEB, last paragraph and transcript"


@fault("second-client-at-once", breaks="One client is served at a time; the others wait until P5=10", source="WEB")
class SecondClientAtOnce(Fault):
    """Every client is accepted when it comes."""

    def accepts_more(self, _more: bool) -> bool:
        """Accept one client more."""
        return True


@fault("backlog-always-1", breaks="P8 is the number of clients that may wait", source="WEB, first table")
class BacklogAlways1(Fault):
    """One client may wait, whatever P8 says; the network refuses more."""

    def effect(self, effect: Effect) -> Effect | None:
        """Listen for one client."""
        return replace(effect, backlog=0) if isinstance(effect, Listen) else effect


@fault("backlog-one-short", breaks="P8 is the number of clients that may wait", source="WEB, first table")
class BacklogOneShort(Fault):
    """One client less than P8 says may wait, where P8 is two or more."""

    def effect(self, effect: Effect) -> Effect | None:
        """Listen for one less: the network keeps one more than it is asked for."""
        return replace(effect, backlog=max(0, effect.backlog - 2)) if isinstance(effect, Listen) else effect


class Hoarding(Fault):
    """Takes every client as it comes and hands it to the core when that asks: by itself it breaks nothing.

    `waiting` are the clients not yet handed over, in the order in which they came.
    """

    def __init__(self) -> None:
        self.waiting: list[Accepted] = []
        self._asked: dict[int, Accept] = {}
        self._wanted: set[int] = set()
        self._own = False

    def effect(self, effect: Effect) -> Effect | None:
        """Answer when the core asks for a client, and keep a request of our own under way."""
        if isinstance(effect, Accept) and not self._own:
            first = effect.handle not in self._asked
            self._asked[effect.handle] = effect
            self._wanted.add(effect.handle)
            self.called(effect.handle)
            self._hand_over(effect.handle)
            return effect if first else None
        if isinstance(effect, Close) and effect.handle in self._asked:
            del self._asked[effect.handle]
            self._wanted.discard(effect.handle)
            self.refuse([one for one in self.waiting if one.handle == effect.handle])
        return effect

    def event(self, event: Event) -> Event | None:
        """Keep the client, and ask for one more."""
        if not isinstance(event, Accepted) or event.handle not in self._asked:
            return event
        self.waiting.append(event)
        self._own = True
        self.module.emit(replace(self._asked[event.handle], link=self.module.new_handle()))
        self._own = False
        self.came(event)
        self._hand_over(event.handle)
        return None

    def refuse(self, clients: list[Accepted]) -> None:
        """Close clients that wait."""
        for client in clients:
            self.waiting.remove(client)
            self.module.emit(Close(client.link))

    def queue(self, handle: int) -> list[Accepted]:
        """The clients that wait at this server."""
        return [one for one in self.waiting if one.handle == handle]

    def _hand_over(self, handle: int) -> None:
        queue = self.queue(handle)
        if handle in self._wanted and queue:
            chosen = self.choose(queue)
            if chosen is not None:
                self._wanted.discard(handle)
                self.waiting.remove(chosen)
                self.module.post(chosen)

    def choose(self, queue: list[Accepted]) -> Accepted | None:
        """The next client: the first of those that wait."""
        return queue[0]

    def called(self, handle: int) -> None:
        """The core asks for a client of this server."""

    def came(self, client: Accepted) -> None:
        """A client has come."""


@fault("newest-client-first", breaks=SEQUENTIAL, source=PAGE)
class NewestClientFirst(Hoarding):
    """Of the clients that wait, the last is served first."""

    def choose(self, queue: list[Accepted]) -> Accepted | None:
        """The last client."""
        return queue[-1]


@fault("third-before-second", breaks=SEQUENTIAL, source=PAGE)
class ThirdBeforeSecond(Hoarding):
    """Where three clients or more wait, the second of them is served first."""

    def choose(self, queue: list[Accepted]) -> Accepted | None:
        """The second client."""
        return queue[1] if len(queue) > 2 else queue[0]


@fault("next-empties-the-queue", breaks="P5=10: the next in the queue is accepted", source=PAGE)
class NextEmptiesTheQueue(Hoarding):
    """P5=10 refuses all clients that wait."""

    def called(self, handle: int) -> None:
        """Refuse all that wait."""
        self.refuse(self.queue(handle))


@fault("next-skips-one", breaks="P5=10: the next in the queue is accepted", source=PAGE)
class NextSkipsOne(Hoarding):
    """Where two clients or more wait, P5=10 refuses the first of them."""

    def called(self, handle: int) -> None:
        """Refuse the first that waits."""
        self.refuse(self.queue(handle)[:1] if len(self.queue(handle)) > 1 else [])


@fault("second-client-ends-the-first", breaks="A client is served until P5=10; the others wait", source=PAGE)
class SecondClientEndsTheFirst(Hoarding):
    """When a second client connects, the client that is served is closed."""

    def came(self, client: Accepted) -> None:
        """Close the served client."""
        for socket in self.module.sockets:
            if socket.server is not None and socket.server.handle == client.handle and socket.link is not None:
                self.module.emit(Close(socket.link.handle))


@fault("waiting-client-is-refused", breaks="The others wait in the backlog until P5=10", source=PAGE)
class WaitingClientIsRefused(Hoarding):
    """A client that comes while another is served is closed."""

    def came(self, client: Accepted) -> None:
        """Close the new client, unless the core has asked for one."""
        if client.handle not in self._wanted:
            self.refuse([client])


@fault("leaver-blocks-the-queue", breaks="P5=10: the next in the queue is accepted", source=PAGE)
class LeaverBlocksTheQueue(Hoarding):
    """When the first client that waits has left, no client is accepted any more."""

    def __init__(self) -> None:
        super().__init__()
        self._probed: dict[int, Accepted] = {}

    def choose(self, queue: list[Accepted]) -> Accepted | None:
        """Ask whether the client is still there before it is taken."""
        if queue[0].link not in self._probed:
            self._probed[queue[0].link] = queue[0]
            self.module.emit(Transmit(queue[0].link, b""))
        return None

    def event(self, event: Event) -> Event | None:
        """Take a client that is there; stand still where it has left."""
        if event.handle in self._probed:
            client = self._probed[event.handle]
            if isinstance(event, Transmitted | Blocked) and client in self.waiting:
                del self._probed[event.handle]
                self._wanted.discard(client.handle)
                self.waiting.remove(client)
                self.module.post(client)
            return None
        return super().event(event)


class _Crossed(Hoarding):
    """Operations of the served link act on the link of the first client that waits."""

    def __init__(self) -> None:
        super().__init__()
        self._back: dict[int, int] = {}

    def cross(self, handle: int) -> int | None:
        """The link of a client that waits at the server of this link."""
        for socket in self.module.sockets:
            if socket.server is not None and socket.link is not None and socket.link.handle == handle:
                queue = self.queue(socket.server.handle)
                return queue[0].link if queue else None
        return None

    def event(self, event: Event) -> Event | None:
        """Take what the other link says for the served link's."""
        own = self._back.get(event.handle)
        if own is not None and isinstance(event, Received | Transmitted | Blocked | Lost):
            if not isinstance(event, Blocked):
                del self._back[event.handle]
            return replace(event, handle=own)
        return super().event(event)


@fault("reads-the-waiting-client", breaks="R0 gives the bytes of the client that is served", source=PAGE)
class ReadsTheWaitingClient(_Crossed):
    """While another client waits, R0 reads from the client that waits."""

    def effect(self, effect: Effect) -> Effect | None:
        """Read from the other link."""
        if isinstance(effect, Receive) and (other := self.cross(effect.handle)) is not None:
            self._back[other] = effect.handle
            return replace(effect, handle=other)
        if isinstance(effect, Cancel) and (other := self.cross(effect.handle)) is not None:
            self._back.pop(other, None)
            return replace(effect, handle=other)
        return super().effect(effect)


@fault("sends-to-the-waiting-client", breaks="S3 sends to the client that is served", source=PAGE)
class SendsToTheWaitingClient(_Crossed):
    """While another client waits, S3 sends to the client that waits."""

    def effect(self, effect: Effect) -> Effect | None:
        """Send to the other link."""
        if isinstance(effect, Transmit) and (other := self.cross(effect.handle)) is not None:
            self._back[other] = effect.handle
            return replace(effect, handle=other)
        return super().effect(effect)


@fault("early-bytes-lost", breaks="R0 gives the bytes that the client has sent", source=PAGE)
class EarlyBytesLost(Fault):
    """Bytes that a client has sent before it was accepted are lost."""

    def __init__(self) -> None:
        self._fresh: set[int] = set()

    def event(self, event: Event) -> Event | None:
        """Empty the new link, once."""
        if isinstance(event, Accepted):
            self._fresh.add(event.link)
            self.module.emit(Receive(event.link, 65536))
        elif event.handle in self._fresh:
            self._fresh.discard(event.handle)
            if isinstance(event, Blocked):
                self.module.emit(Cancel(event.handle))
            return None
        return event


@fault("next-fails-on-unread-bytes", breaks="P5=10: the client is closed, the next is accepted", source=PAGE)
class NextFailsOnUnreadBytes(Fault):
    """P5=10 is refused while bytes of the client are unread."""

    def __init__(self) -> None:
        self._looking = 0
        self._passing = False

    def line(self, text: bytes) -> bytes | None:
        """Look for unread bytes first."""
        link = self.module.socket.link
        if text != b"P5=10" or link is None or link.lost or self._passing:
            self._passing = False
            return text
        self._looking = link.handle
        self.module.emit(Receive(link.handle, 1))
        return None

    def event(self, event: Event) -> Event | None:
        """Refuse P5=10 where there are bytes; carry it out where there are none."""
        if not self._looking or event.handle != self._looking:
            return event
        self._looking = 0
        if isinstance(event, Blocked):
            self.module.emit(Cancel(event.handle))
        self._passing = not isinstance(event, Received)
        self.module.reader.feed(b"P5=10\r" if self._passing else b"P5=9\r", self.module.now)
        return None
