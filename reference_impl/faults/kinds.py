"""The kinds that most faults are of, as functions: a command refused, a setting forgotten, an answer put otherwise."""

import re
from collections.abc import Callable
from dataclasses import replace

from reference_impl.core.answers import Answer
from reference_impl.core.effects import Cancel, Receive
from reference_impl.core.events import Blocked, Event, Lost, Received
from reference_impl.core.seams import Change
from reference_impl.faults.registry import Fault, fault

NO_COMMAND = b"ZZ"


class ReadsAway(Fault):
    """Reads bytes that a peer has sent, and forgets them."""

    def __init__(self) -> None:
        super().__init__()
        self._asked: set[int] = set()

    def read_away(self, handle: int) -> None:
        """Read what waits on the connection ``handle``."""
        self._asked.add(handle)
        self.module.emit(Receive(handle, 1460))

    def event(self, event: Event) -> Event | None:
        """Forget the bytes."""
        if event.handle not in self._asked or not isinstance(event, Received | Blocked | Lost):
            return event
        self._asked.discard(event.handle)
        if isinstance(event, Blocked):
            self.module.emit(Cancel(event.handle))
        return None


def refuses(name: str, lines: str, *, breaks: str, source: str) -> None:
    """A fault: the lines that match ``lines``, a regular expression, are answered with ERROR and do nothing."""
    pattern = re.compile(lines.encode())

    @fault(name, breaks=breaks, source=source)
    class Refuses(Fault):
        """A command of the documents is unknown to the module."""

        def line(self, text: bytes) -> bytes | None:
            """Carry out a command that is refused, in its place."""
            return NO_COMMAND if pattern.fullmatch(text) else text


def forgets(name: str, setting: str, *, breaks: str, source: str) -> None:
    """A fault: the command is answered with OK, and ``setting`` stays as it was."""

    @fault(name, breaks=breaks, source=source)
    class Forgets(Fault):
        """The setting is not kept."""

        def store(self, change: Change) -> Change | None:
            """Do not store the value."""
            return None if change.name == setting else change


def shows(name: str, query: str, change: Callable[[list[str]], list[str]], *, breaks: str, source: str) -> None:
    """A fault: the fields of ``query`` are those that ``change`` makes of them."""

    @fault(name, breaks=breaks, source=source)
    class Shows(Fault):
        """A query shows other fields."""

        def shown(self, fields: list[str]) -> list[str]:
            """Change the fields of this query alone."""
            return change(list(fields)) if self.module.running == query.encode() else fields


def says(name: str, command: str, change: Callable[[bytes], bytes], *, breaks: str, source: str) -> None:
    """A fault: a good answer to ``command``, a name without value, has the payload that ``change`` makes."""

    @fault(name, breaks=breaks, source=source)
    class Says(Fault):
        """An answer has another payload."""

        def answer(self, answer: Answer) -> Answer | None:
            """Change the payload where the command has succeeded."""
            ours = answer.command == command and answer.ok
            return replace(answer, payload=change(answer.payload)) if ours else answer
