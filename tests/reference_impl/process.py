"""The emulator as a process, and a host on its serial line; every wait has a deadline and says what it waited for."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
import warnings
from pathlib import Path

import serial

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0


def command(*arguments):
    return [sys.executable, "-m", "reference_impl", *map(str, arguments)]


def environment():
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def wait_for(condition, what):
    """Until the condition holds. Looks again every few milliseconds: there is no event to wait for."""
    end = time.monotonic() + PATIENCE
    while not (result := condition()):
        assert time.monotonic() < end, f"waited {PATIENCE} s for {what}"
        select.select([], [], [], 0.005)
    return result


class Emulator:
    """A running emulator, ended by SIGTERM at the end of the `with`."""

    def __init__(self, *arguments, joined="LAB"):
        joined_option = ["--joined", joined] if joined else []
        self.process = subprocess.Popen(
            command(*joined_option, *arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
            cwd="/",
        )
        line = self._first_line()
        self.ready = json.loads(line)
        self.urls = [port["url"] for port in self.ready["ports"]]

    def _first_line(self):
        readable, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        assert readable, "waited for the ready line"
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read().decode()
        return line

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self, number=signal.SIGTERM):
        """Exit status, and what else was written to stdout and stderr."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            out, err = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise
        return self.process.returncode, out, err

    def host(self, index=0):
        return Host(self.urls[index])

    def cpu_seconds(self):
        """Processor time used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Host:
    """A host on the line, by pyserial."""

    def __init__(self, url):
        with warnings.catch_warnings():
            # pyserial's RFC 2217 client calls Thread.setDaemon.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.port = serial.serial_for_url(url, 115200, timeout=0.02)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.port.close()

    def send(self, data):
        self.port.write(data)

    def until(self, end, seconds=PATIENCE):
        """Everything up to and with these bytes."""
        deadline = time.monotonic() + seconds
        while end not in self.buffer:
            assert time.monotonic() < deadline, f"waited for {end!r}, got {self.buffer[-200:]!r}"
            self.buffer += self.port.read(max(1, self.port.in_waiting))
        found, _, self.buffer = self.buffer.partition(end)
        return found + end

    def at(self, text, end=b"\r\n> "):
        data = text if isinstance(text, bytes) else text.encode()
        self.send(data + b"\r")
        return self.until(end)

    def timed(self, data):
        """One command's answer, and the seconds until it was there."""
        start = time.monotonic()
        self.send(data)
        answer = self.until(b"OK\r\n> ")
        return answer, time.monotonic() - start

    def in_step(self):
        """Whatever is under way comes to its end: a half line, or a payload that S2 ends."""
        self.send(b"\rI?\r")
        self.until(b"Inventek eS-WiFi\r\nOK\r\n> ")


def free_port(host="127.0.0.1"):
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def receive(client, count):
    """Exactly that many bytes."""
    client.settimeout(PATIENCE)
    data = b""
    while len(data) < count:
        piece = client.recv(count - len(data))
        assert piece, f"the module closed after {data!r}"
        data += piece
    return data


def at_end(client):
    """What comes until the module closes; a reset is an error of the test."""
    client.settimeout(PATIENCE)
    data = b""
    while piece := client.recv(65536):
        data += piece
    return data
