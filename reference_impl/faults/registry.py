"""The table of faults, and the decorator that fills it."""

from collections.abc import Callable
from typing import ClassVar, TypeVar

from reference_impl.core.seams import Seams


class Fault(Seams):
    """A faulty behaviour: its name, the sentence of the documents that it breaks, and their key."""

    name: ClassVar[str]
    breaks: ClassVar[str]
    source: ClassVar[str]


FAULTS: dict[str, type[Fault]] = {}
Kind = TypeVar("Kind", bound=type[Fault])


def fault(name: str, *, breaks: str, source: str) -> Callable[[Kind], Kind]:
    """Enter the class under the name. A name given twice is a mistake of ours."""

    def enter(kind: Kind) -> Kind:
        if name in FAULTS:
            raise ValueError(f"two faults are called {name}")
        kind.name, kind.breaks, kind.source = name, breaks, source
        FAULTS[name] = kind
        return kind

    return enter
