"""Freedoms of reading and writing, and of UDP."""

import itertools
import time
from functools import partial

from network import Lost, TcpPeer, is_ready
from plain import CRLF, Refused
from switches import around, each_peer, register

VARIANTS = {}
variant = partial(register, VARIANTS)


@variant("data", "O", "WEB", "R0 = -1 means a lost connection; WEB's prose can be read as -1 with OK.")
def lost_r0_with_ok(module):
    """R0 on a lost connection: -1 and OK."""
    module.frame_lost = lambda: module.frame_ok(b"-1")


@variant("data", "O", "DRV", "R0 = -1 with ERROR alone, or with the full text.")
def lost_r0_with_short_error(module):
    """R0 on a lost connection: -1 and ERROR without a reason, whatever MT says."""
    module.frame_lost = lambda: CRLF + b"-1" + CRLF + b"ERROR" + CRLF + module.prompt


@variant("data", "D", "UM 4.14.1", "At most R1 bytes; the rest stays for the next R0.")
def r0_gives_one_byte(module):
    """R0 never gives more than one byte of a TCP stream."""
    _pieces(module, itertools.repeat(1))


@variant("data", "D", "UM 4.14.1", "At most R1 bytes; the rest stays for the next R0.")
def r0_gives_at_most_536(module):
    """R0 gives no more than one small segment of a TCP stream."""
    _pieces(module, itertools.repeat(536))


@variant("data", "D", "UM 4.14.1", "At most R1 bytes; the rest stays for the next R0.")
def r0_gives_odd_pieces(module):
    """R0 gives pieces of changing sizes of a TCP stream."""
    _pieces(module, itertools.cycle((1, 1460, 7, 536, 63, 1024)))


def _pieces(module, sizes):
    @around(module, "take_from")
    def take_from(old, peer, limit, seconds):
        return old(peer, min(limit, next(sizes)) if isinstance(peer, TcpPeer) else limit, seconds)


@variant("data", "D", "UM 4.14.1; DRV", "R0 waits at most R2; that it comes back at once is only what drivers see.")
def r0_always_waits_r2(module):
    """R0 gives what there is when R2 has passed, never sooner."""

    @around(module, "take_from")
    def take_from(old, peer, limit, seconds):
        time.sleep(seconds)
        return old(peer, limit, 0)


@variant("data", "O", "UM 4.14.1", "No source says how soon a byte that was sent can be read.")
def radio_of_80_ms(module):
    """Bytes, and the end of the stream, can be read 80 ms after R0 or its predecessor first saw them."""

    @each_peer(module)
    def peer_made(peer):
        seen = []

        @around(peer, "receive")
        def receive(old, most, seconds):
            deadline = time.monotonic() + seconds
            if not seen and not peer.lost and is_ready(peer.sock, seconds):
                seen.append(time.monotonic())
            wait = seen[0] + 0.08 - time.monotonic() if seen else 0
            if wait > deadline - time.monotonic():
                time.sleep(max(0.0, deadline - time.monotonic()))
                return b""
            time.sleep(max(0.0, wait))
            seen.clear()
            return old(most, 0)


@variant("data", "O", "UM 5.6.1.2", "Too few bytes behind S3: no source says what happens.")
def short_s3_errors(module):
    """Too few bytes behind S3: they are lost, and ERROR is answered after S2."""

    @around(module, "s3")
    def s3(old, data):
        wanted = int(data) if data and data.isdigit() else 0
        collect = module.collect

        def strict(count, seconds):
            payload = collect(count, seconds)
            if count == wanted and len(payload) < count:
                raise Refused("Too few bytes")
            return payload

        module.collect = strict
        try:
            return old(data)
        finally:
            module.collect = collect


@variant("data", "O", "UM 5.6.1.2; UM 4.15.4", "Too few bytes behind S3: no source says what happens.")
def short_s3_waits(module):
    """S3 waits for its last byte, however long that takes."""

    @around(module, "s3")
    def s3(old, data):
        seconds = module.write_seconds
        module.write_seconds = lambda channel: 3600
        try:
            return old(data)
        finally:
            module.write_seconds = seconds


@variant("data", "O", "UM 4.15", "S2 is the write timeout; no source says whether a byte starts it anew.")
def s2_from_the_command(module):
    """S2 counts from the command, not from the last byte."""

    def collect(count, seconds):
        deadline, payload = time.monotonic() + seconds, bytearray()
        while len(payload) < count and time.monotonic() < deadline:
            payload += module.serial.read(deadline)
        module.serial.unread(payload[count:])
        return bytes(payload[:count])

    module.collect = collect


@variant("data", "O", "UM 4.15.4", "The excess is lost and an error message follows: with or without the count.")
def excess_gives_error_only(module):
    """Too many bytes behind S3: the error takes the place of the count."""
    module.excess_answer = lambda answer, excess: module.frame_error("S3", "Too many bytes")


@variant("data", "O", "WEB", "S3 = -1 on a lost connection; TCP itself learns of it by sending.")
def s3_counts_once_after_fin(module):
    """S3 trusts TCP alone: the first one behind the client's close is still counted."""

    @each_peer(module)
    def peer_made(peer):
        @around(peer, "send")
        def send(old, data, seconds):
            lost, peer.lost = peer.lost, False
            try:
                return old(data, seconds)
            finally:
                peer.lost = lost


@variant("data", "O", "WEB", "S3 = -1 on a lost connection; a stack may buffer before it learns of it.")
def s3_counts_twice_after_fin(module):
    """The first two S3 that TCP refuses are still counted."""

    @each_peer(module)
    def peer_made(peer):
        left = [2]

        @around(peer, "send")
        def send(old, data, seconds):
            try:
                return old(data, seconds)
            except Lost:
                left[0] -= 1
                if left[0] < 0:
                    raise
                return len(data)


@variant("data", "O", "WEB", "S3 = -1: the connection is lost by the client; a half-close is not told apart.")
def s3_stops_at_fin(module):
    """S3 answers -1 as soon as the client's FIN is next in the stream, half-close or not."""

    @each_peer(module)
    def peer_made(peer):
        @around(peer, "send")
        def send(old, data, seconds):
            try:
                if is_ready(peer.sock, 0) and not peer.sock.recv(1, 2):  # 2: MSG_PEEK
                    raise Lost
            except OSError:
                raise Lost from None
            return old(data, seconds)


@variant("data", "O", "WEB", "R0 with no client is not documented.")
def r0_without_client_is_lost(module):
    """R0 answers -1 while a server waits, and when nothing is open."""

    def receive_without_peer(channel):
        raise Lost

    module.receive_without_peer = receive_without_peer


@variant("data", "O", "WEB", "R0 with no client is not documented.")
def r0_without_client_errors(module):
    """R0 is refused at once while a server waits."""

    @around(module, "receive")
    def receive(old, channel, limit, seconds):
        if channel.peer() is None:
            raise Refused("No connection")
        return old(channel, limit, seconds)


@variant("data", "O", "UM 4.14.1", "R0 on a socket where nothing is open is not documented.")
def r0_on_a_closed_socket_is_empty(module):
    """R0 waits R2 and is empty when nothing is open."""

    def receive_without_peer(channel):
        if channel.server is None:
            time.sleep(module.read_seconds(channel))
        return b""

    module.receive_without_peer = receive_without_peer


@variant("data", "O", "WEB", "S3 with no client is not documented.")
def s3_without_client_is_lost(module):
    """S3 answers -1 and OK when nobody is connected."""
    module.send_without_peer = module.frame_not_sent


@variant("data", "O", "UM 4.14; QR9", "R3=1: without delimiters (UM), or no timeout message (QR9).")
def r3_removes_delimiters(module):
    """With R3=1, R0 answers the bytes without CR LF around them."""
    for name in ("frame_data", "frame_nothing"):

        @around(module, name)
        def frame(old, data=b""):
            if module.channel.values["R3"] == 0:
                return old(data) if data else old()
            return data + b"OK" + CRLF + module.prompt


@variant("udp", "O", "UM 4.4", "Asynchronous text comes unsolicited; none is documented for UDP.")
def udp_notice(module):
    """A notice names each new sender of a UDP server, after the R0 that found it."""

    @around(module, "new_udp_peer")
    def new_udp_peer(old, sock, remote):
        peer = old(sock, remote)

        @around(peer, "receive")
        def receive(old, most, seconds):
            before = peer.address
            data = old(most, seconds)
            if data and peer.address != before:
                module.post(b"[UDP SVR] Data from %s:%d" % (peer.address[0].encode(), peer.address[1]))
            return data

        return peer
