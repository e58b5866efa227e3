"""What is wrong with a command line is said in one line that names the cure, with status 2."""

import os
import shlex
import socket
import subprocess

import pytest

from reference_impl.faults import FAULTS
from reference_impl.variants import VARIANTS
from tests.reference_impl.process import PATIENCE, Emulator, command, environment


def run(*arguments):
    done = subprocess.run(command(*arguments), capture_output=True, env=environment(), timeout=PATIENCE)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


WRONG = [
    (["--nonsense"], ["--nonsense", "--help"]),
    (["--baud", "fast"], ["--baud", "number", "fast"]),
    (["--baud", "0"], ["--baud", "50"]),
    (["--count", "0"], ["--count", "1"]),
    (["--count", "65"], ["--count", "64"]),
    (["--tcp", "7000"], ["--tcp", "HOST:PORT", "7000"]),
    (["--tcp", "127.0.0.1:x"], ["--tcp", "HOST:PORT"]),
    (["--tcp", "127.0.0.1:65536"], ["--tcp", "HOST:PORT"]),
    (["--tcp", "127.0.0.1:65535", "--count", "2"], ["65535", "lower"]),
    (["--rfc2217", ":1"], ["--rfc2217", "HOST:PORT"]),
    (["--tcp", "127.0.0.1:0", "--rfc2217", "127.0.0.1:0"], ["exclude", "--tcp", "--rfc2217"]),
    (["--tcp", "127.0.0.1:0", "--link", "x"], ["exclude", "--link"]),
    (["--tcp", "192.0.2.1:0"], ["--tcp", "192.0.2.1"]),
    (["--address", "localhost"], ["--address", "IPv4"]),
    (["--address", "192.0.2.1"], ["--address", "192.0.2.1", "not an address of this machine"]),
    (["--address", "255.255.255.255", "--count", "2"], ["--address"]),
    (["--address", "0.0.0.0"], ["--address", "0.0.0.0"]),
    (["--address", "224.0.0.1"], ["--address", "224.0.0.1"]),
    (["--profile", "c7"], ["c7", "web"]),
    (["--profile", "/nowhere/mine.toml"], ["/nowhere/mine.toml"]),
    (["--notices", "loud"], ["--notices", "inline", "mr"]),
    (["--fault", "nonsense"], ["nonsense", "--list-faults"]),
    (["--variant", "nonsense"], ["nonsense", "--list-variants"]),
    (["--joined", ""], ["--joined", "SSID"]),
    (["--joined", "x" * 33], ["--joined", "SSID"]),
    (["--joined", "NOSUCH-NET"], ["--joined", "NOSUCH-NET", "C0"]),
    (["--reset-pin", "cts"], ["--reset-pin", "dtr"]),
    (["--reset-pin", "dtr"], ["--reset-pin", "--rfc2217"]),
    (["--tcp", "127.0.0.1:0", "--reset-pin", "both"], ["--reset-pin", "--rfc2217"]),
    (["--tcp", "nohost.invalid:4001"], ["--tcp", "nohost.invalid", "cannot be resolved"]),
    (["--tcp", "8.8.8.8:4001"], ["--tcp", "8.8.8.8", "not of this machine"]),
    (["--rfc2217", "8.8.8.8:4001"], ["--rfc2217", "8.8.8.8", "not of this machine"]),
    (["--link", ""], ["--link", "empty", "shell variable"]),
    (["--link", "/nowhere/at/all"], ["--link", "/nowhere/at/all", "directory"]),
    (["extra"], ["extra"]),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG, ids=lambda value: " ".join(value)[:40])
def test_a_wrong_option_is_one_line_and_status_2(arguments, words):
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    for word in ["reference_impl: ", *words]:
        assert word in err


@pytest.mark.parametrize("kind", ["file", "dangling link"])
def test_a_link_that_exists_is_kept_and_the_cure_is_named(tmp_path, kind):
    link = tmp_path / "module"
    link.write_text("mine") if kind == "file" else link.symlink_to("/nowhere")
    status, out, err = run("--link", link)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert str(link) in err
    assert "remove" in err
    assert os.path.lexists(link)


def test_the_links_of_the_first_modules_are_removed_when_a_later_one_fails(tmp_path):
    (tmp_path / "port1").write_text("mine")
    status, _out, err = run("--count", 3, "--link", tmp_path / "port")
    assert status == 2
    assert "port1" in err
    assert [path.name for path in tmp_path.iterdir()] == ["port1"]


@pytest.mark.parametrize("option", ["--tcp", "--rfc2217"])
def test_a_busy_port_is_named(option):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, out, err = run(option, f"127.0.0.1:{port}")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert str(port) in err
    assert "Address already in use" in err


def test_the_lists_name_everything_with_its_source():
    for option, table in (("--list-faults", FAULTS), ("--list-variants", VARIANTS)):
        status, out, err = run(option)
        assert (status, err) == (0, "")
        rows = [line.split("\t") for line in out.splitlines()]
        assert [row[0] for row in rows] == list(table)
        assert all(len(row) == 3 and all(row) for row in rows)


@pytest.mark.parametrize("option", ["--link", "--list-faults", "--list-variants", "--help"])
@pytest.mark.parametrize(("stdout", "said"), [(">/dev/full", "No space left on device"), (">&-", "stdout is closed")])
def test_output_that_takes_nothing_is_one_line(tmp_path, option, stdout, said):
    arguments = [option, str(tmp_path / "module")] if option == "--link" else [option]
    status, err = through_a_shell(f"{shlex.join(command(*arguments))} {stdout}")
    assert (status, err.count("\n")) == (2, 1), err
    assert said in err
    assert list(tmp_path.iterdir()) == []


def test_trouble_without_anybody_to_tell_it_to_is_told_by_the_status():
    assert through_a_shell(f"{shlex.join(command('--nope'))} >&- 2>&-") == (2, "")


def test_reader_that_has_enough_is_no_trouble_and_no_words(tmp_path):
    for arguments in (["--list-faults"], ["--link", tmp_path / "module"]):
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, "wb") as unread:
            done = subprocess.run(
                command(*arguments), stdout=unread, stderr=subprocess.PIPE, env=environment(), timeout=PATIENCE
            )
        assert (done.returncode, done.stderr) == (2, b"")
    assert list(tmp_path.iterdir()) == []


def through_a_shell(line):
    done = subprocess.run(
        ["sh", "-c", line], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=environment(), timeout=PATIENCE
    )
    return done.returncode, done.stderr.decode()


def test_help_is_help():
    status, out, _err = run("--help")
    assert status == 0
    for option in ("--link", "--tcp", "--rfc2217", "--baud", "--address", "--profile", "--notices", "--count"):
        assert option in out


def test_a_profile_may_be_a_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('[identity]\nname = "My module"\n')
    with Emulator("--profile", path) as emulator, emulator.host() as host:
        assert host.at("I?").endswith(b",My module\r\nOK\r\n> ")
