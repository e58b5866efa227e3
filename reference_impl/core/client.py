"""The client of one socket: what P6 does with what is open there.

"refuse" is the ERROR frame; where the documents are silent the row is an assumption, marked *. P5=0 closes what P6 has
opened, too: a driver that stops by P5=0 alone connects again and again (DRV).

    open on the socket            P6=1 start                   P6=0 stop
    nothing                       connect                      OK *
    connection of P6, alive       refuse *                     close
    connection of P6, lost        close, connect anew (DRV)    close
    datagram socket of P6         refuse *                     close
    TCP server of P5              refuse *                     OK *, it runs on
    datagram socket of P5         refuse *; as a variant OK    OK *, it stays
"""

from collections.abc import Generator

from reference_impl.core import datagrams, secure, secure_client, server
from reference_impl.core.answers import Answer, lines
from reference_impl.core.effects import Close, Connect, Transmit
from reference_impl.core.events import Blocked, Lost, Opened
from reference_impl.core.module import Module
from reference_impl.core.sockets import Link, Socket
from reference_impl.core.tasks import outcome
from reference_impl.core.work import Need, Task

CONNECT_TIME = 10.0
"""Seconds that P6=1 tries (assumption)."""

ANY_PORT = 0


def refuse(reason: str, progress: bytes = b"") -> Answer:
    """The ERROR frame; the reason's wording is an assumption."""
    return Answer(ok=False, reason=reason, payload=progress)


def start(module: Module, socket: Socket) -> Task:
    """P6=1: connect to P3 and P4, as the table says."""
    if not module.online:
        return refuse("Not joined")
    if datagrams.served_by(socket) and module.forms.datagram_client_on_server:
        datagrams.forget_sender(socket)
        return Answer()
    if (yield from _connection_is_lost(module, socket)):
        module.close_link(socket)
    if socket.link is not None or socket.server is not None:
        return refuse("Socket in use")
    if socket.datagram:
        return (yield from _open_datagram(module, socket))
    if socket.settings["P1"] == secure.SECURE:
        return (yield from secure_client.connect(module, socket))
    if socket.settings["P1"] != 0:
        return refuse("Protocol not supported")
    return (yield from _connect(module, socket))


def stop(module: Module, socket: Socket) -> Answer:
    """P6=0: close what P6 has opened."""
    if socket.role == "P6":
        module.close(socket)
    return Answer()


def _connection_is_lost(module: Module, socket: Socket) -> Generator[Need, None, bool]:
    """Whether the connection of P6 is over, told to the host already or not. Nothing is sent by asking."""
    link = socket.link
    if link is None or socket.role != "P6" or link.datagram:
        return False
    if link.lost:
        return True
    module.emit(Transmit(link.handle, b""))
    return isinstance((yield from outcome(module, link.handle)), Lost)


def _connect(module: Module, socket: Socket) -> Task:
    """TCP. The progress line has two blanks: `[TCP  RC] Connecting to a.b.c.d`.

    The local port is left to the network: P2's default is the same on all four sockets (assumption).
    """
    peer = (str(socket.settings["P3"]), socket.number("P4"))
    progress = lines(f"[TCP  RC] Connecting to {peer[0]}")
    handle = module.new_handle()
    module.emit(Connect(handle, (module.address, ANY_PORT), peer, server.keep_alive(socket)))
    event = yield from outcome(module, handle)
    if isinstance(event, Blocked):
        event = yield from outcome(module, handle, module.now + CONNECT_TIME)
    if not isinstance(event, Opened):
        module.emit(Close(handle))
        return refuse("Failed to connect", progress)
    socket.link, socket.role = Link(handle, peer), "P6"
    return Answer(payload=progress)


def _open_datagram(module: Module, socket: Socket) -> Task:
    """UDP has no progress line (assumption). A port that is taken is no error: any other one does (DRV).

    Drivers leave P2 as it is, which is the same on all four sockets.
    """
    link = yield from datagrams.bind(module, socket.number("P2"))
    if link is None:
        link = yield from datagrams.bind(module, ANY_PORT)
    if link is None:
        return refuse("Failed to connect")
    socket.link, socket.role = link, "P6"
    return Answer()
