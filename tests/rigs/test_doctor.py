"""Each check of the doctor finds what it is there for, says the cure, and lets a bench that is well pass."""

import contextlib
import ctypes
import os
import re
import socket
import struct
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from serial.rfc2217 import PortManager
from serial.tools import list_ports

from fixtures.bench_tools import doctor as tool
from fixtures.bench_tools import module_checks
from fixtures.bench_tools.doctor import CHECKS, examine
from fixtures.bench_tools.patient import Machine, Patient
from fixtures.drivers.lab.ports import comports
from fixtures.drivers.lab.rig_lock import RigLock, key_of
from fixtures.drivers.peers import Network, TcpListener, tcp
from fixtures.errors import PeerError, RigError
from fixtures.rigs import Expected, Limits, NetworkSettings, Rig, SerialSettings, SwitchSettings
from tests.fixtures.line import Pty
from tests.fixtures.test_link import _Attributes as Attributes
from tests.reference_impl.process import Emulator
from tests.rigs.test_ports import Adapter

EMULATED = Rig(name="emulated", emulator=(), network=NetworkSettings(ssid="LAB"), allow=frozenset({"reset"}))
SILENT = "import sys, os; os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY); print(1, flush=True); sys.stdin.read()"


@pytest.fixture
def machine(tmp_path):
    """A machine with nothing on it but what a test puts there."""
    for name in ("proc", "sys", "run"):
        (tmp_path / name).mkdir()
    return Machine(proc=tmp_path / "proc", sysfs=tmp_path / "sys", run=tmp_path / "run", out=tmp_path)


@pytest.fixture
def pty():
    made = Pty()
    yield made
    made.vanish()


@pytest.fixture(scope="module")
def module():
    with Emulator() as emulator:
        yield emulator.urls[0]


def needed(name):
    """The checks that ``name`` needs, and itself, in their order."""
    names = {name}
    for check in reversed(CHECKS):
        if check.name in names:
            names |= set(check.needs)
    return [check for check in CHECKS if check.name in names]


def findings_of(name, rig, machine=None, ask=None):
    patient = Patient(rig, machine or Machine(out=Path("/")), ask or (lambda *_: False))
    try:
        return {one.check: one for one in examine(patient, needed(name))}
    finally:
        patient.close()


def fails(name, rig, machine=None):
    """The one line of a check that fails while those before it do not."""
    found = findings_of(name, rig, machine)
    assert [one.check for one in found.values() if one.state == "FAIL"] == [name], list(map(str, found.values()))
    return str(found[name])


def on(port, **more):
    return Rig(name="bench", serial=SerialSettings(port=port), **more)


# --- this machine -------------------------------------------------------------------------------------------------


def test_clock_that_was_never_set_is_found(machine):
    machine.now = lambda: 86400.0
    assert "believes it is 1970-01-02 00:00:00+00:00 -> set its clock" in fails("clock", EMULATED, machine)


def test_clock_that_is_too_coarse_is_found(machine):
    machine.tick = lambda: 0.1
    assert "ticks every 0.1 s only" in fails("clock", EMULATED, machine)


def test_disk_without_room_is_found_where_the_report_would_be_written(machine, tmp_path):
    asked = []
    machine.out = tmp_path / "not" / "yet"
    machine.free = lambda folder: asked.append(folder) or 5_000_000
    rig = replace(EMULATED, limits=Limits(free_mb=6))
    assert f"5 MB free in {tmp_path}, the rig wants 6 -> make room" in fails("disk", rig, machine)
    assert asked == [tmp_path]


def test_port_that_is_not_there_is_said_with_those_that_are():
    said = fails("port", on("/dev/none-such"))
    assert "there is no /dev/none-such. Ports on this machine: " in said
    assert all(port.device in said for port in comports())


def test_port_of_windows_is_looked_for_in_its_list(machine, monkeypatch):
    machine.platform = "win32"
    monkeypatch.setattr(list_ports, "comports", lambda: [Adapter("COM3")])
    assert findings_of("port", on("com3"), machine)["port"].state == "ok"
    assert "there is no COM4. Ports on this machine: COM3" in fails("port", on("COM4"), machine)
    assert findings_of("rights", on("com3"), machine)["rights"].state == "skip"


def test_identity_that_no_adapter_has_is_said():
    said = fails("port", Rig(name="bench", serial=SerialSettings(usb_serial="A50285BI")))
    assert "no serial port has USB serial number A50285BI" in said


def test_rig_that_names_no_line_is_said_with_what_can_name_one():
    assert "expected one of port, usb_serial, usb_id, location in [serial]" in fails("port", Rig(name="none"))


def test_missing_right_is_found_with_the_group_that_has_it(machine, pty):
    machine.may_open = lambda _: False
    group = Path(pty.name).group()
    assert f"no right to open {pty.name} -> sudo usermod -aG {group} $USER" in fails("rights", on(pty.name), machine)


def test_program_that_has_the_port_open_is_named(pty):
    with subprocess.Popen(
        [sys.executable, "-c", SILENT, pty.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"1\n"
        said = fails("free", on(pty.name), Machine())
        other.stdin.close()
    assert f"(process {other.pid} of " in said
    assert f"-> end it: kill {other.pid}" in said


def test_run_that_uses_the_rig_is_named(machine, pty):
    lock = RigLock(key_of(pty.name), "the night's run")
    lock.acquire()
    try:
        said = fails("free", on(pty.name), machine)
    finally:
        lock.release()
    assert f"is in use: the night's run, process {os.getpid()} of " in said


def modem_manager_in(machine):
    folder = machine.proc / "321"
    folder.mkdir()
    (folder / "comm").write_text("ModemManager\n")


def test_modem_manager_is_found(machine, pty):
    modem_manager_in(machine)
    said = fails("ModemManager", on(pty.name), machine)
    assert f"ModemManager (321) runs, and may open {pty.name}" in said
    assert "systemctl stop ModemManager" in said


def test_modem_manager_that_is_told_to_leave_the_port_alone_does_no_harm(machine, pty):
    modem_manager_in(machine)
    number = Path(pty.name).stat().st_rdev
    known = machine.run / "udev" / "data" / f"c{os.major(number)}:{os.minor(number)}"
    known.parent.mkdir(parents=True)
    known.write_text("E:ID_BUS=usb\nE:ID_MM_DEVICE_IGNORE=1\n")
    assert findings_of("ModemManager", on(pty.name), machine)["ModemManager"].state == "ok"


@pytest.mark.parametrize(("milliseconds", "state"), [(1, "ok"), (16, "FAIL")])
def test_latency_timer_is_read(machine, pty, milliseconds, state):
    timer = machine.sysfs / "class" / "tty" / Path(pty.name).name / "device" / "latency_timer"
    timer.parent.mkdir(parents=True)
    timer.write_text(f"{milliseconds}\n")
    finding = findings_of("latency", on(pty.name), machine)["latency"]
    assert (finding.state, f"{milliseconds} ms" in finding.text) == (state, True)
    assert (f"echo 1 | sudo tee {timer}" in finding.cure) == (state == "FAIL")
    assert (f"{pty.name} keeps bytes back" in finding.text) == (state == "FAIL")


# --- the line and who is on it ------------------------------------------------------------------------------------


def test_line_that_cannot_be_opened_is_said():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        assert "nobody listens at socket://127.0.0.1:" in fails(
            "line", on(f"socket://127.0.0.1:{held.getsockname()[1]}")
        )


class Deaf(threading.Thread):
    """Takes a connection, and everything that comes, and says nothing."""

    def __init__(self):
        super().__init__(daemon=True)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"socket://127.0.0.1:{self.server.getsockname()[1]}"

    def run(self):
        for _ in range(2):  # the line is opened by its own check, and by the next
            connection, _ = self.server.accept()
            while connection.recv(4096):
                pass
            connection.close()


def test_module_that_says_nothing_is_found(monkeypatch):
    monkeypatch.setattr(module_checks, "WAKE_S", 0.2)
    deaf = Deaf()
    deaf.start()
    said = fails("prompt", on(deaf.url))
    deaf.join(timeout=20)
    deaf.server.close()
    assert "nothing answers at 115200 baud -> is the module powered" in said


class At9600(threading.Thread):
    """An RFC 2217 server with a module behind it that understands one rate only."""

    def __init__(self):
        super().__init__(daemon=True)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"rfc2217://127.0.0.1:{self.server.getsockname()[1]}"

    def run(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.server.accept()
                self.serve(connection)
                connection.close()

    def serve(self, connection):
        line = Attributes()
        manager = PortManager(line, Writer(connection), None)
        with contextlib.suppress(OSError):
            while data := connection.recv(4096):
                if b"".join(manager.filter(data)) and line.baudrate == 9600:
                    connection.sendall(b"\r\n> ")


class Writer:
    """What PortManager takes for its connection."""

    def __init__(self, connection):
        self.write = connection.sendall


def test_rate_at_which_the_module_answers_is_said(monkeypatch):
    monkeypatch.setattr(module_checks, "WAKE_S", 0.2)
    monkeypatch.setattr(module_checks, "SHORT_WAKE_S", 20.0)
    module = At9600()
    module.start()
    try:
        said = fails("prompt", on(module.url))
    finally:
        module.server.shutdown(socket.SHUT_RDWR)
        module.server.close()
    module.join(timeout=20)
    assert "no answer at 115200 baud, but at 9600 -> serial.baudrate = 9600" in said


def test_module_that_is_not_the_expected_one_is_found(module):
    said = fails("identity", on(module, expect=Expected(product="ISM43", firmware=r"^C9\.")))
    assert r"firmware is 'C6.2.1.7', the rig expects '^C9\\.' -> plug the right module in" in said


# --- the network --------------------------------------------------------------------------------------------------


def test_missing_passphrase_is_found(module, monkeypatch):
    monkeypatch.delenv("DUT_PASSPHRASE", raising=False)
    said = fails("passphrase", on(module, network=NetworkSettings(ssid="LAB")))
    assert "DUT_PASSPHRASE is not set -> export DUT_PASSPHRASE='...'" in said


def test_network_that_cannot_be_joined_is_said():
    rig = replace(EMULATED, network=NetworkSettings(ssid="NOSUCH-NET"))
    assert "could not join 'NOSUCH-NET'" in fails("joined", rig)


def test_profile_that_does_not_fit_is_said_with_what_differs():
    said = fails("profile", replace(EMULATED, emulator=("--profile", "c1")))
    assert "web does not fit: " in said
    assert "P5=11 (multi-accept): yes declared, no found" in said
    assert 'profile = "auto"' in said


def test_address_at_which_nobody_listens_is_told_from_one_that_is_silent():
    network = NetworkSettings(ssid="LAB", module_address="127.0.0.77")
    assert "refuses the connection, though a server runs on it" in fails(
        "to module", replace(EMULATED, network=network)
    )


def test_firewall_that_drops_what_goes_to_the_module_is_said(monkeypatch):
    def dropped(*_, **__):
        raise TimeoutError

    monkeypatch.setattr("fixtures.drivers.peers.Network.try_connect", dropped)
    said = fails("to module", EMULATED)
    assert "packets are dropped silently -> let this machine reach the module" in said


def test_firewall_that_refuses_what_comes_from_the_module_is_said():
    """The module knocks at a port at which nobody is: so does a firewall that rejects look."""
    said = fails("from module", replace(EMULATED, emulator=("--fault", "connects-one-port-higher")))
    assert "is refused (after " in said
    assert "sudo ufw allow from 127.0.0.1" in said


def test_firewall_that_drops_what_comes_from_the_module_is_told_from_one_that_refuses(monkeypatch):
    """The listener's own filter drops each packet that comes: the module's connection is neither made nor refused."""
    monkeypatch.setattr(module_checks, "CONNECT_OUT_S", 2.5)
    monkeypatch.setattr(TcpListener, "accept", lambda *_: pytest.fail("nobody comes"))
    listen = Network.listen

    def deaf(self):
        listener = listen(self)
        program = ctypes.create_string_buffer(tcp._DROP_ALL)
        filters = struct.pack("HL", 1, ctypes.addressof(program))
        try:
            listener._socket.setsockopt(socket.SOL_SOCKET, tcp._ATTACH_FILTER, filters)
        except PermissionError:
            pytest.skip("this user may attach no filter to a socket")
        return listener

    monkeypatch.setattr(Network, "listen", deaf)
    assert "is dropped silently (after " in fails("from module", EMULATED)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("read-of-7-bits", "byte 128 went into the module as 0x00, it was 0x80"),
        ("read-swaps-bytes", "byte 0 went into the module as 0x01, it was 0x00"),
    ],
)
def test_data_that_does_not_arrive_as_it_was_sent_is_said(fault, said):
    assert said in fails("data", replace(EMULATED, emulator=("--fault", fault)))


def test_device_that_has_the_address_of_the_module_is_found(monkeypatch):
    """It accepts, as the module's server would; the module itself has no client."""
    with socket.create_server(("127.0.0.77", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setattr(Network, "free_port", lambda _: port)
        network = NetworkSettings(ssid="LAB", module_address="127.0.0.77")
        said = fails("data", replace(EMULATED, network=network))
    assert f"127.0.0.77:{port} accepts, but the module says -1: it has no client" in said
    assert "-> is network.module_address the module's?" in said


def test_address_that_no_peer_can_use_is_charged_to_the_peer_address(monkeypatch):
    def listen(_):
        raise PeerError("cannot use 192.0.2.1:0 on this machine")

    monkeypatch.setattr(Network, "listen", listen)
    assert "-> set network.peer_address to this machine's address" in fails("from module", EMULATED)
    named = replace(EMULATED, network=NetworkSettings(ssid="LAB", peer_address="127.0.0.1"))
    assert "-> is network.peer_address = '127.0.0.1' this machine's?" in fails("from module", named)


# --- reset and power ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["reset", "power"])
def test_switch_that_does_not_act_is_found(key):
    switch = SwitchSettings("command", {"run": ["true"]})
    said = fails(key, replace(EMULATED, **{key: switch}))
    assert "did not act: R1=977 was set before and still is" in said
    assert f"take [{key}] out of the rig" in said


@pytest.mark.parametrize("key", ["reset", "power"])
def test_switch_that_fails_is_said(key):
    switch = SwitchSettings("command", {"run": ["no-such-program"]})
    assert "there is no program 'no-such-program'" in fails(key, replace(EMULATED, **{key: switch}))


@pytest.mark.parametrize(("held", "other"), [("on", "off"), ("off", "on")])
def test_module_that_a_switch_holds_for_ever_is_said_with_the_key(monkeypatch, held, other):
    rig = replace(EMULATED, reset=SwitchSettings("dtr", {"held": held}))
    said = str(reset_that_never_ends(monkeypatch, rig))
    assert f'did not come back -> is held the right way round? Try held = "{other}" under [reset]' in said


def test_module_that_another_switch_holds_for_ever_is_said(monkeypatch):
    rig = replace(EMULATED, reset=SwitchSettings("command", {"run": ["true"]}))
    assert "-> does the switch under [reset] let the module go again?" in str(reset_that_never_ends(monkeypatch, rig))


def reset_that_never_ends(monkeypatch, rig):
    """What is found where the switch does its part and the module stays away."""

    class Switch:
        name = "switch"

        def act(self):
            pass

    def prove(switch, _at):
        switch.act()
        raise RigError("the module did not come back")

    monkeypatch.setattr(module_checks, "make_switch", lambda *_: Switch())
    monkeypatch.setattr(module_checks, "prove", prove)
    return findings_of("reset", rig)["reset"]


def test_switch_is_left_alone_unless_the_rig_allows_it():
    rig = replace(EMULATED, allow=frozenset(), reset=SwitchSettings("soft"))
    assert 'allow = ["reset"]' in findings_of("reset", rig)["reset"].text


# --- all of it ----------------------------------------------------------------------------------------------------


def test_bench_that_is_well_has_nothing_but_ok_and_skipped(machine):
    rig = replace(
        EMULATED,
        emulator=("--rfc2217", "127.0.0.1:0"),
        reset=SwitchSettings("soft"),
        power=SwitchSettings("dtr", {}, 0.05),
        expect=Expected(product="ISM43362"),
    )
    said = []
    assert tool.doctor(Patient(rig, machine), said.append) == 0
    states = {line.split()[1]: line.split()[0] for line in said[:-1]}
    assert {name for name, state in states.items() if state == "skip"} == {"rights", "ModemManager", "latency"}
    assert said[-1] == f"{len(CHECKS) - 3} ok, 0 failed, 3 skipped"


def test_other_module_is_not_told_the_passphrase_of_a_network(module):
    found = findings_of("joined", on(module, expect=Expected(product="other"), network=NetworkSettings()))
    assert str(found["joined"]).endswith("not looked at, because of: identity")


def test_one_failure_is_one_line_and_what_hangs_on_it_is_skipped(machine):
    said = []
    assert tool.doctor(Patient(on("/dev/none-such"), machine), said.append) == 1
    assert sum(line.startswith("FAIL") for line in said) == 1
    assert "skip joined         not looked at, because of: prompt, identity" in said
    before = [check.name for check in CHECKS].index("port")
    assert said[-1].startswith(f"{before} ok, 1 failed, ")


@pytest.mark.recipe
def test_every_check_has_a_test_that_sees_it_fail():
    text = Path(__file__).read_text(encoding="utf-8")
    seen = {check.name for check in CHECKS if re.search(rf'fails\(\s*"{check.name}"', text)}
    indirect = {"latency": 'findings_of("latency"', "reset": "fails(key", "power": "fails(key"}
    seen |= {name for name, words in indirect.items() if words in text}
    assert {check.name for check in CHECKS} - seen == set()


@pytest.mark.recipe
def test_check_needs_only_checks_that_come_before_it():
    names = [check.name for check in CHECKS]
    assert [(c.name, one) for i, c in enumerate(CHECKS) for one in c.needs if one not in names[:i]] == []


def test_everything_is_given_back_after_a_failure(machine, pty):
    list(examine(patient := Patient(on(pty.name), machine), needed("free")))
    with pytest.raises(RigError, match="in use: doctor"):
        RigLock(key_of(pty.name), "another").acquire()
    patient.close()
    lock = RigLock(key_of(pty.name), "another")
    lock.acquire()
    lock.release()
