"""The control socket of a running emulator: over a unix socket and over TCP, with its client, and with rubbish."""

import json
import socket
import subprocess
import sys

import pytest

from reference_impl.control import Control, ControlError
from tests.reference_impl.process import PATIENCE, ROOT, Emulator, environment
from tests.reference_impl.test_options import run

LEASE = b"[AP DHCP] Assigned AC:72:89:55:CE:36 has 192.168.10.2\r\n> "


@pytest.fixture(params=["unix", "tcp"])
def emulator(request, tmp_path):
    where = "tcp:0" if request.param == "tcp" else tmp_path / "control"
    with Emulator("--control", where, "--tcp", "127.0.0.1:0") as running:
        yield running


def test_station_joins_and_the_module_tells_it(emulator):
    with emulator.host() as host, Control(emulator.ready["control"]) as control:
        host.at("AD")
        assert control.ask("station", mac="AC:72:89:55:CE:36")["ip"] == "192.168.10.2"
        assert host.until(LEASE) == b"\r\n" + LEASE
        assert control.ask("state")["stations"] == [{"mac": "AC:72:89:55:CE:36", "ip": "192.168.10.2", "rssi": -40}]


def test_link_drops_under_an_open_connection(emulator):
    with emulator.host() as host, Control(emulator.ready["control"]) as control:
        host.at("P2=0")
        host.at("P5=11")
        port = int(host.at("P?").split(b",")[2])
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.settimeout(PATIENCE)
            host.until(b"Accepted")
            host.until(b"> ")
            control.ask("link", up=False)
            assert client.recv(1) == b""
        assert host.at("CS") == b"\r\n0\r\nOK\r\n> "
        control.ask("link", up=True)
        assert b"[JOIN   ] LAB," in host.at("C0")


def test_two_clients_are_served_and_rubbish_is_answered(emulator):
    with Control(emulator.ready["control"]) as first, Control(emulator.ready["control"]) as second:
        assert first.send(["rubbish"])["ok"] is False
        with pytest.raises(ControlError, match="do must be one of"):
            second.ask("nonsense")
        first._socket.sendall(b"{\n\n[[[\n")
        assert "one line of JSON" in json.loads(first._lines.readline())["error"]
        assert "one line of JSON" in json.loads(first._lines.readline())["error"]
        first._socket.sendall(b'{"do": ')
        assert second.ask("state")["joined"]
        first._socket.sendall(b'"state"}\n{"do": "state"}\n')
        assert [json.loads(first._lines.readline())["ok"] for _ in range(2)] == [True, True]


def test_endless_request_is_hung_up_and_the_emulator_lives(emulator):
    with Control(emulator.ready["control"]) as control:
        control._socket.sendall(b"x" * (1 << 20) + b"x")
        assert "at most" in json.loads(control._lines.readline())["error"]
        assert control._lines.readline() == b""
    with Control(emulator.ready["control"]) as control:
        assert control.ask("state")["ok"]


def test_each_of_several_modules_is_addressed(tmp_path):
    with (
        Emulator("--control", tmp_path / "c", "--tcp", "127.0.0.1:0", "--count", 2) as emulator,
        Control(emulator.ready["control"]) as control,
        emulator.host(0) as first,
        emulator.host(1) as second,
    ):
        control.ask("link", up=False, module=1)
        assert first.at("CS") == b"\r\n1\r\nOK\r\n> "
        assert second.at("CS") == b"\r\n0\r\nOK\r\n> "


def test_path_is_taken_away_at_the_end_and_the_client_is_told(tmp_path):
    path = tmp_path / "control"
    with Emulator("--control", path) as emulator:
        control = Control(str(path))
        emulator.end()
    with control, pytest.raises(ControlError, match="no answer"):
        control.ask("state")
    assert not path.exists()
    with pytest.raises(ControlError, match="is an emulator with --control"):
        Control(str(path))


def test_client_is_a_command_too(emulator):
    def ask(*requests, where=emulator.ready["control"]):
        line = [sys.executable, "-m", "reference_impl.control", where, *requests]
        return subprocess.run(line, capture_output=True, env=environment(), cwd=ROOT, timeout=PATIENCE, text=True)

    done = ask('{"do": "state"}', '{"do": "station"}')
    assert [json.loads(line)["ok"] for line in done.stdout.splitlines()] == [True, False]
    assert (done.returncode, done.stderr) == (1, "")
    assert ask('{"do": "state"}').returncode == 0
    assert ask("rubbish").returncode == 2
    assert ask('{"do": "state"}', where="/nowhere/control").returncode == 2


WRONG = [
    (["--control", ""], ["--control", "empty"]),
    (["--control", "/nowhere/at/all"], ["/nowhere/at/all", "directory"]),
    (["--control", "tcp:x"], ["tcp:PORT"]),
    (["--control", "tcp:70000"], ["tcp:PORT"]),
    (["--control", "x" * 200], ["short path"]),
    (["--networks", "/nowhere.toml"], ["--networks", "/nowhere.toml", "TOML"]),
    (["--names", "/nowhere.toml"], ["--names", "/nowhere.toml"]),
    (["--name", "x"], ["--name", "HOST=IP"]),
    (["--name", "x=y"], ["--name", "IPv4"]),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG, ids=lambda value: " ".join(value)[:30])
def test_wrong_option_is_one_line_and_status_2(arguments, words):
    status, out, err = run(*arguments)
    assert (status, out, err.count("\n")) == (2, "", 1), err
    for word in words:
        assert word in err


FILES = [
    ("[[networks]]\nssid = 'x'\nspeed = 1\n", "speed is unknown"),
    ("[[networks]]\nchannel = 1\n", "needs ssid"),
    ("networks = 5\n", "must be a list"),
    ("[other]\n", "networks"),
    ("= 5\n", "expected TOML"),
    ("[names]\nx = 5\n", "IPv4"),
    ("[hosts]\nx = 5\n", "IPv4"),
]


@pytest.mark.parametrize(("text", "word"), FILES)
@pytest.mark.parametrize("option", ["--networks", "--names"])
def test_wrong_file_is_one_line_that_names_it(tmp_path, text, word, option):
    path = tmp_path / "around.toml"
    path.write_text(text)
    status, _out, err = run(option, path)
    assert (status, err.count("\n")) == (2, 1), err
    assert str(path) in err
    assert word in err


def test_files_say_what_is_around(tmp_path):
    networks, names = tmp_path / "networks.json", tmp_path / "names.toml"
    networks.write_text(json.dumps({"networks": [{"ssid": "Office", "bssid": "02:00:00:00:00:01", "rssi": -51}]}))
    names.write_text('[names]\n"time.example" = "127.0.0.9"\n')
    options = ("--networks", networks, "--names", names, "--name", "other.example=127.0.0.8")
    with Emulator(*options, "--tcp", "127.0.0.1:0", joined=None) as emulator, emulator.host() as host:
        line = b'#001,"Office",02:00:00:00:00:01,-51,54.0,Infrastructure,WPA2 AES,2.4GHz,6'
        assert host.at("F0") == b"\r\n" + line + b"\r\nOK\r\n> "
        assert host.at("D0=time.example") == b"\r\n127.0.0.9\r\nOK\r\n> "
        assert host.at("D0=other.example") == b"\r\n127.0.0.8\r\nOK\r\n> "
        assert b"Host not found" in host.at("D0=third.example")
        host.at("C1=LAB")
        assert b"Failed" in host.at("C0")


def test_control_path_that_exists_is_kept(tmp_path):
    path = tmp_path / "control"
    path.write_text("mine")
    status, _out, err = run("--control", path)
    assert (status, err.count("\n")) == (2, 1)
    assert "remove it" in err
    assert path.read_text() == "mine"
