"""Servers and their clients: listening, the queue, the notices, closing."""

import socket
import time

from tests.strangers.second_eye.line import readable
from tests.strangers.second_eye.sockets import (
    CLOSE_WAIT,
    CLOSED,
    ESTABLISHED,
    is_gone,
    reset_at_close,
    swallow,
    tcp_state,
    waiting_bytes,
)

ADDRESS = "127.0.0.1"
TAKEN_EARLY = (
    "order-by-port",
    "order-last-two",
    "leaver-drops-last",
    "early-1460",
    "order-swap-3",
    "order-leaver",
    "notice-port-newest",
)
"""Faults of a module that holds its queue itself."""


class Network:
    """What happens beside the commands, and what they do with servers."""

    def __init__(self):
        self.starts = self.attempts = self.notices = self.accepts = 0
        self.to_close = []  # time and connection
        self.kept = []
        self.last_accepted = self.former_address = None
        self.former_unread = 0
        self.was_suppressed = self.in_wait = self.was_lost = False
        self.late, self.late_end = None, 0.0
        self.old_datagram = b""

    # ---- the queue

    def has_waiting(self, sock):
        return bool(sock.queue) or bool(sock.listener and readable(sock.listener))

    def holds_queue(self):
        return self.fault("backlog-minus", "backlog-after-restart") or self.variant("backlog-own")

    def drain(self, sock):
        """Take all that wait off the listener."""
        while sock.listener and readable(sock.listener):
            try:
                sock.queue.append(sock.listener.accept())
            except OSError:
                return
            if self.holds_queue() and not sock.waiting and len(sock.queue) > self.room(sock):
                surplus, _ = sock.queue.pop()
                reset_at_close(surplus)
                surplus.close()

    def room(self, sock):
        if self.fault("backlog-after-restart"):
            return 1 if self.starts > 1 else 99
        return max(1, sock.p[8]) - self.fault("backlog-minus")

    def reorder(self, sock):
        """What faults do to the order of the queue; the place of the one that is next."""
        queue = sock.queue
        place = int(self.fault("order-swap-3") and len(queue) >= 3)
        if self.fault("order-leaver"):
            gone = [at for at, (connection, _) in enumerate(queue) if is_gone(connection)]
            if gone and gone[0] + 1 < len(queue):
                queue.insert(gone[0], queue.pop())
        if self.fault("order-by-port"):
            queue.sort(key=lambda one: one[1][1])
        if self.fault("order-last-two") and len(queue) >= 5 and not sock.announced:
            sock.announced = 1
            queue[-1], queue[-2] = queue[-2], queue[-1]
        if self.fault("leaver-drops-last") and len(queue) > 2 and any(is_gone(one) for one, _ in queue[:-1]):
            queue.pop()[0].close()
        if self.fault("queue-survives-stop") and self.kept and sock.mode == 11:
            queue.insert(0, self.kept.pop())
        return place

    def accept(self, sock):
        """Take the next client; the text of its notice, None where it is passed over."""
        if self.fault(*TAKEN_EARLY) or self.variant("backlog-own"):
            self.drain(sock)
        if not sock.queue:
            sock.queue.append(sock.listener.accept())
        place = self.reorder(sock)
        newest = sock.queue[-1][1]
        connection, address = sock.queue.pop(place)
        if self.variant("skip-dead") and is_gone(connection) and not waiting_bytes(connection):
            connection.close()
            return None
        had_peer = sock.peer is not None
        self.serve(sock, connection, address)
        self.spoil_beginning(sock, connection, address, had_peer)
        return self.accepted_text(sock, address, newest)

    def serve(self, sock, connection, address):
        connection.setblocking(False)
        sock.connection, sock.peer = connection, address
        sock.waiting = sock.lost = False
        sock.reads = sock.lost_reads = 0
        sock.s1_at_accept = sock.s1
        sock.accepted += 1
        self.accepts += 1
        self.last_accepted = sock
        if not (self.fault("pk-first-client-only") and sock.accepted > 1):
            self.set_keep_alive(sock, connection)

    def spoil_beginning(self, sock, connection, address, had_peer):
        """What faults do to a client and its bytes as soon as it is accepted."""
        early = b""
        if self.fault("early-1460") and sock.accepted > 1 and len(waiting_bytes(connection)) > 1460:
            early = connection.recv(65536)[:1460]
        if self.fault("early-closed-lost") and tcp_state(connection) == CLOSE_WAIT:
            sock.lost = True
        if self.fault("p4-overwritten"):
            sock.p[4] = address[1]
        if self.fault("p510-flush-next") and sock.turns and not had_peer and self.former_unread:
            swallow(connection, self.former_unread)
            self.former_unread = 0
        long = self.fault("early-data-lost-long") and len(waiting_bytes(connection)) > 1000
        if long or (self.fault("early-data-lost") and sock.accepted > 1):
            swallow(connection)
        if not self.fault("leftover"):
            sock.unread = early

    @staticmethod
    def set_keep_alive(sock, connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, sock.keep_alive)
        if sock.keep_alive:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, max(1, (sock.idle_ms + 999) // 1000))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)

    # ---- texts

    def waiting_line(self):
        dots = "..."
        if self.variant("ellipsis-unicode"):
            dots = "\u2026"
        elif self.variant("ellipsis-space"):
            dots = " ..."
        return "[TCP SVR] Waiting on connection" + dots

    def accepted_text(self, sock, address, newest):
        ip, port = address
        if self.fault("notice-port-newest"):
            port = newest[1]
        if self.fault("notice-port-former") and sock.accepted == 3 and self.former_address:
            port = self.former_address[1]
        if self.fault("single-notice-ip") and sock.mode == 1 and self.starts > 1:
            ip = "0.0.0.0"
        self.former_address = address
        return f"[TCP SVR] Accepted {ip}:{port}".encode()

    def notice(self, text):
        self.notices += 1
        if self.is_suppressed():
            return
        if self.variant("notice-late-ok"):
            time.sleep(0.25)
        frame = self.notice_frame(text)
        self.write(frame)
        if self.fault("notice-twice-after-lost") and self.was_lost:
            self.was_lost = False
            self.write(frame)

    def is_suppressed(self):
        if self.fault("ms-one-late") and self.ms == 0 and self.was_suppressed:
            self.was_suppressed = False
            return True
        if self.fault("notice-lost-in-wait") and self.in_wait:
            self.in_wait = False
            return True
        if self.ms == 1:
            self.was_suppressed = True
        return self.ms == 1 and not (self.fault("ms1-first-only") and self.notices % 2 == 0)

    def notice_frame(self, text):
        accepted = self.last_accepted.accepted if self.last_accepted else 1
        if self.fault("notice-noprompt-later") and accepted > 1:
            return b"\r\n" + text + b"\r\n"
        if self.fault("notice-nocrlf-3rd") and accepted % 3 == 0:
            return text + b"\r\n> "
        return b"\r\n" + text + b"\r\n> "

    # ---- beside the commands

    def background(self):
        """Clients come and go."""
        self.close_what_is_due()
        self.answer_late()
        for sock in self.sockets:
            if sock.listener is not None:
                self.watch_queue(sock)
                self.watch_client(sock)
            if sock.listener is not None:
                self.take_next(sock)

    def close_what_is_due(self):
        now = time.monotonic()
        for due, connection in self.to_close:
            if due <= now:
                connection.close()
        self.to_close = [one for one in self.to_close if one[0] > now]

    def answer_late(self):
        """A fault: bytes that came after R0's time are given without being asked for."""
        if not (self.late and self.late.connection and time.monotonic() < self.late_end):
            return
        got = waiting_bytes(self.late.connection)
        if got:
            swallow(self.late.connection, len(got))
            self.late = None
            self.ok(got)

    def watch_queue(self, sock):
        if self.holds_queue() or self.fault("notice-early-2"):
            self.drain(sock)
        early = self.fault("notice-early-2") and not sock.waiting and len(sock.queue) >= 2
        if early and sock.announced < sock.accepted:
            sock.announced = sock.accepted
            ip, port = sock.queue[1][1]
            self.notice(f"[TCP SVR] Accepted {ip}:{port}".encode())

    def watch_client(self, sock):
        """What some modules do when the client has gone, or when another one comes."""
        if sock.connection is None:
            return
        if self.gives_way(sock) and self.has_waiting(sock):
            self.drop(sock)
            sock.waiting = True
            return
        if self.variant("extra-async") and not sock.told_leaving and is_gone(sock.connection):
            sock.told_leaving = True
            self.notice(b"[TCP SVR] Client disconnected")
        if self.variant("single-close-listener") and sock.mode == 1 and not sock.listener_closed:
            sock.listener_closed = True
            sock.listener.close()
            sock.listener = None
        elif self.variant("single-reaccept") and sock.mode == 1 and sock.lost:
            self.drop(sock)
            sock.waiting = True

    def gives_way(self, sock):
        """Faults: the client is dropped for the next one without being told to."""
        if sock.mode == 1:
            return self.fault("takeover") and sock.reads > 0
        if self.fault("auto-next"):
            return sock.lost and sock.lost_reads > 0
        return self.fault("auto-next-rst") and tcp_state(sock.connection) == CLOSED

    def take_next(self, sock):
        if self.fault("stop-after-30") and sock.accepted >= 30:
            return
        if not sock.waiting or not self.has_waiting(sock) or not self.is_time(sock):
            return
        sock.seen_at = 0.0
        try:
            text = self.accept(sock)
        except OSError:
            return
        sock.told_leaving = False
        if text:
            self.notice(text)

    def is_time(self, sock):
        """Whether the module takes the client now."""
        now = time.monotonic()
        if self.fault("late-next-missed") and sock.turns and not sock.queue_at_turn and now - sock.turned_at > 0.7:
            return False
        sock.seen_at = sock.seen_at or now
        if self.variant("accept-delay") and now - sock.seen_at < 0.4:
            return False
        return not self.variant("accept-poll") or now // 0.15 > sock.seen_at // 0.15

    # ---- opening and closing

    def listen(self, sock):
        """Open the listener; whether that was possible."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if not self.fault("no-reuse"):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port = sock.p[2]
        if self.fault("port-stale") and sock.last_port and self.starts % 3 == 2:
            port = sock.last_port
        self.attempts += 1
        if self.fault("restart-12") and self.attempts % 13 == 12:
            listener.close()
            return False
        try:
            listener.bind((ADDRESS, port))
            listener.listen(16 if self.holds_queue() else sock.p[8])
        except OSError:
            listener.close()
            return False
        sock.last_port, sock.listener, sock.waiting = port, listener, True
        sock.accepted = sock.announced = sock.turns = 0
        self.starts += 1
        return True

    def drop(self, sock, for_next=False):
        """Close the connection; ``for_next``: P5=10 says so."""
        connection, sock.connection = sock.connection, None
        if connection is not None:
            self.former_unread = len(waiting_bytes(connection)) if for_next else 0
            self.was_lost = sock.lost and for_next
            if self.fault("rst-after-big-s3") and len(self.last_payload) > 1000 and sock.sends:
                reset_at_close(connection)
            if self.fault("leftover") and for_next:
                sock.unread = sock.unread + waiting_bytes(connection)[:64] if sock.reads else b""
            self.close(sock, connection, for_next)
        sock.lost, sock.sends = False, 0
        if not (self.fault("field2-after-510") and for_next):
            sock.peer = None

    def close(self, sock, connection, for_next):
        if for_next and self.fault("p510-silent-open") and not sock.reads and not sock.sends:
            self.held.append(connection)
            return
        if for_next and self.fault("p510-shutwr"):
            if tcp_state(connection) != CLOSED:
                connection.shutdown(socket.SHUT_WR)
            self.held.append(connection)
            return
        if self.variant("rst-close"):
            reset_at_close(connection)
        if self.variant("fin-first") and tcp_state(connection) in (ESTABLISHED, CLOSE_WAIT):
            connection.shutdown(socket.SHUT_WR)
            self.to_close.append((time.monotonic() + 0.3, connection))
        else:
            connection.close()

    def stop(self, sock):
        """Close all that the socket has open."""
        had_client, had_queue = sock.connection is not None, bool(sock.listener) and self.has_waiting(sock)
        if had_client and self.keeps_client(sock, had_queue):
            self.held.append(sock.connection)
            had_client, sock.connection = False, None
        self.drop(sock)
        sock.peer = None
        if self.fault("queue-survives-stop") and sock.mode == 11:
            self.drain(sock)
            self.kept, sock.queue = sock.queue[:1], sock.queue[1:]
        self.forget_settings(sock)
        if sock.listener and self.keeps_listener(sock, had_client, had_queue):
            self.held.append(sock.listener)
        elif sock.listener:
            sock.listener.close()
        for connection, _ in sock.queue:
            connection.close()
        self.stop_udp(sock)
        sock.listener, sock.queue, sock.mode = None, [], 0
        sock.waiting = sock.is_client = sock.listener_closed = False
        sock.unread = sock.unread_datagram = b""

    def stop_udp(self, sock):
        if sock.udp is None:
            return
        if self.fault("udp-stale") and not sock.is_client and readable(sock.udp):
            self.old_datagram = sock.udp.recvfrom(65535)[0]
        sock.udp.close()
        sock.udp = None

    def keeps_client(self, sock, had_queue):
        if self.fault("p50-client-open-data") and sock.mode == 1:
            return bool(waiting_bytes(sock.connection))
        return self.fault("multi-p50-client-lostq") and sock.mode == 11 and had_queue

    def keeps_listener(self, sock, had_client, had_queue):
        if self.fault("old-listener"):
            return sock.listener.getsockname()[1] != sock.p[2]
        if self.fault("p50-listener-open"):
            return sock.mode == 1 and had_queue
        return self.fault("multi-p50-port") and sock.mode == 11 and had_client and sock.accepted > 1

    def forget_settings(self, sock):
        if self.fault("pk-lost-p50") and sock.mode:
            sock.keep_alive, sock.idle_ms = 0, 7200000
        if self.fault("p8-lost-p50") and sock.mode:
            sock.p[8] = 1
