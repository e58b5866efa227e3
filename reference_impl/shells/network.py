"""The network side: real sockets, a real listen backlog, real keep-alive. Nothing of the protocol is known here."""

import contextlib
import errno
import os
import select
import socket
import ssl
import struct
from collections.abc import Callable

from reference_impl.core import effects as ask
from reference_impl.core import events as tell
from reference_impl.shells.loop import Loop
from reference_impl.shells.secure import Handshake, TlsFailure, client_context, server_context

PROBES = 2
"""Keep-alive probes, PROBE_INTERVAL seconds apart, before a silent peer is given up."""

PROBE_INTERVAL = 1
DRAIN_LIMIT = 1 << 20


class SocketNetwork:
    """Performs the core's network effects; `deliver` gets the events that come later.

    What an effect brings about at once is returned by `perform`, so that the order of things is the core's.
    """

    def __init__(self, loop: Loop, deliver: Callable[[tell.Event], None]) -> None:
        self._loop = loop
        self._deliver = deliver
        self._sockets: dict[int, socket.socket] = {}
        self._contexts: dict[int, ssl.SSLContext] = {}
        """Of the servers that speak TLS."""
        self._handshakes: dict[int, Handshake] = {}
        """Under way: a client's by its own handle, one with a client of a server by the server's."""
        self._shaking: dict[int, int] = {}
        """Server, and the link that it shakes hands with."""

    def perform(self, effect: ask.Effect) -> list[tell.Event]:
        """Do it; the events that it brings about at once. An unknown handle brings Lost, or nothing."""
        match effect:
            case ask.Listen():
                return [self._listen(effect)]
            case ask.Accept():
                return self._accept(effect)
            case ask.SetKeepAlive():
                self._set_keep_alive(effect)
            case ask.Connect():
                return [self._connect(effect)]
            case ask.OpenDatagram():
                return [self._open_datagram(effect)]
            case ask.Receive():
                return [self._receive(effect)]
            case ask.Transmit():
                return [self._transmit(effect)]
            case ask.Cancel():
                self._cancel(effect.handle)
            case ask.Close():
                self._close(effect)
        return []

    def close(self) -> None:
        """Close everything."""
        for handle in list(self._sockets):
            self._close(ask.Close(handle))

    # --- opening ---------------------------------------------------------------------------------------------
    def _listen(self, effect: ask.Listen) -> tell.Event:
        server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        # Else the port would be refused for a minute after a server that had clients (TIME_WAIT).
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            if effect.tls is not None:
                self._contexts[effect.handle] = server_context(effect.tls)
            server.bind(effect.local)
            server.listen(effect.backlog)
        except (OSError, TlsFailure) as error:
            server.close()
            self._contexts.pop(effect.handle, None)
            return tell.Failed(effect.handle, _words(error))
        return self._opened(effect.handle, server)

    def _open_datagram(self, effect: ask.OpenDatagram) -> tell.Event:
        datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            datagram.bind(effect.local)
        except OSError as error:
            datagram.close()
            return tell.Failed(effect.handle, _words(error))
        return self._opened(effect.handle, datagram)

    def _connect(self, effect: ask.Connect) -> tell.Event:
        client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        client.setblocking(False)
        try:
            client.bind(effect.local)
            result = client.connect_ex(effect.remote)
        except OSError as error:
            client.close()
            return tell.Failed(effect.handle, _words(error))
        if result not in (0, errno.EINPROGRESS):
            client.close()
            return tell.Failed(effect.handle, _words(OSError(result, "")))
        _keep_alive(client, effect.keep_alive)
        if result == 0 and effect.tls is None:
            return self._opened(effect.handle, client)
        self._sockets[effect.handle] = client
        self._loop.on_write(client.fileno(), lambda: self._connected(effect, client))
        return tell.Blocked(effect.handle)

    def _connected(self, effect: ask.Connect, client: socket.socket) -> None:
        self._loop.forget(client.fileno())
        error = client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            del self._sockets[effect.handle]
            client.close()
            self._deliver(tell.Failed(effect.handle, _words(OSError(error, ""))))
        elif effect.tls is None:
            self._deliver(self._opened(effect.handle, client))
        else:
            self._secure(effect.handle, client, effect.tls)

    # --- TLS -------------------------------------------------------------------------------------------------
    def _secure(self, handle: int, client: socket.socket, wanted: ask.Tls) -> None:
        """Shake hands with the peer of a connection; Opened or Failed says how it ended."""
        try:
            context = client_context(wanted)
            link = context.wrap_socket(client, do_handshake_on_connect=False, server_hostname=wanted.name or None)
        except (TlsFailure, OSError, ValueError) as error:
            self._sockets.pop(handle).close()
            self._deliver(tell.Failed(handle, str(error)))
            return
        self._sockets[handle] = link
        self._handshakes[handle] = Handshake(self._loop, link, lambda failure: self._secured(handle, link, failure))
        self._handshakes[handle].step()

    def _secured(self, handle: int, link: socket.socket, failure: TlsFailure | None) -> None:
        del self._handshakes[handle]
        if failure is None:
            self._deliver(self._opened(handle, link))
            return
        self._close(ask.Close(handle))
        self._deliver(tell.Failed(handle, str(failure), untrusted=failure.untrusted))

    def _shake_hands(self, effect: ask.Accept, server: socket.socket, accepted: tell.Accepted) -> None:
        """With a client of a TLS server: it is Accepted behind the handshake, or closed and the next one taken."""
        self._loop.on_read(server.fileno(), None)
        client, context = self._sockets[effect.link], self._contexts[effect.handle]
        try:
            link = context.wrap_socket(client, server_side=True, do_handshake_on_connect=False)
        except (OSError, ValueError):
            self._sockets.pop(effect.link).close()
            self._wait_for_client(effect, server)
            return
        self._sockets[effect.link] = link
        self._shaking[effect.handle] = effect.link
        done = Handshake(self._loop, link, lambda failure: self._hands_shaken(effect, server, accepted, failure))
        self._handshakes[effect.handle] = done
        done.step()

    def _hands_shaken(
        self, effect: ask.Accept, server: socket.socket, accepted: tell.Accepted, failure: TlsFailure | None
    ) -> None:
        del self._handshakes[effect.handle], self._shaking[effect.handle]
        if failure is None:
            self._deliver(accepted)
            return
        self._close(ask.Close(effect.link))
        self._wait_for_client(effect, server)

    def _opened(self, handle: int, opened: socket.socket) -> tell.Event:
        opened.setblocking(False)
        self._sockets[handle] = opened
        return tell.Opened(handle, opened.getsockname())

    # --- accepting -------------------------------------------------------------------------------------------
    def _accept(self, effect: ask.Accept) -> list[tell.Event]:
        server = self._sockets.get(effect.handle)
        if server is None:
            return []
        if effect.handle in self._contexts:
            self._wait_for_client(effect, server)
            return []
        event = self._take(effect, server)
        if event is None:
            self._wait_for_client(effect, server)
        return [event] if event else []

    def _wait_for_client(self, effect: ask.Accept, server: socket.socket) -> None:
        self._loop.on_read(server.fileno(), lambda: self._client_waits(effect, server))

    def _client_waits(self, effect: ask.Accept, server: socket.socket) -> None:
        event = self._take(effect, server)
        if event is None:
            return
        self._loop.on_read(server.fileno(), None)
        if effect.handle in self._contexts:
            self._shake_hands(effect, server, event)
        else:
            self._deliver(event)

    def _take(self, effect: ask.Accept, server: socket.socket) -> tell.Accepted | None:
        try:
            client, peer = server.accept()
        except OSError:
            return None  # nobody waits, or gave up meanwhile
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.setblocking(False)
        self._sockets[effect.link] = client
        return tell.Accepted(effect.handle, effect.link, peer, client.getsockname())

    def _set_keep_alive(self, effect: ask.SetKeepAlive) -> None:
        link = self._sockets.get(effect.handle)
        if link is not None:
            _keep_alive(link, effect.keep_alive)

    # --- data ------------------------------------------------------------------------------------------------
    def _receive(self, effect: ask.Receive) -> tell.Event:
        link = self._sockets.get(effect.handle)
        if link is None:
            return tell.Lost(effect.handle, "closed")
        event = self._try_receive(effect, link)
        if event is None:
            self._loop.on_read(link.fileno(), lambda: self._received_later(effect, link))
        return event or tell.Blocked(effect.handle)

    def _received_later(self, effect: ask.Receive, link: socket.socket) -> None:
        event = self._try_receive(effect, link)
        if event is not None:
            self._loop.on_read(link.fileno(), None)
            self._deliver(event)

    def _try_receive(self, effect: ask.Receive, link: socket.socket) -> tell.Event | None:
        try:
            data, peer = _receive(link, effect.limit)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return None
        except OSError as error:
            if link.type == socket.SOCK_DGRAM:
                return None  # a datagram's port was unreachable: no connection is lost by that
            return tell.Lost(effect.handle, _words(error))
        if link.type == socket.SOCK_DGRAM:
            return tell.Received(effect.handle, data, peer)
        return tell.Received(effect.handle, data) if data else tell.Lost(effect.handle, "closed by the peer")

    def _transmit(self, effect: ask.Transmit) -> tell.Event:
        link = self._sockets.get(effect.handle)
        if link is None:
            return tell.Lost(effect.handle, "closed")
        if effect.refuse_closed and _closed_by_peer(link):
            return tell.Lost(effect.handle, "closed by the peer")
        try:
            count = link.sendto(effect.data, effect.remote) if effect.remote else link.send(effect.data)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            self._loop.on_write(link.fileno(), lambda: self._writable(effect.handle, link))
            return tell.Blocked(effect.handle)
        except OSError as error:
            if link.type == socket.SOCK_DGRAM:
                return tell.Transmitted(effect.handle, len(effect.data))  # datagrams may be lost without a word
            return tell.Lost(effect.handle, _words(error))
        return tell.Transmitted(effect.handle, count)

    def _writable(self, handle: int, link: socket.socket) -> None:
        self._loop.on_write(link.fileno(), None)
        self._deliver(tell.Writable(handle))

    # --- ending ----------------------------------------------------------------------------------------------
    def _cancel(self, handle: int) -> None:
        link = self._sockets.get(handle)
        if link is not None:
            self._loop.forget(link.fileno())

    def _close(self, effect: ask.Close) -> None:
        if effect.handle in self._handshakes:
            self._handshakes.pop(effect.handle).give_up()
        if effect.handle in self._shaking:
            self._close(ask.Close(self._shaking.pop(effect.handle)))
        self._contexts.pop(effect.handle, None)
        link = self._sockets.pop(effect.handle, None)
        if link is None:
            return
        self._loop.forget(link.fileno())
        if effect.abort:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            _drain(link)
        link.close()


def _drain(link: socket.socket) -> None:
    """Read what waits, so that the close is an orderly one: with unread bytes it would be a reset."""
    if link.type != socket.SOCK_STREAM or link.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        return
    drained = 0
    with contextlib.suppress(OSError):
        while drained < DRAIN_LIMIT and (data := link.recv(65536)):
            drained += len(data)
    if isinstance(link, ssl.SSLSocket):
        with contextlib.suppress(OSError, ValueError):
            link.unwrap()  # tells the peer that this is the end; the answer is not waited for


def _receive(link: socket.socket, limit: int) -> tuple[bytes, ask.Endpoint | None]:
    """What is there, and of a datagram who sent it."""
    if link.type == socket.SOCK_DGRAM:
        data, peer = link.recvfrom(limit)
        return data, peer
    return link.recv(limit), None


def _closed_by_peer(link: socket.socket) -> bool:
    """True when the peer's end has come or the connection is gone, with bytes before it or not."""
    if link.type == socket.SOCK_DGRAM:
        return False
    if not hasattr(select, "POLLRDHUP"):  # Linux alone has it
        return _end_is_next(link)
    poll = select.poll()
    poll.register(link.fileno(), select.POLLRDHUP)
    return bool(poll.poll(0))


def _end_is_next(link: socket.socket) -> bool:
    """True when the peer's end has come, or the connection is gone, and no byte waits before it."""
    try:
        return socket.socket.recv(link, 1, socket.MSG_PEEK) == b""  # the bytes of the wire, also of a TLS connection
    except (BlockingIOError, InterruptedError):
        return False
    except OSError:
        return True


def _keep_alive(link: socket.socket, wanted: ask.KeepAlive) -> None:
    """PK: the idle time in whole seconds, at least one, and as long for bytes that nobody acknowledges.

    Without the latter, S3 to a silent peer would be repeated for a quarter of an hour: keep-alive does not probe
    while something is under way, and WEB wants S3 to tell the loss too.
    """
    link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, int(wanted.on))
    if not wanted.on:
        return
    idle = max(1, -(-wanted.idle_ms // 1000))
    options = {
        "TCP_KEEPIDLE" if hasattr(socket, "TCP_KEEPIDLE") else "TCP_KEEPALIVE": min(idle, 32767),  # macOS: the latter
        "TCP_KEEPINTVL": PROBE_INTERVAL,
        "TCP_KEEPCNT": PROBES,
        "TCP_USER_TIMEOUT": (idle + PROBES * PROBE_INTERVAL) * 1000,  # Linux alone has it
    }
    for name, value in options.items():
        if hasattr(socket, name):
            link.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _words(error: OSError | TlsFailure) -> str:
    number = getattr(error, "errno", None)
    return os.strerror(number) if number else str(error)
