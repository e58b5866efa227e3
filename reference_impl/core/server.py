"""The TCP server of one socket: what P5 and P7 do in each state.

The table is total. "refuse" is the ERROR frame; where the documents are silent the row is an assumption, marked *.

    state      P5=1 start   P5=11 multi  P5=10 next              P5=0 stop
    STOPPED    open         open         refuse *                OK (WEB: "said again, it answers OK again"), and
                                                                 what P6 has opened is closed (DRV)
    WAITING    refuse *     refuse *     wait on *               close
    SERVING    refuse *     refuse *     close client, wait on   close
    LOST       refuse *     refuse *     close client, wait on   close

P5=10 acts on a server that P5=1 has started as on one of P5=11 (assumption). A socket on which P6 has opened a
client is refused a server (assumption), and so is a module that has not joined (WEB: "Join a network first").
"""

from collections.abc import Callable, Generator

from reference_impl.core import secure
from reference_impl.core.answers import Answer, lines
from reference_impl.core.effects import Accept, KeepAlive, Listen
from reference_impl.core.events import Failed, Opened
from reference_impl.core.module import Module
from reference_impl.core.sockets import Order, Server, Socket, State
from reference_impl.core.tasks import outcome
from reference_impl.core.view import ModuleView
from reference_impl.core.work import Need

SETUP = "[TCP TSK] Multi-Accept Setup"
WAITING = "[TCP SVR] Waiting on connection"
KILLED = "[TCP TSK] Killed"


Step = Generator[Need, None, Answer]
Action = Callable[[Module, Socket], Step]


def keep_alive(socket: Socket) -> KeepAlive:
    """PK as an effect wants it. It counts for the connections that are opened from then on (assumption)."""
    value = socket.settings["PK"]
    assert isinstance(value, tuple)
    return KeepAlive(bool(value[0]), value[1])


def take_next(module: ModuleView, socket: Socket) -> None:
    """Accept one client, now or when it comes, unless that is under way already."""
    if socket.server is not None and not socket.server.accepting:
        socket.server.accepting = True
        module.emit(Accept(socket.server.handle, module.new_handle()))


def waiting_line(module: Module) -> str:
    """The line that ends in an ellipsis: U+2026, three dots, or a blank and three dots (WEB, UM 5.6.1)."""
    return WAITING + module.forms.ellipsis


def order(module: Module, socket: Socket, wanted: Order) -> Step:
    """Carry out what the table says."""
    wanted = module.seams.order(wanted)
    return ACTIONS[socket.state, wanted](module, socket)


def refuse(reason: str) -> Action:
    """An action that answers ERROR."""

    def action(_module: Module, _socket: Socket) -> Step:
        return Answer(ok=False, reason=reason)
        yield

    return action


def _open(module: Module, socket: Socket, multi: bool) -> Generator[Need, None, Answer | None]:
    """Bind and listen; the refusal if that cannot be done."""
    if not module.online:
        return Answer(ok=False, reason="Not joined")
    if socket.link is not None:
        return Answer(ok=False, reason="Socket in use")
    tls = secure.server_side(module) if socket.settings["P1"] == secure.SECURE else None
    if tls is None and socket.settings["P1"] == secure.SECURE:
        return Answer(ok=False, reason="No certificate")
    handle = module.new_handle()
    module.emit(Listen(handle, (module.address, socket.number("P2")), socket.number("P8"), tls))
    event = yield from outcome(module, handle)
    if not isinstance(event, Opened):
        return Answer(ok=False, reason=event.reason if isinstance(event, Failed) else "No server")
    socket.server = Server(handle, event.local[1], multi)
    take_next(module, socket)
    return None


def start_single(module: Module, socket: Socket) -> Step:
    """P5=1: OK before any client (UM 5.6.1, DS p17). The Waiting line may be part of the answer."""
    refusal = yield from _open(module, socket, multi=False)
    return refusal or Answer(payload=lines(waiting_line(module)) if module.forms.waiting_single else b"")


def start_multi(module: Module, socket: Socket) -> Step:
    """P5=11: Setup, Waiting, OK (WEB, multi-connection table)."""
    refusal = yield from _open(module, socket, multi=True)
    return refusal or Answer(payload=lines(SETUP, waiting_line(module)))


def next_client(module: Module, socket: Socket) -> Step:
    """P5=10: the client is closed, the next in the queue or the next to come is accepted (WEB)."""
    module.close_link(socket)
    take_next(module, socket)
    return Answer(payload=lines(waiting_line(module)), prompt_before_ok=module.forms.next_prompt)
    yield


def stop(module: Module, socket: Socket) -> Step:
    """P5=0: the client and the port are closed; Killed after multi-accept (WEB, transcript)."""
    killed = module.forms.killed_single or (socket.server is not None and socket.server.multi)
    module.close(socket)
    return Answer(payload=lines(KILLED) if killed else b"")
    yield


def stop_stopped(module: Module, socket: Socket) -> Step:
    """P5=0 without a TCP server: a UDP server ends, and what P6 has opened; OK with nothing, too."""
    module.close(socket)
    return Answer(payload=lines(KILLED) if module.forms.killed_stopped else b"")
    yield


RUNNING = refuse("Server is running")

ACTIONS: dict[tuple[State, Order], Action] = {
    (State.STOPPED, Order.START): start_single,
    (State.STOPPED, Order.MULTI): start_multi,
    (State.STOPPED, Order.NEXT): refuse("No server is running"),
    (State.STOPPED, Order.STOP): stop_stopped,
    (State.WAITING, Order.START): RUNNING,
    (State.WAITING, Order.MULTI): RUNNING,
    (State.WAITING, Order.NEXT): next_client,
    (State.WAITING, Order.STOP): stop,
    (State.SERVING, Order.START): RUNNING,
    (State.SERVING, Order.MULTI): RUNNING,
    (State.SERVING, Order.NEXT): next_client,
    (State.SERVING, Order.STOP): stop,
    (State.LOST, Order.START): RUNNING,
    (State.LOST, Order.MULTI): RUNNING,
    (State.LOST, Order.NEXT): next_client,
    (State.LOST, Order.STOP): stop,
}
