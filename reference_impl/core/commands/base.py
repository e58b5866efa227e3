"""What all families of commands share: the command as parsed, and the row of a command."""

from collections.abc import Callable, Generator
from dataclasses import dataclass

from reference_impl.core.answers import Answer
from reference_impl.core.module import Module
from reference_impl.core.work import Need, Task


@dataclass(slots=True)
class Command:
    """Name and value: the value is what stands behind the first `=`, None where there is none."""

    name: str
    value: bytes | None


Handler = Callable[[Module, Command], Answer | Task | None]

BARE = frozenset({False})
VALUE = frozenset({True})
EITHER = frozenset({False, True})


@dataclass(frozen=True, slots=True)
class Entry:
    """A command: what carries it out, its usage (for MT=0), and whether it is said with `=`, without, or both."""

    handler: Handler
    usage: str = ""
    forms: frozenset[bool] = BARE


def parse(text: bytes) -> Command:
    """The command of a line. Bytes that are no letters make a name that no row has."""
    name, equals, value = text.partition(b"=")
    return Command(name.decode("latin-1"), value if equals else None)


def refusal(reason: str = "Invalid argument", payload: bytes = b"") -> Answer:
    """The ERROR frame; the reason's wording is an assumption."""
    return Answer(ok=False, reason=reason, payload=payload)


def signed(step: Answer | Task | None, command: Command, usage: str) -> Answer | Task | None:
    """The step, its answer bearing the command's name and usage."""
    if isinstance(step, Answer):
        # Not a copy, which would cost as much as all the rest: its handler has made the answer for this command.
        step.command, step.usage = command.name, usage
        return step
    return _signed_later(step, command, usage) if step is not None else None


def _signed_later(step: Task, command: Command, usage: str) -> Generator[Need, None, Answer]:
    answer = yield from step
    answer.command, answer.usage = command.name, usage
    return answer
