"""The module's sockets: settings, and what is open on each.

A socket holds a server, a link (the client being served, the connection of P6, or a datagram socket), both or
nothing. The state of its TCP server follows from the two:

    server   link     lost      state
    no       any      any       STOPPED
    yes      no       -         WAITING     for a client
    yes      yes      no        SERVING     one client; the others wait in the backlog (WEB: one at a time)
    yes      yes      yes       LOST        the client is gone, the next is not yet called (P5=10)
"""

import enum
from dataclasses import dataclass

from reference_impl.core.effects import Endpoint
from reference_impl.core.values import Value

NOWHERE: Endpoint = ("0.0.0.0", 0)


class State(enum.Enum):
    """The state of a socket's TCP server."""

    STOPPED = "stopped"
    WAITING = "waiting"
    SERVING = "serving"
    LOST = "lost"


class Order(enum.Enum):
    """What a command wants of the server."""

    START = "P5=1"
    MULTI = "P5=11"
    NEXT = "P5=10"
    STOP = "P5=0"


@dataclass
class Server:
    """A listening TCP socket. `multi`: started by P5=11 or by the older accept loop."""

    handle: int
    port: int
    multi: bool
    accepting: bool = False


@dataclass
class Link:
    """A connection, or a datagram socket; `peer` is the other end, NOWHERE for a datagram socket that has none.

    `port`: the local port of a datagram socket.
    """

    handle: int
    peer: Endpoint = NOWHERE
    port: int = 0
    datagram: bool = False
    lost: bool = False


@dataclass
class Socket:
    """One of the sockets. `role` is the command that opened the link: "P5", "P6" or "" for none.

    `host`: the name that D0 found the remote address by, "" where P3 has set it.
    """

    index: int
    settings: dict[str, Value]
    server: Server | None = None
    link: Link | None = None
    role: str = ""
    host: str = ""

    @property
    def state(self) -> State:
        """The state of the TCP server, by the table above."""
        if self.server is None:
            return State.STOPPED
        if self.link is None:
            return State.WAITING
        return State.LOST if self.link.lost else State.SERVING

    def number(self, name: str) -> int:
        """A setting that is a number."""
        value = self.settings[name]
        assert isinstance(value, int)
        return value

    @property
    def datagram(self) -> bool:
        """True for UDP and UDP-Lite, which this module sends as UDP (assumption)."""
        return self.settings["P1"] in (1, 2)

    def port_shown(self) -> int:
        """The local port; of a server and of a datagram socket the one that was bound (P2=0: any, an assumption)."""
        bound = self.server.port if self.server else self.link.port if self.link else 0
        return bound or self.number("P2")

    def remote(self) -> Endpoint:
        """Where datagrams go: to the sender of the last one, else to P3 and P4 (assumption)."""
        if self.link is not None and self.link.peer != NOWHERE:
            return self.link.peer
        return str(self.settings["P3"]), self.number("P4")
