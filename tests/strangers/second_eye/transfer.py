"""R0, S0 and S3: bytes of the peer to the host, and of the host to the peer."""

import select
import socket
import time

from tests.strangers.second_eye.line import readable
from tests.strangers.second_eye.sockets import (
    CLOSE_WAIT,
    CLOSED,
    ESTABLISHED,
    is_gone,
    swallow,
    tcp_state,
    waiting_bytes,
)

SUCCESS = b"\r\nOK\r\n> "

READ_FAULTS = {
    "r0-nul-stop": lambda got: got[: got.index(0)] if 0 in got and len(got) > 40 else got,
    "r0-crlf-tail-cut": lambda got: got[:-2] if got.endswith(b"\r\n") and len(got) > 2 else got,
    "r0-ok-in-data": lambda got: got.partition(SUCCESS)[0],
}
"""Name: what becomes of the bytes that R0 gives."""

SEND_FAULTS = {
    "s0-lf-first": ("S0", lambda data: data.removeprefix(b"\n")),
    "s0-nul-end": ("S0", lambda data: data.partition(b"\0")[0]),
    "s3-0xff-last": ("S3", lambda data: data.removesuffix(b"\xff")),
    "s3-1460-short": ("S0 S3", lambda data: data[:-1] if len(data) == 1460 else data),
    "s3-1024-dup": ("S0 S3", lambda data: data[:1024] + data[1023:-1] if len(data) > 1024 else data),
    "s3-nak-drop": ("S0 S3", lambda data: data.replace(b"\x15", b"")),
    "s3-iac": ("S0 S3", lambda data: data.replace(b"\xff", b"\xff\xff") if len(data) > 1 else data),
    "s3-cr-end": ("S0 S3", lambda data: data.removesuffix(b"\r") if len(data) > 1 else data),
    "s3-lf-first": ("S0 S3", lambda data: data.removeprefix(b"\n")),
}
"""Name: the commands, and what becomes of the bytes that they send."""


class Transfer:
    """What the data commands do."""

    def __init__(self):
        self.last_payload = b"\xa5" * 1460
        self.last_count = None
        self.sent_at = 0.0
        self.timeouts = 0
        self.was_timeout = False
        self.lost_socket = None
        self.last_datagram = b""
        self.excess = b""
        self.count_as_written = ""

    # ---- reading

    def read(self):
        sock = self.selected
        if self.fault("r0-last-accepted") and self.last_accepted and self.last_accepted.connection:
            sock = self.last_accepted
        settings = self.settings_of(sock)
        if sock.connection is None and sock.udp is None:
            return self.read_nothing(sock, settings.r2 / 1000)
        sock.reads += 1
        size, wait = self.limits_of_read(sock, settings)
        if self.answers_falsely(sock, settings):
            return None
        self.in_wait = not (sock.connection and waiting_bytes(sock.connection)) and wait >= 0.2
        if sock.udp:
            return self.read_datagram(sock, size, wait)
        if sock.unread:
            got, sock.unread = sock.unread[:size], sock.unread[size:]
            return self.give(sock, got)
        if sock.lost:
            return self.read_of_lost(sock)
        return self.read_stream(sock, min(size, 536) if self.variant("r0-chunks") else size, wait)

    def read_nothing(self, sock, wait):
        """R0 where nobody is connected."""
        if self.variant("idle-r0-empty") and sock.listener:
            time.sleep(wait)
            return self.ok()
        if self.variant("idle-r0-wait-error"):
            time.sleep(wait)
        return self.error("R0", "No connection", b"-1" if self.variant("idle-r0-minus1") else b"")

    def limits_of_read(self, sock, settings):
        """How many bytes at most, and how many seconds."""
        size, wait = settings.r1, settings.r2 / 1000
        if (self.fault("r1-after-510") and sock.turns) or (self.fault("r1-first-only") and sock.reads > 2):
            size = 1460
        if self.fault("r2-half") and wait >= 1:
            wait /= 2
        if self.fault("r2-over") and wait >= 2:
            wait += 1.5
        if self.fault("r2-after-timeout") and self.was_timeout:
            wait = 0
        self.was_timeout = False
        return size, wait

    def answers_falsely(self, sock, settings):
        """Faults that answer without a look at the connection."""
        if self.fault("lost-other-socket") and self.lost_socket not in (None, sock) and sock.connection:
            self.lost_socket = None
            self.error("R0", "Connection lost", b"-1")
            return True
        if self.fault("r2-0-empty") and settings.r2 == 0:
            self.ok()
            return True
        if self.fault("exact-r1-empty") and sock.was_exact:
            sock.was_exact = False
            if sock.connection and not waiting_bytes(sock.connection):
                self.give_nothing(sock)
            else:
                self.ok()
            return True
        return False

    def read_stream(self, sock, size, wait):
        connection, end = sock.connection, time.monotonic() + wait
        while not readable(connection, end - time.monotonic()):
            if time.monotonic() >= end:
                return self.give_nothing(sock)
        if self.fault("r0-one-byte") and len(waiting_bytes(connection)) == 1 and tcp_state(connection) == ESTABLISHED:
            time.sleep(max(0, end - time.monotonic()))
            return self.give_nothing(sock)
        if self.fault("waits-for-more"):
            self.wait_for_more(connection, size, end)
        if self.variant("r0-both"):
            time.sleep(0.015)
        closed = is_gone(connection)
        try:
            got = connection.recv(size)
        except OSError:
            return self.read_of_reset(sock, end)
        if not got:
            return self.read_of_closed(sock)
        if closed and self.fault("data-with-close-lost"):
            return self.read_of_lost(sock)
        return self.give(sock, self.spoil_end(sock, got, size, closed))

    @staticmethod
    def wait_for_more(connection, size, end):
        while len(waiting_bytes(connection)) < size and time.monotonic() < end:
            if tcp_state(connection) != ESTABLISHED:
                return
            time.sleep(0.01)

    def spoil_end(self, sock, got, size, closed):
        """What faults do at the end of what was received."""
        more = waiting_bytes(sock.connection)
        sock.was_exact = len(got) == size and not more
        if self.fault("exact-r1-no-minus1") and sock.was_exact and closed:
            sock.eof_due = True
        if self.fault("close-tail-lost") and more and closed:
            sock.lost = True
        if self.fault("rest-one-lost") and len(more) == 1:
            swallow(sock.connection, 1)
        return got[:-1] if self.fault("r0-1460-short") and len(got) == 1460 else got

    def read_of_reset(self, sock, end):
        if self.fault("rst-timeout"):
            time.sleep(max(0, end - time.monotonic()))
            return self.give_nothing(sock)
        return self.read_of_lost(sock)

    def read_of_closed(self, sock):
        if self.fault("exact-r1-no-minus1") and sock.eof_due:
            sock.eof_due = False
            return self.ok()
        if self.fault("rst-timeout"):
            reset = sock.connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if reset or tcp_state(sock.connection) == CLOSED:
                return self.give_nothing(sock)
        return self.read_of_lost(sock)

    def read_of_lost(self, sock):
        """Say that the connection is lost."""
        sock.lost = True
        sock.lost_reads += 1
        if self.fault("r0-lost-empty-first") and sock.lost_reads == 1:
            return self.ok()
        if self.fault("lost-forgotten") and sock.lost_reads > 1:
            time.sleep(sock.r2 / 1000)
            return self.ok()
        self.note_loss(sock)
        if self.fault("minus1-cut-by-r1") and sock.r1 == 1:
            return self.error("R0", "Connection lost", b"-")
        if self.variant("r0-tail-ok"):
            return self.ok("-1")
        return self.error("R0", "Connection lost", b"-1")

    def note_loss(self, sock):
        if self.fault("lost-other-socket"):
            self.lost_socket = sock
        if self.fault("r1-after-lost"):
            sock.r1 = 1460
        if self.variant("close-on-loss") and tcp_state(sock.connection) == CLOSE_WAIT:
            sock.connection.shutdown(socket.SHUT_RDWR)
        if self.variant("loss-clears-p"):
            sock.peer = None

    def give_nothing(self, sock):
        """R2 has passed."""
        self.timeouts += 1
        self.was_timeout = True
        if self.fault("r0-empty-8") and self.timeouts % 2 == 0:
            return self.write(SUCCESS)
        if self.fault("rest-lost-timeout"):
            sock.loses_next = True
        if self.fault("r0-late") and sock.connection:
            self.late, self.late_end = sock, time.monotonic() + 0.6
        return self.ok()

    def give(self, sock, got):
        if self.fault("rest-lost-timeout") and sock.loses_next and sock.connection:
            sock.loses_next = False
            if waiting_bytes(sock.connection):
                swallow(sock.connection)
        for name, spoilt in READ_FAULTS.items():
            if self.fault(name):
                got = spoilt(got)
        if got == b"-1" and self.fault("minus1-data-error"):
            return self.error("R0", "Connection lost", b"-1")
        if self.settings_of(sock).r3 and self.variant("r3-nolimit"):
            return self.write(got + b"OK\r\n> ")
        return self.ok(got)

    def read_datagram(self, sock, size, wait):
        if sock.unread_datagram:
            got, sock.unread_datagram = sock.unread_datagram[:size], sock.unread_datagram[size:]
            return self.ok(got)
        got, sender = self.next_datagram(sock, time.monotonic() + wait)
        if got is None:
            return self.give_nothing(sock)
        if not sock.is_client:
            sock.udp_peer = sender
        got = self.spoil_datagram(got)
        rest = got[size:]
        if self.fault("udp-rest-kept") or (self.fault("udp-rest-kept-1") and len(rest) == 1):
            sock.unread_datagram = rest
        return self.ok(got[:size])

    @staticmethod
    def next_datagram(sock, end):
        while readable(sock.udp, end - time.monotonic()):
            try:
                return sock.udp.recvfrom(65535)
            except OSError:  # an earlier datagram was refused
                continue
        return None, None

    def spoil_datagram(self, got):
        if self.fault("udp-stale") and self.old_datagram:
            got, self.old_datagram = self.old_datagram, b""
        if self.fault("udp-pad") and len(got) < len(self.last_datagram) and len(got) % 2:
            got += self.last_datagram[len(got) : len(got) + 1]
        if self.fault("udp-1460-cut"):
            got = got[:1024]
        self.last_datagram = got
        return got

    # ---- sending

    def send(self, command, count):
        sock = self.selected
        settings = self.settings_of(sock)
        count = self.count_to_send(command, count, sock, settings)
        if self.fault("s3-lost-payload-command") and sock.connection and sock.lost and command == "S3":
            return self.ok("-1")
        data = self.collect(command, count, settings.s2 / 1000)
        short = len(data) < count
        self.excess = b"" if short else self.take_excess()
        if self.fault("s3-wrong-after-error") and self.was_error:
            sock = self.sockets[0]
        if short and command == "S3" and self.variant("s3-short-error"):
            return self.error(command, "Timeout")
        if short and self.fault("s0-short-dropped"):
            data = b""
        if short and self.fault("s1-after-short") and command == "S0" and data:
            settings.s1 = len(data)
        sending = self.spoil(command, sock, data)
        self.last_payload = data or self.last_payload
        sock.sends += 1
        self.sent_at = time.monotonic()
        if sock.connection is None and sock.udp is None:
            return self.error(command, "No connection") if self.variant("s3-before") else self.ok("-1")
        sent = self.put(sock, sending)
        if self.fault("rest-s3-lost") and sock.connection and sent and sock.reads:
            swallow(sock.connection)
        if sent is None:
            return self.answer_of_lost(command, sock, data)
        return self.answer_send(command, count, data, sent if len(sending) == len(data) else len(data))

    def count_to_send(self, command, count, sock, settings):
        if command == "S3":
            self.last_count = count
            return count
        if self.fault("s0-uses-s3") and self.last_count:
            return self.last_count
        return sock.s1_at_accept if self.fault("s1-stale") and sock.connection else settings.s1

    def collect(self, command, count, seconds):
        """The payload, or what of it came in time."""
        end = time.monotonic() + (12 if self.fault("s2-ignored") and command == "S0" else seconds)
        while len(self.received) < count:
            left = end - time.monotonic()
            if self.fault("s2-short") and command == "S0":
                left, end = min(left, 0.05), min(end, time.monotonic() + 0.05)
            if self.fault("s3-split") and command == "S3" and len(self.received) > 1 and not self.hears(0.15):
                self.hears(left)
                self.fill_in(0.05)
                return self.taken(count)[:-1] + b"\0"
            if not self.fill_in(max(left, 0.03)) and time.monotonic() >= end:
                break
            if self.variant("s2-interbyte"):
                end = time.monotonic() + seconds
        return self.taken(count)

    def hears(self, seconds):
        return readable(self.descriptor, seconds)

    def take_excess(self):
        """What stands behind the payload, where that is an error; a line end is not."""
        while self.fill_in(0.012):
            pass
        excess = bytes(self.received)
        if self.fault("excess-kept") and excess.strip(b"\r\n") and excess.endswith(b"\r"):
            return b""
        self.received.clear()
        line_end = len(excess) <= 2 and not excess.lstrip(b"\r\n")
        return b"" if line_end or (self.fault("excess-one-silent") and len(excess) == 1) else excess

    def spoil(self, command, sock, data):
        """What faults send instead of the payload."""
        sending = data
        for name, (commands, spoilt) in SEND_FAULTS.items():
            if self.fault(name) and command in commands:
                sending = spoilt(sending)
        if self.fault("excess-sent"):
            sending += self.excess
        if self.fault("two-sends") and time.monotonic() - self.sent_at < 0.02 and sock.sends % 2 == 1:
            sending = b""
        if self.fault("buffer-reuse") and sock.sends and len(sending) % 7 == 3:
            sending = self.last_payload[:1] + sending[1:]
        return sending

    def answer_of_lost(self, command, sock, data):
        if self.fault("s3-lost-zero"):
            return self.ok("0")
        if self.fault("s3-lost-count-after-r0") and sock.lost_reads > 1:
            return self.ok(str(len(data)))
        if self.fault("s0-lost-empty") and command == "S0":
            return self.ok()
        return self.ok("-1")

    def answer_send(self, command, count, data, sent):
        answer, short = str(sent), len(data) < count
        if self.fault("s3-count-arg") and command == "S3" and not short:
            answer = self.count_as_written
        if self.fault("s0-count-s3") and command == "S0" and self.last_count:
            answer = str(self.last_count)
        if self.fault("s0-short-count") and short:
            answer = str(count)
        if self.fault("s3-echo-1") and count == 1 and data.isdigit():
            answer = data.decode("latin-1")
        if self.excess and self.variant("excess-instead"):
            return self.error(command, "Too many bytes")
        self.ok(answer)
        if self.excess and not self.fault("excess-silent"):
            self.error(command, "Too many bytes")
        return None

    def put(self, sock, data):
        """Send to the peer; the count, None where the connection is lost."""
        if sock.udp:
            return self.put_datagram(sock, data)
        tries = self.variant("half-close")
        if not tries and (sock.lost or is_gone(sock.connection)):
            return None
        left, end = memoryview(data), time.monotonic() + 10
        while left:
            try:
                left = left[self.put_piece(sock.connection, left, len(data)) :]
            except BlockingIOError:
                if self.fault("window-full-lies"):
                    return len(data)
                if time.monotonic() > end:
                    break
                select.select([], [sock.connection], [], 0.2)
            except OSError:
                sock.lost = True
                return None
        return len(data) - len(left)

    def put_piece(self, connection, left, whole):
        if not self.variant("tx-chunks"):
            return connection.send(left)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sent = connection.send(left[: max(1, whole // 3)])
        if sent < len(left):
            time.sleep(0.02)
        return sent

    @staticmethod
    def put_datagram(sock, data):
        receiver = sock.udp_peer
        if receiver is None and sock.p[3] != "0.0.0.0":
            receiver = sock.p[3], sock.p[4]
        try:
            if sock.is_client:
                sock.udp.send(data)
            elif receiver is None:
                return None
            else:
                sock.udp.sendto(data, receiver)
        except ConnectionRefusedError:
            return len(data)
        except OSError:
            return None
        return len(data)
