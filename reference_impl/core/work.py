"""The types of a command that takes time, and of an answer that waits.

A handler may be a generator that yields what it needs before it goes on. The engine asks the need whether it is met
whenever bytes, an event or the time have come, and resumes the handler then. A handler therefore reads from top to
bottom, and still never waits for anything itself. The needs themselves are in `tasks`.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol

from reference_impl.core.answers import Answer
from reference_impl.core.view import ModuleView


class Need(Protocol):
    """A condition to go on, and when to look again if nothing happens until then (monotonic seconds)."""

    def met(self, module: ModuleView, /) -> bool:
        """True when the handler may go on."""

    def wake(self, module: ModuleView, /) -> float | None:
        """When time alone would meet it; None: never."""


Task = Generator[Need, None, Answer]


@dataclass(slots=True)
class Held:
    """An answer that waits for its time, in monotonic seconds."""

    frame: bytes
    at: float


@dataclass(slots=True)
class Work:
    """The command being carried out with its need, its answer that waits, and when the module will have started.

    `prompted`: the command has said its prompt and goes on all the same, as A0 does: notices may come.
    `awaited`: the handle whose next event the command waits for; None: it waits for none.
    """

    task: Task | None = None
    need: Need | None = None
    held: Held | None = None
    awaited: int | None = None
    boot_at: float | None = None
    prompted: bool = False

    @property
    def idle(self) -> bool:
        """No command is being carried out or answered."""
        return self.task is None and self.held is None

    @property
    def lets_notices(self) -> bool:
        """No answer is awaited, so that asynchronous text cannot be taken for it."""
        return self.idle or (self.prompted and self.held is None)
