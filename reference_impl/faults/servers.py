"""Faults of the servers and of their clients."""

from reference_impl.core.answers import Answer
from reference_impl.core.effects import Close, Effect, Listen
from reference_impl.core.events import Accepted, Event
from reference_impl.faults.registry import Fault, fault


@fault("next-keeps-client", breaks="P5=10: the client is closed", source="WEB, multi-connection table")
class NextKeepsClient(Fault):
    """The connection stays open when the next client is called."""

    def effect(self, effect: Effect) -> Effect | None:
        """Do not close the link while its server runs on."""
        links = [socket.link for socket in self.module.sockets if socket.server and socket.link]
        stopping = self.module.running == b"P5=0"
        kept = isinstance(effect, Close) and any(link.handle == effect.handle for link in links)
        return None if kept and not stopping else effect


@fault("port-stays-open", breaks="P5=0: the client and the port are closed", source="WEB, multi-connection table")
class PortStaysOpen(Fault):
    """The listening socket survives P5=0."""

    def __init__(self) -> None:
        self._servers: set[int] = set()

    def effect(self, effect: Effect) -> Effect | None:
        """Remember servers, and do not close them."""
        if isinstance(effect, Listen):
            self._servers.add(effect.handle)
        return None if isinstance(effect, Close) and effect.handle in self._servers else effect


@fault("second-client-at-once", breaks="One client is served at a time; the others wait until P5=10", source="WEB")
class SecondClientAtOnce(Fault):
    """Every client is accepted when it comes."""

    def accepts_more(self, _more: bool) -> bool:
        """Always one more."""
        return True


@fault("hang-after-20-accepts", breaks="P5=10: the next client is accepted", source="WEB, transcript")
class HangAfter20Accepts(Fault):
    """The module says nothing more once twenty clients have been taken."""

    def __init__(self) -> None:
        self._accepts = 0

    def event(self, event: Event) -> Event | None:
        """Count, and believe no more than twenty."""
        self._accepts += isinstance(event, Accepted)
        return None if self._accepts > 20 and isinstance(event, Accepted) else event

    def answer(self, answer: Answer) -> Answer | None:
        """Silence."""
        return None if self._accepts >= 20 else answer
