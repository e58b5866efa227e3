"""Faults of keep-alive."""

from dataclasses import replace

from reference_impl.core.effects import Accept, Connect, Effect, KeepAlive, Receive, SetKeepAlive, Transmit
from reference_impl.core.events import Accepted, Event, Lost
from reference_impl.faults.registry import Fault, fault

STARTS = "PK=1,ms starts the TCP keep-alive; -1 tells that it has found the connection lost"
TABLE = "WEB, multi-connection table"


class _AlteredKeepAlive(Fault):
    """A connection gets another keep-alive than PK says."""

    def effect(self, effect: Effect) -> Effect | None:
        """Change the keep-alive of the connection."""
        if isinstance(effect, SetKeepAlive | Connect):
            return replace(effect, keep_alive=self.change(effect.keep_alive))
        return effect

    def change(self, wanted: KeepAlive) -> KeepAlive:
        """The keep-alive that is used instead."""
        raise NotImplementedError


@fault("keep-alive-never", breaks=STARTS, source=TABLE)
class KeepAliveNever(_AlteredKeepAlive):
    """PK is stored and has no effect."""

    def change(self, wanted: KeepAlive) -> KeepAlive:
        """Switch keep-alive off."""
        return replace(wanted, on=False)


@fault("keep-alive-inverted", breaks=STARTS, source=TABLE)
class KeepAliveInverted(_AlteredKeepAlive):
    """PK=0 switches keep-alive on and PK=1 off, as a misprint has it."""

    def change(self, wanted: KeepAlive) -> KeepAlive:
        """Invert on and off."""
        return replace(wanted, on=not wanted.on)


@fault("keep-alive-in-minutes", breaks="PK's time is milliseconds to idle", source="UM, WEB")
class KeepAliveInMinutes(_AlteredKeepAlive):
    """Keep-alive waits sixty times the time of PK."""

    def change(self, wanted: KeepAlive) -> KeepAlive:
        """Multiply the time by sixty."""
        return replace(wanted, idle_ms=wanted.idle_ms * 60)


@fault("keep-alive-first-client-only", breaks=STARTS, source=TABLE)
class KeepAliveFirstClientOnly(Fault):
    """A connection that P5=10 accepts has no keep-alive."""

    def __init__(self) -> None:
        self._next: set[int] = set()

    def effect(self, effect: Effect) -> Effect | None:
        """Switch keep-alive off for later clients."""
        if isinstance(effect, Accept) and self.module.running == b"P5=10":
            self._next.add(effect.link)
        if isinstance(effect, SetKeepAlive) and effect.handle in self._next:
            return replace(effect, keep_alive=replace(effect.keep_alive, on=False))
        return effect


@fault("keep-alive-of-socket-0", breaks="All P settings are kept per socket", source="UM")
class KeepAliveOfSocket0(_AlteredKeepAlive):
    """PK of socket 0 counts for all sockets."""

    def change(self, _wanted: KeepAlive) -> KeepAlive:
        """Take PK of socket 0."""
        value = self.module.sockets[0].settings["PK"]
        assert isinstance(value, tuple)
        return KeepAlive(bool(value[0]), value[1])


@fault("keep-alive-ends-idle-clients", breaks="-1 means that the connection is lost", source=TABLE)
class KeepAliveEndsIdleClients(Fault):
    """A client that has sent nothing for the time of PK is closed, though it answers keep-alive."""

    def __init__(self) -> None:
        self._since: dict[int, float] = {}

    def event(self, event: Event) -> Event | None:
        """Note when the client came, or sent last."""
        self._since[event.link if isinstance(event, Accepted) else event.handle] = self.module.now
        return event

    def effect(self, effect: Effect) -> Effect | None:
        """Close the client when it is read."""
        value = self.module.socket.settings["PK"]
        since = self._since.get(effect.handle) if isinstance(effect, Receive | Transmit) else None
        if since is None or not isinstance(value, tuple) or not value[0] or not isinstance(effect, Receive | Transmit):
            return effect
        if self.module.now - since <= value[1] / 1000:
            return effect
        self.module.post(Lost(effect.handle, "idle"))
        return None


class _Found(Fault):
    """Notes which links keep-alive has found lost."""

    def __init__(self) -> None:
        self.found: set[int] = set()

    def event(self, event: Event) -> Event | None:
        """Note the loss: only keep-alive ends a connection without a word of the peer."""
        if isinstance(event, Lost) and ("timed out" in event.reason or "route" in event.reason):
            self.found.add(event.handle)
        return event

    def here(self) -> bool:
        """True where keep-alive has found the selected socket's link lost."""
        link = self.module.socket.link
        return link is not None and link.handle in self.found


@fault("keep-alive-loss-not-on-send", breaks="S3 = -1 when keep-alive has found the loss", source=TABLE)
class KeepAliveLossNotOnSend(_Found):
    """After a loss that keep-alive has found, S3 answers a count."""

    def lost(self, lost: bool) -> bool:
        """Say that the connection is not lost."""
        return lost and not (self.module.running.startswith(b"S") and self.here())


@fault("keep-alive-loss-not-on-read", breaks="R0 = -1 when keep-alive has found the loss", source=TABLE)
class KeepAliveLossNotOnRead(_Found):
    """After a loss that keep-alive has found, R0 answers as on an idle connection."""

    def lost(self, lost: bool) -> bool:
        """Say that the connection is not lost."""
        return lost and not (self.module.running == b"R0" and self.here())


@fault("next-refused-after-keep-alive", breaks="P5=10 takes the next client after a loss", source=TABLE)
class NextRefusedAfterKeepAlive(_Found):
    """After a loss that keep-alive has found, P5=10 answers an error."""

    def line(self, text: bytes) -> bytes | None:
        """Carry out a command that is refused, in place of P5=10."""
        return b"P5=9" if text == b"P5=10" and self.here() else text
