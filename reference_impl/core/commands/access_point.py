"""A: the module's own access point (UM 4.4). Stations come and go as the control socket says; servers are real.

    state       A0, AD                           AE                      byte 0x11
    none        start, A0 keeps the line         OK, or ERROR *          -
    A0 runs     -  (the line is kept)            -                       Shutdown, OK
    AD runs     ERROR, Already running (CMSIS)   end                     a byte like any other

* no source says which. Servers of a module that is not joined are bound to Z6 where that is one of 127.0.0.0/8.
"""

from ipaddress import IPv4Address

from reference_impl.core.access_point import AccessPoint
from reference_impl.core.answers import CRLF, PROMPT, Answer, lines
from reference_impl.core.commands.base import BARE, Command, Entry, refusal
from reference_impl.core.commands.identity import own_mac
from reference_impl.core.commands.network import can_join, join_now, leave, shown_address
from reference_impl.core.commands.stored import kept_bytes, kept_number, settings_rows, shown
from reference_impl.core.module import Module
from reference_impl.core.tasks import Choice
from reference_impl.core.work import Task
from reference_impl.core.world import SECURITY

SHUTDOWN_KEY = b"\x11"
LONGEST_NAME = 32
RUNNING = b"[AP     ] Already running"
NO_SOCKET = -1
"""What a notice of the access point is about, in place of a socket."""


def name_on_air(module: Module) -> bytes:
    """The name of AS; with mode 1 the MAC behind it, cut to 32 bytes (UM20; the form is an assumption)."""
    mode, _, name = kept_bytes(module, "AS").partition(b",")
    if mode == b"0":
        return name
    return (name + b"_" + own_mac(module).replace(":", "").encode())[:LONGEST_NAME]


def show(module: Module, _command: Command) -> Answer:
    """A?: SSID, IP, channel, security, key, DHCP, lease, status (UM16): the settings as they were set."""
    kept, running = module.config, int(bool(module.access_point.mode))
    settings = (kept["Z6"], kept["AC"], kept["A1"], kept["A2"])
    return shown(module, name_on_air(module), *settings, 1, kept["AL"], running)


def start_direct(module: Module, _command: Command) -> Answer:
    """AD: the access point, and OK behind its lines (UM19); some firmware has no lines (DS15), or others (CMSIS)."""
    refused = _start(module, "AD")
    if refused is not None:
        return refused
    name, own = name_on_air(module), str(module.config["Z6"]).encode()
    if module.forms.ap_started == "empty":
        return Answer()
    if module.forms.ap_started == "commas" or module.polled:
        # CMSIS, which tells SPI modules, looks for the address behind the second comma.
        return Answer(payload=b"[AP     ] %b,%d,%b" % (name, kept_number(module, "AC"), own))
    return Answer(payload=b"[AP     ] SSID: %b IP: %b\r\n[WEB SVR] CSO Server started" % (name, own))


def start_page(module: Module, _command: Command) -> Task:
    """A0: two lines and a prompt, no OK; the answer ends when a network is chosen, or at the byte 0x11 (UM18).

    The page itself is left out: the control socket chooses. A network that cannot be joined leaves A0 running
    (assumption).
    """
    refused = _start(module, "A0")
    if refused is not None:
        return refused
    own = str(module.config["Z6"]).encode()
    started = b"[AP     ] SSID: %b IP: %b\r\n[WEB SVR] Server started" % (name_on_air(module), own)
    module.write(CRLF + started + PROMPT)
    module.work.prompted = True
    while True:
        yield Choice(SHUTDOWN_KEY)
        if module.reader.pluck(SHUTDOWN_KEY):
            end(module)
            return Answer(payload=lines("[AP     ] Shutdown"))
        if _join_chosen(module):
            return Answer(payload=_joined_lines(module))


def _start(module: Module, mode: str) -> Answer | None:
    """Start it, and give the refusal where that cannot be done. A0 leaves the network that was joined."""
    if module.access_point.mode:
        return refusal("Already running", RUNNING)
    if not kept_number(module, "ZP.radio"):
        return refusal("Radio is off")
    if mode == "A0":
        leave(module)
    own = str(module.config["Z6"])
    if not module.network.joined and IPv4Address(own).is_loopback:
        module.address = own
    module.access_point = AccessPoint(mode)
    return None


def _join_chosen(module: Module) -> bool:
    """Join the network that was chosen on the page; False: it cannot be, and another may be chosen."""
    chosen, module.access_point.chosen = module.access_point.chosen, None
    if chosen is None:
        return False
    network = module.network
    network.ssid, network.passphrase = chosen
    found = module.world.find(network.ssid)
    network.security = SECURITY[found.security] if found else network.security
    if not can_join(module):
        return False
    end(module)
    join_now(module)
    return True


def _joined_lines(module: Module) -> bytes:
    """`[JOIN   ] ssid` and `[DHCP   ] ip` (UM18), or one line as C0's (ST, newer)."""
    name, own = module.network.ssid, shown_address(module, "C6").encode()
    form = b"[JOIN   ] %b,%b,0,0" if module.forms.ap_joined_line else b"[JOIN   ] %b\r\n[DHCP   ] %b"
    return form % (name, own)


def stop(module: Module, _command: Command) -> Answer:
    """AE: the access point ends, and with it what was open on it (UM20 wants that closed before)."""
    if not module.access_point.mode and module.forms.ap_idle_refused:
        return refusal("No access point")
    end(module)
    return Answer()


def end(module: Module) -> None:
    """No access point any more; its stations and leases are gone, and so are servers that no network is left for."""
    was_running = bool(module.access_point.mode)
    module.access_point = AccessPoint()
    module.notices.withdraw(NO_SOCKET)
    if was_running and not module.network.joined:
        module.close_all()
        module.address = module.first_address


def signals(module: Module, _command: Command) -> Answer:
    """AR: `0,MAC,-40`, a line a station, the first one 0 (UM20); none of them: an empty OK (assumption)."""
    guests = enumerate(module.access_point.guests)
    return Answer(payload=lines(*(f"{place},{one.mac},{one.rssi}" for place, one in guests)))


def cache(module: Module, _command: Command) -> Answer:
    """AA: MAC and address of each lease (UM19; the form is an assumption)."""
    return Answer(payload=lines(*(f"{mac},{ip}" for mac, ip in module.access_point.leases.items())))


TABLE: dict[str, Entry] = {
    "A0": Entry(start_page, "", BARE),
    "A?": Entry(show, "", BARE),
    "AA": Entry(cache, "", BARE),
    "AD": Entry(start_direct, "", BARE),
    "AE": Entry(stop, "", BARE),
    "AR": Entry(signals, "", BARE),
    **settings_rows("A1", "A2", "A7", "AC", "AL", "AS", "AT"),
}
