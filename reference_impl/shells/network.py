"""The network side: real sockets, a real listen backlog, real keep-alive. Nothing of the protocol is known here."""

import contextlib
import errno
import os
import select
import socket
import struct
from collections.abc import Callable

from reference_impl.core import effects as ask
from reference_impl.core import events as tell
from reference_impl.shells.loop import Loop

PROBES = 2
"""Keep-alive probes, PROBE_INTERVAL seconds apart, before a silent peer is given up."""

PROBE_INTERVAL = 1
DRAIN_LIMIT = 1 << 20


class Network:
    """Performs the core's network effects; `deliver` gets the events that come later.

    What an effect brings about at once is returned by `perform`, so that the order of things is the core's.
    """

    def __init__(self, loop: Loop, deliver: Callable[[tell.Event], None]) -> None:
        self._loop = loop
        self._deliver = deliver
        self._sockets: dict[int, socket.socket] = {}

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
            server.bind(effect.local)
            server.listen(effect.backlog)
        except OSError as error:
            server.close()
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
        if result == 0:
            return self._opened(effect.handle, client)
        self._sockets[effect.handle] = client
        self._loop.on_write(client.fileno(), lambda: self._connected(effect.handle, client))
        return tell.Blocked(effect.handle)

    def _connected(self, handle: int, client: socket.socket) -> None:
        self._loop.forget(client.fileno())
        error = client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            del self._sockets[handle]
            client.close()
            self._deliver(tell.Failed(handle, _words(OSError(error, ""))))
        else:
            self._deliver(self._opened(handle, client))

    def _opened(self, handle: int, opened: socket.socket) -> tell.Event:
        opened.setblocking(False)
        self._sockets[handle] = opened
        return tell.Opened(handle, opened.getsockname())

    # --- accepting -------------------------------------------------------------------------------------------
    def _accept(self, effect: ask.Accept) -> list[tell.Event]:
        server = self._sockets.get(effect.handle)
        if server is None:
            return []
        event = self._take(effect, server)
        if event is None:
            self._loop.on_read(server.fileno(), lambda: self._client_waits(effect, server))
        return [event] if event else []

    def _client_waits(self, effect: ask.Accept, server: socket.socket) -> None:
        event = self._take(effect, server)
        if event is not None:
            self._loop.on_read(server.fileno(), None)
            self._deliver(event)

    def _take(self, effect: ask.Accept, server: socket.socket) -> tell.Event | None:
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
            data, peer = link.recvfrom(effect.limit)
        except BlockingIOError:
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
        except BlockingIOError:
            self._loop.on_write(link.fileno(), lambda: self._writable(effect.handle, link))
            return tell.Blocked(effect.handle)
        except OSError as error:
            if link.type == socket.SOCK_DGRAM:
                return tell.Transmitted(effect.handle, len(effect.data))  # datagrams may be lost; nobody is told
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


def _closed_by_peer(link: socket.socket) -> bool:
    """True when the peer's end has come or the connection is gone, with bytes before it or not."""
    if link.type == socket.SOCK_DGRAM:
        return False
    poll = select.poll()
    poll.register(link.fileno(), select.POLLRDHUP)
    return bool(poll.poll(0))


def _keep_alive(link: socket.socket, wanted: ask.KeepAlive) -> None:
    """PK: the idle time in whole seconds, at least one, and as long for bytes that nobody acknowledges.

    Without the latter, S3 to a silent peer would be repeated for a quarter of an hour: keep-alive does not probe
    while something is under way, and WEB wants S3 to tell the loss too.
    """
    link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, int(wanted.on))
    if not wanted.on:
        return
    idle = max(1, -(-wanted.idle_ms // 1000))
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, min(idle, 32767))
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, PROBE_INTERVAL)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, PROBES)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, (idle + PROBES * PROBE_INTERVAL) * 1000)


def _words(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error)
