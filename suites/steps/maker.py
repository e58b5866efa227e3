"""Makes uses of the module's sockets, in turn; a fault tells what was before, and is charged to where it shows."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import Network
from fixtures.errors import ModuleFault
from suites.spec.profiles import Profile
from suites.steps.datagrams import free_port
from suites.steps.uses import (
    LASTING,
    WHOLE,
    LostCall,
    RefusedCall,
    TcpCall,
    TcpService,
    UdpCall,
    UdpService,
    Use,
)

MOST_BEFORE = 12
"""Uses of a socket that are remembered: enough to hold one of each kind."""


@dataclass
class Maker:
    """Makes uses of the module's sockets; the servers of one socket share a port, as a host's do."""

    at: ATClient
    peers: Network
    profile: Profile
    case: Case
    ports: dict[int, int] = field(default_factory=dict)
    story: list[str] = field(default_factory=list)
    before: dict[int, list[Use]] = field(default_factory=dict)

    def lasting(self, name: str, socket: int = 0) -> Use:
        """A use of ``LASTING`` that has not begun."""
        return self._made(LASTING[name], name, socket)

    def whole(self, name: str, socket: int = 0) -> Use:
        """A use of ``WHOLE`` that has not begun."""
        return self._made(WHOLE[name], name, socket)

    @contextmanager
    def turn(self, what: str, requirement: str = "") -> Iterator[None]:
        """``what`` is done now: a fault in it breaks ``requirement``, else that of its step; it tells what was before.

        Raises ModuleFault, as it came.
        """
        self.story.append(what)
        try:
            yield
        except ModuleFault as fault:
            fault.args = (f"{fault}\nin turn:  {', then '.join(self.story[-3:])}",)
            fault.requirement = requirement or fault.requirement or fault.step
            raise

    def _made(self, kind: Callable[..., Use], name: str, socket: int) -> Use:
        port = self.ports.setdefault(socket, free_port(self.peers))
        use = kind(self.at, self.peers, self.profile, self.case, socket, port, name)
        former = self.before.setdefault(socket, [])
        use.start_step = start_again(use, former)
        self.before[socket] = [*former[-MOST_BEFORE:], use]
        return use


def start_again(use: Use, before: Sequence[Use]) -> str:
    """The requirement that says that ``use`` starts behind those ``before`` on its socket; "" for a first one."""
    kind = next(kind for kind in (TcpService, TcpCall, UdpService, UdpCall) if isinstance(use, kind))
    alike = [one for one in before if isinstance(one, kind)]
    if not alike:
        return ""
    if isinstance(use, TcpService):
        return "MA-RESTART" if use.mode == 11 else "SS-RESTART"
    if isinstance(use, UdpService | UdpCall):
        return "UD-RESTART" if isinstance(use, UdpService) else "UD-CLIENT-AGAIN"
    if isinstance(alike[-1], RefusedCall):
        return "CL-AFTER-FAILED"
    return "CL-AFTER-LOSS" if isinstance(alike[-1], LostCall) else "CL-AGAIN"
