"""The settings of the whole module beside the sockets': one row a setting, as in `settings`.

A value that the row's reader refuses changes nothing (UM 1.4.2). What no source gives is marked as an assumption.
The rows stand in the order of the manual; a command that does more than store has its own handler, and its row here
only tells what is kept.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from reference_impl.core.countries import COUNTRIES
from reference_impl.core.settings import address, number
from reference_impl.core.values import Value

Reading = Callable[[bytes], Value | None]

MAC = re.compile(r"[0-9A-Fa-f]{1,2}(?:[:.-][0-9A-Fa-f]{1,2}){5}\Z")
FILTERS = 0xC3
"""Bits of CF: 01 ARP, 02 SNMP, 40 IPv4, 80 multicast (QR4). That they may be combined is an assumption."""

RATES = frozenset(
    {
        *(1200, 2400, 4800, 9600, 14400, 19200, 28800, 38400, 57600, 76800, 115200, 230400, 460800, 921600, 1000000),
        *(1382400, 1843200, 2073600, 2764800, 3686400, 3916800),
    }
)
"""Bits a second that U2 takes: from 1200 to 3916800 (UM 2.1); which ones lie between is partly an assumption."""


def between(low: int, high: int) -> Reading:
    """A reader of numbers from low to high."""
    return lambda text: number(text, low, high)


def at_most(count: int, least: int = 0) -> Reading:
    """A reader of any bytes, `least` to `count` of them."""
    return lambda text: text if least <= len(text) <= count else None


def one_address(text: bytes) -> Value | None:
    """A dotted IPv4 address."""
    return address(text)


def mac(text: bytes) -> str | None:
    """A MAC address with colons, dots or dashes, its pairs padded or not: as XX:XX:XX:XX:XX:XX (UM51; ST unpadded)."""
    words = text.decode("latin-1")
    if not MAC.match(words):
        return None
    return ":".join(f"{int(pair, 16):02X}" for pair in re.split("[:.-]", words))


def clearable(read: Reading, empty: Value) -> Reading:
    """A reader for which `#` alone is `empty` (UM32: F5, QR5: F7)."""
    return lambda text: empty if text == b"#" else read(text)


def _filter(text: bytes) -> Value | None:
    """CF: two hexadecimal digits."""
    good = re.fullmatch(rb"[0-9A-Fa-f]{2}", text) and int(text, 16) & ~FILTERS == 0
    return text.decode().upper() if good else None


def _country(text: bytes) -> Value | None:
    """CN: a country's two letters, with `/` and a number on newer firmware (UM28, QR5)."""
    code, slash, revision = text.decode("latin-1").partition("/")
    good = code in COUNTRIES and (not slash or re.fullmatch("[0-9]{1,3}", revision))
    return f"{code}{slash}{revision}" if good else None


def _fast_connect(text: bytes) -> Value | None:
    """CZ: C clears, 0 off, 1 on, or band, channel and BSSID (QR5)."""
    if text in (b"C", b"0", b"1"):
        return text.decode()
    band, channel, bssid = [*text.split(b","), b"", b""][:3]
    good = number(band, 0, 2) is not None and number(channel, 1, 165) is not None and mac(bssid)
    return text.decode("latin-1") if good and text.count(b",") == 2 else None


def _rate(text: bytes) -> Value | None:
    rate = number(text, 1200, 3916800)
    return rate if rate in RATES else None


def _ap_name(text: bytes) -> Value | None:
    """AS=m,ssid: m 1 appends the MAC; one blank behind the comma is printed in UM20 and sent by ST: not the name's."""
    mode, comma, name = text.partition(b",")
    name = name.removeprefix(b" ")
    good = comma and number(mode, 0, 1) is not None and 1 <= len(name) <= 32
    return mode[-1:] + b"," + name if good else None


def _by_channel(text: bytes) -> Value | None:
    """F7=ssid,channel: what stands behind the last comma is the channel."""
    name, comma, channel = text.rpartition(b",")
    return text if comma and 1 <= len(name) <= 32 and number(channel, 1, 165) is not None else None


def _digits(count: int) -> Reading:
    return lambda text: text.decode() if len(text) == count and text.isdigit() else None


@dataclass(frozen=True, slots=True)
class ConfigEntry:
    """One row: how the value is read, what it is at first, and the usage for MT=0."""

    read: Reading
    default: Value
    usage: str = "= value"


CONFIG: dict[str, ConfigEntry] = {
    # --- joining (UM 4.6) ---
    "C5": ConfigEntry(between(0, 0), 0, "= 0 IPv4"),
    "C6": ConfigEntry(one_address, "0.0.0.0", "= address, a.b.c.d"),
    "C7": ConfigEntry(one_address, "0.0.0.0", "= mask, a.b.c.d"),
    "C8": ConfigEntry(one_address, "0.0.0.0", "= gateway, a.b.c.d"),
    "C9": ConfigEntry(one_address, "255.255.255.255", "= name server 1, a.b.c.d"),
    "CA": ConfigEntry(one_address, "255.255.255.255", "= name server 2, a.b.c.d"),
    "CB": ConfigEntry(between(0, 10), 5, "= join retries, 0 to 10"),
    "CC": ConfigEntry(between(0, 3), 0, "= 0 none, 1 join at start, 2 reconnect, 3 both"),
    "CE": ConfigEntry(between(0, 1), 0, "= 0 open, 1 shared"),
    "CF": ConfigEntry(_filter, "00", "= 00 off, 01 ARP, 02 SNMP, 40 IPv4, 80 multicast"),
    "CN": ConfigEntry(_country, "US", "= country, two letters"),
    "CY": ConfigEntry(between(0, 1), 0, "= 0 show the key, 1 hide it"),
    "CZ": ConfigEntry(_fast_connect, "0", "= C, 0, 1, or band,channel,BSSID"),
    # --- access point (UM 4.4) ---
    "A1": ConfigEntry(lambda text: None if text.lstrip(b"0") == b"1" else number(text, 0, 4), 0, "= 0, 2, 3, 4"),
    "A2": ConfigEntry(at_most(32), b"", "= key, up to 32 bytes"),
    "A7": ConfigEntry(one_address, "255.255.255.0", "= mask, a.b.c.d"),
    "AC": ConfigEntry(between(0, 11), 0, "= channel, 0 to 11"),
    "AL": ConfigEntry(between(0, 255), 24, "= lease, 0 to 255"),
    "AS": ConfigEntry(_ap_name, b"1,eS-WiFi_AP", "= 0 or 1, SSID"),
    "AT": ConfigEntry(between(1, 4), 4, "= clients, 1 to 4"),
    # --- scan (UM 4.8) ---
    "F1": ConfigEntry(between(0, 255), 0, "= repeats, 0 to 255"),
    "F2": ConfigEntry(between(0, 5000), 1000, "= delay, 0 to 5000 ms"),
    # UM32 has 1 as the default of F3, and samples of other channels: until it is set it filters nothing (assumption).
    "F3": ConfigEntry(between(0, 14), 0, "= channel, 0 to 14"),
    "F4": ConfigEntry(mac, "", "= BSSID"),
    "F5": ConfigEntry(clearable(at_most(32, 1), b""), b"", "= SSID, or #"),
    "F6": ConfigEntry(between(0, 2), 2, "= 0 5 GHz, 1 2.4 GHz, 2 both"),
    "F7": ConfigEntry(clearable(_by_channel, b""), b"", "= SSID,channel, or #"),
    "FA": ConfigEntry(between(0, 1), 1, "= 0 5 GHz, 1 2.4 GHz"),
    # --- ping (UM 4.16) ---
    "T1": ConfigEntry(one_address, "0.0.0.0", "= target, a.b.c.d"),
    "T2": ConfigEntry(between(0, 65535), 0, "= repeats, 0 to 65535"),
    "T3": ConfigEntry(between(0, 5000), 0, "= delay, 0 to 5000 ms"),
    # --- names (UM 4.7) ---
    "D1": ConfigEntry(at_most(34), b"0,"),
    "D2.0": ConfigEntry(between(0, 1), 0),
    "D2.1": ConfigEntry(between(0, 1), 0),
    # --- the serial line (UM 4.5, 4.17) ---
    "B2": ConfigEntry(between(0, 3), 0, "= SPI mode, 0 to 3"),
    "B3": ConfigEntry(between(0, 1), 0, "= ready pin, 0 or 1"),
    "U2": ConfigEntry(_rate, 115200, "= rate, 1200 to 3916800"),
    # --- the module (UM 4.19) ---
    "IC": ConfigEntry(at_most(64), b"", "= endpoint, up to 64 bytes"),
    "Z3": ConfigEntry(between(0, 1), 0, "= 0 factory, 1 user"),
    "Z4": ConfigEntry(mac, "", "= MAC, XX:XX:XX:XX:XX:XX"),
    "Z6": ConfigEntry(one_address, "192.168.10.1", "= address of the access point, a.b.c.d"),
    "Z7": ConfigEntry(_digits(8), "12345678", "= 8 digits"),
    "ZN": ConfigEntry(at_most(32, 1), b"", "= name, up to 32 bytes"),
    "ZT": ConfigEntry(at_most(16, 1), b"", "= serial number, up to 16 bytes"),
    "ZP.save": ConfigEntry(between(0, 1), 0),
    "ZP.beacon": ConfigEntry(between(1, 60), 1),
    "ZP.radio": ConfigEntry(between(0, 1), 1),
    "WL": ConfigEntry(at_most(9), b"255,255,0"),
    # --- TLS (UM 4.13): the active set of a function ---
    "PA.0": ConfigEntry(at_most(63), b""),
    "PA.1": ConfigEntry(at_most(63), b""),
    "PF.0": ConfigEntry(between(0, 2), 0),
    "PF.1": ConfigEntry(between(0, 2), 2),
}


def defaults() -> dict[str, Value]:
    """All rows as they are at first."""
    return {name: row.default for name, row in CONFIG.items()}
