"""P6=1 with P1=3: a TLS connection, as the table in `secure` says."""

from collections.abc import Generator

from reference_impl.core import secure, server
from reference_impl.core.answers import Answer, lines
from reference_impl.core.effects import Close, Connect, Tls
from reference_impl.core.events import Blocked, Event, Failed, Opened
from reference_impl.core.module import Module
from reference_impl.core.sockets import Link, Socket
from reference_impl.core.tasks import outcome
from reference_impl.core.work import Need, Task

CONNECT_TIME = 15.0
"""Seconds that P6=1 tries, the handshake with it (assumption)."""

ANY_PORT = 0


def connect(module: Module, socket: Socket) -> Task:
    """The progress line is TCP's (assumption). A peer that failed and is spoken to all the same is connected anew."""
    peer = (str(socket.settings["P3"]), socket.number("P4"))
    texts = [f"[TCP  RC] Connecting to {peer[0]}"]
    wanted = secure.client_side(module, socket)
    if wanted is None:
        return Answer(ok=False, reason="No root CA", payload=lines(*texts))
    handle, event = yield from _try(module, socket, wanted)
    if isinstance(event, Failed) and event.untrusted and secure.goes_on_untrusted(module, socket):
        texts.append(secure.UNTRUSTED)
        handle, event = yield from _try(module, socket, secure.trusting(wanted))
    if not isinstance(event, Opened):
        module.emit(Close(handle))
        reason = f"Failed to connect: {event.reason}" if isinstance(event, Failed) else "Failed to connect"
        return Answer(ok=False, reason=reason, payload=lines(*texts))
    socket.link, socket.role = Link(handle, peer), "P6"
    return Answer(payload=lines(*texts))


def _try(module: Module, socket: Socket, wanted: Tls) -> Generator[Need, None, tuple[int, Event | None]]:
    """Open one connection, from any local port, and return the event that ends the attempt."""
    peer, handle = (str(socket.settings["P3"]), socket.number("P4")), module.new_handle()
    module.emit(Connect(handle, (module.address, ANY_PORT), peer, server.keep_alive(socket), wanted))
    event = yield from outcome(module, handle)
    if isinstance(event, Blocked):
        event = yield from outcome(module, handle, module.now + CONNECT_TIME)
    return handle, event
