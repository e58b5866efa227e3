"""Commands that take time: a handler may be a generator that yields what it needs before it goes on.

The module asks the need whether it is met whenever bytes, an event or the time have come, and resumes the handler
then. A handler therefore reads from top to bottom, and still never waits for anything itself.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from reference_impl.core.answers import Answer
from reference_impl.core.events import Event

if TYPE_CHECKING:
    from reference_impl.core.module import Module


class Need(Protocol):
    """A condition to go on, and when to look again if nothing happens until then (monotonic seconds)."""

    def met(self, module: "Module", /) -> bool:
        """True when the handler may go on."""

    def wake(self, module: "Module", /) -> float | None:
        """When time alone would meet it; None: never."""


Task = Generator[Need, None, Answer]


@dataclass(frozen=True, slots=True)
class Mail:
    """An event for the handle, or the time `until`."""

    handle: int
    until: float | None

    def met(self, module: "Module") -> bool:
        """True when an event is there or the time is over."""
        return module.has_mail(self.handle) or (self.until is not None and module.now >= self.until)

    def wake(self, _module: "Module") -> float | None:
        """The end of the wait."""
        return self.until


@dataclass(frozen=True, slots=True)
class Pause:
    """The time `until`."""

    until: float

    def met(self, module: "Module") -> bool:
        """True when the time has come."""
        return module.now >= self.until

    def wake(self, _module: "Module") -> float:
        """The time itself."""
        return self.until


@dataclass(frozen=True, slots=True)
class Quiet:
    """`seconds` without a byte from the host, from `since` on; or a byte, which ends the quiet."""

    seconds: float
    since: float

    def met(self, module: "Module") -> bool:
        """True when it has been quiet for long enough, or is no longer."""
        return len(module.reader) > 0 or module.now >= self.wake(module)

    def wake(self, module: "Module") -> float:
        """When the quiet will have lasted."""
        return max(self.since, module.reader.last) + self.seconds


@dataclass(frozen=True, slots=True)
class Bytes:
    """At least `count` bytes from the host, or `quiet` seconds without any more."""

    count: int
    quiet: float
    since: float

    def met(self, module: "Module") -> bool:
        """True when there is enough, or nothing more has come for too long."""
        return len(module.reader) >= self.count or module.now >= self.wake(module)

    def wake(self, module: "Module") -> float:
        """The end of the wait if no byte comes until then."""
        return max(self.since, module.reader.last) + self.quiet


def outcome(module: "Module", handle: int, until: float | None = None) -> Generator[Need, None, Event | None]:
    """The next event for the handle; None when the time `until` comes first."""
    yield Mail(handle, until)
    return module.take_mail(handle)
