"""The module's network side: one thread for each listening server, blocking where the peer decides."""

import collections
import contextlib
import select
import socket
import struct
import threading
import time

RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Lost(Exception):
    """The connection is gone, by the peer or by keep-alive."""


def is_ready(sock, seconds, *, to_write=False):
    """True when the socket can be read (or written) within `seconds`."""
    sets = ([], [sock], []) if to_write else ([sock], [], [])
    return any(select.select(*sets, max(0.0, seconds)))


class TcpPeer:
    """The far end of one TCP connection."""

    def __init__(self, sock, address):
        self.sock, self.address = sock, address
        self.lost = False
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def receive(self, most, seconds):
        """1 to `most` bytes, or b"" when none come within `seconds`; Lost once the stream has ended."""
        if self.lost:
            raise Lost
        if not is_ready(self.sock, seconds):
            return b""
        try:
            data = self.sock.recv(most)
        except OSError:  # reset, or given up by keep-alive
            data = b""
        if not data:
            self.lost = True
            raise Lost
        return data

    def send(self, data, seconds):
        """The number of bytes that TCP took within `seconds` (at least one attempt); Lost when it cannot."""
        if self.lost:
            raise Lost
        deadline, sent = time.monotonic() + seconds, 0
        while sent < len(data) and is_ready(self.sock, deadline - time.monotonic(), to_write=True):
            try:
                sent += self.sock.send(data[sent:])
            except BlockingIOError:
                continue
            except OSError:  # bytes that came before may still be read, so `lost` waits for receive()
                raise Lost from None
        return sent

    def close(self, *, reset=False):
        if reset:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.sock.close()


class UdpPeer:
    """A UDP socket, and whoever it talks to: a fixed peer (client) or the last sender (server)."""

    def __init__(self, sock, address=None):
        self.sock, self.address = sock, address
        self.fixed = address is not None
        sock.setblocking(False)

    def receive(self, most, seconds):
        """The first `most` bytes of one datagram; the rest of it is lost. b"" when none comes in time."""
        deadline = time.monotonic() + seconds
        while is_ready(self.sock, deadline - time.monotonic()):
            try:
                data, sender = self.sock.recvfrom(65536)
            except OSError:  # an ICMP message about an earlier datagram
                continue
            if not self.fixed or sender == self.address:
                self.address = sender
                return data[:most]
        return b""

    def send(self, data, seconds):
        if self.address is None:
            raise Lost
        return self.sock.sendto(data, self.address)

    def close(self):
        self.sock.close()


class Server(threading.Thread):
    """A listening TCP socket. Waiting clients stay in the kernel's queue until one is wanted."""

    def __init__(self, module, channel, multi):
        super().__init__(daemon=True)
        self.module, self.channel, self.multi = module, channel, multi
        self.listener = module.open_listener(channel)
        self.client = None
        self.stopping = False
        self.wanted, self.arrived = threading.Event(), threading.Event()
        self.wanted.set()

    def run(self):
        try:
            while self.is_wanted():
                self.admit(*self.take())
        except OSError:
            return  # stop() has shut the listener down

    def is_wanted(self):
        """Wait until a client is wanted; False when the server stops."""
        self.wanted.wait()
        self.wanted.clear()
        return not self.stopping

    def take(self):
        """The next client of the queue: (socket, address)."""
        return self.listener.accept()

    def admit(self, sock, address):
        """Serve this client from now on, and say so."""
        if self.stopping:
            sock.close()
            return
        self.client = self.module.new_peer(sock, address, self.channel)
        self.arrived.set()
        self.announce(address)

    def announce(self, address):
        self.module.post(self.module.accepted_text(address, self.channel), self)

    def next(self):
        """Close the client, if there is one, and want the next."""
        client, self.client = self.client, None
        if client is not None:
            self.arrived.clear()
            self.dismiss(client)
            self.want()

    def want(self):
        self.wanted.set()

    def dismiss(self, client):
        client.close()

    def stop(self):
        """Close the client and the port; returns when the thread has ended."""
        self.close_port()
        if self.client is not None:
            self.dismiss(self.client)
            self.client = None

    def close_port(self):
        self.stopping = True
        self.wanted.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.join(5)
        self.listener.close()


class QueueingServer(Server):
    """The same with a queue of its own: it accepts at once and lets the clients wait here."""

    def __init__(self, module, channel, multi):
        super().__init__(module, channel, multi)
        self.queue = collections.deque()
        self.room = 1000  # how many may wait here
        self.resets_overflow = False

    def run(self):
        try:
            while not self.stopping:
                self.queue_one()
                if self.wanted.is_set() and self.queue and not self.stopping:
                    self.wanted.clear()
                    self.admit(*self.pick())
        except (OSError, ValueError):
            return  # stop() has shut the listener down

    def queue_one(self):
        """Take one connection in, or let 10 ms pass."""
        full = len(self.queue) >= self.room + (1 if self.wanted.is_set() else 0)
        if full and not self.resets_overflow:
            time.sleep(0.01)
        elif is_ready(self.listener, 0.01):
            sock, address = self.listener.accept()
            if full:
                TcpPeer(sock, address).close(reset=True)
            else:
                self.queue.append((sock, address))
                self.queued(sock, address)

    def queued(self, sock, address):
        """A client has come to wait."""

    def pick(self):
        return self.queue.popleft()

    def stop(self):
        super().stop()
        while self.queue:
            self.queue.pop()[0].close()
