"""The surroundings of the module: wireless networks, names, hosts. No reset of the module changes them.

A file, an option or the control socket says what there is; nothing here is a real network. Where nothing is said the
default list is used: more than twenty networks, hidden ones and odd names among them, for those are what drivers trip
over (MBED issues 53, 68, 69, 83; all but ZEPH split at commas).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Any

from reference_impl.core.config import mac
from reference_impl.core.settings import address

SECURITY = {"Open": 0, "WEP": 1, "WPA": 2, "WPA2 AES": 3, "WPA WPA2": 4, "WPA2 TKIP": 5}
"""The words of a scan (DH35, UM56, UM31; the last two in ST and MBED only), and the C3 that joins such a network."""

BANDS = {"5GHz": 0, "2.4GHz": 1}
"""The words of a scan, and the F6 that looks there."""


class WorldError(ValueError):
    """An entry of the surroundings is wrong. The text says which entry, and what is expected."""


@dataclass
class WirelessNetwork:
    """One wireless network. `rssi` in dBm, `rate` in Mbit/s. `passphrase` None: any is good."""

    ssid: bytes
    bssid: str
    rssi: int = -60
    rate: float = 54.0
    security: str = "WPA2 AES"
    channel: int = 6
    hidden: bool = False
    passphrase: bytes | None = field(default=None, repr=False)

    @property
    def band(self) -> str:
        """The band that the channel lies in."""
        return "2.4GHz" if self.channel <= 14 else "5GHz"

    @property
    def shown(self) -> bytes:
        """The name that it tells in a scan: none where it is hidden."""
        return b"" if self.hidden else self.ssid


@dataclass
class World:
    """The surroundings. `listed_only`: a network that is not in the list is not there, whatever its name.

    `hosts`: the milliseconds that a host takes to answer a ping, None: it does not. `names`: what D0 finds.
    `any_name`: a name that is not in the table is this machine. `utc`: seconds to be added to the monotonic clock.
    `wps`: the network whose button was pressed. `gone`: names that were taken away, whether listed or not.
    `unknown`: host names that were taken away.
    """

    networks: list[WirelessNetwork] = field(default_factory=lambda: default_networks())
    listed_only: bool = False
    hosts: dict[str, int | None] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    any_name: bool = True
    utc: float = 0.0
    wps: bytes | None = None
    gone: set[bytes] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)

    def find(self, ssid: bytes) -> WirelessNetwork | None:
        """The strongest network of that name."""
        known = [one for one in self.networks if one.ssid == ssid]
        return max(known, key=lambda one: one.rssi, default=None)

    def put(self, network: WirelessNetwork) -> None:
        """A network appears, or the one with its BSSID changes."""
        self.networks = [one for one in self.networks if one.bssid != network.bssid] + [network]
        self.gone.discard(network.ssid)

    def remove(self, ssid: bytes) -> int:
        """All networks of that name vanish, and it can be joined no more: how many of the list there were."""
        before = len(self.networks)
        self.networks = [one for one in self.networks if one.ssid != ssid]
        self.gone.add(ssid)
        return before - len(self.networks)

    def resolve(self, name: str, own: str) -> str | None:
        """The address of a host name, whatever the case of its letters; None: there is none."""
        known = self.names.get(name.lower())
        return known or (own if self.any_name and name.lower() not in self.unknown else None)

    def ping(self, target: str, own: str) -> int | None:
        """Milliseconds until the host answers, or None. Nothing is sent: the table, or loopback, or the module."""
        if target in self.hosts:
            return self.hosts[target]
        return 1 if target == own or IPv4Address(target).is_loopback else None


def default_networks() -> list[WirelessNetwork]:
    """Twenty-six networks of every kind; none of those that a test would join (LAB, EMULATED-NET)."""
    odd: list[tuple[bytes, str, int, bool]] = [
        (b"Office", "WPA2 AES", 1, False),
        (b'say "hi"', "WPA2 AES", 6, False),
        (b"one,two,three", "WPA2 AES", 11, False),
        (b"", "Open", 1, False),
        (b"out of sight", "WPA2 AES", 6, True),
        (b"exactly-thirty-two-bytes-of-name", "WPA WPA2", 11, False),
        ("Müller Café 网络".encode(), "WPA2 AES", 6, False),
        (b"\xff\xfe raw", "WPA2 AES", 3, False),
        (b" blank at both ends ", "Open", 4, False),
        (b"OK", "WEP", 5, False),
        (b"> ", "WPA", 7, False),
        (b"#001", "WPA2 TKIP", 8, False),
        (b"ERROR", "WPA2 AES", 9, False),
        (b"Lobby", "Open", 36, False),
        (b"Lab 5G", "WPA2 AES", 149, False),
    ]
    plain = [(f"Neighbour {number:02}".encode(), "WPA2 AES", 1 + number % 11, False) for number in range(11)]
    return [
        WirelessNetwork(ssid, f"02:00:5E:00:00:{place:02X}", -40 - 2 * place, 54.0, security, channel, hidden)
        for place, (ssid, security, channel, hidden) in enumerate(odd + plain)
    ]


def read_networks(rows: Any) -> list[WirelessNetwork]:
    """Networks from rows as JSON or TOML has them. Raises WorldError."""
    if not isinstance(rows, list):
        raise WorldError("networks must be a list of tables, such as [[networks]] with ssid and channel")
    return [read_network(row, place) for place, row in enumerate(rows)]


def read_network(row: Any, place: int = 0) -> WirelessNetwork:
    """One network. The name is text (`ssid`) or hexadecimal (`ssid_hex`); the BSSID may be left out. WorldError."""
    if not isinstance(row, dict):
        raise WorldError(f"network {place + 1} must be a table with ssid")
    known = {"ssid", "ssid_hex", "bssid", "rssi", "rate", "security", "channel", "hidden", "passphrase"}
    if unknown := sorted(set(row) - known):
        raise WorldError(f"network {place + 1}: {unknown[0]} is unknown; expected one of {', '.join(sorted(known))}")
    bssid = mac(str(row.get("bssid", f"02:00:5E:00:01:{place & 0xFF:02X}")).encode())
    if bssid is None:
        raise WorldError(f"network {place + 1}: bssid must be six pairs of hexadecimal digits with colons")
    made = WirelessNetwork(_name(row, place), bssid)
    for key, kind in {"rssi": int, "rate": float, "security": str, "channel": int, "hidden": bool}.items():
        if key in row:
            setattr(made, key, _typed(row[key], kind, f"network {place + 1}: {key}"))
    if "passphrase" in row:
        made.passphrase = _typed(row["passphrase"], str, f"network {place + 1}: passphrase").encode()
    if made.security not in SECURITY:
        raise WorldError(f"network {place + 1}: security must be one of {', '.join(SECURITY)}")
    return made


def read_names(rows: Any) -> dict[str, str]:
    """Names and their addresses. Raises WorldError."""
    if not isinstance(rows, dict):
        raise WorldError("names must be a table of name and address")
    for name, where in rows.items():
        if not isinstance(where, str) or address(where.encode()) is None:
            raise WorldError(f"names: {name} must have an IPv4 address, not {json.dumps(where)}")
    return {name.lower(): where for name, where in rows.items()}


def read_hosts(rows: Any) -> dict[str, int | None]:
    """Addresses, and the milliseconds of their answer to a ping; -1: none comes. Raises WorldError."""
    if not isinstance(rows, dict):
        raise WorldError("hosts must be a table of address and milliseconds")
    for host, delay in rows.items():
        if address(str(host).encode()) is None or type(delay) is not int or delay < -1:
            raise WorldError(f"hosts: {host} must be an IPv4 address with milliseconds, or -1 for no answer")
    return {str(address(host.encode())): delay if delay >= 0 else None for host, delay in rows.items()}


def free_mac(taken: Iterable[str]) -> str:
    """The first address of the emulator's own range for stations that none of these has."""
    used = set(taken)
    return next(
        one for number in range(65536) if (one := f"02:00:5E:10:{number >> 8:02X}:{number & 0xFF:02X}") not in used
    )


def _name(row: dict[str, Any], place: int) -> bytes:
    try:
        name = bytes.fromhex(row["ssid_hex"]) if "ssid_hex" in row else str(row["ssid"]).encode()
    except (KeyError, TypeError, ValueError):
        raise WorldError(f"network {place + 1} needs ssid, text, or ssid_hex, hexadecimal digits") from None
    if len(name) > 32:
        raise WorldError(f"network {place + 1}: the name has {len(name)} bytes; expected 32 at most")
    return name


def _typed(value: Any, kind: type, what: str) -> Any:
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise WorldError(f"{what} must be of type {kind.__name__}, not {value!r}")
    return value
