"""The plain module: what the documents ask for, and one sensible choice wherever they leave it open.

Every method and table here is a seam: a variant or a fault replaces it on the instance (see switches.py).
"""

import socket
import threading
import time
from functools import partial

from network import Lost, Server, TcpPeer, UdpPeer

CRLF = b"\r\n"
TCP, UDP, UDP_LITE = 0, 1, 2
PER_SOCKET = {"P1": 0, "P2": 5024, "P3": b"0.0.0.0", "P4": 5025, "P7": 0, "P8": 1, "PK": (0, 7200000)} | {
    "R1": 1460, "R2": 5000, "R3": 0, "S1": 1460, "S2": 5000,
}  # fmt: skip
COMMON = {"MT": 0, "MS": 0, "C1": b"", "C2": b"", "C3": 0, "C4": 1}
RANGES = {"P0": (0, 3), "P1": (0, 3), "P2": (0, 65535), "P4": (0, 65535), "P8": (0, 6), "PK": (250, 7200000)} | {
    "R1": (1, 1460), "R2": (0, 30000), "R3": (0, 1), "S1": (1, 1460), "S2": (0, 30000), "S3": (1, 1460),
    "MT": (0, 1), "MS": (0, 3), "C3": (0, 5), "C4": (0, 1), "Z3": (0, 1),
}  # fmt: skip
USAGE = {
    "P5": "0 stop, 1 single, 10 next client, 11 multi-accept", "P6": "0 stop, 1 start", "P3": "a.b.c.d",
    "PK": "0|1,250-7200000", "P7": "0 stop, 1 start, 2 close, 3 next", "C1": "SSID", "C2": "passphrase",
}  # fmt: skip


class Refused(Exception):
    """The command is refused: the reason, and the progress lines that stand before ERROR."""

    def __init__(self, reason, *lines):
        super().__init__(reason)
        self.lines = lines


class Channel:
    """One of the four sockets of the AT interface, with its settings."""

    def __init__(self, index, defaults):
        self.index, self.values = index, dict(defaults)
        self.server = None  # listening: TCP
        self.link = None  # client connection, or UDP

    def peer(self):
        return self.server.client if self.server else self.link


class Module:
    """The whole module, from a line of bytes to its answer. Only the main thread writes to the host."""

    product = b"ISM4343-WBM-L151-UART,C6.1.2.0,v6.1.2,v1.40.0,v10.0.1,192000000,Inventek eS-WiFi"
    prompt, tail, waiting = b"> ", b"OK", b"[TCP SVR] Waiting on connection..."
    setup, killed = b"[TCP TSK] Multi-Accept Setup", b"[TCP TSK] Killed"
    human_enter, human_leave = b"Entering CMD mode", b"Exiting CMD mode"
    longest, boot_time, settle_time, notice_delay = 1024, 0.2, 0.0, 0.0
    socket_count, server_kind, reuses_address = 4, Server, True
    keep_alive_interval, keep_alive_count = 1, 2

    def __init__(self, serial, address="127.0.0.1", joined=False):
        self.serial, self.address, self.auto_join = serial, address, joined
        self.defaults, self.common_defaults, self.ranges = dict(PER_SOCKET), dict(COMMON), dict(RANGES)
        self.saved, self.notices, self.lock = {}, [], threading.Lock()
        self.transmit = serial.write
        methods = {
            "P0": "select_socket", "P3": "set_address", "P5": "p5", "P6": "p6", "P7": "p7", "P?": "show_p",
            "PK": "set_keep_alive", "R0": "r0", "R?": "show_r", "S0": "s0", "S3": "s3", "S?": "show_s",
            "MR": "poll_messages", "I?": "show_product", "C0": "join", "C?": "show_network", "CS": "show_joined",
            "CD": "leave", "CR": "signal_strength", "D0": "look_up", "ZP": "power_setting", "Z0": "restore",
            "Z1": "save", "Z2": "clear", "Z3": "space", "Z5": "show_mac", "ZR": "reset",
        }  # fmt: skip
        numbers = ("P1", "P2", "P4", "P8", "R1", "R2", "R3", "S1", "S2", "MT", "MS", "C3", "C4")
        self.commands = {name: partial(self.do, method) for name, method in methods.items()}
        self.commands |= {name: partial(self.do, "set_number", name) for name in numbers}
        self.commands |= {"C1": partial(self.do, "set_text", "C1", 32), "C2": partial(self.do, "set_text", "C2", 64)}

    def do(self, method, *arguments):
        """Call a method by name, so that a switch may have replaced it."""
        return getattr(self, method)(*arguments)

    # ---- life

    def power_up(self):
        """Settings as after a reset; nothing is open."""
        self.human, self.echo = False, False
        self.joined = self.auto_join
        self.restore_settings()
        self.common.update(self.saved)

    def restore_settings(self):
        self.selected = 0
        self.common = dict(self.common_defaults)
        if not hasattr(self, "channels"):
            self.channels = [Channel(index, self.defaults) for index in range(self.socket_count)]
        for channel in self.channels:
            channel.values = dict(self.defaults)

    def run(self):
        """Answer for ever."""
        self.transmit(self.start_up())
        while True:
            self.send(self.execute(self.read_line()))

    def start_up(self):
        return CRLF + self.prompt

    def close_everything(self):
        for channel in self.channels:
            self.stop_server(channel)
            self.close_link(channel)

    # ---- the serial side

    def read_line(self):
        """One command without its CR; notices go out meanwhile."""
        line = bytearray()
        while True:
            self.say_notices()
            data = self.serial.read(self.next_due())
            end = data.find(b"\r") + 1
            part = data[:end] if end else data
            self.serial.unread(data[len(part) :])
            part = part if line else part.lstrip(b"\n\x15")  # the LF of a CR LF; fill bytes
            if self.echo:
                self.transmit(part)
            line += part.removesuffix(b"\r")
            del line[self.longest + 1 :]  # one more than the longest shows that it was too long
            if end:
                return bytes(line)

    def collect(self, count, seconds):
        """`count` bytes of payload; fewer when none came for `seconds`."""
        payload = bytearray()
        deadline = time.monotonic() + seconds
        while len(payload) < count:
            data = self.serial.read(deadline)
            payload += data
            if data:
                deadline = time.monotonic() + seconds
            elif time.monotonic() >= deadline:
                break
        self.serial.unread(payload[count:])
        return bytes(payload[:count])

    def excess(self):
        """What the host sent behind a payload, thrown away; b"" for nothing but an end of line."""
        data = self.collect(1 << 20, 0.01)
        return b"" if data in (b"\n", CRLF) else data

    def send(self, answer):
        self.transmit(answer)

    def post(self, text, server=None):
        """Queue a notice of a server; any thread may call it. MS other than 0 suppresses it."""
        if self.common["MS"] == 0:
            with self.lock:
                self.notices.append((time.monotonic() + self.notice_delay, text, server))
            self.serial.wake()

    def forget_notices(self, server):
        """Nothing is said of a server that has been stopped."""
        with self.lock:
            self.notices = [notice for notice in self.notices if notice[2] is not server]

    def next_due(self):
        with self.lock:
            return min((notice[0] for notice in self.notices), default=None)

    def due_notices(self):
        """The frames of the notices whose time has come; they are said once."""
        now = time.monotonic()
        with self.lock:
            texts = [text for due, text, _ in self.notices if due <= now]
            self.notices = [notice for notice in self.notices if notice[0] > now]
        return [self.frame_notice(text) for text in texts]

    def say_notices(self):
        for frame in self.due_notices():
            self.transmit(frame)

    # ---- frames

    def frame_ok(self, payload=b""):
        return CRLF + payload + CRLF + self.tail + CRLF + self.prompt

    def frame_error(self, name, reason, lines=()):
        text = [b"ERROR"]
        if self.common["MT"] == 0:
            text = [b"ERROR: " + reason.encode(), f"Usage: {name} {USAGE.get(name, '')}".encode("latin-1")]
        return CRLF + CRLF.join([*lines, *text]) + CRLF + self.prompt

    def frame_notice(self, text):
        return CRLF + text + CRLF + self.prompt

    def frame_data(self, data):
        return self.frame_ok(data)

    def frame_nothing(self):
        return self.frame_ok()

    def frame_lost(self):
        return self.frame_error("R0", "Connection lost", [b"-1"])

    def frame_sent(self, count):
        return self.frame_ok(b"%d" % count)

    def frame_not_sent(self):
        return self.frame_ok(b"-1")

    def accepted_text(self, address, channel):
        return b"[TCP SVR] Accepted %s:%d" % (address[0].encode(), address[1])

    # ---- commands: how they are found, and their values

    @property
    def channel(self):
        return self.channels[self.selected]

    def execute(self, line):
        """The answer to one line."""
        if not line:
            return self.answer_nothing()
        if line in (b"$$$", b"---"):
            return self.change_mode(line == b"$$$")
        name = line[:2].decode("latin-1")
        try:
            return self.find(line, name)(line[3:] if len(line) > 2 else None)
        except Refused as refusal:
            return self.frame_error(name if name.isprintable() else "??", str(refusal), refusal.lines)

    def answer_nothing(self):
        return CRLF + self.prompt

    def change_mode(self, human):
        self.human = self.echo = human
        return self.frame_ok(self.human_enter if human else self.human_leave)

    def find(self, line, name):
        if len(line) > self.longest:
            raise Refused("Command too long")
        if line[2:3] not in (b"", b"=") or name not in self.commands:
            raise Refused("Unknown command")
        return self.commands[name]

    def number(self, name, data):
        """The value of a setting, within its range."""
        if data is None or not data.isdigit() or len(data.lstrip(b"0")) > 12:
            raise Refused("Not a number")
        low, high = self.ranges[name]
        if not low <= int(data) <= high:
            raise Refused("Out of range")
        return int(data)

    def bare(self, data):
        """For commands that take no value."""
        if data is not None:
            raise Refused("Takes no value")

    def store(self, name, value):
        (self.common if name in self.common else self.channel.values)[name] = value

    def set_number(self, name, data):
        self.store(name, self.number(name, data))
        return self.frame_ok()

    def set_text(self, name, longest, data):
        if data is None or len(data) > longest:
            raise Refused("Bad length")
        self.store(name, data)
        return self.frame_ok()

    def set_address(self, data):
        parts = (data or b"").split(b".")
        if len(parts) != 4 or not all(part.isdigit() and len(part) <= 3 and int(part) <= 255 for part in parts):
            raise Refused("Not an address")
        self.store("P3", b".".join(b"%d" % int(part) for part in parts))
        return self.frame_ok()

    def select_socket(self, data):
        if data is None:
            return self.frame_ok(b"%d" % self.selected)
        self.selected = self.number("P0", data)
        return self.frame_ok()

    def set_keep_alive(self, data):
        enable, comma, idle = (data or b"").partition(b",")
        if enable not in (b"0", b"1") or not comma:
            raise Refused("Bad parameter")
        self.store("PK", (int(enable), self.number("PK", idle)))
        peer = self.channel.peer()
        if isinstance(peer, TcpPeer):
            self.keep_alive(peer.sock, self.channel)
        return self.frame_ok()

    # ---- what is shown

    def p_fields(self, channel):
        values, server, link = channel.values, channel.server, channel.link
        client = server.client if server else link if isinstance(link, UdpPeer) and not link.fixed else None
        address = client.address[0] if client and client.address else "0.0.0.0"
        udp_server = isinstance(link, UdpPeer) and not link.fixed
        return [
            values["P1"], address, values["P2"], values["P3"].decode(), values["P4"], int(server is not None),
            int(udp_server), values["P8"], int(bool(server and server.multi)), values["R3"], *values["PK"],
        ]  # fmt: skip

    def show(self, fields):
        return self.frame_ok(",".join(map(str, fields)).encode("latin-1"))

    def show_p(self, data):
        self.bare(data)
        return self.show(self.p_fields(self.channel))

    def show_r(self, data):
        self.bare(data)
        return self.show([self.channel.values[name] for name in ("R1", "R2", "R3")])

    def show_s(self, data):
        self.bare(data)
        return self.show([self.channel.values[name] for name in ("S1", "S2")])

    def show_product(self, data):
        self.bare(data)
        return self.frame_ok(self.product)

    def poll_messages(self, data):
        self.bare(data)
        return self.frame_ok(b"[SOMA][EOMA]")

    # ---- the server

    def open_listener(self, channel):
        """A listening socket on P2 with P8 places; Refused when the port cannot be had."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if self.reuses_address:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self.address, self.server_port(channel)))
            listener.listen(self.backlog(channel))
        except OSError:
            listener.close()
            raise Refused("Port in use") from None
        return listener

    def server_port(self, channel):
        return channel.values["P2"]

    def backlog(self, channel):
        return channel.values["P8"]

    def new_server(self, channel, multi):
        return self.server_kind(self, channel, multi)

    def new_peer(self, sock, address, channel):
        self.keep_alive(sock, channel)
        return TcpPeer(sock, address)

    def keep_alive(self, sock, channel):
        """Set SO_KEEPALIVE as PK says; Linux counts the idle time in whole seconds."""
        enable, idle = channel.values["PK"]
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, enable)
        if enable:
            interval, count = self.keep_alive_interval, self.keep_alive_count
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, min(32767, max(1, idle // 1000)))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, interval)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, count)
            # without it, bytes that nobody acknowledges hold the probes back for a quarter of an hour
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, idle + 1000 * interval * count)

    def p5(self, data):
        actions = {b"0": self.p5_stop, b"1": self.p5_single, b"10": self.p5_next, b"11": self.p5_multi}
        if data not in actions:
            raise Refused("Bad parameter")
        return actions[data](self.channel)

    def p5_single(self, channel):
        if channel.values["P1"] in (UDP, UDP_LITE):
            self.refuse_when_busy(channel)
            channel.link = self.open_udp(channel)
            return self.frame_ok()
        return self.start_answer([], self.start_server(channel, multi=False))

    def p5_multi(self, channel):
        if channel.values["P1"] != TCP:
            raise Refused("TCP only")
        return self.start_answer([self.setup, self.waiting], self.start_server(channel, multi=True))

    def refuse_when_busy(self, channel):
        if not self.joined:
            raise Refused("Not joined to a network")
        if channel.server or channel.link:
            raise Refused("Socket in use")

    def start_server(self, channel, multi):
        self.refuse_when_busy(channel)
        if channel.values["P1"] != TCP or channel.values["P2"] == 0:
            raise Refused("Not available")
        channel.server = self.new_server(channel, multi)
        channel.server.start()
        return channel.server

    def start_answer(self, lines, server):
        """OK, now; a variant first gives a waiting client the time to come in."""
        if self.settle_time:
            server.arrived.wait(self.settle_time)
        return self.frame_ok(CRLF.join(lines))

    def p5_next(self, channel):
        if not channel.server or not channel.server.multi:
            raise Refused("No multi-accept server")
        channel.server.next()
        return self.next_answer(channel.server)

    def next_answer(self, server):
        return self.start_answer([self.waiting], server)

    def p5_stop(self, channel):
        multi = bool(channel.server and channel.server.multi)
        self.stop_server(channel)
        if isinstance(channel.link, UdpPeer) and not channel.link.fixed:
            self.close_link(channel)
        return self.stop_answer(multi)

    def stop_answer(self, multi):
        return self.frame_ok(self.killed if multi else b"")

    def stop_server(self, channel):
        server, channel.server = channel.server, None
        if server:
            server.stop()
            self.forget_notices(server)

    def p7(self, data):
        """The older accept loop: 0 stop, 1 start, 2 close, 3 next."""
        channel = self.channel
        if data not in (b"0", b"1", b"2", b"3"):
            raise Refused("Bad parameter")
        if data == b"0":
            self.stop_server(channel)
        elif data == b"1" and not channel.server:
            self.start_server(channel, multi=True)
        elif data in (b"2", b"3") and channel.server and channel.server.multi:
            channel.server.next()
        return self.frame_ok()

    # ---- the client, and UDP

    def p6(self, data):
        if data not in (b"0", b"1"):
            raise Refused("Bad parameter")
        channel = self.channel
        if data == b"0":
            self.close_link(channel)
            return self.frame_ok()
        self.refuse_when_busy(channel)
        return self.connect(channel)

    def far_end(self, channel):
        return channel.values["P3"].decode(), channel.values["P4"]

    def connecting_text(self, channel):
        protocol = b"TCP" if channel.values["P1"] == TCP else b"UDP"
        return b"[%s  RC] Connecting to %s" % (protocol, channel.values["P3"])

    def connect(self, channel):
        line = self.connecting_text(channel)
        try:
            channel.link = self.dial(channel)
        except (OSError, Refused):
            raise Refused("Connection failed", line) from None
        return self.frame_ok(line)

    def dial(self, channel):
        """A connection to P3, P4. Nothing leaves this machine: other networks are unreachable."""
        if not channel.values["P3"].startswith(b"127."):
            time.sleep(1)
            raise Refused("Unreachable")
        if channel.values["P1"] in (UDP, UDP_LITE):
            return self.open_udp(channel, self.far_end(channel))
        if channel.values["P1"] != TCP:
            raise Refused("Not available")
        sock = socket.create_connection(self.far_end(channel), 5, (self.address, self.client_port(channel)))
        return self.new_peer(sock, self.far_end(channel), channel)

    def client_port(self, channel):
        """The local port of a TCP client: any."""
        return 0

    def udp_port(self, channel):
        return channel.values["P2"]

    def open_udp(self, channel, remote=None):
        protocol = 136 if channel.values["P1"] == UDP_LITE else 0
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, protocol)
        try:
            sock.bind((self.address, self.udp_port(channel)))
        except OSError:
            sock.close()
            raise Refused("Port in use") from None
        return self.new_udp_peer(sock, remote)

    def new_udp_peer(self, sock, remote):
        return UdpPeer(sock, remote)

    def close_link(self, channel):
        link, channel.link = channel.link, None
        if link:
            link.close()

    # ---- data

    def r0(self, data):
        self.bare(data)
        channel = self.channel
        limit, seconds = self.read_limit(channel), self.read_seconds(channel)
        try:
            received = self.receive(channel, limit, seconds)
        except Lost:
            return self.frame_lost()
        return self.frame_data(received) if received else self.frame_nothing()

    def read_limit(self, channel):
        return channel.values["R1"]

    def read_seconds(self, channel):
        return channel.values["R2"] / 1000

    def receive(self, channel, limit, seconds):
        """1 to `limit` bytes of the peer; b"" when none came within `seconds`; Lost or Refused."""
        deadline = time.monotonic() + seconds
        if channel.server and not channel.peer():
            channel.server.arrived.wait(seconds)
        peer = channel.peer()
        if peer is None:
            return self.receive_without_peer(channel)
        return self.take_from(peer, limit, max(0.0, deadline - time.monotonic()))

    def receive_without_peer(self, channel):
        if channel.server:
            return b""  # it waits for a client, in vain
        raise Refused("No connection")

    def take_from(self, peer, limit, seconds):
        return self.inbound(peer.receive(limit, seconds))

    def inbound(self, data):
        return data

    def write_seconds(self, channel):
        """S2; a payload that is under way is given 100 ms whatever S2 says."""
        return max(0.1, channel.values["S2"] / 1000)

    def s3(self, data):
        try:
            count = self.number("S3", data)
        except Refused:
            self.excess()
            raise
        return self.transfer(count)

    def s0(self, data):
        self.bare(data)
        return self.transfer(self.channel.values["S1"])

    def transfer(self, count):
        """Take the payload in, whatever happens to it; send it; say how much went."""
        payload = self.collect(count, self.write_seconds(self.channel))
        excess = self.excess() if len(payload) == count else b""
        answer = self.pass_on(payload)
        return answer if not excess else self.excess_answer(answer, excess)

    def excess_answer(self, answer, excess):
        return answer + self.frame_error("S3", "Too many bytes")

    def pass_on(self, payload):
        peer = self.channel.peer()
        if peer is None:
            return self.send_without_peer()
        try:
            count = self.give_to(peer, payload)
        except Lost:
            return self.frame_not_sent()
        return self.frame_sent(count)

    def send_without_peer(self):
        raise Refused("No connection")

    def give_to(self, peer, payload):
        """Send to the peer: the count that the host is told."""
        data = self.outbound(payload)
        sent = peer.send(data, self.write_seconds(self.channel))
        return len(payload) if sent == len(data) else min(sent, len(payload))

    def outbound(self, payload):
        return payload

    # ---- network and system

    def join(self, data):
        self.bare(data)
        name = self.common["C1"]
        if not name:
            raise Refused("Join failed", b"[JOIN   ] ", b"[JOIN   ] Failed")
        self.joined = True
        return self.frame_ok(self.join_text(name, self.address.encode()))

    def join_text(self, name, address):
        return b"[JOIN   ] %s,%s,0,0" % (name, address)

    def leave(self, data):
        self.bare(data)
        self.close_everything()
        self.joined = False
        return self.frame_ok()

    def network_fields(self):
        common = self.common
        address = self.address if self.joined else "0.0.0.0"
        return [
            common["C1"].decode("latin-1"), common["C2"].decode("latin-1"), common["C3"], common["C4"], 0, address,
            "255.0.0.0", "127.0.0.1", "0.0.0.0", "0.0.0.0", 5, int(self.auto_join), 0, "US", int(self.joined),
        ]  # fmt: skip

    def show_network(self, data):
        self.bare(data)
        return self.show(self.network_fields())

    def show_joined(self, data):
        self.bare(data)
        return self.frame_ok(b"%d" % self.joined)

    def signal_strength(self, data):
        self.bare(data)
        return self.frame_ok(b"-47" if self.joined else b"0")

    def look_up(self, data):
        """D0: the address of a name, kept as P3. Only this machine has names here."""
        self.set_address(b"127.0.0.1" if data == b"localhost" else data)
        return self.frame_ok(self.channel.values["P3"])

    def power_setting(self, data):
        if data is None:
            raise Refused("Bad parameter")
        return self.frame_ok()

    def restore(self, data):
        self.bare(data)
        self.restore_settings()
        return self.frame_ok()

    def save(self, data):
        self.bare(data)
        self.saved = {name: self.common[name] for name in ("C1", "C2", "C3", "C4")}
        return self.frame_ok()

    def clear(self, data):
        self.bare(data)
        self.saved = {}
        return self.frame_ok()

    def space(self, data):
        self.number("Z3", data)
        return self.frame_ok()

    def show_mac(self, data):
        self.bare(data)
        return self.frame_ok(b"C4:7F:51:0E:21:9A")

    def reset(self, data):
        self.bare(data)
        self.close_everything()
        self.notices.clear()
        self.power_up()
        time.sleep(self.boot_time)
        return self.start_up()
