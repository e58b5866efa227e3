"""P: the sockets' settings, servers and clients."""

from reference_impl.core import client as clients
from reference_impl.core import datagrams, secure, server
from reference_impl.core.answers import Answer
from reference_impl.core.commands.base import BARE, EITHER, VALUE, Command, Entry, refusal
from reference_impl.core.module import Module
from reference_impl.core.seams import Change, Check
from reference_impl.core.settings import SETTINGS, number
from reference_impl.core.sockets import NOWHERE, Order, State
from reference_impl.core.work import Task


def select(module: Module, command: Command) -> Answer:
    """P0: select a socket, or show which one is. Four sockets: P0=4, in WEB's text alone, is refused."""
    if command.value is None:
        return Answer(payload=str(module.selected).encode())
    index = module.seams.check(Check("P0", command.value, number(command.value, 0, module.limits.sockets - 1))).value
    if not isinstance(index, int):
        return refusal()
    module.selected = module.seams.select(index)
    return Answer()


def store(module: Module, command: Command) -> Answer:
    """Any row of the settings: stored for the selected socket, or refused without a change."""
    assert command.value is not None
    value = SETTINGS[command.name].read(command.value, module.limits)
    check = module.seams.check(Check(command.name, command.value, value))
    if check.value is None:
        return refusal()
    change = module.seams.store(Change(module.selected, command.name, check.value))
    if change is not None:
        _put(module, change)
    return Answer()


def _put(module: Module, change: Change) -> None:
    """Keep the value. A new remote end of an open datagram socket counts at once (assumption)."""
    socket = module.sockets[change.socket]
    socket.settings[change.name] = change.value
    if change.name == "P3":
        socket.host = ""
    if change.name in ("P3", "P4") and socket.link is not None and socket.link.datagram:
        socket.link.peer = NOWHERE


def show(module: Module, _command: Command) -> Answer:
    """P?: 9 fields, 10 with the read mode, 12 with keep-alive and idle time: the profile says which.

    Field 2 is the client's address from its notice until P5=10, and field 5 its port while it is served. Of a
    datagram socket fields 4 and 5 are the sender of the last datagram: ST's driver looks there (DRV).
    """
    socket = module.socket
    alive = server.keep_alive(socket)
    running = socket.server is not None
    peer = socket.link.peer if socket.link is not None and running else NOWHERE
    remote = socket.remote() if socket.datagram else (str(socket.settings["P3"]), socket.number("P4"))
    fields = [
        str(socket.settings["P1"]),
        peer[0],
        str(socket.port_shown()),
        remote[0],
        str(peer[1] or remote[1]),
        str(int(running)),
        str(int(socket.role == "P5" and not running)),
        str(socket.settings["P8"]),
        str(int(running and socket.server is not None and socket.server.multi)),
        str(socket.settings["R3"]),
        str(int(alive.on)),
        str(alive.idle_ms),
    ]
    shown = module.seams.shown(fields[: module.limits.status_fields])
    return Answer(payload=",".join(shown).encode())


STREAMS = (0, secure.SECURE)
ORDERS = {b"0": Order.STOP, b"1": Order.START, b"10": Order.NEXT, b"11": Order.MULTI}


def serve(module: Module, command: Command) -> Answer | Task:
    """P5: 0, 1, 10, 11. Leading zeros are taken as a setting's are."""
    value = number(command.value or b"", 0, 11)
    wanted = ORDERS.get(str(value).encode())
    socket = module.socket
    if wanted is None or (wanted in (Order.NEXT, Order.MULTI) and not module.limits.multi_accept):
        return refusal()
    if wanted in (Order.STOP, Order.NEXT) or socket.settings["P1"] in STREAMS or socket.server is not None:
        return server.order(module, socket, wanted)
    if wanted is Order.START and socket.datagram:
        return datagrams.start(module, socket)
    return refusal("Protocol not supported")  # no source shows MQTT's bytes


def accept_loop(module: Module, command: Command) -> Answer | Task:
    """P7, the older accept loop: 0 stop, 1 start, 2 close, 3 next; the bare OK each (assumption).

    1 starts a server, or makes a running one loop; 2 closes the client; 3 takes the next.
    """
    value = number(command.value or b"", 0, 3)
    if value is None or not module.limits.accept_loop or module.socket.settings["P1"] != 0:
        return refusal()
    return _loop_step(module, value)


def _loop_step(module: Module, value: int) -> Task:
    socket = module.socket
    if value == 1 and socket.server is not None:
        socket.server.multi = True
        return Answer()
    if value == 2:
        if socket.state not in (State.SERVING, State.LOST):
            return refusal("No client")
        module.close_link(socket)
        return Answer()
    wanted = {0: Order.STOP, 1: Order.MULTI, 3: Order.NEXT}[value]
    answer = yield from server.order(module, socket, wanted)
    return Answer() if answer.ok else answer


def client(module: Module, command: Command) -> Answer | Task:
    """P6: 1 connects to P3 and P4, 0 closes."""
    value = number(command.value or b"", 0, 1)
    if value is None:
        return refusal()
    return (clients.start if value else clients.stop)(module, module.socket)


TABLE: dict[str, Entry] = {
    "P0": Entry(select, "= socket, 0 to 3", EITHER),
    "P5": Entry(serve, "= 0 stop, 1 start, 10 next, 11 multi-accept", VALUE),
    "P6": Entry(client, "= 0 stop, 1 start", VALUE),
    "P7": Entry(accept_loop, "= 0 stop, 1 start, 2 close, 3 next", VALUE),
    "P?": Entry(show, "", BARE),
    **{name: Entry(store, row.usage, VALUE) for name, row in SETTINGS.items()},
}
