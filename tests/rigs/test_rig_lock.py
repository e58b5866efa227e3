"""One run at a time on a rig, across processes, whatever becomes of them."""

import datetime
import getpass
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.drivers.lab.rig_lock import RigLock, key_of
from fixtures.errors import RigError

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys
from pathlib import Path
from fixtures.drivers.lab.rig_lock import RigLock
lock = RigLock("rig 7", "the night's run", Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
sys.stdin.readline()
lock.release()
print("given back", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def other(tmp_path):
    """Another process that holds the lock of rig 7 until it reads a line."""
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.stdin.close()


def lock_in(folder, key="rig 7"):
    return RigLock(key, "my run", folder)


def test_who_holds_a_rig_since_when_is_said(tmp_path, other):
    with pytest.raises(RigError) as caught:
        lock_in(tmp_path).acquire()
    said = str(caught.value)
    who = f"the rig rig 7 is in use: the night's run, process {other.pid} of {getpass.getuser()}"
    assert said.startswith(f"{who} on {socket.gethostname()}, since {datetime.date.today().year}-")
    assert "--wait-for-rig SECONDS" in said


def test_wait_for_a_rig_ends_at_its_deadline_and_says_how_long_it_was(tmp_path, other):
    with pytest.raises(RigError, match=r"is in use \(waited 0\.3 s\): the night's run"):
        lock_in(tmp_path).acquire(0.3)


def test_rig_that_is_given_back_is_taken_by_who_waits(tmp_path, other):
    other.stdin.write("\n")
    other.stdin.flush()
    lock = lock_in(tmp_path)
    lock.acquire(60)
    holder = lock.holder()
    assert (holder.who, holder.pid) == ("my run", os.getpid())
    lock.release()
    assert lock.holder() is None


def test_lock_of_a_process_that_was_killed_is_taken_over(tmp_path, other):
    other.send_signal(signal.SIGKILL)
    other.wait(timeout=20)
    lock = lock_in(tmp_path)
    assert lock.holder().pid == other.pid, "the dead one's signature is still there"
    lock.acquire()
    assert lock.holder().pid == os.getpid()
    lock.release()


def test_rigs_do_not_lock_each_other(tmp_path, other):
    lock = lock_in(tmp_path, "rig 8")
    lock.acquire()
    lock.release()


def test_same_rig_twice_in_one_process_is_refused(tmp_path):
    one, two = lock_in(tmp_path), lock_in(tmp_path)
    one.acquire()
    with pytest.raises(RigError, match=rf"my run, process {os.getpid()}"):
        two.acquire()
    two.release()
    assert two.holder() is not None, "who does not hold it gives nothing back"
    one.release()
    one.release()
    two.acquire()
    two.release()


def test_lock_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RigError, match="cannot be locked"):
        RigLock("rig 7", "my run", tmp_path / "file" / "below").acquire()


def test_holder_who_has_not_signed_yet_is_somebody(tmp_path, other):
    for signature in tmp_path.glob("*.json"):
        signature.write_text("{")
    with pytest.raises(RigError, match="somebody who has not signed"):
        lock_in(tmp_path).acquire()


def test_device_has_one_key_whatever_its_name(tmp_path):
    link = tmp_path / "module"
    link.symlink_to("/dev/null")
    assert key_of(str(link)) == key_of("/dev/null") == "/dev/null"


def test_port_of_a_host_has_one_key_whatever_its_options():
    assert key_of("rfc2217://Bench7:4000?timeout=3") == key_of("rfc2217://bench7:4000/") == "tcp://bench7:4000"
    assert key_of("rfc2217://bench7:4000") != key_of("rfc2217://bench7:4001")


# --- one port, one key ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "socket://localhost:4001",
        "rfc2217://127.0.0.1:4001?ign_set_control",
        "SOCKET://LOCALHOST:4001/",
        "socket://[::1]:4001",
    ],
)
def test_one_port_of_a_server_has_one_key_whatever_it_is_called(url):
    assert key_of(url) == key_of("socket://127.0.0.1:4001")


def test_other_ports_and_hosts_have_keys_of_their_own():
    urls = [
        "socket://127.0.0.1:4001",
        "socket://127.0.0.1:4002",
        "socket://127.0.0.2:4001",
        "rfc2217://no.such.host.invalid:4001",
    ]
    assert len({key_of(url) for url in urls}) == 4
