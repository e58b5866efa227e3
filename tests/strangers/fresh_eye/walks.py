"""A walk through each area: what a host sees of a module, step by step. It judges nothing."""

import contextlib
import select
import socket
import time
from pathlib import Path

from host import Host, free_port

ALL_BYTES = bytes(range(256))
ACCEPTED = rb"Accepted[^>]*> $"


def framing(host):
    """Frames of every kind, modes, and bytes of every value in a line."""
    host.setup(b"", b"P0", b"P2=5000", b"XX", b"P0", b"p0", b"I?", b"MT=1", b"XX", b"P8=99", b"MT=0", b"XX")
    host.setup(b"P0", b"C1=a\0b", b"C?", b"C1=a\xffb", b"C?", b"$$$", b"P0", b"---", b"P0")
    host.setup(*[b"P0"] * 20)


def notices(host):
    """Who is announced, when, and in which words."""
    host.setup(b"P2=%d" % host.port, b"P8=6", b"P5=11")
    host.client("A", "127.0.0.2")
    host.hear()
    host.client("B", "127.0.0.3")
    host.hear(seconds=0.2)
    host.say(b"P5=10\r", ACCEPTED)
    host.setup(b"P5=0", b"P5=11")
    for number in range(18):
        host.client(f"C{number}")
        host.hear(seconds=0.5)
        host.setup(b"P5=10")
    host.setup(b"MS=1")
    host.client("D")
    host.hear(seconds=0.2)


def settings(host):
    """Ranges at both ends, defaults, what is shown, and what belongs to which socket."""
    host.setup(b"P?", b"R?", b"S?", b"P0=3", b"P0", b"P0=0")
    for name, values in {
        b"P1": (b"9", b"3", b"2", b"1"), b"P2": (b"65536", b"65535", b"40000"), b"P3": (b"127.0.0.9",),
        b"P4": (b"65536", b"1"), b"P8": (b"200", b"0", b"6"), b"PK": (b"1,249", b"1,250"), b"P7": (b"4", b"0"),
        b"R1": (b"0", b"1461", b"1460"), b"R2": (b"x", b"30001", b"30000"), b"S1": (b"0", b"9999", b"1460"),
        b"S2": (b"30001", b"5000"), b"MT": (b"2", b"0"),
    }.items():  # fmt: skip
        for value in values:
            host.setup(name + b"=" + value, b"P?", b"R?", b"S?")
    host.setup(b"S1=100", b"S1=9999", b"S?", b"MT")
    for index in range(4):
        host.setup(b"P0=%d" % index, b"P2=%d" % (4000 + index), b"P4=%d" % (6000 + index), b"P8=%d" % (index + 1))
    for index in range(4):
        host.setup(b"P0=%d" % index, b"P0", b"P?")
    host.setup(b"P0=0", b"P1=0", b"P2=%d" % host.port, b"P8=5", b"P5=1", b"P?")
    host.client("A", "127.0.0.2")
    host.hear()
    host.setup(b"P?", b"P5=0", b"P?")


def single_server(host):
    """One client, the end by P5=0, and the port again."""
    host.setup(b"P5=0", b"P2=%d" % host.port, b"P5=1")
    first = host.client("A")
    host.hear()
    second = host.client("B")
    host.hear(seconds=0.2)
    host.from_module(first, seconds=0.1)
    host.setup(b"P5=0")
    host.from_module(first)
    host.connects()
    second.close()
    host.setup(b"P5=0", b"P5=1")
    host.client("C")
    host.hear()
    host.setup(b"P5=0")
    host.setup(*[b"P5=1", b"P5=0"] * 26)
    other = host.name_port(free_port(), "Q")
    host.setup(b"P0=3", b"P2=%d" % other, b"P5=1")
    host.connects(other)


def multi_accept(host):
    """The page's flow; a full queue; leavers; a restart; and forty clients in a row."""
    host.setup(b"P2=%d" % host.port, b"P8=6", b"P5=11", b"P5=0", b"P5=11")
    queue = [host.client("A", sends=b"from A")]
    host.hear()
    for letter in "BCDEFG":
        queue.append(host.client(letter, sends=b"from " + letter.encode()))
        host.hear(seconds=0.1)
    host.setup(b"R2=100")
    for number, client in enumerate(queue):
        if number != 2:  # the third is never read
            host.setup(b"R0", b"R0")
        host.say(b"P5=10\r", ACCEPTED if number < 6 else rb"> $")
        host.from_module(client)
    _leavers(host)
    host.setup(b"P5=0")
    _two_then_stop(host)
    _cycles(host, 40)
    host.setup(b"P5=0")
    host.connects()
    host.setup(b"P0=2", b"P2=%d" % host.name_port(free_port(), "Q"), b"P5=11")
    port = host.name_port(free_port(), "R")
    host.setup(b"P5=0", b"P2=%d" % port, b"P5=11")
    host.connects(port)


def _leavers(host):
    """The client that is served leaves; one that waits leaves before its turn."""
    serving = host.client("H")
    host.hear()
    leaving = host.client("I")
    last = host.client("J", sends=b"J")
    serving.close()
    leaving.close()
    host.say(b"R0\r")
    host.hear(seconds=0.15)
    host.say(b"P5=10\r", ACCEPTED)
    host.setup(b"R0")
    host.say(b"P5=10\r", ACCEPTED)
    host.setup(b"R0", b"P5=10")
    host.from_module(last)


def _two_then_stop(host):
    """P5=0 with a client served and one waiting, then the server again."""
    host.setup(b"P5=11")
    serving = host.client("K")
    host.hear()
    host.client("L", sends=b"old")
    host.hear(seconds=0.1)
    host.setup(b"P5=0")
    host.from_module(serving)
    host.connects()
    host.setup(b"P5=11")


def _cycles(host, count):
    for number in range(count):
        with contextlib.suppress(OSError):
            client = host.client(f"cycle {number}")
            if b"Accepted" not in host.hear(seconds=0.9):
                return
            host.setup(b"P5=10")
            if host.from_module(client)[1] == "open":
                return


def sockets(host):
    """Two servers at once, and P0 between every step."""
    ports = {index: host.name_port(free_port(), f"P{index}") for index in (1, 2)}
    clients = {}
    host.setup(b"PK=1,3000")
    for index, port in ports.items():
        host.setup(b"P0=%d" % index, b"P2=%d" % port, b"P5=1", b"R2=100")
        clients[index] = host.client(f"C{index}", port=port, sends=b"for %d" % index)
        host.hear()
    for index in (1, 2):
        host.setup(b"P0=%d" % index)
        host.say(b"S3=4\rto %d" % index)
        host.setup(b"R0")
    for client in clients.values():
        host.from_module(client, 4)
    host.setup(b"P0=1", b"P5=0", b"P0=2")
    host.from_module(clients[2])
    host.say(b"S3=2\rok")


def data(host):
    """Contents and sizes both ways, timeouts, and the end of the stream."""
    host.setup(b"P2=%d" % host.port, b"P5=11", b"R2=200")
    client = host.client("A")
    host.hear()
    contents = [b"x", b"-1", b"a\r\nb\r\n", b"1\r\nOK\r\n> 2", ALL_BYTES, b"\x15\x15a\n", b"a" * 1023, b"b" * 1024]
    for payload in [*contents, b"c" * 1023, b"d" * 1399, b"e" * 1400, bytes(n % 251 for n in range(1460))]:
        _both_ways(host, client, payload)
    _pieces(host, client)
    _s3_edges(host, client)
    _timeouts(host)
    host.setup(b"S1=3")
    host.say(b"S0\rabc", seconds=3)
    host.setup(b"S2=200")
    host.say(b"S0\rab", seconds=2)
    host.from_module(client, 5)
    for number in range(20):
        host.say(b"S3=2\r%02d" % number, quiet=0)
    host.from_module(client, seconds=0.1)
    client.sendall(b"waits")
    host.say(b"S3=1\r!")
    host.setup(b"R0")
    host.from_module(client, 1)
    _ends(host, client)


def _both_ways(host, client, payload):
    client.sendall(payload)
    answer = b""
    while len(answer) < len(payload):  # a stream may come in pieces: what counts is that they join
        piece = host.read_payload()
        answer += piece
        if not piece:
            break
    host.note(answer)
    host.say(b"S3=%d\r" % len(payload) + payload, seconds=2)
    host.from_module(client, len(payload))


def _pieces(host, client):
    for limit in (10, 1):
        host.setup(b"R1=%d" % limit)
        client.sendall(b"0123456789abcdef")
        host.setup(b"R0", b"R0", b"R0")
        host.setup(b"R1=1460", b"R0")


def _s3_edges(host, client):
    for command in (b"S3=0010\r0123456789", b"S3=1\rab", b"S3=1461\r", b"S3=0\r", b"P0\r"):
        host.say(command)
        host.from_module(client, seconds=0.05)


def _timeouts(host):
    """R2: on time, to a coarse measure."""
    for index in (0, 2):
        if index:
            host.setup(b"P0=2", b"P2=%d" % host.name_port(free_port(), "Q"), b"P5=1")
        host.setup(b"R2=300")
        start = time.monotonic()
        for _ in range(3):
            host.say(b"R0\r", seconds=6)
        elapsed = time.monotonic() - start
        host.note("early" if elapsed < 0.8 else "late" if elapsed > 4 else "in time")
    host.setup(b"P5=0", b"P0=0", b"R2=200")


def _ends(host, client):
    client.sendall(b"last words")
    client.close()
    host.setup(b"R0", b"R0", b"R0")
    for _ in range(3):
        host.say(b"S3=1\rx")
    host.setup(b"P5=10")
    client = host.client("B")
    host.hear()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.close()
    host.setup(b"R0", b"R0")


def keepalive(host):
    """A connection's own timer, as the system shows it: no client has to vanish."""
    for index in (0, 1):
        port = host.name_port(free_port(), f"P{index}")
        host.setup(b"P0=%d" % index, b"PK=1,%d" % (5000 * (index + 1)), b"P2=%d" % port, b"P5=11")
        for number in range(2):
            host.client(f"C{index}{number}", port=port)
            host.hear()
            host.note(keep_alive_timer(port, host.clients[-1].getsockname()[1]))
            host.setup(b"P5=10")


def keep_alive_timer(local, remote):
    """Seconds to the keep-alive of the module's end, rounded to 5; None when no timer runs."""
    rows = Path("/proc/net/tcp").read_text().splitlines()[1:]
    ends = f"0100007F:{local:04X} 0100007F:{remote:04X} 01"
    for row in rows:
        fields = row.split()
        if " ".join(fields[1:4]) == ends:
            kind, ticks = fields[5].split(":")
            return 5 * round(int(ticks, 16) / 500) if kind == "02" else None
    return "no connection"


def client(host):
    """Connect, exchange, close, connect elsewhere; and a port where nobody listens."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    host.clients += listeners
    host.setup(b"P3=127.0.0.1", b"R2=100")
    for listener in listeners:
        port = host.name_port(listener.getsockname()[1], "L")
        host.setup(b"P4=%d" % port, b"P6=1")
        if select.select([listener], [], [], 0.5)[0]:
            peer, _ = listener.accept()
            host.clients.append(peer)
            peer.sendall(b"hello")
            host.setup(b"R0")
            host.say(b"S3=2\rhi")
            host.from_module(peer, 2)
            host.setup(b"P6=0")
            host.from_module(peer)
        host.setup(b"P6=0")
    host.setup(b"P4=1", b"P6=1", b"P6=0")


def udp(host):
    """A UDP server, and a UDP client's own port."""
    peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    peer.bind(("127.0.0.1", 0))
    host.clients.append(peer)
    host.setup(b"P1=1", b"P2=%d" % host.port, b"P5=1", b"P?", b"R1=4", b"R2=100")
    peer.sendto(b"0123456789", ("127.0.0.1", host.port))
    host.setup(b"R0", b"R0")
    host.say(b"S3=2\rhi")
    host.from_module(peer, 2)
    host.setup(b"P5=0", b"P5=1", b"P5=0")


def network(host):
    """Join, what is shown, leave."""
    host.setup(b"CD", b"CS", b"C1=a network of 24 letters", b"C2=secret", b"C3=5", b"C4=1", b"C0", b"CS", b"C?")
    host.setup(b"CD", b"CS")


def system(host):
    """Who it is, defaults, reset."""
    host.setup(b"I?", b"Z5", b"P0=3", b"P2=7", b"R1=9", b"Z0", b"P0=3", b"P?", b"R?", b"P0=0", b"ZR", b"P0")


WALKS = (framing, notices, settings, single_server, multi_accept, sockets, data, keepalive, client, udp)
AREAS = {area.__name__: area for area in (*WALKS, network, system)}


def walk(area, *arguments, expected=None):
    """The observations of a walk (an area's name, or a function) with a module of its own; see Host."""
    with Host(*arguments, expected=expected) as host:
        try:
            AREAS.get(area, area)(host)
        except OSError as error:
            host.note(type(error).__name__)
        return host.steps
