"""C5 and CB to CZ: how the module joins (UM 4.6). C0, CD, C? and the addresses stand in `network`."""

from reference_impl.core.answers import Answer, lines
from reference_impl.core.commands.base import BARE, EITHER, VALUE, Command, Entry, refusal
from reference_impl.core.commands.network import join_now, shown_address
from reference_impl.core.commands.stored import keep, kept_number, settings_rows, shown
from reference_impl.core.config import mac
from reference_impl.core.module import Module
from reference_impl.core.settings import address, number
from reference_impl.core.tasks import Pause
from reference_impl.core.work import Task

RATE = 104
"""Mbit/s that CV shows while joined: the manual's own sample (UM29)."""


def country(module: Module, command: Command) -> Answer:
    """CN=cc keeps the country; CN alone shows it (UM28; the form of what is shown is an assumption)."""
    return keep(module, command) if command.value else shown(module, module.config["CN"])


def group(_module: Module, command: Command) -> Answer:
    """CJ=a,ip: leave or join a multicast group. It is answered and has no effect: multicast is not emulated."""
    action, comma, where = (command.value or b"").partition(b",")
    good = comma and number(action, 0, 1) is not None and address(where) is not None
    return Answer() if good else refusal()


def filter_mac(_module: Module, command: Command) -> Answer:
    """CM=a,mac: the list of multicast addresses. It is answered and has no effect, as CJ."""
    action, comma, one = (command.value or b"").partition(b",")
    good = comma and number(action, 0, 1) is not None and mac(one) is not None
    return Answer() if good else refusal()


def link_rate(module: Module, _command: Command) -> Answer:
    """CV: Mbit/s of the link (UM29); 0 while there is none (assumption)."""
    return shown(module, RATE if module.network.joined else 0)


def button_pin(_module: Module, command: Command) -> Answer:
    """CT=p,m: the pin of the WPS button; `#` clears it. `!` and `?` show forms that no source gives: refused."""
    pin, comma, mode = (command.value or b"").partition(b",")
    good = command.value == b"#" or (comma and number(pin, 0, 9) is not None and number(mode, 0, 1) is not None)
    return Answer() if good else refusal()


def push_button(module: Module, command: Command) -> Answer | Task:
    """CW=n: WPS by pin (0, Z7) or button (1). It finds the network that the control socket named, if any."""
    if number(command.value or b"", 0, 1) is None:
        return refusal()
    return _wps(module)


def _wps(module: Module) -> Task:
    """Searching, Associated, SSID, address (UM29); without a network CMSIS reads this text in an answer with OK."""
    searching, ssid = "[WPS    ] Searching...", module.world.wps
    yield Pause(module.now + module.forms.join_ms / 1000)
    if ssid is None or not kept_number(module, "ZP.radio"):
        return Answer(payload=lines(searching, "[WPS    ] No access point found"))
    module.network.ssid = ssid
    join_now(module)
    name = ssid.decode("utf-8", "surrogateescape")
    texts = f"{searching}\r\n[WPS    ] Associated\r\n[WPS    ] SSID {name}\r\n[DHCP   ] {shown_address(module, 'C6')}"
    return Answer(payload=texts.encode("utf-8", "surrogateescape"))


TABLE: dict[str, Entry] = {
    **settings_rows("C5", "CB", "CC", "CE", "CF", "CY", "CZ"),
    "CJ": Entry(group, "= 0 leave or 1 join, address", VALUE),
    "CM": Entry(filter_mac, "= 0 remove or 1 add, MAC", VALUE),
    "CN": Entry(country, "= country, two letters", EITHER),
    "CT": Entry(button_pin, "= pin, mode, or #", VALUE),
    "CV": Entry(link_rate, "", BARE),
    "CW": Entry(push_button, "= 0 pin, 1 button", VALUE),
}
