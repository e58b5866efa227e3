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
        """Always one more."""
        return True


@fault("backlog-always-1", breaks="P8 is the number of clients that may wait", source="WEB, first table")
class BacklogAlways1(Fault):
    """One client waits, whatever P8 says; more find nobody."""

    def effect(self, effect: Effect) -> Effect | None:
        """Listen for one."""
        return replace(effect, backlog=0) if isinstance(effect, Listen) else effect


@fault("backlog-one-short", breaks="P8 is the number of clients that may wait", source="WEB, first table")
class BacklogOneShort(Fault):
    """Of two or more that may wait one finds no room."""

    def effect(self, effect: Effect) -> Effect | None:
        """The network keeps one more than it is asked for."""
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
        """Answer the core's wish, and keep one of our own under way."""
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
        """Keep the client, and wish for one more."""
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
        """Who waits at this server."""
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
        """Who is next: the first of those that wait."""
        return queue[0]

    def called(self, handle: int) -> None:
        """The core asks for a client of this server."""

    def came(self, client: Accepted) -> None:
        """A client has come."""


@fault("newest-client-first", breaks=SEQUENTIAL, source=PAGE)
class NewestClientFirst(Hoarding):
    """Of those that wait the last is served first."""

    def choose(self, queue: list[Accepted]) -> Accepted | None:
        """The last."""
        return queue[-1]


@fault("third-before-second", breaks=SEQUENTIAL, source=PAGE)
class ThirdBeforeSecond(Hoarding):
    """Where three or more wait, the second of them is served first."""

    def choose(self, queue: list[Accepted]) -> Accepted | None:
        """The second."""
        return queue[1] if len(queue) > 2 else queue[0]


@fault("next-empties-the-queue", breaks="P5=10: the next in the queue is accepted", source=PAGE)
class NextEmptiesTheQueue(Hoarding):
    """Who waits is refused with the client that is closed."""

    def called(self, handle: int) -> None:
        """Refuse them."""
        self.refuse(self.queue(handle))


@fault("next-skips-one", breaks="P5=10: the next in the queue is accepted", source=PAGE)
class NextSkipsOne(Hoarding):
    """Where two or more wait, the first of them is refused."""

    def called(self, handle: int) -> None:
        """Refuse the first."""
        self.refuse(self.queue(handle)[:1] if len(self.queue(handle)) > 1 else [])


@fault("second-client-ends-the-first", breaks="A client is served until P5=10; the others wait", source=PAGE)
class SecondClientEndsTheFirst(Hoarding):
    """When another connects, the connection of the one being served is closed."""

    def came(self, client: Accepted) -> None:
        """Close the served one."""
        for socket in self.module.sockets:
            if socket.server is not None and socket.server.handle == client.handle and socket.link is not None:
                self.module.emit(Close(socket.link.handle))


@fault("waiting-client-is-refused", breaks="The others wait in the backlog until P5=10", source=PAGE)
class WaitingClientIsRefused(Hoarding):
    """Who comes while another is served is closed."""

    def came(self, client: Accepted) -> None:
        """Close it, unless the core wants it."""
        if client.handle not in self._wanted:
            self.refuse([client])


@fault("leaver-blocks-the-queue", breaks="P5=10: the next in the queue is accepted", source=PAGE)
class LeaverBlocksTheQueue(Hoarding):
    """When the first of those that wait has left meanwhile, nobody is taken any more."""

    def __init__(self) -> None:
        super().__init__()
        self._probed: dict[int, Accepted] = {}

    def choose(self, queue: list[Accepted]) -> Accepted | None:
        """Look whether it is still there before it is taken."""
        if queue[0].link not in self._probed:
            self._probed[queue[0].link] = queue[0]
            self.module.emit(Transmit(queue[0].link, b""))
        return None

    def event(self, event: Event) -> Event | None:
        """It is: take it. It is not: stand still."""
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
    """Operations of the served link are done on the link of the first that waits."""

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
        """What the other link tells is taken for the served one's."""
        own = self._back.get(event.handle)
        if own is not None and isinstance(event, Received | Transmitted | Blocked | Lost):
            if not isinstance(event, Blocked):
                del self._back[event.handle]
            return replace(event, handle=own)
        return super().event(event)


@fault("reads-the-waiting-client", breaks="R0 gives the bytes of the client that is served", source=PAGE)
class ReadsTheWaitingClient(_Crossed):
    """While another waits, R0 reads from that one."""

    def effect(self, effect: Effect) -> Effect | None:
        """Read the other."""
        if isinstance(effect, Receive) and (other := self.cross(effect.handle)) is not None:
            self._back[other] = effect.handle
            return replace(effect, handle=other)
        if isinstance(effect, Cancel) and (other := self.cross(effect.handle)) is not None:
            self._back.pop(other, None)
            return replace(effect, handle=other)
        return super().effect(effect)


@fault("sends-to-the-waiting-client", breaks="S3 sends to the client that is served", source=PAGE)
class SendsToTheWaitingClient(_Crossed):
    """While another waits, S3 sends to that one."""

    def effect(self, effect: Effect) -> Effect | None:
        """Send to the other."""
        if isinstance(effect, Transmit) and (other := self.cross(effect.handle)) is not None:
            self._back[other] = effect.handle
            return replace(effect, handle=other)
        return super().effect(effect)


@fault("early-bytes-lost", breaks="R0 gives the bytes that the client has sent", source=PAGE)
class EarlyBytesLost(Fault):
    """What a client has sent before it was accepted is thrown away."""

    def __init__(self) -> None:
        self._fresh: set[int] = set()

    def event(self, event: Event) -> Event | None:
        """Read the new link empty, once."""
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
        """Look for bytes first."""
        link = self.module.socket.link
        if text != b"P5=10" or link is None or link.lost or self._passing:
            self._passing = False
            return text
        self._looking = link.handle
        self.module.emit(Receive(link.handle, 1))
        return None

    def event(self, event: Event) -> Event | None:
        """There are some: refuse. There are none: go on."""
        if not self._looking or event.handle != self._looking:
            return event
        self._looking = 0
        if isinstance(event, Blocked):
            self.module.emit(Cancel(event.handle))
        self._passing = not isinstance(event, Received)
        self.module.reader.feed(b"P5=10\r" if self._passing else b"P5=9\r", self.module.now)
        return None
