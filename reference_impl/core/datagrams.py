"""The datagram socket of P5=1 and P6=1 with UDP. UDP-Lite is sent as UDP (assumption)."""

from collections.abc import Generator

from reference_impl.core.answers import Answer
from reference_impl.core.effects import OpenDatagram
from reference_impl.core.events import Opened
from reference_impl.core.module import Module
from reference_impl.core.sockets import NOWHERE, Link, Socket
from reference_impl.core.tasks import outcome
from reference_impl.core.work import Need, Task


def bind(module: Module, port: int) -> Generator[Need, None, Link | None]:
    """A datagram socket at the port, 0: any port; None where it cannot be bound."""
    handle = module.new_handle()
    module.emit(OpenDatagram(handle, (module.address, port)))
    event = yield from outcome(module, handle)
    return Link(handle, datagram=True, port=event.local[1]) if isinstance(event, Opened) else None


def start(module: Module, socket: Socket) -> Task:
    """P5=1 with UDP: bound to the local port; answers go to the sender of the last datagram (assumption).

    There is no notice; as a variant there is one at the start, for a driver that waits for it (assumption).
    """
    if not module.online or socket.link is not None:
        return Answer(ok=False, reason="Socket in use" if module.online else "Not joined")
    link = yield from bind(module, socket.number("P2"))
    if link is None:
        return Answer(ok=False, reason="Address already in use")
    socket.link, socket.role = link, "P5"
    if module.forms.datagram_notice:
        module.tell(f"[UDP SVR] Accepted {module.address}:{link.port}", socket.index)
    return Answer()


def served_by(socket: Socket) -> bool:
    """True where P5=1 has opened a datagram socket."""
    return socket.link is not None and socket.link.datagram and socket.role == "P5"


def forget_sender(socket: Socket) -> None:
    """Send the next datagram to P3 and P4."""
    if socket.link is not None:
        socket.link.peer = NOWHERE
