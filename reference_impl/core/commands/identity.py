"""I, H, M and Z beside those of `system`: who the module is, what its flash holds, and its power (UM 4.11, 4.19)."""

from reference_impl.core.answers import Answer, lines
from reference_impl.core.commands.base import BARE, EITHER, VALUE, Command, Entry, refusal
from reference_impl.core.commands.network import leave, signal_strength
from reference_impl.core.commands.stored import keep_as, kept_bytes, kept_number, put, settings_rows, shown
from reference_impl.core.config import CONFIG
from reference_impl.core.module import Module
from reference_impl.core.settings import number

SERIAL_NUMBER = b"0029001F-33334707-30353834"
"""What ZS shows until ZT has set another (UM53, the manual's own sample)."""

RADIO_VERSION = "emulated radio 1.0"
DUMP_SIZE, ROW = 0x100, 16
JOIN_LIMIT = -90
"""dBm: the signal that MJ wants where it names none (UM36)."""

SLEEP_MAX = 3600000


def module_name(module: Module) -> bytes:
    """What I? and Z? show as the name: ZN's, else the firmware's own (UM52)."""
    return kept_bytes(module, "ZN") or module.profile.identity.name.encode()


def own_mac(module: Module) -> str:
    """Z4's, else a locally administered one, its last byte the module's number."""
    return str(module.config["Z4"]) or f"02:E5:57:1F:00:{module.serial & 0xFF:02X}"


def show_module(module: Module, _command: Command) -> Answer:
    """Z?: configuration, WPS pin, reserved, MAC, address of the access point, power save, radio, beacons, name (UM54).

    Ten fields; that the two beacon fields are the interval and the same again is an assumption.
    """
    kept = module.config
    beacon = kept["ZP.beacon"]
    own = (kept["Z3"], kept["Z7"], 0, own_mac(module), kept["Z6"])
    return shown(module, *own, kept["ZP.save"], kept["ZP.radio"], beacon, beacon, module_name(module))


def mac_address(module: Module, _command: Command) -> Answer:
    """Z5: the MAC address, `XX:XX:XX:XX:XX:XX` (UM51)."""
    return shown(module, own_mac(module))


def wps_pin(module: Module, _command: Command) -> Answer:
    """Z8: the pin that Z7 keeps (UM51)."""
    return shown(module, module.config["Z7"])


def serial_number(module: Module, _command: Command) -> Answer:
    """ZS (UM53); one that ZT has set is shown as it was set: the two forms differ in the manual."""
    return shown(module, kept_bytes(module, "ZT") or SERIAL_NUMBER)


def unlock(module: Module, command: Command) -> Answer:
    """ZC=0: Z1 and Z2 may write again (UM51-52)."""
    return _lock(module, command, 0)


def lock(module: Module, command: Command) -> Answer:
    """ZF=1: Z1 and Z2 are refused from now on (that they are is an assumption)."""
    return _lock(module, command, 1)


def _lock(module: Module, command: Command, wanted: int) -> Answer:
    if number(command.value or b"", wanted, wanted) is None:
        return refusal()
    module.flash.locked = bool(wanted)
    return Answer()


def lock_state(module: Module, _command: Command) -> Answer:
    """ZL: 1 locked, 0 not (QR7; the form is an assumption)."""
    return shown(module, int(module.flash.locked))


def dump(module: Module, _command: Command) -> Answer:
    """ZD: `FLASH Dump:` and 0x100 bytes in rows (UM52). What stands where is an assumption; no key is among it."""
    kept = module.flash.config
    words = "\0".join(str(kept[name]) for name in ("Z3", "Z4", "Z6", "Z7", "AL", "CN")).encode()
    image = (words + b"\0" + kept_bytes(module, "ZN")).ljust(DUMP_SIZE, b"\xff")[:DUMP_SIZE]
    rows = (f"{start:04X}: {image[start : start + ROW].hex(' ').upper()}" for start in range(0, DUMP_SIZE, ROW))
    return Answer(payload=lines("FLASH Dump:", *rows))


def power(module: Module, command: Command) -> Answer:
    """ZP: 0 all on; 1 power save; 2 beacon interval; 3 radio; 4 reset of the radio; 5 and 6 sleep (UM53, QR7).

    5 and 6 are answered and the module goes on: what wakes it, and what it says then, no source tells. `?`: power
    save, beacon interval, radio (the form is an assumption).
    """
    function, comma, value = (command.value or b"").partition(b",")
    if command.value == b"?":
        return shown(module, module.config["ZP.save"], module.config["ZP.beacon"], module.config["ZP.radio"])
    if function in POWER and comma:
        return _keep_power(module, POWER[function], value)
    if function == b"6" and comma:
        return refusal() if number(value, 0, SLEEP_MAX) is None else Answer()
    return _whole_power(module, function) if function in (b"0", b"4", b"5") and not comma else refusal()


POWER = {b"1": "ZP.save", b"2": "ZP.beacon", b"3": "ZP.radio"}


def _keep_power(module: Module, name: str, value: bytes) -> Answer:
    answer = keep_as(module, name, value)
    if not kept_number(module, "ZP.radio"):
        leave(module)
    return answer


def _whole_power(module: Module, function: bytes) -> Answer:
    if function == b"0":
        for name in ("ZP.save", "ZP.radio"):
            put(module, name, CONFIG[name].default)
    elif function == b"4":
        leave(module)  # the radio starts anew, and what it was joined to is gone (assumption)
    return Answer()


def radio_version(module: Module, _command: Command) -> Answer:
    """HR (QR5; the text is an assumption)."""
    return shown(module, RADIO_VERSION)


def uptime(module: Module, _command: Command) -> Answer:
    """HT: milliseconds since the start (QR5)."""
    return shown(module, int((module.now - module.started) * 1000))


def comment(_module: Module, _command: Command) -> Answer:
    """H0: a comment, which does nothing (QR5)."""
    return Answer()


def endpoint(module: Module, command: Command) -> Answer:
    """IC=x: an endpoint of up to 64 bytes (UM35); IC alone tells whether one is configured (assumption)."""
    if command.value is None:
        return shown(module, int(bool(kept_bytes(module, "IC"))))
    return keep_as(module, "IC", command.value)


def time(module: Module, _command: Command) -> Answer:
    """GT: UTC seconds, or without a network the milliseconds since the start (UM34)."""
    utc = int(module.now + module.world.utc)
    return shown(module, utc) if module.network.joined else uptime(module, _command)


def flash_test(module: Module, _command: Command) -> Answer:
    """MF: 1, the test has passed (UM36 has 0 and 1; which is which is an assumption)."""
    return shown(module, 1)


def join_test(module: Module, command: Command) -> Answer:
    """MJ[=dBm]: 1 when joined with at least this signal (UM36; the reading is an assumption)."""
    text = (command.value or str(JOIN_LIMIT).encode()).removeprefix(b"-")
    limit = number(text, 0, 255)
    if limit is None:
        return refusal()
    return shown(module, int(module.network.joined and signal_strength(module) >= -limit))


TABLE: dict[str, Entry] = {
    "GT": Entry(time, "", BARE),
    "H0": Entry(comment, "= text", EITHER),
    "HR": Entry(radio_version, "", BARE),
    "HT": Entry(uptime, "", BARE),
    "IC": Entry(endpoint, "= endpoint, up to 64 bytes", EITHER),
    "MF": Entry(flash_test, "", BARE),
    "MJ": Entry(join_test, "= dBm", EITHER),
    "Z5": Entry(mac_address, "", BARE),
    "Z8": Entry(wps_pin, "", BARE),
    "Z?": Entry(show_module, "", BARE),
    "ZC": Entry(unlock, "= 0", VALUE),
    "ZD": Entry(dump, "", BARE),
    "ZF": Entry(lock, "= 1", VALUE),
    "ZL": Entry(lock_state, "", BARE),
    "ZP": Entry(power, "= function, value", VALUE),
    "ZS": Entry(serial_number, "", BARE),
    **settings_rows("Z3", "Z4", "Z6", "Z7", "ZN", "ZT"),
}
