"""Faults of reading and writing."""

import itertools
import time
from functools import partial

from network import Lost, TcpPeer, is_ready
from plain import CRLF
from switches import around, change_command, change_result, each_peer, has_byte, register

FAULTS = {}
fault = partial(register, FAULTS)

READ = "R0 gives the client's bytes."
REST = "At most R1 bytes; the rest of TCP data stays for the next R0."
EMPTY = "R0 with none within R2 ms: CR LF, CR LF, OK, CR LF, '> '."
COUNT = "The answer of S3 is the number of bytes sent."
SENT = "S3 sends exactly n bytes, 1 to 1460."
LOST = "R0 = -1 and S3 = -1 mean that the connection is lost."


def _inbound(module, change):
    @around(module, "inbound")
    def inbound(old, data):
        return change(old(data))


def _outbound(module, change):
    @around(module, "outbound")
    def outbound(old, payload):
        return change(old(payload))


@fault("data", "M", "WEB, R0 row", READ)
def r0_drops_nul(module):
    """NUL bytes are left out of R0."""
    _inbound(module, lambda data: data.replace(b"\0", b"") or data)


@fault("data", "M", "WEB, R0 row", READ)
def r0_of_seven_bits(module):
    """R0 clears the top bit."""
    _inbound(module, lambda data: bytes(byte & 0x7F for byte in data))


@fault("data", "M", "WEB, R0 row", READ)
def r0_changes_crlf_to_lf(module):
    """CR LF in the data becomes LF."""
    _inbound(module, lambda data: data.replace(CRLF, b"\n"))


@fault("data", "M", "WEB, R0 row", READ)
def r0_strips_trailing_crlf(module):
    """CR LF at the end of the data is removed."""
    _inbound(module, lambda data: data.removesuffix(CRLF) or data)


@fault("data", "M", "WEB, R0 row", READ)
def r0_cut_behind_ok(module):
    """The data end at an OK line of their own."""
    _inbound(module, lambda data: data.split(b"\r\nOK\r\n")[0] or data)


@fault("data", "M", "WEB, R0 row", READ)
def r0_takes_minus_one_for_a_loss(module):
    """A client that sends the two characters -1 is reported as lost."""

    def change(data):
        if data == b"-1":
            raise Lost
        return data

    _inbound(module, change)


@fault("data", "M", "WEB, R0 row", READ)
def r0_keeps_a_single_byte(module):
    """A single byte is not given until a second has come."""

    @around(module, "take_from")
    def take_from(old, peer, limit, seconds):
        held = getattr(peer, "held", b"")
        if limit < 2 or (held and limit < 3) or not isinstance(peer, TcpPeer):
            peer.held = b""
            return held or old(peer, limit, seconds)
        data = held + old(peer, limit - len(held), seconds)
        peer.held = data if len(data) == 1 else b""
        return b"" if peer.held else data


@fault("data", "M", "WEB, R0 row", READ)
def r0_odd_length_stale_byte(module):
    """An odd number of bytes above 256 ends in a byte of the read before (copied by words)."""
    last = [b""]

    def change(data):
        before, last[0] = last[0], data
        if len(data) > 256 and len(data) % 2 == 1:
            return data[:-1] + (before[len(data) - 1 : len(data)] or b"\0")
        return data

    _inbound(module, change)


@fault("data", "M", "WEB, R0 row", READ)
def r0_1024_loses_one(module):
    """Of exactly 1024 bytes the last is lost."""
    _inbound(module, lambda data: data[:-1] if len(data) == 1024 else data)


@fault("data", "D", "UM 4.14.1; QR20", REST)
def r0_cut_at_1400(module):
    """The buffer has 1400 bytes: what R0 reads beyond it is lost."""
    _inbound(module, lambda data: data[:1400])


@fault("data", "D", "UM 4.14.1", REST)
def r0_loses_the_rest(module):
    """TCP data over R1 are lost, as with UDP."""

    @around(module, "take_from")
    def take_from(old, peer, limit, seconds):
        return old(peer, 1460, seconds)[:limit]


@fault("data", "D", "UM 4.14.1", REST)
def r0_repeats_the_last_byte(module):
    """When more than R1 bytes wait, the last byte comes again with the next R0."""

    @around(module, "take_from")
    def take_from(old, peer, limit, seconds):
        again = getattr(peer, "again", b"") if limit > 1 else b""
        data = again + old(peer, limit - len(again), 0 if again else seconds)
        more = isinstance(peer, TcpPeer) and len(data) == limit and is_ready(peer.sock, 0) and has_byte(peer)
        peer.again = data[-1:] if more else b""
        return data


@fault("data", "D", "UM 4.14.1", REST)
def r0_ignores_r1(module):
    """R0 gives up to 1460 bytes whatever R1 says."""
    module.read_limit = lambda channel: 1460


@fault("data", "D", "UM 4.14.1", REST)
def r0_one_more_than_r1(module):
    """R0 gives up to R1 + 1 bytes when R1 is below 1460."""
    module.read_limit = lambda channel: min(1460, channel.values["R1"] + 1)


@fault("data", "D", "UM 4.14.1", EMPTY)
def r0_timeout_is_an_error(module):
    """R0 with nothing to read answers ERROR."""
    module.frame_nothing = lambda: module.frame_error("R0", "Timeout")


@fault("data", "D", "UM 4.14.1", EMPTY)
def r0_timeout_is_minus_one(module):
    """R0 with nothing to read answers -1, as if the connection were lost."""
    module.frame_nothing = lambda: module.frame_lost()


@fault("data", "D", "UM 4.14.1", EMPTY)
def r0_timeout_of_8_bytes(module):
    """R0 with nothing to read lacks one CR LF, as with R3=1."""
    module.frame_nothing = lambda: module.frame_ok()[2:]


@fault("data", "D", "UM 4.14.1", EMPTY)
def r0_back_at_half_r2(module):
    """R0 waits half of R2."""
    module.read_seconds = lambda channel: channel.values["R2"] / 2000


@fault("data", "D", "UM 4.14", "R0 waits at most R2.")
def r0_waits_ten_times_r2(module):
    """R2 is taken for a count of 10 ms ticks."""
    module.read_seconds = lambda channel: channel.values["R2"] / 100


@fault("data", "D", "UM 4.14", "R0 waits at most R2.")
def r0_ignores_r2_on_socket_2(module):
    """On socket 2, R0 always waits 5 s."""
    change_result(module, "read_seconds", lambda seconds, channel: 5.0 if channel.index == 2 else seconds)


@fault("data", "M", "WEB, R0 row", LOST)
def r0_never_minus_one(module):
    """R0 on a lost connection is empty."""
    module.frame_lost = lambda: module.frame_nothing()


@fault("data", "M", "WEB, R0 row", LOST)
def r0_minus_one_once(module):
    """R0 says -1 once; then it is empty, although nothing was done about it."""

    @around(module, "take_from")
    def take_from(old, peer, limit, seconds):
        if getattr(peer, "lost", False):
            return b""
        return old(peer, limit, seconds)


@fault("data", "M", "WEB, R0 row", LOST)
def r0_minus_one_before_the_data(module):
    """When the client has closed, R0 says -1 at once: bytes that it sent before are lost."""

    @around(module, "take_from")
    def take_from(old, peer, limit, seconds):
        data = old(peer, limit, seconds)
        if isinstance(peer, TcpPeer) and is_ready(peer.sock, 0.1) and not has_byte(peer):
            peer.lost = True
            raise Lost
        return data


@fault("data", "M", "WEB, R0 row", LOST)
def r0_minus_one_after_a_long_idle(module):
    """Three empty R0 in a row count as a lost connection, for that answer."""
    empties = []

    @around(module, "take_from")
    def take_from(old, peer, limit, seconds):
        data = old(peer, limit, seconds)
        empties[:] = [] if data else [*empties, 1]
        if len(empties) >= 3:
            empties.clear()
            raise Lost
        return data


@fault("data", "M", "WEB, R0 row", LOST)
def r0_minus_one_lost_on_reset(module):
    """A client that resets its connection is not noticed; one that closes it is."""

    @each_peer(module)
    def peer_made(peer):
        broken = []

        @around(peer, "receive")
        def receive(old, most, seconds):
            if is_ready(peer.sock, 0 if broken else seconds):
                try:
                    peer.sock.recv(1, 2)  # 2: MSG_PEEK
                except OSError:
                    broken.append(1)
            if broken:
                time.sleep(seconds)
                return b""
            return old(most, 0)


@fault("data", "M", "WEB, S3 row", LOST)
def s3_counts_on_a_lost_connection(module):
    """S3 on a lost connection answers the count, for ever."""

    @around(module, "give_to")
    def give_to(old, peer, payload):
        try:
            return old(peer, payload)
        except Lost:
            return len(payload)


@fault("data", "M", "WEB, S3 row", LOST)
def s3_zero_on_a_lost_connection(module):
    """S3 on a lost connection answers 0."""
    module.frame_not_sent = lambda: module.frame_ok(b"0")


@fault("data", "M", "WEB, S3 row", COUNT)
def s3_echoes(module):
    """S3 answers the payload instead of the count."""

    @around(module, "pass_on")
    def pass_on(old, payload):
        answer = old(payload)
        return answer.replace(CRLF + b"%d" % len(payload) + CRLF, CRLF + payload + CRLF, 1)


@fault("data", "M", "WEB, S3 row", COUNT)
def s3_count_of_eight_bits(module):
    """The count is told modulo 256."""
    _sent(module, lambda count: count % 256)


@fault("data", "M", "WEB, S3 row", COUNT)
def s3_count_wrong_at_1024(module):
    """1024 bytes are counted as 1023."""
    _sent(module, lambda count: count - (count == 1024))


@fault("data", "M", "WEB, S3 row", COUNT)
def s3_count_without_ok(module):
    """The answer of S3 ends behind the count and the prompt: no OK."""
    module.frame_sent = lambda count: CRLF + b"%d" % count + CRLF + module.prompt


@fault("data", "M", "WEB, S3 row; UM 4.15", SENT)
def s3_cut_at_1399(module):
    """Bytes above 1399 are counted and not sent."""
    _outbound(module, lambda payload: payload[:1399])


@fault("data", "D", "UM 4.15.4; QR20", SENT)
def s3_refuses_1460(module):
    """S3 takes 1459 bytes at most."""
    module.ranges["S3"] = (1, 1459)


@fault("data", "D", "UM 4.15.4; QR20", SENT)
def s3_takes_1461(module):
    """S3 takes more than 1460 bytes."""
    module.ranges["S3"] = (1, 4096)


@fault("data", "D", "UM 4.15.4", "n of S3 may have leading zeros.")
def s3_leading_zeros_are_octal(module):
    """A number with a leading zero is read in base eight (or refused)."""

    @around(module, "number")
    def number(old, name, data):
        if name == "S3" and data and data.startswith(b"0") and data.isdigit():
            digits = data.strip(b"89")
            return old(name, b"%d" % int(digits or b"0", 8) if digits == data else b"x")
        return old(name, data)


@fault("data", "M", "WEB, S3 row; UM 1.4", SENT)
def s3_ends_at_cr(module):
    """A CR in the payload ends it: what follows is lost."""

    @around(module, "collect")
    def collect(old, count, seconds):
        payload = old(count, seconds)
        head, cr, rest = payload.partition(b"\r")
        if count > 1460 or not (cr and rest):
            return payload
        return head + cr


@fault("data", "M", "WEB, S3 row; UM 1.4", SENT)
def s3_adds_cr_to_lf(module):
    """An LF without a CR is sent as CR LF."""
    _outbound(module, lambda payload: payload.replace(CRLF, b"\n").replace(b"\n", CRLF))


@fault("data", "M", "WEB, S3 row; UM 1.4", SENT)
def s3_swallows_xon_xoff(module):
    """0x11 and 0x13 from the host are taken for flow control, and answered for as if sent."""
    _outbound(module, lambda payload: payload.translate(None, b"\x11\x13"))


@fault("data", "M", "WEB, S3 row; UM 1.4", SENT)
def s3_changes_0xff(module):
    """0xFF in the payload is sent as 0x00 (a signed comparison)."""
    _outbound(module, lambda payload: payload.replace(b"\xff", b"\0"))


@fault("data", "M", "WEB, S3 row; UM 1.4", SENT)
def s3_strips_leading_0x15(module):
    """0x15 at the start of the payload is skipped as line noise."""
    _outbound(module, lambda payload: payload.lstrip(b"\x15"))


@fault("data", "M", "WEB, S3 row; UM 4.15", SENT)
def s3_second_block_of_512_twice(module):
    """Above 1024 bytes, the second block of 512 takes the place of the third as well."""
    _outbound(module, lambda data: data[:1024] + data[512 : 512 + len(data[1024:1536])] + data[1536:])


@fault("data", "M", "WEB, S3 row", "S3 sends the bytes once.")
def s3_doubled_every_17th_time(module):
    """Each 17th S3 is sent twice."""
    count = itertools.count(1)
    _outbound(module, lambda payload: payload * (1 if next(count) % 17 else 2))


@fault("data", "M", "WEB, S3 row", "S3 sends the bytes: the client receives them.")
def s3_held_until_the_next(module):
    """The last byte of an S3 stays in the module until the next S3."""
    held = bytearray()

    def change(payload):
        data = bytes(held) + payload
        held[:] = data[-1:]
        return data[:-1]

    _outbound(module, change)


@fault("data", "M", "WEB, S3 row", "S3 sends the bytes: the client receives them.")
def s3_second_of_two_quick_lost(module):
    """An S3 within 50 ms of the one before is answered and not sent."""
    last = [0.0]

    def change(payload):
        before, last[0] = last[0], time.monotonic()
        return b"" if last[0] - before < 0.05 else payload

    _outbound(module, change)


@fault("data", "M", "WEB, R0 row", "S3 has nothing to do with what R0 will read.")
def s3_flushes_waiting_data(module):
    """S3 throws away what the client has sent and nobody has read."""

    @around(module, "give_to")
    def give_to(old, peer, payload):
        if isinstance(peer, TcpPeer) and is_ready(peer.sock, 0) and has_byte(peer):
            peer.receive(65536, 0)
        return old(peer, payload)


@fault("data", "D", "UM 4.15.4", "Too many bytes after S3: the excess is lost and an error message follows.")
def s3_excess_unnoticed(module):
    """The excess is lost without an error."""
    module.excess_answer = lambda answer, excess: answer


@fault("data", "D", "UM 4.15.4", "Too many bytes after S3: the excess is lost and an error message follows.")
def s3_excess_sent(module):
    """The error follows, and yet the excess goes to the client."""

    @around(module, "excess_answer")
    def excess_answer(old, answer, excess):
        peer = module.channel.peer()
        if peer is not None:
            peer.send(excess, 0.1)
        return old(answer, excess)


@fault("data", "D", "UM 4.15; UM 5.6.1.2", "S0 sends S1 bytes.")
def s0_ignores_s1(module):
    """S0 waits for 1460 bytes, so S2 passes, whatever S1 says."""
    change_command(module, "S0", lambda old, data: module.transfer(1460))


@fault("data", "D", "UM 5.6.1.2", "S0: when S2 has passed, fewer bytes are sent.")
def s0_short_is_lost(module):
    """Fewer than S1 bytes are answered with 0, and not sent."""

    @around(module, "pass_on")
    def pass_on(old, payload):
        short = module.current == b"S0" and len(payload) < module.channel.values["S1"]
        return module.frame_ok(b"0") if short else old(payload)

    @around(module, "execute")
    def execute(old, line):
        module.current = line[:2]
        return old(line)


@fault("data", "D", "UM 5.6.1.2", "S0: when S2 has passed, fewer bytes are sent.")
def s0_waits_for_s2_plus_5_s(module):
    """The write timeout is five seconds longer than S2."""
    change_result(module, "write_seconds", lambda seconds, channel: seconds + 5)


def _sent(module, change):
    @around(module, "frame_sent")
    def frame_sent(old, count):
        return old(change(count))
