"""C and D: the wireless network, and name lookup."""

import re
from ipaddress import IPv4Address

from reference_impl.core import settings
from reference_impl.core.answers import Answer, lines
from reference_impl.core.commands.base import BARE, VALUE, Command, Entry, refusal
from reference_impl.core.commands.stored import keep, kept_number, shown
from reference_impl.core.config import CONFIG
from reference_impl.core.events import Lost
from reference_impl.core.module import Module
from reference_impl.core.settings import address, number
from reference_impl.core.tasks import Pause
from reference_impl.core.work import Task
from reference_impl.core.world import SECURITY, WirelessNetwork

NO_SUCH = b"NOSUCH"
"""Networks and hosts whose names begin so do not exist (the emulator's own rule)."""

LONGEST_NAME = 64
MASK = "255.255.255.0"
SIGNAL = -45
"""dBm of a network that the surroundings do not list."""

NOT_FOUND = "Host not found "
HOST_NAME = re.compile(rb"[A-Za-z0-9][A-Za-z0-9.-]{0,252}\Z")


def set_ssid(module: Module, command: Command) -> Answer:
    """C1: 1 to 32 bytes, any."""
    if not 1 <= len(command.value or b"") <= module.limits.ssid_max:
        return refusal()
    module.network.ssid = command.value or b""
    return Answer()


def set_passphrase(module: Module, command: Command) -> Answer:
    """C2: up to 64 bytes, any; none for an open network. It is kept, and shown nowhere."""
    if len(command.value or b"") > 64:
        return refusal()
    module.network.passphrase = command.value or b""
    return Answer()


def set_security(module: Module, command: Command) -> Answer:
    """C3: 0 open, 1 WEP, 2 WPA, 3 WPA2-AES, 4 mixed, 5 WPA2-TKIP."""
    value = number(command.value or b"", 0, 5)
    if value is None:
        return refusal()
    module.network.security = value
    return Answer()


def set_dhcp(module: Module, command: Command) -> Answer:
    """C4: 1 DHCP, 0 the address of C6 to C8, which counts from the next join on (UM24)."""
    value = number(command.value or b"", 0, 1)
    if value is None:
        return refusal()
    module.network.dhcp = value
    return Answer()


def join(module: Module, _command: Command) -> Task:
    """C0: a network that the surroundings list is joined by their rules; another one is there and takes any key.

    While the module's own access point runs it is refused (assumption).

    `[JOIN   ] ssid,ip,0,0` with three blanks, the last two the states of the mDNS services (UM31). On C1.x in two
    lines: their exact bytes are an assumption. A join that fails leaves the network that was joined before
    (assumption).
    """
    network = module.network
    yield Pause(module.now + module.forms.join_ms / 1000)
    head = b"[JOIN   ] " + network.ssid
    if module.forms.joined_refused and network.joined:
        return refusal("Already connected!", b"Already connected!")
    if module.access_point.mode:
        return refusal("Access point is running", head + b"\r\n[JOIN   ] Failed")
    if not can_join(module):
        leave(module)
        return refusal("Failed to join", head + b"\r\n[JOIN   ] Failed")
    join_now(module)
    fields = f"{shown_address(module, 'C6')},{kept_number(module, 'D2.0')},{kept_number(module, 'D2.1')}".encode()
    between = b"," if module.forms.join_lines == 1 else b"\r\n[JOIN   ] " + network.ssid + b","
    return Answer(payload=head + between + fields)


def can_join(module: Module) -> bool:
    """True when C0 would succeed: the radio is on, the network is there and the key is its own.

    A network without a key in the list takes any, as one that is not listed does. One whose name begins with NOSUCH
    is never there, nor one that the control socket has taken away.
    """
    network, world = module.network, module.world
    found = world.find(network.ssid)
    missing = network.ssid in world.gone or (world.listed_only and found is None) or not module.in_reach
    if not network.ssid or network.ssid.startswith(NO_SUCH) or missing:
        return False
    return bool(module.config["ZP.radio"]) and (found is None or fits(network, found))


def fits(network: settings.JoinState, found: WirelessNetwork) -> bool:
    """C2 and C3 are those of the network; mixed (4) is good for any kind of WPA."""
    if found.passphrase is None:
        return True
    kind = SECURITY[found.security]
    alike = network.security == kind or (network.security == 4 and kind >= 2) or (kind == 4 and network.security >= 2)
    return alike and (kind == 0 or network.passphrase == found.passphrase)


def join_now(module: Module) -> None:
    """Joined, with the address that DHCP or C6 gives. A C6 of 127.0.0.0/8 is where servers are bound, too."""
    network, kept = module.network, module.config
    network.joined, network.lease = True, {}
    if network.dhcp or kept["C6"] == "0.0.0.0":
        module.address = next_address(module) if module.forms.new_address else module.first_address
        gateway = module.address.rpartition(".")[0] + ".1"
        network.lease = {"C6": module.address, "C7": MASK, "C8": gateway, "C9": gateway, "CA": "0.0.0.0"}
    elif IPv4Address(str(kept["C6"])).is_loopback:
        module.address = str(kept["C6"])


def join_at_start(module: Module) -> None:
    """What a module does before its first prompt: CC=1 or 3, saved by Z1, joins (UM27)."""
    if module.network.joined or (module.config["CC"] in (1, 3) and can_join(module)):
        join_now(module)


def network_back(module: Module) -> None:
    """What is around has changed: a module that lost its network joins again where CC is 2 or 3 (UM27)."""
    lost = module.network.lost and not module.network.joined and not module.access_point.mode
    if lost and module.config["CC"] in (2, 3) and can_join(module):
        join_now(module)


def lose_network(module: Module) -> None:
    """The joined network is out of reach: what was open is closed, as when the module leaves (assumption)."""
    if not module.network.joined:
        return
    awaited = module.work.awaited
    leave(module)
    module.network.lost = True
    if awaited is not None:
        module.post(Lost(awaited, "the network is gone"))


def shown_address(module: Module, name: str) -> str:
    """C6 to CA as C? shows it: the lease's while one hides the setting."""
    return module.network.lease.get(name) or str(module.config[name])


def set_address(module: Module, command: Command) -> Answer:
    """C6 to CA: kept and shown from now on, in use from the next join on (assumption)."""
    answer = keep(module, command)
    if answer.ok:
        module.network.lease.pop(command.name, None)
    return answer


def next_address(module: Module) -> str:
    """The address of the next lease: the module's first one and the two behind it take turns."""
    place = int(IPv4Address(module.address)) - int(IPv4Address(module.first_address))
    return str(IPv4Address(module.first_address) + (place + 1) % 3)


def show(module: Module, _command: Command) -> Answer:
    """C?: 15 fields, the last one 1 when joined. The key is shown as `*` (assumption: QR5 shows it while CY is 0).

    No field is empty but that of an SSID never set: drivers that split with strtok would lose it (DRV).
    """
    network, kept = module.network, module.config
    visible = module.forms.key_shown and not kept["CY"]
    head = (network.ssid, network.passphrase if visible else "*", network.security, network.dhcp, kept["C5"])
    addresses = (shown_address(module, name) for name in ("C6", "C7", "C8", "C9", "CA"))
    return shown(module, *head, *addresses, *(kept[name] for name in ("CB", "CC", "CE", "CN")), int(network.joined))


def connected(module: Module, _command: Command) -> Answer:
    """CS: 1 when joined, else 0."""
    return Answer(payload=str(int(module.network.joined)).encode())


def disconnect(module: Module, _command: Command) -> Answer:
    """CD: leave the network; address, mask and gateway are cleared (UM27)."""
    leave(module)
    for name in ("C6", "C7", "C8"):
        module.config[name] = CONFIG[name].default
    return Answer()


def leave(module: Module) -> None:
    """What was open is closed with the network (assumption)."""
    module.close_all()
    module.network.joined, module.network.lease, module.network.lost = False, {}, False


def signal(module: Module, _command: Command) -> Answer:
    """CR: signal strength in dBm, as the surroundings have it; 0 when not joined (assumption)."""
    return shown(module, signal_strength(module) if module.network.joined else 0)


def signal_strength(module: Module) -> int:
    """DBm of the network that C1 names."""
    found = module.world.find(module.network.ssid)
    return found.rssi if found else SIGNAL


def lookup(module: Module, command: Command) -> Answer:
    """D0: an address stays itself, any name is this machine (assumption); kept as P3 (DRV)."""
    value = command.value or b""
    found = address(value)
    where = found or (module.world.resolve(value.decode(), module.address) if _may_resolve(value) else None)
    if where is None:
        # Behind the reason stands a blank: a driver looks for it (DRV). With short errors the text is a line of its
        # own before ERROR, else that driver would not find it (assumption).
        return refusal(NOT_FOUND, NOT_FOUND.encode() if module.short_errors else b"")
    module.socket.settings["P3"] = where
    module.socket.host = "" if found else value.decode()
    return Answer(payload=lines(where))


def _may_resolve(name: bytes) -> bool:
    """Whether it is a name, and one that a host may have. Names under `.invalid` never resolve (RFC 6761).

    A name has 64 characters at most (UM30; QR5: 63).
    """
    if len(name) > LONGEST_NAME or not HOST_NAME.match(name) or re.fullmatch(rb"[0-9.]+", name):
        return False  # an address gone wrong is no name
    labels = name.rstrip(b".").lower().split(b".")
    return not name.startswith(NO_SUCH) and labels[-1] != b"invalid"


TABLE: dict[str, Entry] = {
    "C0": Entry(join, "", BARE),
    "C1": Entry(set_ssid, "= SSID, 1 to 32 bytes", VALUE),
    "C2": Entry(set_passphrase, "= passphrase, up to 64 bytes", VALUE),
    "C3": Entry(set_security, "= 0 open, 1 WEP, 2 WPA, 3 WPA2-AES, 4 mixed, 5 WPA2-TKIP", VALUE),
    "C4": Entry(set_dhcp, "= 0 static, 1 DHCP", VALUE),
    **{name: Entry(set_address, CONFIG[name].usage, VALUE) for name in ("C6", "C7", "C8", "C9", "CA")},
    "C?": Entry(show, "", BARE),
    "CD": Entry(disconnect, "", BARE),
    "CR": Entry(signal, "", BARE),
    "CS": Entry(connected, "", BARE),
    "D0": Entry(lookup, "= name or address", VALUE),
}
