"""A walk over what the documents leave open: it shows which way a module took, and judges nothing."""

import os
import select
import socket

from host import free_port
from walks import ACCEPTED, keep_alive_timer


def freedoms(host):
    """The open questions of every area, one after the other."""
    _lines(host)
    _settings(host)
    _states(host)
    _queue(host)
    _data(host)
    _network(host)


def _lines(host):
    host.setup(b"MR", b"P2=" + b"0" * 200 + b"5024", b"P?", b"P0=1", b"P0=0")
    os.write(host.line, b"P0\rP0\r")
    host.note(host.read(rb"nothing matches this", 0.2))
    host.setup(b"ZR")


def _settings(host):
    host.setup(b"P0=4", b"P0=0", b"P1=4", b"P1=0", b"P8=30", b"P2=05024", b"P2")
    host.setup(b"R1=77", b"P0=1", b"R?", b"P0=0", b"R1=1460", b"CD", b"P5=1", b"P5=0", b"C1=net", b"C0")


def _states(host):
    host.setup(b"P2=%d" % host.port, b"R2=50", b"P8=6", b"P5=10", b"P5=11", b"P5=11", b"P?", b"P5=10", b"R0")
    host.say(b"S3=1\rx")
    host.setup(b"P5=1", b"P5=0", b"P5=0", b"P5=1", b"P5=10")
    _reads_then_leaves(host, host.client("A"))
    host.client("B")
    host.hear(seconds=0.2)
    host.setup(b"P5=0", b"R0")
    host.say(b"S3=1\rx")


def _reads_then_leaves(host, client):
    """A client whose end is a FIN: it leaves no byte unread."""
    host.hear()
    host.say(b"S3=1\rx")
    host.from_module(client, 1)
    client.shutdown(socket.SHUT_WR)
    host.say(b"S3=1\ry")
    host.from_module(client, 1, seconds=0.1)
    client.close()
    host.setup(b"R0", b"P?", b"P8=5")
    host.hear(seconds=0.1)
    for _ in range(2):
        host.say(b"S3=1\rx")


def _queue(host):
    host.setup(b"P8=1", b"P5=11")
    clients = [host.client(name, sends=b"unread") for name in ("C", "D", "E")]
    host.hear()
    for client in clients:
        host.from_module(client, seconds=0.05)
    host.say(b"P5=10\r", ACCEPTED)
    host.from_module(clients[0])
    host.setup(b"R0")
    host.say(b"P5=10\r", rb"OK\r\n> (\r\n.*> )?$")
    host.from_module(clients[1])
    host.client("G")
    host.setup(b"P5=0", b"P5=11")
    host.hear(seconds=0.2)
    host.setup(b"P5=0")


def _data(host):
    host.setup(b"P5=11", b"PK=0,7200000")
    client = host.client("F", sends=b"x" * 1000)
    host.hear()
    host.setup(b"PK=1,5000")
    host.note(keep_alive_timer(host.port, client.getsockname()[1]))
    host.setup(b"R3=1", b"R0", b"R0", b"R3=0", b"S2=300")
    host.say(b"S3=3\rab", seconds=0.9)
    host.say(b"c\r")
    host.setup(b"S2=700")
    for byte in (b"S3=3\ra", b"b", b"c"):
        host.say(byte, seconds=0.45)
    host.say(b"\r")
    host.setup(b"P5=0")


def _network(host):
    listener = socket.create_server(("127.0.0.1", 0))
    host.clients.append(listener)
    port = host.name_port(free_port(), "Q")
    remote = host.name_port(listener.getsockname()[1], "L")
    host.setup(b"P2=%d" % port, b"P3=127.0.0.1", b"P4=%d" % remote, b"P6=1")
    if select.select([listener], [], [], 1)[0]:
        peer, address = listener.accept()
        host.clients.append(peer)
        host.note("from P2" if address[1] == port else "from a free port")
    host.setup(b"P6=0")
