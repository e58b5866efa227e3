"""Faults of the module itself: identity, reset, defaults, modes."""

from dataclasses import replace

from reference_impl.core.answers import Answer
from reference_impl.core.effects import Close, Effect, Listen
from reference_impl.core.values import Value
from reference_impl.faults.registry import Fault, fault
from reference_impl.faults.settings import AtStart


def misread(name: str, said: bytes, read: bytes, breaks: str, source: str) -> None:
    """A fault: the module carries out another line than it was sent."""

    @fault(name, breaks=breaks, source=source)
    class Misread(Fault):
        """The module takes one command for another."""

        def line(self, text: bytes) -> bytes | None:
            """Put the other line in its place."""
            return read if text == said else text


misread("mt-alone-is-ok", b"MT", b"MT=0", "MT alone is an error", "UM 4.12.5")
misread("mt-1-refused", b"MT=1", b"MT=9", "MT=n is 0 or 1", "UM 4.12.5")
misread("ms-1-refused", b"MS=1", b"MS=9", "MS=n is 0 or 1", "UM 4.12")
misread("ms-text-taken", b"MS=a", b"MS=0", "MS=n is a number", "UM 4.12")
misread("save-refused", b"Z1", b"ZZ", "Z1 saves the settings", "UM")
misread("defaults-do-nothing", b"Z0", b"MS=0", "Z0 sets the defaults", "UM")


@fault("identity-of-6-fields", breaks="I? shows seven fields", source="UM")
class IdentityOf6Fields(Fault):
    """I? does not show the name."""

    def shown(self, fields: list[str]) -> list[str]:
        """Drop the name."""
        return fields[:-1] if self.module.running == b"I?" else fields


@fault("mac-with-dashes", breaks="Z5 answers XX:XX:XX:XX:XX:XX", source="UM")
class MacWithDashes(Fault):
    """Dashes stand between the pairs of the MAC address."""

    def answer(self, answer: Answer) -> Answer | None:
        """Put dashes in place of colons."""
        return replace(answer, payload=answer.payload.replace(b":", b"-")) if answer.command == "Z5" else answer


@fault("mac-of-5-pairs", breaks="Z5 answers XX:XX:XX:XX:XX:XX", source="UM")
class MacOf5Pairs(Fault):
    """The MAC address has five pairs."""

    def answer(self, answer: Answer) -> Answer | None:
        """Cut the last pair off."""
        return replace(answer, payload=answer.payload.rpartition(b":")[0]) if answer.command == "Z5" else answer


@fault("reset-says-nothing", breaks="The start-up prompt says that the module is ready", source="UM")
class ResetSaysNothing(Fault):
    """No start-up prompt comes after ZR."""

    def output(self, data: bytes) -> bytes:
        """Drop the start-up prompt: no other bytes come while ZR runs."""
        return b"" if self.module.running == b"ZR" else data


@fault("reset-does-nothing", breaks="ZR resets the module", source="UM")
class ResetDoesNothing(Fault):
    """ZR answers the prompt, and all settings and connections stay."""

    def line(self, text: bytes) -> bytes | None:
        """Carry out a lone CR in place of ZR."""
        return b"" if text == b"ZR" else text


@fault("reset-keeps-settings", breaks="After a reset the settings are those that were saved", source="UM")
class ResetKeepsSettings(AtStart):
    """The settings of the sockets stay at ZR."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: list[dict[str, Value]] = []

    def line(self, text: bytes) -> bytes | None:
        """Remember the settings."""
        if text == b"ZR":
            self._kept = [dict(socket.settings) for socket in self.module.sockets]
        return text

    def started(self, data: bytes) -> bytes:
        """Set them again."""
        for socket, kept in zip(self.module.sockets, self._kept, strict=False):
            socket.settings = kept
        return data


@fault("reset-keeps-selection", breaks="P0 is 0 at first", source="UM")
class ResetKeepsSelection(AtStart):
    """The selected socket stays selected at ZR."""

    def __init__(self) -> None:
        super().__init__()
        self._kept = 0

    def line(self, text: bytes) -> bytes | None:
        """Remember the selected socket."""
        self._kept = self.module.selected
        return text

    def started(self, data: bytes) -> bytes:
        """Select the socket again."""
        self.module.selected = self._kept
        return data


@fault("reset-keeps-port", breaks="ZR resets the module: no server runs", source="UM")
class ResetKeepsPort(Fault):
    """The port of a server that ran at the reset stays open."""

    def __init__(self) -> None:
        self._servers: set[int] = set()

    def effect(self, effect: Effect) -> Effect | None:
        """Drop the closing."""
        if isinstance(effect, Listen):
            self._servers.add(effect.handle)
        kept = isinstance(effect, Close) and effect.handle in self._servers
        return None if kept and self.module.running == b"ZR" else effect
