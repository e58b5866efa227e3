"""The emulator as driver authors start it from Python: the class, the fixtures, and under another name."""

import os
import re
import shutil
import subprocess
import sys

import pytest

import reference_impl
from reference_impl import ControlError, Emulator, EmulatorError
from tests.reference_impl.core_bench import OK, payload
from tests.reference_impl.process import PATIENCE, ROOT, Host, wait_for


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize(("serial", "scheme"), [("pty", "/dev/"), ("tcp", "socket://"), ("rfc2217", "rfc2217://")])
def test_driver_speaks_to_the_module_over_each_kind_of_line(serial, scheme):
    with Emulator(serial, joined="OFFICE") as emulator:
        assert emulator.url.startswith(scheme)
        with Host(emulator.url) as host:
            assert host.at("P2=5") == OK
            assert host.at("C?").startswith(b"\r\nOFFICE,")
    assert gone(emulator.pid)


def test_module_is_as_the_arguments_say():
    arguments = {"profile": "c3.5.2.5", "variants": ["echo"], "faults": ["read-loses-byte"]}
    with Emulator(joined=None, options=["--address", "127.0.0.7"], **arguments) as emulator:
        assert (emulator.address, len(emulator.urls)) == ("127.0.0.7", 1)
        with Host(emulator.url) as host:
            assert host.at("CS") == b"CS\r" + payload(b"0")
            assert b"C3.5.2.5.STM" in host.at("I?")


def test_bench_acts_by_the_control_socket():
    with Emulator() as emulator, Host(emulator.url) as host:
        emulator.control.ask("network", ssid="NEW", rssi=-33)
        assert b'"NEW"' in host.at("F0")
        with pytest.raises(ControlError):
            emulator.control.ask("nonsense")


@pytest.mark.parametrize("wrong", [{"variants": ["nonsense"]}, {"options": ["--nonsense"]}, {"joined": "NOSUCH"}])
def test_module_that_cannot_start_says_why(wrong):
    with pytest.raises(EmulatorError, match=r"^reference_impl: .*(nonsense|NOSUCH)"):
        Emulator(**wrong).start()


def test_package_offers_nothing_else():
    assert set(reference_impl.__all__) == set(reference_impl.HOMES)
    with pytest.raises(ImportError, match="Nonsense"):
        from reference_impl import Nonsense  # noqa: F401


def test_unknown_kind_of_line_names_the_known_ones():
    with pytest.raises(EmulatorError, match="pty, tcp, rfc2217"):
        Emulator("usb")


def test_end_is_harmless_twice_and_before_the_start():
    emulator = Emulator()
    emulator.end()
    emulator.start()
    emulator.end()
    emulator.end()
    wait_for(lambda: gone(emulator.pid), "the process to be gone")


def run_pytest(folder, *paths):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths)), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder), str(folder)]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE * 2, check=False
    )
    return done.returncode, done.stdout + done.stderr


DRIVER_TEST = """
import os, pytest
pytest_plugins = ["{package}.pytest_plugin"]

def ask(path, command):
    line = os.open(path, os.O_RDWR | os.O_NOCTTY)
    os.write(line, command)
    said = b""
    while not said.endswith(b"OK\\r\\n> "):
        said += os.read(line, 100)
    os.close(line)
    return said.removeprefix(b"\\r\\n> ")  # the start-up prompt

def test_default(emulator):
    assert ask(emulator.url, b"CS\\r") == b"\\r\\n1\\r\\nOK\\r\\n> "

class TestOther:
    @pytest.fixture
    def emulator_arguments(self):
        return {{"joined": None}}

    def test_other(self, emulator):
        assert ask(emulator.url, b"CS\\r") == b"\\r\\n0\\r\\nOK\\r\\n> "
"""


def write_driver_test(folder, package):
    folder.mkdir()
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_driver.py").write_text(DRIVER_TEST.format(package=package))
    (folder / "conftest.py").write_text(f'pytest_plugins = ["{package}.pytest_plugin"]\n')
    return folder


def test_fixture_of_pytest_is_a_running_module(tmp_path):
    status, said = run_pytest(write_driver_test(tmp_path / "driver", "reference_impl"), ROOT)
    assert (status, "2 passed" in said) == (0, True), said


def renamed(folder, name):
    """A copy of the package under another name, as a build step makes it: the imports are rewritten and no more."""
    shutil.copytree(ROOT / "reference_impl", folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (folder / name).rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"^(\s*from )reference_impl\b", rf"\1{name}", text, flags=re.MULTILINE), "utf-8")
    return folder


def test_package_works_under_another_name(tmp_path):
    copy = renamed(tmp_path / "site", "eswifi_emulator")
    status, said = run_pytest(write_driver_test(tmp_path / "driver", "eswifi_emulator"), copy)
    assert (status, "2 passed" in said) == (0, True), said


def test_package_under_another_name_calls_itself_so(tmp_path):
    copy = renamed(tmp_path / "site", "eswifi_emulator")
    done = subprocess.run(
        [sys.executable, "-m", "eswifi_emulator", "--nonsense"],
        cwd=copy,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr.partition(":")[0]) == (2, "eswifi_emulator")
