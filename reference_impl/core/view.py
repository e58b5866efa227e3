"""What a fault, or a need of a command, may see of the module and ask of it.

A Protocol, so that the files below the module (`seams`, `work`) name no class above them: imports lead one way, down.
`Module` fulfils it.
"""

from collections.abc import Sequence
from typing import Protocol

from reference_impl.core.access_point import AccessPoint
from reference_impl.core.effects import Effect
from reference_impl.core.events import Event
from reference_impl.core.profile import Limits
from reference_impl.core.reader import Reader
from reference_impl.core.settings import JoinState
from reference_impl.core.sockets import Socket
from reference_impl.core.values import Value
from reference_impl.core.world import World


class ModuleView(Protocol):
    """The module as faults and needs know it.

    `now`: monotonic seconds. `running`: the line of the command carried out last, without its CR. `selected`: the
    index of the socket that P0 has selected.
    """

    now: float
    running: bytes
    selected: int
    human: bool
    short_errors: int
    address: str
    limits: Limits
    network: JoinState
    config: dict[str, Value]
    access_point: AccessPoint
    world: World
    reader: Reader

    @property
    def sockets(self) -> Sequence[Socket]:
        """All sockets, by index."""

    @property
    def socket(self) -> Socket:
        """The socket that P0 has selected."""

    @property
    def idle(self) -> bool:
        """No command is being carried out or answered."""

    def new_handle(self) -> int:
        """A number for a server or a link, never used before."""

    def emit(self, effect: Effect) -> None:
        """Ask the shell for something."""

    def write(self, data: bytes) -> None:
        """Bytes to the host."""

    def post(self, event: Event) -> None:
        """An event to be believed as if the network had told it, as soon as what goes on now is done."""

    def tell(self, text: str, socket: int) -> None:
        """Asynchronous text about a socket, sooner or later."""

    def has_mail(self, handle: int) -> bool:
        """True when an event for the handle waits."""

    def close_all(self) -> None:
        """Close every server and link, and what is being opened."""

    def close_link(self, socket: Socket) -> None:
        """Close the client or connection of a socket."""
