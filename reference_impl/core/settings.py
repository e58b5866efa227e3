"""The settings: what each may be, what it is at first, and where it is kept.

One row a setting. All of them are kept per socket (UM: "all P settings are kept per socket"; that R and S are
too is the reading of "R and S act on the selected one"). A value that the row's reader refuses changes nothing.

    text of the value            read as
    decimal digits               a number; leading zeros do no harm (UM 4.15.4 shows them for S3)
    a.b.c.d                      an IPv4 address
    e,ms                         keep-alive: 1 on or 0 off, and milliseconds
    nothing                      as the bare command where there is one (DRV: `R0=`), else refused
    anything else                refused: sign, blank, letters, further fields (assumption)
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from reference_impl.core.profile import Limits
from reference_impl.core.values import Value

Reading = Callable[[bytes, Limits], Value | None]
DIGITS = 10
"""Digits of the longest number that is read."""
KEEP_ALIVE_MAX = 7200000


def number(text: bytes, low: int, high: int) -> int | None:
    """The number that the digits give, or None when it is not between low and high."""
    if not text.isdigit() or len(text) > DIGITS:
        return None
    value = int(text)
    return value if low <= value <= high else None


def address(text: bytes) -> str | None:
    """The IPv4 address in its shortest writing, or None."""
    parts = [number(part, 0, 255) for part in text.split(b".")]
    if len(parts) != 4 or None in parts:
        return None
    return ".".join(str(part) for part in parts)


def _between(low: int, high: int) -> Reading:
    return lambda text, _limits: number(text, low, high)


def _keep_alive(text: bytes, limits: Limits) -> Value | None:
    """PK: 1 is on, 0 is off (WEB, UM; QR20's text that swaps them is an erratum).

    The idle time is 250 to 7200000 (UM, QR6), yet real modules take PK=1,1, and a driver switches it off by PK=0,0
    (DRV): so does this one. PK=1,0 is refused (assumption).
    """
    enable, comma, idle = text.partition(b",")
    on = number(enable, 0, 1)
    ms = None if on is None else number(idle, on, KEEP_ALIVE_MAX)
    if not limits.keep_alive or not comma or on is None or ms is None:
        return None
    return (on, ms)


@dataclass(frozen=True, slots=True)
class Setting:
    """One row: how the value is read, what it is at first (a number may come from the profile), and the usage."""

    read: Reading
    default: Value | Callable[[Limits], Value]
    usage: str


SETTINGS: dict[str, Setting] = {
    "P1": Setting(lambda text, lim: number(text, 0, lim.protocol_max), 0, "= 0 TCP, 1 UDP, 2 UDP-Lite, 3 TCP-SSL"),
    "P2": Setting(_between(0, 65535), 5024, "= local port, 0 to 65535"),
    "P3": Setting(lambda text, _: address(text), "0.0.0.0", "= remote address, a.b.c.d"),
    "P4": Setting(_between(0, 65535), 5025, "= remote port, 0 to 65535"),
    "P8": Setting(
        lambda text, lim: number(text, lim.backlog_min, lim.backlog_max), lambda lim: lim.backlog_default, "= backlog"
    ),
    "P9": Setting(_between(0, 2), 0, "= 0 verify nothing, 1 optional, 2 required"),
    "PB": Setting(_between(0, 1), 0, "= 0 end where the root CA fails, 1 tell it only"),
    "PK": Setting(_keep_alive, (0, KEEP_ALIVE_MAX), "= 0 off or 1 on, idle time 1 to 7200000 ms"),
    "R1": Setting(lambda text, lim: number(text, lim.read_min, 1460), 1460, "= read packet size, 1 to 1460"),
    "R2": Setting(_between(0, 30000), 5000, "= read timeout, 0 to 30000 ms"),
    "R3": Setting(_between(0, 1), 0, "= 0 with delimiters, 1 without"),
    "S1": Setting(_between(1, 1460), 1460, "= write packet size, 1 to 1460"),
    "S2": Setting(_between(0, 30000), 5000, "= write timeout, 0 to 30000 ms"),
}


def defaults(limits: Limits) -> dict[str, Value]:
    """The settings of one socket as they are at first."""
    return {name: row.default(limits) if callable(row.default) else row.default for name, row in SETTINGS.items()}


@dataclass
class JoinState:
    """What C1 to C4 say, and whether the module has joined. The passphrase is never shown or logged.

    `lease`: what joining has brought, under the names of the settings that it hides (C6 to CA), until it is left.
    `lost`: it was joined, and went away by itself.
    """

    ssid: bytes = b""
    passphrase: bytes = field(default=b"", repr=False)
    security: int = 0
    dhcp: int = 1
    joined: bool = False
    lost: bool = False
    lease: dict[str, str] = field(default_factory=dict)
