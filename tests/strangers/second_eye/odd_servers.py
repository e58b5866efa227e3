"""Freedoms of servers and clients: when they are taken, what is shown of them, how they end."""

import contextlib
import socket
import time

from tests.strangers.second_eye.line import readable
from tests.strangers.second_eye.network import ADDRESS
from tests.strangers.second_eye.sockets import CLOSE_WAIT, reset_at_close, swallow, tcp_state, waiting_bytes

NOBODY = "0.0.0.0"


class Gone:
    """A connection that is no more: there is nothing to read and nowhere to send to."""

    def fileno(self):
        return -1

    def getsockopt(self, *_):
        raise OSError

    recv = send = shutdown = getsockopt

    def setsockopt(self, *_):
        pass

    def close(self):
        pass


class Aimed:
    """A UDP socket that sends to one address and hears everybody."""

    def __init__(self, sock, address):
        self.sock, self.address = sock, address

    def send(self, data):
        return self.sock.sendto(data, self.address)

    def __getattr__(self, name):
        return getattr(self.sock, name)


class OddServers:
    """Over ``Network`` and ``Servers``."""

    def __init__(self):
        self.orphans = []
        self.ends_since = {}  # number of the socket: when the end of its stream was there
        self.former_client = NOBODY

    # ---- P5

    def server(self, value):
        sock = self.selected
        had_client, mode = sock.connection is not None, sock.mode
        if value in (1, 11) and (refusal := self.refusal_of_others(sock)):
            return self.error("P5", refusal)
        super().server(value)
        if self.variant("o-async-states"):
            self.tell_state(value, sock, had_client, mode)
        return None

    def refusal_of_others(self, sock):
        """Why the servers of the other sockets leave no room for one here; "" where they do."""
        others = [one for one in self.sockets if one is not sock and one.mode]
        if others and self.variant("o-one-server"):
            return "Busy"
        taken = any(one.p[2] == sock.p[2] for one in others)
        return "Port taken" if taken and self.variant("o-strict-ports") else ""

    def tell_state(self, value, sock, had_client, mode):
        if value == 1 and sock.mode == 1 and not mode:
            self.later(0.1, lambda: self.tell(b"[TCP SVR] Listening"))
        elif value == 10 and had_client:
            self.tell(b"[TCP SVR] Client closed")
        elif value == 0 and mode:
            self.later(0.2, lambda: self.tell(b"[TCP SVR] Stopped"))

    def start_server(self, sock, mode):
        if self.variant("o-single-loss-stops") and not sock.mode and not sock.is_client:
            self.drop(sock)  # the client whose loss has ended the server
        return super().start_server(sock, mode)

    def next_client(self, sock):
        if not self.variant("o-p510-notice-first") or sock.mode != 11 or not self.has_waiting(sock):
            return super().next_client(sock)
        self.drop(sock, for_next=True)
        sock.turns += 1
        sock.waiting = True
        self.take_next(sock)
        return self.say_waiting()

    def listen(self, sock):
        if not super().listen(sock):
            return False
        if self.variant("o-backlog-exact"):
            sock.listener.listen(max(0, sock.p[8] - 1))  # Linux holds one more
        if self.variant("o-small-window"):
            sock.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            with contextlib.suppress(OSError):
                sock.listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        return True

    # ---- clients of a server

    def serve(self, sock, connection, address):
        super().serve(sock, connection, address)
        self.ends_since.pop(sock.number, None)
        self.former_client = address[0]

    def shown_peer(self, sock):
        shown = super().shown_peer(sock)
        if shown == NOBODY and self.variant("o-field2-former"):
            return self.former_client
        if shown == NOBODY and self.variant("o-field2-other"):
            return "255.255.255.255"
        return shown

    def watch_client(self, sock):
        super().watch_client(sock)
        if sock.connection is None:
            return
        if self.variant("o-single-extra-fin") and sock.mode == 1 and sock.listener and readable(sock.listener):
            with contextlib.suppress(OSError):
                sock.listener.accept()[0].close()
        closed = tcp_state(sock.connection) == CLOSE_WAIT and not waiting_bytes(sock.connection)
        if closed and self.variant("o-fin-answered"):
            with contextlib.suppress(OSError):
                sock.connection.shutdown(socket.SHUT_RDWR)
            sock.lost = True

    def note_loss(self, sock):
        super().note_loss(sock)
        if self.variant("o-loss-rst"):
            reset_at_close(sock.connection)
            sock.connection.close()
            sock.connection = Gone()
        if self.variant("o-single-loss-stops") and sock.mode == 1 and sock.listener:
            sock.listener.close()
            sock.listener, sock.mode, sock.waiting = None, 0, False

    # ---- the end

    def stop(self, sock):
        if sock.listener and self.variant("o-queue-orphan", "o-queue-fin"):
            self.take_queue(sock)
        if sock.mode and self.variant("o-p50-late"):
            for one in (sock.connection, sock.listener):
                if one is not None:
                    self.later(0.25, one.close)
            sock.connection = sock.listener = None
        super().stop(sock)

    def take_queue(self, sock):
        """Those that wait are no kernel's to reset."""
        self.drain(sock)
        if self.variant("o-queue-orphan"):
            self.orphans += [connection for connection, _ in sock.queue]
            sock.queue = []
        for connection, _ in sock.queue:
            connection.setblocking(False)
            swallow(connection)

    def boot(self):
        for one in self.orphans:
            one.close()
        self.orphans = []
        super().boot()

    # ---- P6 and P7

    def client(self, value):
        sock = self.selected
        if value == 1 and sock.is_client and self.variant("o-p6-again-ok"):
            return self.ok()
        if value == 0 and not sock.is_client and self.variant("o-p60-idle-error"):
            return self.error("P6", "No client")
        if value == 1 and self.variant("o-p6-first") and sock.p[1] == 0 and not self.refusal_to_connect(sock):
            return self.connect_behind_answer(sock)
        return super().client(value)

    def connect_behind_answer(self, sock):
        self.lines(f"[TCP  RC] Connecting to {sock.p[3]}")
        time.sleep(0.3)
        connection = self.connected(sock, sock.p[4])
        sock.is_client, sock.lost = True, connection is None
        sock.connection, sock.reads, sock.lost_reads = connection or Gone(), 0, 0
        self.set_keep_alive(sock, sock.connection)

    def stop_client(self, sock):
        if sock.is_client and self.variant("o-p60-line"):
            self.stop(sock)
            return self.lines("[TCP  RC] Closed")
        if sock.is_client and self.variant("o-async-states"):
            self.later(0.2, lambda: self.tell(b"[TCP  RC] Closed"))
        return super().stop_client(sock)

    def accept_loop(self, value):
        if self.variant("o-p7-noop"):
            self.selected.p[7] = value
            return self.ok()
        if value == 0 and self.selected.mode != 11 and self.variant("o-p60-idle-error"):
            return self.error("P7", "Not running")
        return super().accept_loop(value)

    def open_udp(self, sock, *, is_client):
        if not (is_client and self.variant("o-udp-any")):
            return super().open_udp(sock, is_client=is_client)
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            opened.bind((ADDRESS, sock.p[2]))
        except OSError:
            opened.close()
            return self.error("P6", "Bind failed")
        opened.setblocking(False)
        sock.udp, sock.udp_peer, sock.is_client, sock.mode = Aimed(opened, (sock.p[3], sock.p[4])), None, True, 0
        return self.ok()
