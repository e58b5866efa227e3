"""A module's core on the table: a network of lists, a clock turned by hand, no socket and no thread."""

from collections import deque

from reference_impl.core import effects as ask
from reference_impl.core import events as tell
from reference_impl.core.engine import Engine
from reference_impl.core.module import Module

PROMPT = b"\r\n> "
OK = b"\r\n\r\nOK\r\n> "


def payload(text):
    return b"\r\n" + text + b"\r\nOK\r\n> "


class PaperNetwork:
    """Answers effects as the shell would, from what a test has laid out."""

    def __init__(self):
        self.busy_ports = set()
        self.servers = {}
        self.queues = {}
        self.waiting = {}
        self.links = {}
        self.accepted = []
        self.log = []

    def perform(self, effect):
        self.log.append(effect)
        name = type(effect).__name__.lower()
        return getattr(self, "_" + name)(effect) or []

    def _listen(self, effect):
        if effect.local[1] in self.busy_ports:
            return [tell.Failed(effect.handle, "Address already in use")]
        self.servers[effect.handle] = effect
        self.queues[effect.handle] = deque()
        return [tell.Opened(effect.handle, (effect.local[0], effect.local[1] or 49152))]

    def _accept(self, effect):
        if not self.queues[effect.handle]:
            self.waiting[effect.handle] = effect
            return []
        return [self._take(effect)]

    def _setkeepalive(self, effect):
        self.links[effect.handle].keep_alive = effect.keep_alive

    def _take(self, effect):
        peer, link = self.queues[effect.handle].popleft()
        self.links[effect.link] = link
        self.accepted.append(effect.link)
        return tell.Accepted(effect.handle, effect.link, peer, self.servers[effect.handle].local)

    def _connect(self, effect):
        if effect.remote[1] == 1:
            return [tell.Failed(effect.handle, "Connection refused")]
        if effect.remote[1] == 3 and effect.tls and effect.tls.verify:
            return [tell.Failed(effect.handle, "certificate verify failed", untrusted=True)]
        self.links[effect.handle] = PaperLink()
        if effect.remote[1] == 2:
            return [tell.Blocked(effect.handle)]
        return [tell.Opened(effect.handle, effect.local)]

    def _opendatagram(self, effect):
        if effect.local[1] in self.busy_ports:
            return [tell.Failed(effect.handle, "Address already in use")]
        self.links[effect.handle] = PaperLink(datagram=True)
        return [tell.Opened(effect.handle, (effect.local[0], effect.local[1] or 49152))]

    def _receive(self, effect):
        link = self.links[effect.handle]
        event = link.receive(effect)
        if event is None:
            link.wanted = effect
            return [tell.Blocked(effect.handle)]
        return [event]

    def _transmit(self, effect):
        link = self.links[effect.handle]
        if link.reset or (link.ended and effect.refuse_closed):
            return [tell.Lost(effect.handle, "gone")]
        count = min(len(effect.data), link.room)
        if count == 0 and effect.data:
            return [tell.Blocked(effect.handle)]
        link.room -= count
        link.sent.append((effect.data[:count], effect.remote))
        return [tell.Transmitted(effect.handle, count)]

    def _cancel(self, effect):
        if effect.handle in self.links:
            self.links[effect.handle].wanted = None

    def _close(self, effect):
        if effect.handle in self.links:
            self.links[effect.handle].closed = True
        self.queues.pop(effect.handle, None)
        self.servers.pop(effect.handle, None)
        self.waiting.pop(effect.handle, None)


class PaperLink:
    """The far end of one connection, or of a datagram socket."""

    def __init__(self, datagram=False):
        self.datagram = datagram
        self.inbox = deque()
        self.sent = []
        self.room = 1 << 30
        self.ended = self.reset = self.closed = False
        self.wanted = None
        self.keep_alive = None

    @property
    def got(self):
        return b"".join(data for data, _remote in self.sent)

    def receive(self, effect):
        if self.inbox:
            data, peer = self.inbox.popleft()
            if not self.datagram and len(data) > effect.limit:
                self.inbox.appendleft((data[effect.limit :], peer))
            return tell.Received(effect.handle, data[: effect.limit], peer)
        return tell.Lost(effect.handle, "closed by the peer") if self.ended or self.reset else None


class CoreBench:
    """A module that has joined, its output, and the clock."""

    def __init__(self, profile=None, joined="LAB", power=True, **options):
        self.module = Module(profile, joined=joined, **options)
        self.engine = Engine(self.module)
        self.network = PaperNetwork()
        self.now = 1000.0
        self.output = b""
        self.pieces = []
        if power:
            self.engine.power_on(self.now)
            self._settle()
            self.take()

    def send(self, data, step=None):
        """Bytes from the host: whole, or in pieces of `step` bytes without any time between them."""
        for start in range(0, len(data), step or max(1, len(data))):
            self.engine.receive(data[start : start + (step or len(data))], self.now)
            self._settle()
        return self

    def at(self, command, seconds=0.05):
        """One command and the time that it may take; what the module said since."""
        text = command if isinstance(command, bytes) else command.encode()
        self.send(text + b"\r")
        self.run(seconds)
        return self.take()

    def run(self, seconds):
        """Turn the clock on, stopping wherever the module wants to be called."""
        end = self.now + seconds
        while (deadline := self.engine.deadline()) is not None and deadline <= end:
            self.now = max(self.now, deadline)
            self.engine.advance(self.now)
            self._settle()
        self.now = end
        return self

    def take(self):
        """What the module said since the last call."""
        said, self.output = self.output, b""
        return said

    def connect(self, peer=("127.0.0.9", 40001), server=None):
        """A client comes; its far end."""
        handle = server or max(self.network.servers)
        link = PaperLink()
        self.network.queues[handle].append((peer, link))
        accept = self.network.waiting.pop(handle, None)
        if accept is not None:
            self._happened(self.network._take(accept))
        return link

    def arrive(self, link, data, peer=None):
        """Bytes, or a datagram, from the far end."""
        link.inbox.append((data, peer))
        self._wake(link)

    def end(self, link, reset=False):
        """The far end closes, or resets."""
        link.ended, link.reset = not reset, reset
        self._wake(link)

    def tell(self, event):
        self._happened(event)

    def _wake(self, link):
        if link.wanted is not None and (event := link.receive(link.wanted)) is not None:
            link.wanted = None
            self._happened(event)

    def _happened(self, event):
        self.engine.happened(event, self.now)
        self._settle()

    def _settle(self):
        while effects := self.engine.take_effects():
            for effect in effects:
                if isinstance(effect, ask.Write):
                    self.output += effect.data
                    self.pieces.append(effect)
                    continue
                for event in self.network.perform(effect):
                    self.engine.happened(event, self.now)
