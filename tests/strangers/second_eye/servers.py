"""P5, P6, P7 and P?: servers, clients, and what is shown of them."""

import contextlib
import errno
import socket
import time

from tests.strangers.second_eye.network import ADDRESS
from tests.strangers.second_eye.sockets import is_gone

UDP = (1, 2)
"""Values of P1: UDP and UDP-Lite."""


class Servers:
    """The commands that open and close."""

    def __init__(self):
        self.refused = 0
        self.former_p1 = {}
        self.first_p4 = {}

    # ---- P5

    def server(self, value):
        if value == 0:
            return self.stop_server(self.selected)
        if value == 10:
            return self.next_client(self.selected)
        return self.start_server(self.selected, value)

    def stop_server(self, sock):
        if sock.is_client:
            return self.ok()
        if sock.mode == 0 and self.fault("p50-again-error"):
            return self.error("P5", "Not running")
        mode, says_killed = sock.mode, self.says_killed(sock)
        self.stop(sock)
        sock.p[7] = 0
        if mode:
            sock.was_single = mode == 1
        if mode == 11 and says_killed:
            return self.lines("[TCP TSK] Killed")
        if mode == 1 and self.variant("killed-single"):
            return self.lines("[TCP SVR] Killed")
        return self.ok()

    def says_killed(self, sock):
        if self.fault("killed-noclient"):
            return sock.connection is not None
        if self.fault("killed-after-lost"):
            return not (sock.lost or (sock.connection is not None and is_gone(sock.connection)))
        return not (self.fault("killed-after-single") and sock.was_single)

    def start_server(self, sock, mode):
        if sock.mode == 11 and mode == 11 and self.variant("p511-again"):
            self.stop(sock)
        if refusal := self.refusal_to_serve(sock):
            return self.error("P5", refusal)
        if self.fault("stale-proto"):
            sock.p[1], self.former_p1[sock.number] = self.former_p1.get(sock.number, sock.p[1]), sock.p[1]
        if sock.p[1] in UDP:
            return self.error("P5", "TCP only") if mode == 11 else self.open_udp(sock, is_client=False)
        if sock.p[1] != 0:
            return self.error("P5", "Protocol not supported")
        if not self.listen(sock):
            return self.error("P5", "Bind failed")
        sock.mode = mode
        if mode == 11:
            return self.say_multi_accept()
        if self.fault("ok-after-client") and sock.p[8] > 1:
            self.wait_for_client(sock, 3)
        return self.lines(self.waiting_line()) if self.variant("waiting-single") else self.ok()

    def refusal_to_serve(self, sock):
        """Why no server can be started now; "" where one can."""
        if sock.mode or sock.is_client:
            return "Already running"
        if not self.joined and not self.variant("nojoin-listen"):
            return "Not joined"
        return "No port" if sock.p[2] == 0 and self.variant("p2-zero-error") else ""

    def say_multi_accept(self):
        if self.fault("setup-second") and self.starts > 1:
            return self.lines(self.waiting_line())
        return self.lines("[TCP TSK] Multi-Accept Setup", self.waiting_line())

    def next_client(self, sock):
        """P5=10."""
        if self.variant("p510-slow"):
            time.sleep(0.8)
        if sock.mode != 11:
            return self.ok() if self.variant("p510-any") else self.error("P5", "No multi-accept server")
        if self.fault("p510-wrong-socket"):
            sock = next((one for one in self.sockets if one.mode == 11 and one.connection), sock)
        was_lost = sock.lost
        self.drop(sock, for_next=True)
        sock.turns += 1
        sock.turned_at, sock.waiting = time.monotonic(), True
        sock.queue_at_turn = self.has_waiting(sock)
        if self.fault("p510-after-lost-twice"):
            sock.turn_owed = was_lost and not sock.turn_owed
            sock.waiting = not sock.turn_owed
        if self.fault("waiting-queued") and sock.queue_at_turn:
            return self.ok()
        return self.say_waiting()

    def say_waiting(self):
        line = b"\r\n" + self.waiting_line().encode() + b"\r\n> "
        if self.variant("p510-prompt-short"):
            return self.write(line + b"OK\r\n> ")
        if self.variant("p510-prompt"):
            self.write(line)
            return self.ok()
        return self.lines(self.waiting_line())

    def open_udp(self, sock, *, is_client):
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            opened.bind((ADDRESS, sock.p[2]))
            if is_client:
                opened.connect((sock.p[3], sock.p[4]))
        except OSError:
            opened.close()
            return self.error("P6" if is_client else "P5", "Bind failed")
        opened.setblocking(False)
        sock.udp, sock.udp_peer, sock.is_client, sock.mode = opened, None, is_client, 0 if is_client else 1
        if is_client and self.variant("udp-line"):
            return self.lines("[UDP  RC] Connecting to " + sock.p[3])
        return self.ok()

    # ---- P6

    def client(self, value):
        sock = self.selected
        if value == 0:
            return self.stop_client(sock)
        if refusal := self.refusal_to_connect(sock):
            return self.error("P6", refusal)
        if sock.p[1] in UDP:
            return self.open_udp(sock, is_client=True)
        if sock.p[1] != 0:
            return self.error("P6", "Protocol not supported")
        spaces = " " if self.fault("connect-one-space") else "  "
        line = f"[TCP{spaces}RC] Connecting to {sock.p[3]}"
        port = self.first_p4.setdefault(sock.number, sock.p[4]) if self.fault("p4-stale") else sock.p[4]
        connection = self.connected(sock, port)
        if connection is None:
            self.refused += 1
            sock.busy = True
            if self.fault("refused-ok-second") and self.refused % 2 == 0:
                return self.lines(line)
            return self.error("P6", "Connect failed", line.encode())
        if not self.fault("pk-client-mode-none"):
            self.set_keep_alive(sock, connection)
        sock.connection, sock.is_client, sock.lost, sock.s1_at_accept = connection, True, False, sock.s1
        sock.reads = sock.lost_reads = 0
        return self.lines(line)

    def stop_client(self, sock):
        if self.fault("p60-open") and sock.is_client and sock.connection and sock.reads:
            self.held.append(sock.connection)
            sock.connection = None
        if sock.is_client:
            self.stop(sock)
        return self.ok()

    def refusal_to_connect(self, sock):
        """Why no client can be started now; "" where one can."""
        if sock.mode or sock.is_client:
            return "Already running"
        if self.fault("busy-after-refused") and sock.busy:
            sock.busy = False
            return "Busy"
        if self.variant("connect-slow"):
            time.sleep(1)
        return "" if self.joined else "Not joined"

    def connected(self, sock, port):
        """A connection to the remote; None where there is none."""
        connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        connection.settimeout(8)
        binds = self.variant("client-bind")
        if binds:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                connection.bind((ADDRESS, sock.p[2]))
        try:
            connection.connect((sock.p[3], port))
        except OSError as problem:
            connection.close()
            if not binds or problem.errno != errno.EADDRNOTAVAIL:
                return None
            try:
                connection = socket.create_connection((sock.p[3], port), 8)
            except OSError:
                return None
        if connection.getsockname() == connection.getpeername():
            connection.close()
            return None
        connection.setblocking(False)
        return connection

    # ---- P7 and P?

    def accept_loop(self, value):
        """The older way to do what P5 does."""
        sock = self.selected
        if value == 1:
            if not sock.mode and (sock.is_client or not self.joined or sock.p[1] or not self.listen(sock)):
                return self.error("P7", "Cannot start")
            sock.mode = 11
        elif sock.mode == 11 and value == 0:
            self.stop(sock)
        elif sock.mode == 11:
            self.drop(sock)
            sock.waiting = value == 3
        sock.p[7] = value
        return self.ok()

    def status(self):
        sock, settings = self.selected, self.settings_of(self.selected)
        served = sock.connection is not None and not sock.is_client
        fields = [sock.p[1], self.shown_peer(sock), self.shown_port(sock), self.shown_host(sock, served)]
        fields.append(sock.peer[1] if served and sock.peer else sock.p[4])
        fields += [self.shown_server(sock, served), int(bool(sock.udp) and not sock.is_client)]
        fields.append(5 if sock.p[8] == 6 and self.fault("p8-six-shown-5") else sock.p[8])
        fields.append(1 if sock.mode == 11 and self.variant("single-field9") else sock.p[7])
        if not self.variant("p9"):
            fields.append(settings.r3)
        if not self.variant("p9", "p10"):
            fields += [sock.keep_alive, sock.idle_ms]
        return self.ok(",".join(map(str, fields)))

    def shown_peer(self, sock):
        if self.fault("field2-second") and self.accepts > 1:
            return "0.0.0.0"
        if sock.is_client:
            return ADDRESS
        return sock.peer[0] if sock.peer else "0.0.0.0"

    def shown_port(self, sock):
        return sock.p[2] - 65536 if self.fault("p2-signed") and sock.p[2] > 60000 else sock.p[2]

    def shown_host(self, sock, served):
        host = sock.peer[0] if served and sock.peer and self.variant("field4-peer") else sock.p[3]
        if self.fault("p3-signed"):
            host = ".".join(str(int(part) - 256 if int(part) > 199 else int(part)) for part in host.split("."))
        return host

    def shown_server(self, sock, served):
        """Field 6: whether a TCP server runs."""
        running = int(sock.mode > 0 and (sock.udp is None or self.fault("field6-udp")))
        if running and sock.mode == 11 and self.variant("field6-11") and not served:
            return 11
        return 0 if self.fault("field6-drops") and served and sock.reads else running
