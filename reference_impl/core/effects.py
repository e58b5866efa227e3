"""The effects that the core asks of its shell: bytes to the host and operations on the network.

Each operation names a handle, a number that the core draws once and never again, so that an event that comes
late for something closed meanwhile matches nothing. The shell performs effects in order, and answers some of
them with events (see `events`): each class says which.
"""

from dataclasses import dataclass, field

Endpoint = tuple[str, int]
"""Dotted IPv4 address and port."""


@dataclass(frozen=True, slots=True)
class KeepAlive:
    """TCP keep-alive: switched on or not, and the idle time in milliseconds before the first probe."""

    on: bool
    idle_ms: int


@dataclass(frozen=True, slots=True)
class Tls:
    """TLS over a connection. With `verify` the peer's certificate must be one that `authority` has signed.

    `authority`, `certificate` and `key` are PEM or DER as the host programmed them, empty where there is none. `name`:
    what the peer is asked for, and with `check_name` what its certificate must be for.
    """

    verify: bool = False
    authority: bytes = b""
    certificate: bytes = b""
    key: bytes = field(default=b"", repr=False)
    name: str = ""
    check_name: bool = False


@dataclass(slots=True)
class Write:
    """Bytes to the host, in one piece, or `size` at once, `gap` seconds a byte, when gap is not 0."""

    data: bytes
    gap: float = 0.0
    size: int = 1


@dataclass(frozen=True, slots=True)
class Listen:
    """Open a TCP server: answered at once by Opened or Failed. With `tls` a client is Accepted after the handshake."""

    handle: int
    local: Endpoint
    backlog: int
    tls: Tls | None = None


@dataclass(frozen=True, slots=True)
class Accept:
    """Take one client of the server, now or when it comes: answered by Accepted, whose link is `link`."""

    handle: int
    link: int


@dataclass(frozen=True, slots=True)
class SetKeepAlive:
    """Switch the keep-alive of a link on or off."""

    handle: int
    keep_alive: KeepAlive


@dataclass(frozen=True, slots=True)
class Connect:
    """Open a TCP connection from `local` (port 0: any): answered by Opened or Failed, now or later."""

    handle: int
    local: Endpoint
    remote: Endpoint
    keep_alive: KeepAlive
    tls: Tls | None = None


@dataclass(frozen=True, slots=True)
class OpenDatagram:
    """Bind a UDP socket: answered at once by Opened or Failed."""

    handle: int
    local: Endpoint


@dataclass(frozen=True, slots=True)
class Receive:
    """Take up to `limit` bytes, or one datagram cut to it: answered at once by Received, Lost or Blocked.

    After Blocked the outcome, Received or Lost, follows when there is one, unless Cancel comes first.
    """

    handle: int
    limit: int


@dataclass(frozen=True, slots=True)
class Transmit:
    """Send what can be sent now: answered at once by Transmitted, Lost or Blocked (then Writable, later).

    With `refuse_closed`, a peer that has closed its own direction makes the answer Lost.
    """

    handle: int
    data: bytes
    remote: Endpoint | None = None
    refuse_closed: bool = True


@dataclass(frozen=True, slots=True)
class Cancel:
    """Wait no longer for what was Blocked, or for a connection under way."""

    handle: int


@dataclass(frozen=True, slots=True)
class Close:
    """Close a server or a link; a server's queued clients are refused with it. Abort: with a reset."""

    handle: int
    abort: bool = False


Effect = Write | Listen | Accept | SetKeepAlive | Connect | OpenDatagram | Receive | Transmit | Cancel | Close
