"""The third round of faults (x-): each lies over one behaviour of the good module, in a part of this class of its own.

They were written when those of the parts were all caught, again by somebody who had not seen the suites: states across
sockets, settings that change while something runs, commands between two others. Nothing acts but the fault switched on.
"""

import contextlib
import socket
import time

from tests.strangers.second_eye.line import readable
from tests.strangers.second_eye.module import Module
from tests.strangers.second_eye.sockets import CLOSE_WAIT, CLOSED, is_gone, swallow, tcp_state, waiting_bytes


class ThirdRound(Module):
    """The module with the faults x-. ``past``, here and on each socket: what they remember of what has happened.

    That of a socket is forgotten at a reset, that of the module is not.
    """

    def __init__(self, *arguments):
        self.past = {}
        super().__init__(*arguments)

    def boot(self):
        ms, selection = getattr(self, "ms", 0), getattr(self, "selection", 0)
        pk = [(one.keep_alive, one.idle_ms) for one in self.sockets]
        super().boot()
        for sock in self.sockets:
            sock.past = {"was": set(), "stops": 0}
        if self.fault("x-zr-keeps-ms"):
            self.ms = ms
        if self.fault("x-zr-keeps-p0"):
            self.selection = selection
        if self.fault("x-zr-keeps-pk"):
            for one, values in zip(self.sockets, pk, strict=True):
                one.keep_alive, one.idle_ms = values

    # ---- helpers

    def others(self, sock):
        return [one for one in self.sockets if one is not sock]

    def cut(self, sock):
        """Close the connection of the server unasked; the host sees -1."""
        if sock.connection is not None and not sock.is_client:
            with contextlib.suppress(OSError):
                sock.connection.shutdown(socket.SHUT_RDWR)
            sock.lost = True

    def eat(self, size=65536):
        """Lose what waits to be read on any socket."""
        for sock in self.sockets:
            if sock.connection is not None and waiting_bytes(sock.connection):
                swallow(sock.connection, size)

    # ---- line

    def error(self, command, reason="Invalid Value", head=b""):
        mt = self.mt
        if self.fault("x-mt1-lost-long") and head == b"-1":
            self.mt = 0
        if self.fault("x-mt1-join-long") and command == "C0":
            self.mt = 0
        if self.fault("x-mt0-connect-short") and command == "P6":
            self.mt = 1
        if self.fault("x-join-ssid-stale") and command == "C0":
            old, self.past["ssid"] = self.past.get("ssid", head), head
            head = old
        super().error(command, reason, head)
        self.mt = mt
        if reason == "Unknown command":
            if self.fault("x-error-closes-client"):
                for sock in self.sockets:
                    self.cut(sock)
            if self.fault("x-error-flushes-rx"):
                self.eat()
        if command == "R1" and self.fault("x-refused-flushes-rx"):
            self.eat()

    def fill_in(self, timeout):
        got = super().fill_in(timeout)
        if got and self.fault("x-slow-typing"):
            self.past["typed"] = time.monotonic()
        return got

    def serve_lines(self):
        paused = time.monotonic() - self.past.get("typed", 0) > 0.4
        if self.fault("x-slow-typing") and paused and b"\r" not in self.received:
            self.received.clear()
        if self.fault("x-lf-late") and self.received[:1] == b"\n" and not self.past.get("cr_now"):
            if b"\r" in self.received:
                self.taken(self.received.index(b"\r") + 1)
                self.error("\n", "Unknown command")
            return
        self.past["cr_now"] = bool(self.received)
        super().serve_lines()
        self.past["cr_now"] = False

    def set_human(self, *, human):
        if self.fault("x-human-mt0") and human:
            self.mt = 0
        if self.fault("x-human-flushes"):
            self.eat()
        if self.fault("x-human-drops") and human:
            for sock in self.sockets:
                self.cut(sock)
        return super().set_human(human=human)

    def notice(self, text):
        if self.fault("x-mt0-no-notice") and self.mt == 0:
            return
        if self.fault("x-human-no-notice") and self.human:
            return
        if self.fault("x-single-after-multi-mute"):
            sock = self.last_accepted
            if sock and sock.mode == 1 and 11 in sock.past["was"]:
                return
        if self.fault("x-ms1-deferred") and self.ms == 1:
            self.past.setdefault("deferred", []).append(text)
        super().notice(text)

    # ---- settings

    def keep_number(self, command, number):
        sock = self.selected
        if self.fault("x-p8-flushes-queue") and command == "P8":
            self.drop_queues()
        if command == "P2" and self.fault("x-p2-while-serving"):
            self.cut(sock)
        if command == "P4" and self.fault("x-p4-while-serving"):
            self.cut(sock)
        if self.fault("x-rest-r1-change") and command == "R1" and sock.connection and sock.reads:
            self.eat()
        super().keep_number(command, number)
        if command == "P0":
            self.has_selected()
        if command == "MS" and number == 0:
            self.past["late_notices"] = self.past.pop("deferred", [])

    def drop_queues(self):
        for sock in self.sockets:
            if sock.listener and not sock.waiting:
                self.drain(sock)
                for connection, _ in sock.queue:
                    connection.close()
                sock.queue = []

    def has_selected(self):
        if self.fault("x-r1-lost-p0"):
            self.selected.r1 = 1460
        if self.fault("x-lost-cleared-p0"):
            for one in self.sockets:
                one.past["cleared"] = one.lost

    def background(self):
        for text in self.past.pop("late_notices", [])[-1:]:
            super().notice(text)
        now = time.monotonic()
        for sock in self.sockets:
            if self.fault("x-idle-drop-3s") and sock.connection is not None and not sock.is_client and sock.listener:
                self.cut_the_idle(sock, now)
            if self.fault("x-queue-timeout-2s") and sock.listener and not sock.waiting:
                self.drop_the_patient(sock, now)
        for due, listener in self.past.get("late_ports", []):
            if due <= now:
                listener.close()
        self.past["late_ports"] = [one for one in self.past.get("late_ports", []) if one[0] > now]
        super().background()

    def cut_the_idle(self, sock, now):
        if sock.past.get("served") is not sock.connection or waiting_bytes(sock.connection):
            sock.past["served"], sock.past["active"] = sock.connection, now
        if now - sock.past["active"] > 3:
            self.cut(sock)

    def drop_the_patient(self, sock, now):
        had = len(sock.queue)
        self.drain(sock)
        since = sock.past.setdefault("since", {})
        since.update((connection, now) for connection, _ in sock.queue[had:])
        for one in [one for one in sock.queue if now - since.get(one[0], now) > 2]:
            if not is_gone(one[0]):
                one[0].shutdown(socket.SHUT_RDWR)
            one[0].close()
            sock.queue.remove(one)

    def set_probes(self, command, value):
        answer = super().set_probes(command, value)
        if self.fault("x-pk-while-serving"):
            self.cut(self.selected)
        if self.fault("x-pk-other-drops"):
            for one in self.others(self.selected):
                self.cut(one)
        return answer

    def set_host(self, command, value):
        if self.fault("x-p4-while-serving"):
            self.cut(self.selected)
        return super().set_host(command, value)

    # ---- network

    def listen(self, sock):
        if self.fault("x-fourth-server") and sum(bool(one.listener) for one in self.others(sock)) >= 3:
            return False
        if self.fault("x-server-after-client") and "client" in sock.past["was"]:
            return False
        p8 = sock.p[8]
        if self.fault("x-p8-first-start"):
            sock.p[8] = sock.past.setdefault("p8", p8)
        done = super().listen(sock)
        sock.p[8] = p8
        if done and (
            (self.fault("x-p50-twice-breaks") and sock.past["stops"] >= 2)
            or (self.fault("x-zr-first-start") and self.past.pop("zr", False))
        ):
            sock.listener.close()
            sock.listener = socket.socket()
            sock.listener.bind(("127.0.0.1", 0))
            sock.listener.listen(1)
        if done:
            sock.past["stops"] = 0
            if self.fault("x-p3-lost-server"):
                sock.p[3] = "0.0.0.0"
        return done

    def start_server(self, sock, mode):
        if self.fault("x-udp-tcp-port") and sock.p[1] == 1:
            for one in self.others(sock):
                if one.listener and one.last_port == sock.p[2]:
                    return self.error("P5", "Port in use")
        return super().start_server(sock, mode)

    def take_next(self, sock):
        if self.fault("x-ms1-no-accept") and self.ms == 1:
            return
        if self.fault("x-queued-rst-blocks") and sock.turns and sock.waiting and self.has_waiting(sock):
            self.drain(sock)
            if sock.queue and tcp_state(sock.queue[0][0]) == CLOSED:
                return
        if self.fault("x-510-after-rst-skips") and sock.past.pop("skip", False) and self.has_waiting(sock):
            self.drain(sock)
            sock.queue.pop(0)[0].close()
        idle = sock.waiting and not (sock.queue_at_turn and sock.accepted)
        if self.fault("x-order-when-idle") and idle and self.has_waiting(sock):
            time.sleep(0.05)
            self.drain(sock)
            sock.queue[:2] = sock.queue[1::-1]
        super().take_next(sock)

    def serve(self, sock, connection, address):
        super().serve(sock, connection, address)
        sock.past["r1"], sock.past["r2"] = sock.r1, sock.r2
        sock.past["pk"] = sock.keep_alive, sock.idle_ms
        sock.past["came_closed"] = tcp_state(connection) == CLOSE_WAIT
        sock.past["s3lost"] = sock.past["cleared"] = False
        if self.fault("x-r2-reset-at-accept"):
            sock.r2 = 5000
        if self.fault("x-lost-survives") and sock.past.pop("stale_loss", False):
            sock.lost = True
        if self.fault("x-ms1-no-field2") and self.ms == 1:
            sock.peer = ("0.0.0.0", address[1])
        if self.fault("x-field2-first-ip"):
            sock.peer = (self.past.setdefault("first_ip", address[0]), address[1])

    def accepted_text(self, sock, address, newest):
        if self.fault("x-notice-port-low"):
            return f"[TCP SVR] Accepted {address[0]}:{address[1]:05d}".encode()
        return super().accepted_text(sock, address, newest)

    def gives_way(self, sock):
        if self.fault("x-multi-after-single-auto") and sock.mode == 11 and 1 in sock.past["was"]:
            return is_gone(sock.connection) and sock.lost
        return super().gives_way(sock)

    def next_client(self, sock):
        if self.fault("x-510-after-rst-skips") and sock.mode == 11 and sock.connection:
            sock.past["skip"] = tcp_state(sock.connection) == CLOSED
        if self.fault("x-p510-other-client"):
            for one in self.others(sock):
                self.cut(one)
        if self.fault("x-lost-refuses-new") and sock.mode == 11 and sock.listener is None:
            sock.listener = socket.socket()
            sock.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.listener.bind(("127.0.0.1", sock.last_port))
            sock.listener.listen(sock.p[8])
        return super().next_client(sock)

    def close(self, sock, connection, for_next):
        if for_next and self.fault("x-p510-close-late"):
            self.to_close.append((time.monotonic() + 2.5, connection))
            return
        super().close(sock, connection, for_next)

    def stop_server(self, sock):
        if not sock.is_client:
            sock.past["stops"] += 1
            if self.fault("x-p50-other-client"):
                for one in self.others(sock):
                    self.cut(one)
        return super().stop_server(sock)

    def stop(self, sock):
        if sock.lost and sock.mode:
            sock.past["stale_loss"] = True
        if sock.mode:
            sock.past["was"].add(sock.mode)
        if sock.is_client:
            sock.past["was"].add("client")
            if self.fault("x-client-lost-sticky") and sock.lost:
                sock.past["sticky"] = True
            if self.fault("x-p4-lost-p60"):
                sock.p[4] = 5025
            if self.fault("x-pk-lost-p60"):
                sock.keep_alive, sock.idle_ms = 0, 7200000
        if self.fault("x-p1-back-p50"):
            sock.p[1] = 0
        if self.fault("x-p50-port-late") and sock.listener:
            self.past.setdefault("late_ports", []).append((time.monotonic() + 2, sock.listener))
            sock.listener = None
        peer = sock.peer
        super().stop(sock)
        if self.fault("x-field2-stays"):
            sock.peer = peer

    def client(self, value):
        sock = self.selected
        if value == 0 and self.fault("x-p60-stops-server"):
            for one in self.others(sock):
                if one.mode:
                    self.stop(one)
        return super().client(value)

    def connected(self, sock, port):
        served = [one for one in self.sockets if one.connection and not one.is_client]
        if self.fault("x-client-while-serving") and served:
            return None
        if self.fault("x-connect-leak-5") and self.refused >= 5:
            return None
        if self.fault("x-client-after-server") and sock.past["was"] & {1, 11}:
            return None
        connection = super().connected(sock, port)
        if connection and self.fault("x-connect-drops-served"):
            for one in served:
                self.cut(one)
        if connection and self.fault("x-p2-lost-p6"):
            sock.p[2] = connection.getsockname()[1]
        return connection

    def lines(self, *lines):
        if self.fault("x-connect-line-stale") and lines[0].startswith("[TCP  RC]"):
            lines, self.past["connecting"] = (self.past.get("connecting", lines[0]),), lines[0]
        super().lines(*lines)

    def set_number(self, command, value):
        answer = super().set_number(command, value)
        if command == "P6" and self.selected.is_client and self.selected.past.pop("sticky", False):
            self.selected.lost = True
            self.selected.past["unlose"] = True
        return answer

    def leak(self, sock):
        super().leak(sock)
        self.past["zr"] = True
        if self.fault("x-zr-listener") and sock.listener:
            self.drain(sock)
            self.leaked += sock.queue
            sock.queue = []

    # ---- status

    def status(self):
        if self.fault("x-pquery-eats") and self.selected.reads:
            self.eat(1)
        sock = self.selected
        pk, p8 = (sock.keep_alive, sock.idle_ms), sock.p[8]
        if self.fault("x-field12-running") and sock.connection and "pk" in sock.past:
            sock.keep_alive, sock.idle_ms = sock.past["pk"]
        if self.fault("x-field8-queue") and sock.listener and sock.connection:
            self.drain(sock)
            sock.p[8] = max(0, p8 - len(sock.queue))
        super().status()
        sock.keep_alive, sock.idle_ms = pk
        sock.p[8] = p8

    def shown_server(self, sock, served):
        if self.fault("x-field6-client") and sock.is_client and sock.udp is None:
            return 1
        return super().shown_server(sock, served)

    # ---- reading

    def limits_of_read(self, sock, settings):
        size, wait = super().limits_of_read(sock, settings)
        if self.fault("x-r2-at-accept") and sock.connection and "r2" in sock.past:
            wait = sock.past["r2"] / 1000
        if self.fault("x-r1-at-accept") and sock.connection and "r1" in sock.past:
            size = sock.past["r1"]
        if self.fault("x-r2-0-default") and wait == 0:
            wait = 5
        if self.fault("x-r2-tiny") and 0 < wait < 0.1:
            wait = 1
        return size, wait

    def read_stream(self, sock, size, wait):
        if self.fault("x-r0-empty-after-s3-lost") and sock.past.get("s3lost"):
            return self.ok()
        if self.fault("x-rx-8k") and len(waiting_bytes(sock.connection)) > 8192:
            data = sock.connection.recv(65536)[:8192]
            sock.unread = data[size:]
            return self.give(sock, data[:size])
        return super().read_stream(sock, size, wait)

    def read_of_lost(self, sock):
        forgets = (
            (self.fault("x-lost-forgotten-6") and sock.lost_reads >= 5)
            or (self.fault("x-lost-cleared-p0") and sock.past.get("cleared"))
            or (self.fault("x-r0-empty-after-s3-lost") and sock.past.get("s3lost"))
            or (self.fault("x-queued-closed-no-minus1") and sock.past.get("came_closed") and sock.reads > 1)
            or (self.fault("x-client-lost-empty") and sock.is_client)
        )
        if forgets:
            time.sleep(self.settings_of(sock).r2 / 1000)
            return self.ok()
        if sock.past.pop("unlose", False):
            sock.lost = False
            return self.error("R0", "Connection lost", b"-1")
        answer = super().read_of_lost(sock)
        if self.fault("x-lost-refuses-new") and sock.mode == 11 and sock.listener and not self.has_waiting(sock):
            sock.listener.close()
            sock.listener = None
        return answer

    def give(self, sock, got):
        if (self.fault("x-r0-crlf-only") and got == b"\r\n") or (self.fault("x-r0-nul-only") and got == b"\0"):
            return self.ok()
        if self.fault("x-minus1-prefix") and got.startswith(b"-1") and len(got) > 2:
            return self.error("R0", "Connection lost", got)
        if self.fault("x-r0-error-data") and got.startswith(b"ERROR"):
            return self.write(b"\r\n" + got + b"\r\nERROR\r\n> ")
        return super().give(sock, got)

    def read_datagram(self, sock, size, wait):
        if self.fault("x-udp-first-sender") and not sock.is_client and sock.udp_peer:
            while readable(sock.udp, wait):
                _, sender = sock.udp.recvfrom(65535, socket.MSG_PEEK)
                if sender == sock.udp_peer:
                    break
                sock.udp.recvfrom(65535)
        if (
            self.fault("x-udp-empty-lost")
            and readable(sock.udp, wait)
            and sock.udp.recvfrom(65535, socket.MSG_PEEK)[0] == b""
        ):
            sock.udp.recvfrom(65535)
            return self.error("R0", "Connection lost", b"-1")
        return super().read_datagram(sock, size, wait)

    def next_datagram(self, sock, end):
        got, sender = super().next_datagram(sock, end)
        if got is None:
            return got, sender
        r1 = self.settings_of(sock).r1
        if self.fault("x-udp-merge"):
            while readable(sock.udp):
                got += sock.udp.recvfrom(65535)[0]
        if self.fault("x-udp-over-loses-next") and len(got) > r1 and readable(sock.udp):
            sock.udp.recvfrom(65535)
        if self.fault("x-r1-over-1024") and r1 < 1460:
            got = got[:1024]
        return got, sender

    # ---- sending

    def collect(self, command, count, seconds):
        if self.fault("x-s2-0-default") and command == "S0" and seconds == 0:
            seconds = 5
        if self.fault("x-s3-gap-1s") and command == "S3":
            while len(self.received) < count:
                if not self.fill_in(min(1.0, seconds)):
                    break
            return self.taken(count)
        return super().collect(command, count, seconds)

    def spoil(self, command, sock, data):
        data = super().spoil(command, sock, data)
        if self.fault("x-pct-pair"):
            data = data.replace(b"%%", b"%")
        if self.fault("x-s3-dollars-cr"):
            data = data.replace(b"$$$\r", b"")
        if self.fault("x-s3-dollars") and data == b"$$$":
            self.human = True
        if self.fault("x-s3-crlf-end") and data.endswith(b"\r\n") and len(data) > 2:
            data = data[:-2]
        if self.fault("x-s3-512-short") and len(data) == 512:
            data = data[:-1]
        if self.fault("x-s3-usb64") and len(data) >= 128 and len(data) % 64 == 0:
            data += data[-1:]
        if self.fault("x-s0-cr") and command == "S0":
            data = data.partition(b"\r")[0]
        return data

    def answer_of_lost(self, command, sock, data):
        sock.past["s3lost"] = True
        if self.fault("x-s3-lost-eats-rx") and sock.connection:
            swallow(sock.connection)
        if self.fault("x-s3-lost-error-tail"):
            return self.error(command, "Connection lost", b"-1")
        return super().answer_of_lost(command, sock, data)

    def put(self, sock, data):
        if sock.udp and self.fault("x-udp-refused-lost") and sock.is_client:
            time.sleep(0.05)
            if sock.udp.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                sock.past["udp_dead"] = sock.udp
            if sock.past.get("udp_dead") is sock.udp:
                return None
        if sock.udp and self.fault("x-udp-s3-two") and len(data) > 512:
            return self.put_datagram(sock, data[:512]) + self.put_datagram(sock, data[512:])
        return super().put(sock, data)

    # ---- identity and network

    def identify(self):
        if self.fault("x-i-serving-6") and any(one.mode for one in self.sockets):
            return self.ok("ISM43362-M3G-L44,C3.5.2.5.STM,v3.5.2,v1.4.0.rc1,v8.2.1,120000000")
        return super().identify()

    def show_joined(self):
        if self.fault("x-cs-serving-0") and any(one.connection for one in self.sockets):
            return self.ok("0")
        return super().show_joined()

    def leave(self):
        self.past["left"] = True
        return super().leave()

    def show_network(self):
        joined = self.joined
        if self.fault("x-cq-status-cd") and self.past.get("left"):
            self.joined = True
        super().show_network()
        self.joined = joined

    def join(self):
        if self.fault("x-rejoin-fails") and self.past.pop("left", False):
            name = self.wifi[0].encode("latin-1")
            return self.error("C0", "Join failed", b"[JOIN   ] " + name + b"\r\n[JOIN   ] Failed")
        return super().join()

    def save(self):
        answer = super().save()
        if self.fault("x-z1-without-r"):
            self.saved_settings = [(*one[:3], 1460, 5000, 0, 1460, 5000) for one in self.saved_settings]
        return answer

    def forget_saved(self):
        return self.ok() if self.fault("x-z2-no-effect") else super().forget_saved()
