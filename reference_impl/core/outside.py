"""The requests of the control socket: networks appear and vanish, stations come and go, a pin changes.

`carry_out` takes one request, a table as JSON has it, and gives the answer: `{"ok": true, ...}`, or `{"ok": false,
"error": "..."}` where the request is not understood or cannot be. It raises nothing, whatever the request is.

A request names what is to be done by `do`, and one of several modules by `module` (0 at first). Networks, names and
hosts are around all modules.
"""

from collections.abc import Callable, Sequence
from typing import Any

from reference_impl.core import world
from reference_impl.core.access_point import Guest
from reference_impl.core.commands.access_point import NO_SOCKET
from reference_impl.core.commands.network import lose_network, network_back
from reference_impl.core.commands.stored import kept_number
from reference_impl.core.config import mac
from reference_impl.core.module import Module
from reference_impl.core.world import WorldError

Request = dict[str, Any]
Act = Callable[[Sequence[Module], Module, Request], dict[str, Any]]


def carry_out(modules: Sequence[Module], request: object, now: float) -> dict[str, Any]:
    """Do what the request says, at the time `now` in monotonic seconds. The engines must be moved on behind it."""
    for module in modules:
        module.now = now
    try:
        if not isinstance(request, dict):
            raise WorldError('a request is an object, such as {"do": "state"}')
        act, allowed = _known(request.get("do"))
        if unknown := sorted(set(request) - {"do", "module", *allowed}):
            raise WorldError(f"{request['do']} has no {unknown[0]}; it takes {', '.join(allowed) or 'nothing'}")
        return {"ok": True, **act(modules, _addressed(modules, request), request)}
    except ValueError as error:  # a WorldError, or text that no bytes can be made of
        return {"ok": False, "error": str(error)}


def _known(name: object) -> tuple[Act, tuple[str, ...]]:
    if not isinstance(name, str) or name not in REQUESTS:
        raise WorldError(f"do must be one of {', '.join(REQUESTS)}")
    return REQUESTS[name]


def _addressed(modules: Sequence[Module], request: Request) -> Module:
    index = request.get("module", 0)
    if type(index) is not int or not 0 <= index < len(modules):
        raise WorldError(f"module must be a number below {len(modules)}")
    return modules[index]


# --- what is around ------------------------------------------------------------------------------------------
def state(_modules: Sequence[Module], module: Module, _request: Request) -> dict[str, Any]:
    """What the module is, for a test to wait for."""
    network, point = module.network, module.access_point
    return {
        "joined": network.joined,
        "ssid": network.ssid.decode("utf-8", "backslashreplace"),
        "address": module.address,
        "networks": len(module.world.networks),
        "access_point": point.mode,
        "stations": [{"mac": one.mac, "ip": one.ip, "rssi": one.rssi} for one in point.guests],
        "pins": {str(pin): value for pin, (_kind, value) in module.pins.items()},
    }


def network(modules: Sequence[Module], module: Module, request: Request) -> dict[str, Any]:
    """A network appears, or the one with this BSSID changes."""
    made = world.read_network({key: value for key, value in request.items() if key not in ("do", "module")})
    if "bssid" not in request:
        known = module.world.find(made.ssid)
        made.bssid = known.bssid if known else world.free_mac(one.bssid for one in module.world.networks)
    module.world.put(made)
    _look_again(modules)
    return {"bssid": made.bssid}


def no_network(modules: Sequence[Module], module: Module, request: Request) -> dict[str, Any]:
    """A network vanishes; a module that had joined this network is not joined any more."""
    name = _text(request, "ssid").encode()
    removed = module.world.remove(name)
    for one in modules:
        if one.network.ssid == name:
            lose_network(one)
    return {"removed": removed}


def networks(modules: Sequence[Module], module: Module, request: Request) -> dict[str, Any]:
    """The whole list anew; without a list the default one."""
    listed = "networks" in request
    module.world.networks = world.read_networks(request["networks"]) if listed else world.default_networks()
    module.world.listed_only = bool(request.get("listed_only", False))
    module.world.gone.clear()
    _look_again(modules)
    return {"networks": len(module.world.networks)}


def signal(_modules: Sequence[Module], module: Module, request: Request) -> dict[str, Any]:
    """A network's signal, or without `ssid` that of the joined one; of a station where `mac` names it. dBm."""
    rssi = _number(request, "rssi", -120, 0)
    if "mac" in request:
        _guest(module, request).rssi = rssi
        return {}
    name = _text(request, "ssid").encode() if "ssid" in request else module.network.ssid
    found = module.world.find(name)
    if found is None:
        raise WorldError("no such network in the list; let it appear by network")
    found.rssi = rssi
    return {}


def link(modules: Sequence[Module], module: Module, request: Request) -> dict[str, Any]:
    """`up` false: the module is out of reach of all networks; true: it is not any more."""
    module.in_reach = bool(request.get("up", False))
    if not module.in_reach:
        lose_network(module)
    _look_again(modules)
    return {"joined": module.network.joined}


def _look_again(modules: Sequence[Module]) -> None:
    for one in modules:
        network_back(one)


def wps(_modules: Sequence[Module], module: Module, request: Request) -> dict[str, Any]:
    """The button of this network was pressed; null: of none."""
    module.world.wps = None if request.get("ssid") is None else _text(request, "ssid").encode()
    return {}


def name(_modules: Sequence[Module], module: Module, request: Request) -> dict[str, Any]:
    """A name has this address; null: it has none, and is not found."""
    wanted, where = _text(request, "name").lower(), request.get("address")
    if where is None:
        module.world.names.pop(wanted, None)
        module.world.unknown.add(wanted)
    else:
        module.world.names.update(world.read_names({wanted: where}))
        module.world.unknown.discard(wanted)
    return {}


def host(_modules: Sequence[Module], module: Module, request: Request) -> dict[str, Any]:
    """A host answers a ping after so many milliseconds; -1: it does not."""
    module.world.hosts.update(world.read_hosts({_text(request, "address"): request.get("ms", -1)}))
    return {}


# --- the module's access point and pins ----------------------------------------------------------------------
def station(_modules: Sequence[Module], module: Module, request: Request) -> dict[str, Any]:
    """A station joins the access point: a lease, and the text that tells it. Its address is the answer."""
    point = module.access_point
    if not point.mode:
        raise WorldError("no access point runs; AD or A0 starts it")
    said = mac(_text(request, "mac").encode()) if "mac" in request else world.free_mac(one.mac for one in point.guests)
    if said is None:
        raise WorldError("mac must be six pairs of hexadecimal digits with colons")
    known = [one for one in point.guests if one.mac == said]
    most = kept_number(module, "AT")
    if not known and len(point.guests) >= most:
        raise WorldError(f"the access point takes {most} stations, as AT says")
    rssi = _number(request, "rssi", -120, 0) if "rssi" in request else -40
    guest = Guest(said, point.lease(said, str(module.config["Z6"])), rssi)
    point.guests = [one for one in point.guests if one.mac != said] + [guest]
    module.tell(f"[AP DHCP] Assigned {guest.mac} has {guest.ip}", NO_SOCKET)
    return {"mac": guest.mac, "ip": guest.ip}


def no_station(_modules: Sequence[Module], module: Module, request: Request) -> dict[str, Any]:
    """A station leaves the access point; its lease stays in the cache."""
    module.access_point.guests.remove(_guest(module, request))
    return {}


def choose(_modules: Sequence[Module], module: Module, request: Request) -> dict[str, Any]:
    """Somebody chooses a network, and types its key, on the page of A0."""
    if module.access_point.mode != "A0":
        raise WorldError("no page is shown; A0 shows it")
    key = _text(request, "passphrase") if "passphrase" in request else ""
    module.access_point.chosen = (_text(request, "ssid").encode(), key.encode())
    return {}


def pin(_modules: Sequence[Module], module: Module, request: Request) -> dict[str, Any]:
    """A button, an input or an ADC pin reads this from now on; G4 must have made it one."""
    number, level = _number(request, "pin", 0, 9), _number(request, "level", 0, 65535)
    if number not in module.pins:
        raise WorldError(f"pin {number} has no type; G4 gives it one")
    module.pins[number] = (module.pins[number][0], level)
    return {}


def _guest(module: Module, request: Request) -> Guest:
    wanted = _text(request, "mac").upper()
    found = next((one for one in module.access_point.guests if one.mac == wanted), None)
    if found is None:
        raise WorldError("no such station on the access point")
    return found


def _text(request: Request, key: str) -> str:
    value = request.get(key)
    if not isinstance(value, str):
        raise WorldError(f"{request['do']} needs {key}, a text")
    return value


def _number(request: Request, key: str, low: int, high: int) -> int:
    value = request.get(key)
    if type(value) is not int or not low <= value <= high:
        raise WorldError(f"{request['do']} needs {key}, a number from {low} to {high}")
    return value


REQUESTS: dict[str, tuple[Act, tuple[str, ...]]] = {
    "state": (state, ()),
    "network": (
        network,
        ("ssid", "ssid_hex", "bssid", "rssi", "rate", "security", "channel", "hidden", "passphrase"),
    ),
    "no_network": (no_network, ("ssid",)),
    "networks": (networks, ("networks", "listed_only")),
    "signal": (signal, ("ssid", "mac", "rssi")),
    "link": (link, ("up",)),
    "wps": (wps, ("ssid",)),
    "name": (name, ("name", "address")),
    "host": (host, ("address", "ms")),
    "station": (station, ("mac", "rssi")),
    "no_station": (no_station, ("mac",)),
    "choose": (choose, ("ssid", "passphrase")),
    "pin": (pin, ("pin", "level")),
}
"""What each request does, and the fields that it takes."""
