"""The needs that commands have: an event of the network, a time, bytes of the host, quiet on the line."""

from collections.abc import Generator
from dataclasses import dataclass

from reference_impl.core.events import Event
from reference_impl.core.module import Module
from reference_impl.core.view import ModuleView
from reference_impl.core.work import Need


@dataclass(frozen=True, slots=True)
class Mail:
    """An event for the handle, or the time `until`."""

    handle: int
    until: float | None

    def met(self, module: ModuleView) -> bool:
        """True when an event is there or the time is over."""
        return module.has_mail(self.handle) or (self.until is not None and module.now >= self.until)

    def wake(self, _module: ModuleView) -> float | None:
        """The end of the wait."""
        return self.until


@dataclass(frozen=True, slots=True)
class Pause:
    """The time `until`."""

    until: float

    def met(self, module: ModuleView) -> bool:
        """True when the time has come."""
        return module.now >= self.until

    def wake(self, _module: ModuleView) -> float:
        """The time itself."""
        return self.until


@dataclass(frozen=True, slots=True)
class Key:
    """The byte `key` from the host, or the time `until`."""

    key: bytes
    until: float | None = None

    def met(self, module: ModuleView) -> bool:
        """True when the byte is there or the time is over."""
        return module.reader.holds(self.key) or (self.until is not None and module.now >= self.until)

    def wake(self, _module: ModuleView) -> float | None:
        """The end of the wait."""
        return self.until


@dataclass(frozen=True, slots=True)
class Choice:
    """The byte `key` from the host, or a network that somebody has chosen on the access point's page."""

    key: bytes

    def met(self, module: ModuleView) -> bool:
        """True when either is there."""
        return module.reader.holds(self.key) or module.access_point.chosen is not None

    def wake(self, _module: ModuleView) -> None:
        """Time alone never meets it."""
        return


@dataclass(frozen=True, slots=True)
class Quiet:
    """`seconds` without a byte from the host, from `since` on; or a byte, which ends the quiet."""

    seconds: float
    since: float

    def met(self, module: ModuleView) -> bool:
        """True when it has been quiet for long enough, or is no longer."""
        return len(module.reader) > 0 or module.now >= self.wake(module)

    def wake(self, module: ModuleView) -> float:
        """When the quiet will have lasted."""
        return max(self.since, module.reader.last) + self.seconds


@dataclass(frozen=True, slots=True)
class Bytes:
    """At least `count` bytes from the host, or `quiet` seconds without any more."""

    count: int
    quiet: float
    since: float

    def met(self, module: ModuleView) -> bool:
        """True when there is enough, or nothing more has come for too long."""
        return len(module.reader) >= self.count or module.now >= self.wake(module)

    def wake(self, module: ModuleView) -> float:
        """The end of the wait if no byte comes until then."""
        return max(self.since, module.reader.last) + self.quiet


def outcome(module: Module, handle: int, until: float | None = None) -> Generator[Need, None, Event | None]:
    """The next event for the handle; None when the time `until` comes first."""
    module.work.awaited = handle
    yield Mail(handle, until)
    module.work.awaited = None
    return module.take_mail(handle)
