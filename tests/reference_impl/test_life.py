"""How the process begins and ends."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reference_impl.process import PATIENCE, Emulator, command, environment, free_port, wait_for


def gone(pid):
    """True when there is no such process, or only its remains."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_cleanly_and_the_link_is_gone(tmp_path, number):
    link = tmp_path / "module"
    with Emulator("--link", link) as emulator:
        assert str(link.readlink()) == emulator.urls[0]
        assert emulator.ready["ports"][0]["link"] == str(link)
        assert emulator.end(number) == (0, b"", b"")
    assert not link.is_symlink()


def test_a_signal_ends_it_in_the_middle_of_a_command(tmp_path):
    link = tmp_path / "module"
    with Emulator("--link", link) as emulator, emulator.host() as host:
        host.at("P5=1")
        host.send(b"S3=10\rabc")
        assert emulator.end() == (0, b"", b"")
    assert not link.is_symlink()


def test_a_link_that_somebody_else_has_made_meanwhile_stays(tmp_path):
    link = tmp_path / "module"
    with Emulator("--link", link) as emulator:
        link.unlink()
        link.symlink_to("/dev/null")
        emulator.end()
    assert str(link.readlink()) == "/dev/null"


def test_its_sockets_are_closed_at_the_end():
    port = free_port()
    with Emulator() as emulator, emulator.host() as host:
        host.at(f"P2={port}")
        host.at("P5=11")
        client = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        host.until(b"> ")
        emulator.end()
    assert client.recv(10) == b""
    client.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


PARENT = """
import subprocess, sys, threading
def start():
    child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
    print(child.pid, child.stdout.readline().decode(), flush=True)
if "--in-a-thread" in sys.argv:
    sys.argv.remove("--in-a-thread")
    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
else:
    start()
sys.stdin.read()
"""


def parent_of_an_emulator(*arguments, thread=False):
    """A process that has started an emulator; it lives until its stdin is closed or it is killed."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, *(["--in-a-thread"] if thread else []), *command(*arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    )
    assert select.select([parent.stdout], [], [], PATIENCE)[0], "waited for the emulator to be ready"
    pid, _, ready = parent.stdout.readline().decode().partition(" ")
    return parent, int(pid), json.loads(ready)


def finish(parent):
    parent.kill()
    parent.wait(PATIENCE)
    parent.stdin.close()
    parent.stdout.close()


def test_it_ends_when_its_parent_is_killed_and_the_link_is_gone(tmp_path):
    link = tmp_path / "module"
    parent, pid, _ready = parent_of_an_emulator("--link", link)
    assert link.is_symlink()
    finish(parent)
    wait_for(lambda: gone(pid), "the emulator to follow its parent")
    assert not link.is_symlink()


def test_it_lives_on_when_only_the_thread_that_started_it_ends():
    parent, pid, ready = parent_of_an_emulator("--tcp", "127.0.0.1:0", thread=True)
    port = int(ready["ports"][0]["url"].rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as host:
        host.sendall(b"P0\r")
        assert host.recv(100).startswith(b"\r\n")
    assert not gone(pid)
    finish(parent)
    wait_for(lambda: gone(pid), "the emulator to follow its parent")


def test_it_stays_when_it_is_told_to():
    parent, pid, ready = parent_of_an_emulator("--tcp", "127.0.0.1:0", "--stay")
    port = int(ready["ports"][0]["url"].rpartition(":")[2])
    finish(parent)
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as host:
            host.settimeout(PATIENCE)
            host.sendall(b"P0\r")
            assert host.recv(100).startswith(b"\r\n")
    finally:
        os.kill(pid, signal.SIGTERM)
    wait_for(lambda: gone(pid), "the emulator to end")


def test_the_ready_line_is_the_only_thing_on_stdout():
    with Emulator("--address", "127.0.0.3") as emulator:
        assert emulator.ready["event"] == "ready"
        assert emulator.ready["pid"] == emulator.process.pid
        assert emulator.ready["address"] == "127.0.0.3"
        (port,) = emulator.ready["ports"]
        assert port["index"] == 0
        assert port["link"] is None
        assert Path(port["url"]).exists()
        with emulator.host() as host:
            host.at("I?")
            host.at("XX")
        assert emulator.end() == (0, b"", b"")


@pytest.mark.parametrize(
    ("option", "scheme"), [("--tcp", "socket://127.0.0.1:"), ("--rfc2217", "rfc2217://127.0.0.1:")]
)
def test_the_ready_line_tells_a_url_for_pyserial(option, scheme):
    with Emulator(option, "127.0.0.1:0") as emulator:
        assert emulator.urls[0].startswith(scheme)
        assert emulator.ready["ports"][0]["link"] is None


def test_a_passphrase_is_nowhere_in_what_the_process_writes():
    with Emulator(joined=None) as emulator, emulator.host() as host:
        for line in ("C1=LAB", "C2=hunter2 hunter2", "C3=4", "C0", "c2=hunter2", "C2 =hunter2"):
            assert b"hunter2" not in host.at(line)
        _status, out, err = emulator.end()
    assert b"hunter2" not in out + err
