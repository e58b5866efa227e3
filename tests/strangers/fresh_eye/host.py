"""The host of a module under test: raw bytes on the pty, plain sockets on the network. No parser."""

import contextlib
import ctypes
import itertools
import os
import random
import re
import select
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

PROGRAM = Path(__file__).with_name("module.py")
STARTING = threading.Lock()  # a fork in several threads at once is more than some kernels stand


# above the ports that the system gives to clients: nobody takes one between the probe and its use
PORTS = itertools.cycle(random.SystemRandom().sample(range(61000, 65500), 4500))


def free_port():
    """A TCP port of the loopback that nobody has just now."""
    for port in PORTS:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("unreachable: PORTS has no end")


def vanish(client):
    """Drop everything that comes to this socket: nothing is acknowledged any more, no FIN is sent."""
    drop = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))  # BPF: return 0
    so_attach_filter = 26
    client.setsockopt(socket.SOL_SOCKET, so_attach_filter, struct.pack("HP", 1, ctypes.addressof(drop)))


class Differs(Exception):
    """An observation is not the expected one."""


class Host:
    """A running module and the line to it.

    Every observation is kept in `steps`, ports replaced by names; with `expected` steps, the first that is
    another raises Differs.
    """

    def __init__(self, *arguments, joined=True, expected=None):
        self.expected = expected
        command = [sys.executable, str(PROGRAM), *["--joined"] * joined, *arguments]
        with STARTING:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE)
        self.device = self.process.stdout.readline().decode().strip()
        self.line = os.open(self.device, os.O_RDWR | os.O_NOCTTY)
        self.names, self.steps, self.clients = {}, [], []
        self.port = self.name_port(free_port(), "P")
        self.read(until=rb"> $")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for client in self.clients:
            client.close()
        os.close(self.line)
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()

    def name_port(self, port, name):
        self.names[b"%d" % port] = f"<{name}>".encode()
        return port

    def read(self, until=rb"> $", seconds=1.0, quiet=0.005):
        """What comes until `until` is found and the line is then quiet; at most `seconds`."""
        data, deadline = b"", time.monotonic() + seconds
        while True:
            found = re.search(until, data)
            wait = min(quiet, deadline - time.monotonic()) if found else deadline - time.monotonic()
            if not select.select([self.line], [], [], max(0.0, wait))[0]:
                return data
            data += os.read(self.line, 65536)

    def note(self, what):
        """Keep an observation."""
        if isinstance(what, bytes):
            for port, name in self.names.items():
                what = re.sub(rb"(?<!\d)" + port + rb"(?!\d)", name, what)
        self.steps.append(what)
        at = len(self.steps)
        if self.expected is not None and self.steps[-1:] != self.expected[at - 1 : at]:
            raise Differs(f"step {at}: {what!r}, not {self.expected[at - 1 : at]!r}")
        return what

    def say(self, command, until=rb"> $", seconds=1.0, quiet=0.005):
        """Send, and keep what comes."""
        os.write(self.line, command)
        answer = self.read(until, seconds, quiet)
        self.note(answer)
        return answer

    def setup(self, *commands):
        """Commands, each with its CR."""
        for command in commands:
            self.say(command + b"\r")

    def hear(self, until=rb"Accepted[^>]*> $", seconds=1.0):
        """What comes by itself."""
        return self.note(self.read(until, seconds))

    def read_payload(self):
        """R0: the bytes between the first CR LF and the last CR LF OK; everything, in any other answer."""
        os.write(self.line, b"R0\r")
        answer = self.read(rb"\r\n> $|^\r\n> $")
        head, tail = b"\r\n", b"\r\nOK\r\n> "
        framed = answer.startswith(head) and answer.endswith(tail) and len(answer) >= 10
        return answer[2:-8] if framed else answer

    def client(self, name, address="127.0.0.1", port=None, sends=b""):
        """A TCP client of the module, connected."""
        client = socket.create_connection(("127.0.0.1", port or self.port), 2, (address, 0))
        self.clients.append(client)
        self.name_port(client.getsockname()[1], name)
        client.sendall(sends)
        return client

    def from_module(self, client, count=1 << 20, seconds=0.3):
        """Keep what a client receives: up to `count` bytes, and how the stream ends."""
        data, end = b"", "open"
        deadline = time.monotonic() + seconds
        client.setblocking(False)
        while len(data) < count and select.select([client], [], [], max(0.0, deadline - time.monotonic()))[0]:
            try:
                piece = client.recv(count - len(data))
            except OSError:
                end = "reset"
                break
            data += piece
            if not piece:
                end = "closed"
                break
        self.note(data)
        self.note(end)
        return data, end

    def connects(self, port=None):
        """Keep whether the port accepts a connection."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port or self.port), 2):
            self.note("connects")
            return True
        self.note("refused")
        return False
