"""The host of a module under test: raw bytes on the pty, plain sockets on the network. No parser."""

import contextlib
import os
import re
import select
import socket
import subprocess
import sys
import time
from pathlib import Path

PROGRAM = Path(__file__).with_name("module.py")
PROMPT = b"> "


def free_port():
    """A TCP port of the loopback that nobody has just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Host:
    """A running module and the line to it. Every step is kept in `steps`, ports replaced by names."""

    def __init__(self, *arguments, joined=True):
        command = [sys.executable, "-W", "error", str(PROGRAM), *["--joined"] * joined, *arguments]
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

    def read(self, until=rb"> $", seconds=1.0, quiet=0.03):
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
        return what

    def say(self, command, until=rb"> $", seconds=1.0):
        """Send, and keep what comes."""
        os.write(self.line, command)
        answer = self.read(until, seconds)
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
                end = "closed"
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
