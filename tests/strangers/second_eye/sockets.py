"""One of the four sockets, and what the stack says of a connection."""

import contextlib
import socket
import struct

ESTABLISHED, CLOSED, CLOSE_WAIT = 1, 7, 8
"""States of TCP, as Linux numbers them."""


def tcp_state(connection):
    try:
        return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)[0]
    except OSError:
        return CLOSED


def is_gone(connection):
    """Whether the peer has closed or reset its side."""
    return tcp_state(connection) in (CLOSED, CLOSE_WAIT)


def waiting_bytes(connection):
    """What was received and not read, which stays there."""
    try:
        return connection.recv(65536, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except OSError:
        return b""


def swallow(connection, size=65536):
    """Lose what was received."""
    with contextlib.suppress(OSError):
        connection.recv(size)


def reset_at_close(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Sock:
    """Its settings, and what is open on it."""

    def __init__(self, number):
        self.number = number
        self.last_port = None
        self.eof_due = self.busy = self.was_single = False
        self.turned_at = 0.0
        self.start_afresh()
        self.set_defaults()

    def set_defaults(self):
        self.p = {1: 0, 2: 5024, 3: "0.0.0.0", 4: 5025, 7: 0, 8: 1}
        self.keep_alive, self.idle_ms = 0, 7200000
        self.r1, self.r2, self.r3, self.s1, self.s2 = 1460, 5000, 0, 1460, 5000

    def start_afresh(self):
        """Nothing is open, nothing has happened."""
        self.mode = 0  # as P5 says: 1 or 11
        self.is_client = False
        self.listener = self.connection = self.udp = None
        self.peer = self.udp_peer = None
        self.queue = []  # taken off the listener, not served yet: connection and address
        self.waiting = self.lost = self.listener_closed = self.told_leaving = False
        self.unread = self.unread_datagram = b""
        self.accepted = self.announced = self.turns = 0
        self.reads = self.lost_reads = self.sends = 0
        self.seen_at = 0.0
        self.loses_next = self.turn_owed = self.was_exact = False
        self.queue_at_turn = True
        self.s1_at_accept = 1460

    def saved(self):
        return (dict(self.p), self.keep_alive, self.idle_ms, self.r1, self.r2, self.r3, self.s1, self.s2)

    def load(self, saved):
        self.p = dict(saved[0])
        self.keep_alive, self.idle_ms, self.r1, self.r2, self.r3, self.s1, self.s2 = saved[1:]
