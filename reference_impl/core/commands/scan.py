"""F: which networks are about (UM 4.8). They are those of the surroundings; nothing is ever received by radio.

setting   an answer of F0 has only
F3        the networks of that channel; 0: of all
F4        the one with that BSSID
F5        those of that name, a hidden one too: it answers when it is called (UM32)
F6        those of that band; 2: of both
F7        those of that name on that channel (QR5)
F1, F2    so many scans more, so many milliseconds between them: networks are listed once (assumption)
"""

from collections import deque
from collections.abc import Generator

from reference_impl.core.answers import CRLF, Answer
from reference_impl.core.commands.base import BARE, EITHER, Command, Entry, refusal
from reference_impl.core.commands.stored import kept_bytes, kept_number, settings_rows, shown
from reference_impl.core.module import Module
from reference_impl.core.tasks import Pause
from reference_impl.core.work import Need, Task
from reference_impl.core.world import BANDS, WirelessNetwork

INFRASTRUCTURE = "Infrastructure"
SEARCHING, SEARCHED = b"Waiting for scan results...", b"End of scan results"
"""What stands around the list in human mode (UM56; how it is put is an assumption)."""

BEGIN, END = b"[SOMA]", b"[EOMA]"


def scan(module: Module, command: Command) -> Answer | Task:
    """F0: all networks in one answer, joined or not. F0=2: one a message, the rest by MR (QR5: SPI)."""
    if command.value is None:
        return _scan_at_once(module)
    if command.value != b"2" or not module.polled:
        return refusal()
    return _scan_step_by_step(module)


def _scan_at_once(module: Module) -> Task:
    found = yield from _look(module)
    if found is None:
        return refusal("Radio is off")
    repeats = kept_number(module, "F1") + 1 if module.forms.scan_repeats_list else 1
    listed = describe(found) * repeats
    return Answer(payload=CRLF.join([SEARCHING, *listed, SEARCHED] if module.human else listed))


def _scan_step_by_step(module: Module) -> Task:
    """The first network now. That an empty OK ends the row is an assumption, as is that it is all where none is."""
    found = yield from _look(module)
    if found is None:
        return refusal("Radio is off")
    module.scan_rest = deque(describe(found))
    return next_network(module)


def next_network(module: Module) -> Answer:
    """One more network of F0=2, without OK; after the last one the answer with OK (ST, MBED)."""
    rest = module.scan_rest or deque()
    if not rest:
        module.scan_rest = None
        return Answer()
    line = rest.popleft()
    return Answer(payload=BEGIN + line + END if module.forms.scan_in_brackets else line, tailless=True)


def _look(module: Module) -> Generator[Need, None, list[WirelessNetwork] | None]:
    """The networks that pass the filters, the strongest first; None: the radio is off."""
    repeats = kept_number(module, "F1")
    for _ in range(repeats + 1):
        yield Pause(module.now + module.forms.scan_ms / 1000)
    yield Pause(module.now + repeats * kept_number(module, "F2") / 1000)
    if not kept_number(module, "ZP.radio"):
        return None
    return sorted((one for one in module.world.networks if _passes(module, one)), key=lambda one: -one.rssi)


def _passes(module: Module, network: WirelessNetwork) -> bool:
    kept = module.config
    name, _, channel = kept_bytes(module, "F7").rpartition(b",")
    called = kept_bytes(module, "F5") or name
    if network.hidden and module.forms.hidden_left_out and network.ssid != called:
        return False
    return (
        kept["F3"] in (0, network.channel)
        and kept["F4"] in ("", network.bssid)
        and kept["F6"] in (2, BANDS[network.band])
        and kept["F5"] in (b"", network.ssid)
        and (not name or (name == network.ssid and int(channel) == network.channel))
    )


def describe(networks: list[WirelessNetwork]) -> list[bytes]:
    """The lines of F0: index, quoted SSID, BSSID, RSSI, rate, type, security, band, channel (UM31, DH35).

    The name stands between its quotes as it is, whatever bytes it has: no source has any escape.
    """
    return [
        b'#%03d,"%b",' % (place, one.shown)
        + f"{one.bssid},{one.rssi},{one.rate:.1f},{INFRASTRUCTURE},{one.security},{one.band},{one.channel}".encode()
        for place, one in enumerate(networks, 1)
    ]


def show(module: Module, _command: Command) -> Answer:
    """F?: scans, and the delay between them (UM32: 1,1000 at first)."""
    return shown(module, kept_number(module, "F1") + 1, kept_number(module, "F2"))


TABLE: dict[str, Entry] = {
    "F0": Entry(scan, "= 2, on SPI", EITHER),
    "F?": Entry(show, "", BARE),
    **settings_rows("F1", "F2", "F3", "F4", "F5", "F6", "F7", "FA"),
}
