"""scan tells what answers on which port and writes a rig file for it; wrong questions end with a clear word."""

import argparse
import subprocess
import sys
from pathlib import Path

import pytest
from serial.tools import list_ports

from fixtures.__main__ import WRONG, main
from fixtures.__main__ import _rig as rig_of
from fixtures.bench_tools import scan as scanning
from fixtures.bench_tools.module_checks import wakes
from fixtures.bench_tools.scan import ScanRequest, scan
from fixtures.drivers.lab.ports import describe
from fixtures.rigs import SerialSettings
from fixtures.rigs.files import load_rig
from tests.fixtures.line import Pty
from tests.reference_impl.process import Emulator
from tests.rigs.conftest import linked
from tests.rigs.test_ports import Adapter

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def module():
    with Emulator() as emulator:
        yield emulator.urls[0]


@pytest.fixture
def there(monkeypatch, module):
    """A machine with a module on one adapter, and one that says nothing on another."""
    silent = Pty()
    monkeypatch.setattr(scanning, "wakes", lambda at: wakes(at, seconds=0.2 if at.link.url == silent.name else 20.0))
    adapters = [Adapter(module, "A50285BI", "1-1.4", 0x0403, 0x6001), Adapter(silent.name, "B1", "1-1.3")]
    monkeypatch.setattr(list_ports, "comports", lambda: list(adapters))
    yield adapters
    silent.vanish()


def run_scan(*urls, **more):
    said = []
    return scan(ScanRequest(urls, **more), said.append), said


def test_each_port_is_told_with_what_answers_on_it(there):
    status, said = run_scan()
    assert status == 0
    lines = dict(line.split(": ", 1) for line in said)
    assert lines[describe(there[0])].startswith("ISM43362-M3G-L44-UART,C6.2.1.7,")
    assert lines[describe(there[1])] == "nothing answers at 115200 baud"


def test_rig_file_names_the_adapter_and_not_its_device(there, tmp_path):
    target = tmp_path / "desk.toml"
    status, said = run_scan(there[0].device, target=target, ssid='a "quoted" net')
    assert status == 0
    assert said[-1] == f"wrote {target}. See to its network, then: python -m fixtures doctor {target}"
    rig = load_rig(str(target))
    assert rig.serial == SerialSettings(usb_serial="A50285BI")
    assert (rig.name, rig.description) == ("desk", "ISM43362-M3G-L44-UART, C6.2.1.7")
    assert (rig.profile, rig.network.ssid, rig.allow) == ("auto", 'a "quoted" net', frozenset())


def test_port_that_is_no_adapter_is_written_by_its_name(tmp_path):
    with Emulator("--tcp", "127.0.0.1:0") as emulator:
        status, _ = run_scan(emulator.urls[0], target=tmp_path / "far.toml", baudrate=9600)
    assert status == 0
    assert load_rig(str(tmp_path / "far.toml")).serial == SerialSettings(emulator.urls[0], 9600)


def test_only_the_named_line_is_looked_at(there):
    _, said = run_scan(there[0].device)
    assert len(said) == 1


def test_file_that_is_there_is_left_alone(there, tmp_path):
    target = tmp_path / "desk.toml"
    target.write_text("mine")
    assert run_scan(target=target) == (1, [f"{target} exists already: name another file, or remove it first"])
    assert target.read_text() == "mine"


def test_two_modules_are_told_and_none_is_chosen(there, tmp_path):
    with Emulator() as second:
        there[1] = Adapter(second.urls[0], "C1")
        status, said = run_scan(target=tmp_path / "desk.toml")
    assert status == 1
    assert said[-1].startswith("2 modules answer: ")
    assert "Name one: --port URL" in said[-1]
    assert not (tmp_path / "desk.toml").exists()


def test_machine_without_a_module_is_said(there):
    del there[0]
    status, said = run_scan()
    assert status == 1
    assert said[-1].startswith("no module answers. Is one plugged in and powered?")


def test_port_that_cannot_be_opened_is_one_line_and_the_others_are_looked_at(there):
    there.insert(0, Adapter("/dev/none-such"))
    status, said = run_scan()
    assert status == 0
    assert any("there is no port /dev/none-such" in line for line in said)


def test_port_in_use_is_told_once_and_not_that_no_module_answers(there):
    with linked(there[1].device):
        status, said = run_scan(there[1].device)
    assert status == 1
    assert len(said) == 1
    assert f"the port {there[1].device} is in use by " in said[0]


def test_folder_that_is_not_there_is_said(there, tmp_path, capsys):
    missing = tmp_path / "none" / "desk.toml"
    assert main(["scan", "--port", there[0].device, "--write", str(missing)]) == WRONG
    assert f"cannot write {missing}: No such file or directory. Is its folder there?" in capsys.readouterr().out


def test_rig_file_that_is_wrong_ends_with_its_error(tmp_path, capsys):
    path = tmp_path / "desk.toml"
    path.write_text('name = "x"\n[serial]\nprot = "y"\n')
    assert main(["doctor", str(path)]) == WRONG
    assert "unknown key 'serial.prot'" in capsys.readouterr().out


def test_doctor_looks_at_a_port_without_a_rig(tmp_path):
    with Emulator("--tcp", "127.0.0.1:0") as emulator:
        command = [sys.executable, "-m", "fixtures", "doctor", emulator.urls[0]]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"ok   port           {emulator.urls[0]}" in done.stdout
    assert "skip passphrase     the rig names no network" in done.stdout
    assert "ok   data " in done.stdout


def test_port_goes_before_that_of_the_rig():
    options = argparse.Namespace(rig="emulator", port="socket://host:1")
    assert rig_of(options).serial.port == "socket://host:1"
    assert rig_of(options).network == load_rig("emulator").network
    assert rig_of(argparse.Namespace(rig=None, port=None)).emulator == ()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["doctor", ""], "RIG is empty: name a rig, its file, a line"),
        (["doctor", "--port", ""], "--port is empty: name a device"),
        (["doctor", "emulator", "--port="], "--port is empty: name a device"),
        (["scan", "--port", ""], "--port is empty: name a device"),
        (["scan", "--ssid", "", "--write", "never.toml"], "--ssid is empty: name the network"),
    ],
)
def test_empty_name_is_refused_and_nothing_else_looked_at(words, said, capsys):
    assert main(words) == WRONG
    out = capsys.readouterr().out
    assert out.startswith(said)
    assert "(is the shell variable set?)" in out


@pytest.mark.parametrize(
    "words", [["doctor", "foo://x"], ["doctor", "--port", "foo://x"], ["scan", "--port", "foo://x"]]
)
def test_line_of_no_form_is_refused(words, capsys):
    assert main(words) == WRONG
    assert "'foo://x': pyserial knows no foo://; expected a device, socket://HOST:PORT" in capsys.readouterr().out


def test_link_to_a_device_is_a_line(tmp_path):
    with Emulator("--link", tmp_path / "module") as emulator:
        for named in (str(tmp_path / "module"), emulator.urls[0]):
            rig = rig_of(argparse.Namespace(rig=named, port=None))
            assert (rig.name, rig.serial.port, rig.emulator) == ("command line", named, None)


def test_unknown_command_ends_with_the_usage(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["dance"])
    assert caught.value.code == WRONG
    assert "invalid choice: 'dance'" in capsys.readouterr().err
