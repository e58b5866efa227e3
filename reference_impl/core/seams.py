"""The seams: the points where a faulty behaviour may be put in, and nothing else is changed.

Each method is a filter: it takes what the core is about to do, believe or say, and returns what it shall do,
believe or say instead. The base class changes nothing; a fault overrides one or two of them. Where the type
allows None, None means "not at all". Several faults are applied in the order in which they were named.

Besides, a fault may look at `self.module` (`running`: the line of the command being carried out, `now`, `sockets`,
`selected`), and do what a command may: `emit` an effect, `tell` a notice, `post` an event as if it had come from the
network, `write` bytes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from reference_impl.core.answers import Answer
from reference_impl.core.effects import Effect
from reference_impl.core.events import Event
from reference_impl.core.sockets import Order
from reference_impl.core.values import Value
from reference_impl.core.view import ModuleView


@dataclass(slots=True)
class Check:
    """The text of a setting and the value read from it: None when it is refused."""

    name: str
    text: bytes
    value: Value | None


@dataclass(frozen=True, slots=True)
class Change:
    """A value about to be stored for a socket (0 to 3)."""

    socket: int
    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Notice:
    """Asynchronous text, the socket that it is about, and the seconds before it is sent."""

    text: str
    socket: int
    delay: float


class Seams:
    """All seams, changing nothing. `module` is the module that the fault was put into."""

    module: ModuleView

    # --- the serial side -------------------------------------------------------------------------------------
    def input(self, data: bytes) -> bytes:
        """Bytes of the host as they come in, cut anywhere."""
        return data

    def line(self, text: bytes) -> bytes | None:
        r"""A command as it came, without its `\r`."""
        return text

    def payload(self, data: bytes) -> bytes:
        """What S3 or S0 is about to transmit."""
        return data

    def answer(self, answer: Answer) -> Answer | None:
        """An answer before it becomes bytes; None: the module stays silent."""
        return answer

    def frame(self, frame: bytes) -> bytes:
        """The bytes of an answer."""
        return frame

    def think(self, seconds: float) -> float:
        """How long the module thinks before it answers."""
        return seconds

    def notice(self, notice: Notice) -> Notice | None:
        """Asynchronous text before it is queued."""
        return notice

    def notice_frame(self, frame: bytes) -> bytes:
        """The bytes of asynchronous text."""
        return frame

    def output(self, data: bytes) -> bytes:
        """Any bytes to the host."""
        return data

    # --- settings --------------------------------------------------------------------------------------------
    def check(self, check: Check) -> Check:
        """The verdict on a setting's value."""
        return check

    def store(self, change: Change) -> Change | None:
        """A value about to be stored; None: it is not."""
        return change

    def select(self, socket: int) -> int:
        """The socket that P0 selects."""
        return socket

    def shown(self, fields: list[str]) -> list[str]:
        """The fields of P?, R?, S?, C? or I?."""
        return fields

    # --- the network side ------------------------------------------------------------------------------------
    def effect(self, effect: Effect) -> Effect | None:
        """An operation on the network, or bytes to the host, before it is given to the shell."""
        return effect

    def event(self, event: Event) -> Event | None:
        """What the network tells, before the core believes it."""
        return event

    def order(self, order: Order) -> Order:
        """What P5 or P7 wants of the server."""
        return order

    def accepts_more(self, more: bool) -> bool:
        """True when another client is taken although one is being served (never, by the documents)."""
        return more

    # --- data ------------------------------------------------------------------------------------------------
    def read_limit(self, limit: int) -> int:
        """How many bytes this R0 asks for."""
        return limit

    def read_timeout(self, seconds: float) -> float:
        """How long this R0 waits."""
        return seconds

    def write_timeout(self, seconds: float) -> float:
        """How long S3 or S0 waits, for the host's bytes and for the network."""
        return seconds

    def received(self, data: bytes) -> bytes:
        """The payload of R0."""
        return data

    def count(self, count: int) -> int:
        """The number that S3 or S0 tells."""
        return count

    def lost(self, lost: bool) -> bool:
        """Whether R0 or S3 tells that the connection is lost."""
        return lost


NAMES = tuple(name for name in vars(Seams) if not name.startswith("_"))
"""The names of all seams."""


def in_turn(faults: Sequence[Seams]) -> Seams:
    """The seams of all ``faults`` as those of one: each value goes through them in order, until one returns None."""
    if len(faults) == 1:
        return faults[0]
    seams = Seams()
    for name in NAMES if faults else ():
        setattr(seams, name, partial(_through, [getattr(fault, name) for fault in faults]))
    return seams


def _through(filters: Sequence[Callable[[Any], Any]], value: Any) -> Any:
    for each in filters:
        if value is None:
            return None
        value = each(value)
    return value
