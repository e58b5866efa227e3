"""The independent module is what it says: it serves the page's flow, and each of its switches shows."""

import json
import os
import re
import select
import signal
import subprocess
import sys
import time

import pytest
import walks
from faults import FAULTS
from host import PROGRAM, Host, vanish
from variants import VARIANTS

NOTICE = rb"\[TCP SVR\] Accepted 127\.0\.0\.1:\d+"


def list_of(option):
    text = subprocess.run([sys.executable, PROGRAM, option], capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in text.splitlines()]


# ---- the program


def test_device_is_printed_and_linked_and_the_link_goes_with_the_module(tmp_path):
    link = tmp_path / "module"
    with Host("--link", str(link)) as host:
        assert str(link.readlink()) == host.device
        assert host.say(b"\r") == b"\r\n> "
    assert not link.is_symlink()
    assert host.process.returncode == 0


def test_module_ends_at_sigint(tmp_path):
    link = tmp_path / "module"
    with Host("--link", str(link)) as host:
        host.process.send_signal(signal.SIGINT)
        assert host.process.wait(10) == 0
        assert not link.is_symlink()


def test_module_ends_when_its_parent_has_ended(tmp_path):
    link = tmp_path / "module"
    program = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, {str(PROGRAM)!r}, '--link', {str(link)!r}],"
        " stdout=subprocess.PIPE)\n"
        "sys.stdout.write(f'{child.pid} {child.stdout.readline().decode()}')\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    module = os.pidfd_open(int(ran.stdout.split()[0]))
    try:
        assert select.select([module], [], [], 10)[0], "the module outlives its parent"
    finally:
        os.close(module)
    assert not link.is_symlink()


def test_file_in_the_links_place_is_left_alone(tmp_path):
    (tmp_path / "file").write_text("mine")
    command = [sys.executable, PROGRAM, "--link", tmp_path / "file"]
    assert subprocess.run(command, capture_output=True, timeout=10, check=False).returncode != 0
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("option", ["--variant", "--fault"])
def test_unknown_switch_is_refused(option):
    ran = subprocess.run([sys.executable, PROGRAM, option, "no-such-name"], capture_output=True, check=False)
    assert ran.returncode == 2
    assert b"no-such-name" in ran.stderr


@pytest.mark.parametrize(("option", "table"), [("--list-variants", VARIANTS), ("--list-faults", FAULTS)])
def test_each_listed_switch_says_what_it_does_and_which_sentence_it_is_about(option, table):
    listed = list_of(option)
    assert [entry["name"] for entry in listed] == list(table)
    for entry in listed:
        assert all(entry[key] for key in ("area", "does", "sentence", "source")), entry
        assert re.search(r"\b(WEB|UM|QR20|QR9|DS|LOG|DRV)\b", entry["source"]), entry


def test_every_fault_breaks_a_mandatory_or_documented_sentence():
    assert {switch.obligation for switch in FAULTS.values()} == {"M", "D"}


def test_module_is_not_joined_unless_told():
    with Host(joined=False) as host:
        assert host.say(b"CS\r") == b"\r\n0\r\nOK\r\n> "
        assert b"ERROR" in host.say(b"P5=11\r")
        assert b"OK" in host.say(b"C1=any\r")
        assert host.say(b"C0\r") == b"\r\n[JOIN   ] any,127.0.0.1,0,0\r\nOK\r\n> "
        assert host.say(b"CS\r") == b"\r\n1\r\nOK\r\n> "


# ---- the page's flow


def test_plain_module_serves_the_pages_flow_to_the_byte():
    with Host() as host:
        for command in (b"PK=1,3000", b"P1=0", b"P2=%d" % host.port, b"P8=6"):
            assert host.say(command + b"\r") == b"\r\n\r\nOK\r\n> "
        setup = b"\r\n[TCP TSK] Multi-Accept Setup\r\n[TCP SVR] Waiting on connection...\r\nOK\r\n> "
        assert host.say(b"P5=11\r") == setup
        first = host.client("A", sends=b"Data from A")
        notice = b"\r\n[TCP SVR] Accepted 127.0.0.1:%d\r\n> "
        host.hear()
        assert host.steps[-1] == b"\r\n[TCP SVR] Accepted 127.0.0.1:<A>\r\n> "
        assert host.say(b"R0\r") == b"\r\nData from A\r\nOK\r\n> "
        assert host.say(b"S3=1\r1") == b"\r\n1\r\nOK\r\n> "
        assert host.from_module(first, 1)[0] == b"1"
        second = host.client("B", sends=b"Data from B")
        answer = host.say(b"P5=10\r", walks.ACCEPTED)
        waiting = b"\r\n[TCP SVR] Waiting on connection...\r\nOK\r\n> "
        assert answer == waiting + notice % second.getsockname()[1]
        assert host.from_module(first) == (b"", "closed")
        assert host.say(b"R0\r") == b"\r\nData from B\r\nOK\r\n> "
        second.close()
        assert host.say(b"R0\r").startswith(b"\r\n-1\r\nERROR")
        assert host.say(b"S3=1\r2") == b"\r\n-1\r\nOK\r\n> "
        assert host.say(b"P5=0\r") == b"\r\n[TCP TSK] Killed\r\nOK\r\n> "
        assert not host.connects()


class Patient:
    """A host that takes every answer that the documents allow."""

    def __init__(self, host):
        self.host, self.heard = host, b""

    def say(self, command):
        answer = self.host.say(command, rb"(OK|ERROR)[^>]*> ", seconds=10, quiet=0.05)
        assert b"> " in answer, (command, answer)
        self.heard += answer
        return answer

    def ok(self, command):
        answer = self.say(command)
        assert b"OK\r\n" in answer, (command, answer)
        return answer

    def wait_for_notice(self, number):
        """The number-th notice since the start, wherever it came."""
        deadline = time.monotonic() + 10
        while len(re.findall(NOTICE, self.heard)) < number:
            assert time.monotonic() < deadline, self.heard
            self.heard += self.host.read(NOTICE + rb"\r\n> ", 2)

    def reads(self, wanted):
        """R0 until the pieces join to what was sent."""
        data = b""
        for _ in range(20):
            answer = self.say(b"R0\r").removeprefix(b"R0\r").removeprefix(b"\r\n")
            data += re.split(rb"(?:\r\n)+OK\r\n", answer)[0]
            if data == wanted:
                return
        raise AssertionError(f"{wanted!r} was not read, but {data!r}")

    def until(self, wanted, command):
        """The same command until it answers so: TCP, or the module, may learn of a loss late."""
        for _ in range(8):
            if wanted in self.say(command):
                return
        raise AssertionError(f"{command!r} never answered {wanted!r}: {self.heard[-200:]!r}")


def patient_flow(host):
    """The page's flow with two clients, in the most forgiving way."""
    patient = Patient(host)
    for command in (b"PK=1,3000", b"P1=0", b"P2=%d" % host.port, b"P8=6", b"R2=150"):
        patient.ok(command + b"\r")
    start = patient.ok(b"P5=11\r")
    assert b"[TCP TSK] Multi-Accept Setup" in start
    assert b"[TCP SVR] Waiting on connection" in start
    first = host.client("A", sends=b"one")
    patient.wait_for_notice(1)
    second = host.client("B")
    patient.reads(b"one")
    assert b"\r\n1\r\n" in patient.ok(b"S3=1\r1")
    assert host.from_module(first, 1, seconds=5)[0] == b"1"
    assert b"[TCP SVR] Waiting on connection" in patient.ok(b"P5=10\r")
    assert host.from_module(first, seconds=5)[1] in ("closed", "reset")
    patient.wait_for_notice(2)
    second.sendall(b"two")
    patient.reads(b"two")
    second.close()
    patient.until(b"-1", b"R0\r")
    patient.until(b"-1", b"S3=1\r2")
    assert b"[TCP TSK] Killed" in patient.ok(b"P5=0\r")
    with pytest.raises(ConnectionRefusedError):
        host.client("C")


COMBINED = {
    "wordy": "ellipsis-unicode echo-in-machine-mode crlf-before-error notice-glued r0-gives-odd-pieces lost-r0-with-ok",
    "torn": "thinks-150-ms answers-in-odd-pieces notice-without-prompt-between queue-in-user-space closes-with-reset",
    "old": "line-of-9600-baud notice-before-answer mt-default-1 no-usage-line r0-always-waits-r2 s3-stops-at-fin",
    "late": "crlf-before-ok prompt-late radio-of-80-ms accepts-500-ms-late closes-after-the-answer deaf-while-busy",
}


def flow_with(name):
    with Host("--variant", *COMBINED.get(name, name).split()) as host:
        patient_flow(host)


@pytest.mark.parametrize("name", [*VARIANTS, *COMBINED])
def test_variant_serves_the_pages_flow(ahead, name):
    ahead.result("test_variant_serves_the_pages_flow", name, flow_with)


def seconds_of(host, command):
    start = time.monotonic()
    assert host.say(command, seconds=10).endswith(b"> ")
    return time.monotonic() - start


@pytest.mark.parametrize(
    ("name", "command", "least"),
    [
        ("thinks-150-ms", b"P0\r", 0.15),
        ("thinks-unevenly", b"P0\r", 0.09),
        ("answers-in-odd-pieces", b"P?\r", 0.09),
        ("prompt-late", b"P0\r", 0.04),
        ("line-of-9600-baud", b"P?\r", 0.05),
        ("slow-boot", b"ZR\r", 1.5),
        ("slow-join", b"C0\r", 2.0),
        ("r0-always-waits-r2", b"R0\r", 0.4),
    ],
)
def test_a_slow_variant_is_slow(name, command, least):
    with Host("--variant", name) as host:
        host.setup(b"C1=net", b"P2=%d" % host.port, b"R2=400", b"P5=1")
        host.client("A", sends=b"data")
        host.hear()
        assert max(seconds_of(host, command) for _ in range(1 if least > 0.1 else 5)) >= least


def test_client_of_p5_10_may_be_closed_behind_the_answer():
    with Host("--variant", "closes-after-the-answer") as host:
        host.setup(b"P2=%d" % host.port, b"P5=11")
        client = host.client("A")
        host.hear()
        start = time.monotonic()
        os.write(host.line, b"P5=10\r")
        assert host.from_module(client, seconds=10)[1] == "closed"
        assert time.monotonic() - start >= 0.2


@pytest.mark.parametrize(("arguments", "least"), [((), 2.0), (("--variant", "slow-probes"), 5.0)])
def test_slow_probes_find_a_vanished_client_later(arguments, least):
    with Host(*arguments) as host:
        host.setup(b"PK=1,1000", b"P2=%d" % host.port, b"P5=11", b"R2=100")
        client = host.client("A")
        host.hear()
        start = time.monotonic()
        try:
            vanish(client)
        except PermissionError:
            pytest.skip("this user may not attach a packet filter")
        while b"-1" not in host.say(b"R0\r"):
            assert time.monotonic() - start < 20, "keep-alive does not find the client lost"
        assert time.monotonic() - start >= least
