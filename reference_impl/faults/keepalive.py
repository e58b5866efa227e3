"""Faults of keep-alive."""

from dataclasses import replace

from reference_impl.core.effects import Accept, Connect, Effect, KeepAlive, Receive, SetKeepAlive, Transmit
from reference_impl.core.events import Accepted, Event, Lost
from reference_impl.faults.registry import Fault, fault

STARTS = "PK=1,ms starts the TCP keep-alive; -1 tells that it has found the connection lost"
TABLE = "WEB, multi-connection table"


class _AlteredKeepAlive(Fault):
    """Connections are given another keep-alive than PK says."""

    def effect(self, effect: Effect) -> Effect | None:
        """Alter it."""
        if isinstance(effect, SetKeepAlive | Connect):
            return replace(effect, keep_alive=self.change(effect.keep_alive))
        return effect

    def change(self, wanted: KeepAlive) -> KeepAlive:
        """What is used instead."""
        raise NotImplementedError


@fault("keep-alive-never", breaks=STARTS, source=TABLE)
class KeepAliveNever(_AlteredKeepAlive):
    """PK is stored, and that is all."""

    def change(self, wanted: KeepAlive) -> KeepAlive:
        """Switch it off."""
        return replace(wanted, on=False)


@fault("keep-alive-inverted", breaks=STARTS, source=TABLE)
class KeepAliveInverted(_AlteredKeepAlive):
    """0 is on and 1 is off, as a misprint has it."""

    def change(self, wanted: KeepAlive) -> KeepAlive:
        """Turn it round."""
        return replace(wanted, on=not wanted.on)


@fault("keep-alive-in-minutes", breaks="PK's time is milliseconds to idle", source="UM, WEB")
class KeepAliveInMinutes(_AlteredKeepAlive):
    """The time is sixty times as long."""

    def change(self, wanted: KeepAlive) -> KeepAlive:
        """Lengthen it."""
        return replace(wanted, idle_ms=wanted.idle_ms * 60)


@fault("keep-alive-first-client-only", breaks=STARTS, source=TABLE)
class KeepAliveFirstClientOnly(Fault):
    """The connections that P5=10 takes have none."""

    def __init__(self) -> None:
        self._next: set[int] = set()

    def effect(self, effect: Effect) -> Effect | None:
        """Switch it off for them."""
        if isinstance(effect, Accept) and self.module.running == b"P5=10":
            self._next.add(effect.link)
        if isinstance(effect, SetKeepAlive) and effect.handle in self._next:
            return replace(effect, keep_alive=replace(effect.keep_alive, on=False))
        return effect


@fault("keep-alive-of-socket-0", breaks="All P settings are kept per socket", source="UM")
class KeepAliveOfSocket0(_AlteredKeepAlive):
    """PK of socket 0 is used for all."""

    def change(self, _wanted: KeepAlive) -> KeepAlive:
        """Take the other's."""
        value = self.module.sockets[0].settings["PK"]
        assert isinstance(value, tuple)
        return KeepAlive(bool(value[0]), value[1])


@fault("keep-alive-ends-idle-clients", breaks="-1 means that the connection is lost", source=TABLE)
class KeepAliveEndsIdleClients(Fault):
    """A client that has sent nothing for PK's time is given up, though it is there."""

    def __init__(self) -> None:
        self._since: dict[int, float] = {}

    def event(self, event: Event) -> Event | None:
        """The time begins with the client."""
        self._since[event.link if isinstance(event, Accepted) else event.handle] = self.module.now
        return event

    def effect(self, effect: Effect) -> Effect | None:
        """Give it up when it is read."""
        value = self.module.socket.settings["PK"]
        since = self._since.get(effect.handle) if isinstance(effect, Receive | Transmit) else None
        if since is None or not isinstance(value, tuple) or not value[0] or not isinstance(effect, Receive | Transmit):
            return effect
        if self.module.now - since <= value[1] / 1000:
            return effect
        self.module.post(Lost(effect.handle, "idle"))
        return None


class _Found(Fault):
    """Knows which links keep-alive has found lost."""

    def __init__(self) -> None:
        self.found: set[int] = set()

    def event(self, event: Event) -> Event | None:
        """Only keep-alive ends a connection without a word of the peer."""
        if isinstance(event, Lost) and ("timed out" in event.reason or "route" in event.reason):
            self.found.add(event.handle)
        return event

    def here(self) -> bool:
        """True when it is the selected socket's."""
        link = self.module.socket.link
        return link is not None and link.handle in self.found


@fault("keep-alive-loss-not-on-send", breaks="S3 = -1 when keep-alive has found the loss", source=TABLE)
class KeepAliveLossNotOnSend(_Found):
    """S3 counts on."""

    def lost(self, lost: bool) -> bool:
        """Hold it back."""
        return lost and not (self.module.running.startswith(b"S") and self.here())


@fault("keep-alive-loss-not-on-read", breaks="R0 = -1 when keep-alive has found the loss", source=TABLE)
class KeepAliveLossNotOnRead(_Found):
    """R0 finds the connection idle."""

    def lost(self, lost: bool) -> bool:
        """Hold it back."""
        return lost and not (self.module.running == b"R0" and self.here())


@fault("next-refused-after-keep-alive", breaks="P5=10 takes the next client after a loss", source=TABLE)
class NextRefusedAfterKeepAlive(_Found):
    """After a loss that keep-alive has found P5=10 is an error."""

    def line(self, text: bytes) -> bytes | None:
        """Misread it."""
        return b"P5=9" if text == b"P5=10" and self.here() else text
