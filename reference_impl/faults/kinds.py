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
        """Forget it."""
        if event.handle not in self._asked or not isinstance(event, Received | Blocked | Lost):
            return event
        self._asked.discard(event.handle)
        if isinstance(event, Blocked):
            self.module.emit(Cancel(event.handle))
        return None


def refuses(name: str, lines: str, *, breaks: str, source: str) -> None:
    """A fault that answers ERROR to the lines that match, and does nothing."""
    pattern = re.compile(lines.encode())

    @fault(name, breaks=breaks, source=source)
    class Refuses(Fault):
        """A command that the documents have is none here."""

        def line(self, text: bytes) -> bytes | None:
            """Take it for rubbish."""
            return NO_COMMAND if pattern.fullmatch(text) else text


def forgets(name: str, setting: str, *, breaks: str, source: str) -> None:
    """A fault that answers OK and keeps the setting as it was."""

    @fault(name, breaks=breaks, source=source)
    class Forgets(Fault):
        """The setting is not kept."""

        def store(self, change: Change) -> Change | None:
            """Forget it."""
            return None if change.name == setting else change


def shows(name: str, query: str, change: Callable[[list[str]], list[str]], *, breaks: str, source: str) -> None:
    """A fault that shows the fields of a query otherwise."""

    @fault(name, breaks=breaks, source=source)
    class Shows(Fault):
        """The fields are other ones."""

        def shown(self, fields: list[str]) -> list[str]:
            """Change them for this query alone."""
            return change(list(fields)) if self.module.running == query.encode() else fields


def says(name: str, command: str, change: Callable[[bytes], bytes], *, breaks: str, source: str) -> None:
    """A fault that puts another payload into the answer with OK to a command, named without its value."""

    @fault(name, breaks=breaks, source=source)
    class Says(Fault):
        """The payload is another one."""

        def answer(self, answer: Answer) -> Answer | None:
            """Change it where the command has succeeded."""
            ours = answer.command == command and answer.ok
            return replace(answer, payload=change(answer.payload)) if ours else answer
