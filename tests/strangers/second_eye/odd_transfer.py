"""Freedoms of R0, S0 and S3: when bytes are looked for, when they leave, and what an odd payload is answered."""

import socket
import time

from tests.strangers.second_eye.line import readable
from tests.strangers.second_eye.odd_servers import Gone
from tests.strangers.second_eye.sockets import is_gone, waiting_bytes


class OddTransfer:
    """Over ``Transfer``."""

    # ---- reading

    def limits_of_read(self, sock, settings):
        size, wait = super().limits_of_read(sock, settings)
        return size, self.by_its_clock(wait)

    def by_its_clock(self, seconds):
        """How long the module takes these seconds to be."""
        if self.variant("o-clock-fast"):
            return seconds * 0.95
        return seconds * 1.05 + 0.2 if self.variant("o-clock-slow") else seconds

    def read_nothing(self, sock, wait):
        if not self.variant("o-idle-r0-serves") or not sock.listener:
            return super().read_nothing(sock, wait)
        end = time.monotonic() + wait
        while time.monotonic() < end and sock.connection is None:
            time.sleep(0.01)
            self.background()
        if sock.connection is None:
            return self.ok()
        return self.read_stream(sock, sock.r1, max(0.0, end - time.monotonic()))

    def read_stream(self, sock, size, wait):
        if isinstance(sock.connection, Gone):
            return self.read_of_lost(sock)
        end = time.monotonic() + wait
        if self.variant("o-rx-poll", "o-eof-late", "o-notice-mid"):
            if not self.awaits_stream(sock, end):
                return self.give_nothing(sock)
            wait = max(0.0, end - time.monotonic())
        elif self.variant("o-r0-lines") and not readable(sock.connection, wait):
            return self.give_nothing(sock)
        if self.variant("o-r0-lines"):
            first, end_of_line, _ = waiting_bytes(sock.connection)[:size].partition(b"\n")
            size = len(first) + 1 if end_of_line else size
        return super().read_stream(sock, size, wait)

    def awaits_stream(self, sock, end):
        """Whether there are bytes of the stream, or its end, before that time."""
        while not self.has_of_stream(sock):
            left = end - time.monotonic()
            if left <= 0:
                return False
            if self.variant("o-notice-mid"):
                self.background()
            time.sleep(min(left, 0.12 if self.variant("o-rx-poll") else 0.01))
        return True

    def has_of_stream(self, sock):
        if waiting_bytes(sock.connection):
            return True
        return readable(sock.connection) and self.knows_end(sock)

    def knows_end(self, sock):
        if not self.variant("o-eof-late"):
            return True
        seen = self.ends_since.setdefault(sock.number, time.monotonic())
        return time.monotonic() - seen > 0.4

    def next_datagram(self, sock, end):
        while True:
            got, sender = super().next_datagram(sock, end)
            if got != b"" or not self.variant("o-udp-skip-empty"):
                return got, sender

    # ---- the payload

    def send(self, command, count):
        sock = self.selected
        if self.variant("o-s3-lost-early") and sock.connection and (sock.lost or is_gone(sock.connection)):
            self.ok("-1")
            self.swallow_payload(self.count_to_send(command, count, sock, self.settings_of(sock)))
            return None
        if self.variant("o-s3-twice"):
            time.sleep(0.2)
        return super().send(command, count)

    def swallow_payload(self, count):
        """What of it comes at once."""
        end = time.monotonic() + 0.15
        while time.monotonic() < end and len(self.received) < count:
            self.fill_in(0.03)
        self.taken(count)

    def send_counted(self, value):
        if self.variant("o-bad-s3-line") and self.number("S3", value) is None:
            return self.error("S3")
        return super().send_counted(value)

    def collect(self, command, count, seconds):
        seconds = self.by_its_clock(seconds)
        if not self.variant("o-notice-mid"):
            return super().collect(command, count, seconds)
        end = time.monotonic() + seconds
        while len(self.received) < count:
            self.background()
            if not self.fill_in(0.02) and time.monotonic() >= end:
                break
        return self.taken(count)

    def answer_send(self, command, count, data, sent):
        if not (self.excess and self.variant("o-excess-late")):
            return super().answer_send(command, count, data, sent)
        self.excess = b""
        self.ok(str(sent))
        time.sleep(0.3)
        return self.error(command, "Too many bytes")

    # ---- sending

    def put(self, sock, data):
        connection = sock.connection
        if isinstance(connection, Gone):
            return None
        if self.variant("o-tx-late") and connection and not sock.lost and not is_gone(connection):
            self.later(0.25, lambda: self.put_late(sock, connection, data))
            return len(data)
        return super().put(sock, data)

    def put_late(self, sock, connection, data):
        if sock.connection is not connection:
            return
        sent = super().put(sock, data)
        if sent is not None and sent < len(data):  # counted, so not to be dropped
            self.later(0.05, lambda: self.put_late(sock, connection, data[sent:]))

    def put_piece(self, connection, left, whole):
        if not self.variant("o-tx-bytes"):
            return super().put_piece(connection, left, whole)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if whole - len(left) >= 12:
            return connection.send(left)
        sent = connection.send(left[:1])
        time.sleep(0.01)
        return sent

    def put_datagram(self, sock, data):
        sent = super().put_datagram(sock, data)
        return len(data) if sent is None and self.variant("o-udp-any") else sent
