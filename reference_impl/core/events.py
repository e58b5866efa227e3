"""The events of the network for the core. Each event carries the handle of the effect that it belongs to."""

from dataclasses import dataclass

from reference_impl.core.effects import Endpoint


@dataclass(frozen=True, slots=True)
class Opened:
    """A server listens, a client is connected, or a datagram socket is bound, at `local`."""

    handle: int
    local: Endpoint


@dataclass(frozen=True, slots=True)
class Failed:
    """What was to be opened could not be; `reason` is for a person.

    `untrusted`: a TLS peer was there, and its certificate is none that was asked for.
    """

    handle: int
    reason: str
    untrusted: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """Server `handle` has taken a client, from now on known as `link`."""

    handle: int
    link: int
    peer: Endpoint
    local: Endpoint


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes of a connection, never none, or one datagram (perhaps empty) with its sender."""

    handle: int
    data: bytes
    peer: Endpoint | None = None


@dataclass(frozen=True, slots=True)
class Transmitted:
    """The network has taken the first `count` bytes."""

    handle: int
    count: int


@dataclass(frozen=True, slots=True)
class Blocked:
    """Nothing can be done at once; what was asked for goes on."""

    handle: int


@dataclass(frozen=True, slots=True)
class Writable:
    """After Blocked, more may be transmitted."""

    handle: int


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection is over: closed or reset by the peer, or given up by keep-alive."""

    handle: int
    reason: str


Event = Opened | Failed | Accepted | Received | Transmitted | Blocked | Writable | Lost
