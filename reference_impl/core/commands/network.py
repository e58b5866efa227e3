"""C and D: the wireless network, and name lookup."""

import re
from ipaddress import IPv4Address

from reference_impl.core.answers import Answer, lines
from reference_impl.core.commands.base import BARE, VALUE, Command, Row, refusal
from reference_impl.core.module import Module
from reference_impl.core.settings import address, number
from reference_impl.core.tasks import Pause
from reference_impl.core.work import Task

NO_SUCH = b"NOSUCH"
"""Networks and hosts whose names begin so do not exist (the emulator's own rule)."""

COUNTRY = "US"
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
    """C4: DHCP off or on. The address stays the emulator's own either way."""
    value = number(command.value or b"", 0, 1)
    if value is None:
        return refusal()
    module.network.dhcp = value
    return Answer()


def join(module: Module, _command: Command) -> Task:
    """C0: any network is there and takes any passphrase, except one whose name begins with NOSUCH.

    `[JOIN   ] ssid,ip,0,0` with three blanks. On C1.x in two lines: their exact bytes are an assumption. A join that
    fails leaves the network that was joined before (assumption).
    """
    network = module.network
    yield Pause(module.now + module.forms.join_ms / 1000)
    head = b"[JOIN   ] " + network.ssid
    if not network.ssid or network.ssid.startswith(NO_SUCH):
        leave(module)
        return refusal("Failed to join", head + b"\r\n[JOIN   ] Failed")
    network.joined = True
    if module.forms.new_address:
        module.address = next_address(module)
    told = f"{module.address},0,0".encode()
    between = b"," if module.forms.join_lines == 1 else b"\r\n[JOIN   ] " + network.ssid + b","
    return Answer(payload=head + between + told)


def next_address(module: Module) -> str:
    """The address of the next lease: the module's first one and the two behind it take turns."""
    place = int(IPv4Address(module.address)) - int(IPv4Address(module.first_address))
    return str(IPv4Address(module.first_address) + (place + 1) % 3)


def show(module: Module, _command: Command) -> Answer:
    """C?: 15 fields, the last one 1 when joined. The key is shown as `*` (assumption), mask and DNS are made up.

    No field is empty but that of an SSID never set: drivers that split with strtok would lose it (DRV).
    """
    network = module.network
    own = module.address if network.joined else "0.0.0.0"
    gateway = own.rpartition(".")[0] + ".1" if network.joined else own
    mask = "255.255.255.0" if network.joined else "0.0.0.0"
    fields = [network.ssid.decode("utf-8", "surrogateescape"), "*", str(network.security), str(network.dhcp), "0"]
    fields += [own, mask, gateway, gateway, "0.0.0.0", "3", "0", "0", COUNTRY, str(int(network.joined))]
    shown = module.through(lambda seam: seam.shown, fields)
    return Answer(payload=",".join(shown).encode("utf-8", "surrogateescape"))


def connected(module: Module, _command: Command) -> Answer:
    """CS: 1 when joined, else 0."""
    return Answer(payload=str(int(module.network.joined)).encode())


def disconnect(module: Module, _command: Command) -> Answer:
    """CD: leave the network."""
    leave(module)
    return Answer()


def leave(module: Module) -> None:
    """What was open is closed with the network (assumption)."""
    module.close_all()
    module.network.joined = False


def signal(module: Module, _command: Command) -> Answer:
    """CR: signal strength in dBm; 0 when not joined (assumption)."""
    return Answer(payload=b"-45" if module.network.joined else b"0")


def lookup(module: Module, command: Command) -> Answer:
    """D0: an address stays itself, any name is this machine (assumption); kept as P3 (DRV)."""
    value = command.value or b""
    found = address(value)
    if found is None and (value.startswith(NO_SUCH) or not HOST_NAME.match(value)):
        return refusal("Host not found")
    if found is None and re.fullmatch(rb"[0-9.]+", value):
        return refusal("Host not found")  # an address gone wrong is no name
    module.socket.settings["P3"] = found or module.address
    return Answer(payload=lines(found or module.address))


TABLE: dict[str, Row] = {
    "C0": Row(join, "", BARE),
    "C1": Row(set_ssid, "= SSID, 1 to 32 bytes", VALUE),
    "C2": Row(set_passphrase, "= passphrase, up to 64 bytes", VALUE),
    "C3": Row(set_security, "= 0 open, 1 WEP, 2 WPA, 3 WPA2-AES, 4 mixed, 5 WPA2-TKIP", VALUE),
    "C4": Row(set_dhcp, "= 0 static, 1 DHCP", VALUE),
    "C?": Row(show, "", BARE),
    "CD": Row(disconnect, "", BARE),
    "CR": Row(signal, "", BARE),
    "CS": Row(connected, "", BARE),
    "D0": Row(lookup, "= name or address", VALUE),
}
