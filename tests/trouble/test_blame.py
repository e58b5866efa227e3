"""The blame is right: a late answer does not acquit a module, and no module is charged with a fault of the bench."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.bench.expected import OtherModule
from fixtures.drivers.bench.probe import probe_module
from fixtures.drivers.bench.watchdog import clock
from fixtures.drivers.lab.credentials import passphrase_of
from fixtures.drivers.line.at import Forms
from fixtures.drivers.line.patience import SETTLE_S
from fixtures.drivers.line.remote import RawSocket, ready
from fixtures.errors import ModuleFault, NoAnswer, RigError
from fixtures.rigs import NetworkSettings, Rig, SerialSettings
from suites.spec.profiles import load_profile
from tests.fixtures.runs import ROOT, Emulator, Run, wait_for
from tests.trouble.between import Between, as_it_is
from tests.trouble.runs import project_with
from tests.trouble.saboteur import Saboteur

PATIENCE_S = 0.5
"""Seconds that these benches give a module to answer; a real bench gives 5."""


def bench_at(line, **network):
    rig = Rig("between", serial=SerialSettings(line.url), network=NetworkSettings(**{"ssid": "LAB", **network}))
    return Bench(rig, Forms(answer_s=PATIENCE_S))


@pytest.fixture
def line():
    with Between() as between:
        yield between


@pytest.fixture
def bench(line):
    made = bench_at(line)
    made.open()
    yield made
    made.close()


# --- a module that is late ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [1.6, 2.1, 3.0])
def test_late_answer_is_not_taken_for_a_lost_network(line, bench, times):
    bench.prepare()
    line.hang(times * PATIENCE_S)
    with pytest.raises(NoAnswer) as caught:
        bench.at("P?")
    assert bench.doubts.about(caught.value, network=True) is None


def test_network_that_was_left_is_still_seen(line, bench):
    bench.prepare()
    line.inject(b"CD\r")
    bench.at.drain(quiet=0.5)
    found = bench.doubts.about(ModuleFault("no connection"), network=True)
    assert (found.blame, "no longer in the network" in str(found)) == ("network", True)
    assert bench.recover() == "join again"


def test_module_that_hangs_long_is_known_to_have_said_nothing(line, bench):
    line.hang(7 * PATIENCE_S)
    bench.recover()
    assert bench.ladder.dumb >= 2


def test_module_that_waits_for_a_payload_is_not_called_dumb(line, bench):
    line.inject(b"S3=9\r")
    bench.at.drain(quiet=0.3)
    bench.recover()
    assert bench.ladder.dumb < 2


# --- another module -------------------------------------------------------------------------------------------------


def test_line_that_comes_back_with_another_module_is_the_rigs(line, bench):
    with Emulator("--tcp", "127.0.0.1:0") as other:
        line.target = other.url
        line.to_host = lambda data: data.replace(b"ISM43362-M3G-L44", b"ISM4343-WBM-L151")
        line.drop()
        with pytest.raises(OtherModule, match="came back with another module on it"):
            bench.recover()


def test_line_that_comes_back_with_the_same_module_goes_on(line, bench):
    line.drop()
    assert bench.recover() == "re-open the line"
    assert bench.at("P0").ok


# --- joining --------------------------------------------------------------------------------------------------------


def test_join_that_fails_once_is_tried_again_and_shows(line):
    line.failing_joins = 1
    bench = bench_at(line)
    bench.open()
    _, findings = probe_module(bench, lambda _: load_profile("web"))
    bench.close()
    (finding,) = [one for one in findings if one.what == "joining the network"]
    assert finding.found.startswith("at try 2; before that: the module could not join")
    assert finding.fits


def test_join_that_always_fails_ends_the_run(line):
    line.failing_joins = 9
    with pytest.raises(RigError, match="could not join 'LAB'"):
        bench_at(line).open()
    assert line.heard.count(b"C0\r") == 2


def test_network_lost_during_the_probe_is_no_misfit(line, bench):
    profile = load_profile("web")
    line.to_module = lose_before(line, b"P1=4\r")
    _, findings = probe_module(bench, lambda _: profile)
    assert line.heard.count(b"C0\r") == 2
    (found,) = [one for one in findings if one.what.startswith("P5=11")]
    assert (found.fits, found.found) == (True, "yes")


def lose_before(line, command):
    """The function for ``to_module`` that makes the module leave its network before the first ``command``."""
    lost = []

    def to_module(data):
        if data == command and not lost:
            lost.append(data)
            return b"CD\r" + data
        return data

    to_host, swallowed = line.to_host, []

    def answers(data):
        data = to_host(data)
        if lost and not swallowed and b"\r\n> " in data:
            swallowed.append(1)
            return data.partition(b"\r\n> ")[2]
        return data

    line.to_host = answers
    return to_module


# --- names and passphrases ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Lab, 2nd floor", "1,2,3,4", "10.1.2.3,4", os.fsdecode(b"caf\xe9,1")])
def test_name_of_a_network_may_hold_any_octets(name):
    with Between() as line:
        bench = bench_at(line, ssid=name)
        bench.open()
        assert bench.identity.address == "127.0.0.1"
        assert bench.doubts.witness
        bench.close()


def test_name_with_commas_breaks_no_requirement(tmp_path):
    with Between() as line:
        options = f"--port={line.url}", "--ssid=Lab, 2nd floor", "suites/network/test_joined.py"
        ended = Run(tmp_path)(*options)
    assert {case["verdict"] for case in ended.record["cases"]} <= {"pass", "observed", "inconclusive"}
    assert ended.status == 0


@pytest.mark.parametrize("passphrase", ["secret\r", "sec\rret99", "secret99\n", "sec\x00ret99"])
def test_control_character_in_a_passphrase_is_refused_before_the_first_case(monkeypatch, passphrase):
    command = ("python3", "-c", f"import sys; sys.stdout.write({passphrase + 'x'!r})")
    settings = NetworkSettings(ssid="LAB", passphrase_command=command if "\0" in passphrase else ())
    if "\0" not in passphrase:
        monkeypatch.setenv(settings.passphrase_env, passphrase)
    with pytest.raises(RigError, match="has a control character at place"):
        passphrase_of(settings)


def test_passphrase_that_is_not_utf_8_reaches_the_module_as_it_is(line, monkeypatch):
    monkeypatch.setenv("DUT_PASSPHRASE", os.fsdecode(b"\xe9\xe8secret9"))
    bench = bench_at(line)
    bench.open()
    bench.close()
    assert b"C2=\xe9\xe8secret9\r" in line.heard


# --- PK below 250 ---------------------------------------------------------------------------------------------------


def run_of_keep_alive_1(folder, more):
    """Judge a module that accepts PK=1,1, as published reports have it. ``more``: ranges of the profile."""
    text = (ROOT / "suites" / "spec" / "profiles" / "web.toml").read_text(encoding="utf-8")
    profile = folder / "declared.toml"
    profile.write_text(text.replace('name = "web"', 'name = "declared"').replace("[ranges]", "[ranges]\n" + more))
    return Run(folder)("suites/settings/test_values.py", "-k=leave_open and PK", f"--profile={profile}")


def test_idle_time_below_250_is_recorded_unless_a_profile_declares_its_range(tmp_path):
    ended = run_of_keep_alive_1(tmp_path, "")
    assert {case["verdict"] for case in ended.record["cases"]} <= {"observed", "pass"}


def test_idle_time_below_250_is_held_against_the_range_that_a_profile_declares(tmp_path):
    ended = run_of_keep_alive_1(tmp_path, "PK = [250, 7200000]")
    assert {case["verdict"] for case in ended.record["cases"] if "PK=1,1]" in case["id"]} == {"fail"}


# --- a line that changes bytes --------------------------------------------------------------------------------------


def without_flow_control(data):
    return data.replace(b"\x11", b"").replace(b"\x13", b"")


CHANGES = {
    "xonxoff": (without_flow_control, without_flow_control, "11 13 (2 of 256 values). These are XON and XOFF"),
    "7bit": (as_it_is, lambda data: bytes(one & 127 for one in data), "The eighth bit is lost"),
    "icrnl": (as_it_is, lambda data: data.replace(b"\r", b"\n"), "Line ends are mapped on the way"),
    "telnet": (lambda data: data.replace(b"\xff", b""), as_it_is, "FF (1 of 256 values). The port speaks telnet"),
}


@pytest.mark.parametrize("joined_by", ["the run", "hand"])
@pytest.mark.parametrize("change", CHANGES)
def test_line_that_changes_bytes_ends_the_run_before_the_first_case(change, joined_by):
    options = () if joined_by == "the run" else ("--joined", "LAB", "--stay")
    with Between(*options) as line:
        line.to_module, line.to_host, said = CHANGES[change]
        bench = bench_at(line, ssid="LAB" if joined_by == "the run" else "")
        bench.forms.answer_s = 2.0  # as in the field a module is waited for longer than a line is silent
        with pytest.raises(RigError, match="eats or changes bytes, whatever carries them") as caught:
            bench.open()
    assert said in str(caught.value)


def test_line_that_changes_nothing_is_proven_and_the_name_of_the_network_stays(line, bench):
    assert any("256 values pass both ways" in one for one in bench.transcript.since(0))
    assert bench.at.settle_s == SETTLE_S
    assert bench.at("C?").fields[0].strip() == "LAB"


@pytest.mark.parametrize("fault", ["read-of-7-bits", "send-of-7-bits", "read-drops-nul"])
def test_module_that_changes_bytes_of_data_alone_is_judged_by_the_cases(fault):
    with Between("--fault", fault) as line:
        bench = bench_at(line)
        bench.open()
        assert any("of data do not pass, and pass in other commands" in one for one in bench.transcript.since(0))
        assert bench.at("C?").fields[0].strip() == "LAB"
        bench.close()


SER2NET = """%YAML 1.1
---
connection: &one
    accepter: {accepter},tcp,127.0.0.1,{port}
    connector: serialdev(nouucplock=true),{link},115200n81,local
"""


@pytest.mark.skipif(not shutil.which("ser2net"), reason="ser2net is not installed on this machine")
@pytest.mark.parametrize("accepter", ["telnet(rfc2217)", "telnet"])
def test_server_that_speaks_telnet_at_a_raw_port_is_found_when_it_is_opened(tmp_path, accepter):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with Emulator("--joined", "LAB") as module:
        settings = tmp_path / "ser2net.yaml"
        settings.write_text(SER2NET.format(accepter=accepter, port=port, link=module.url))
        with subprocess.Popen(["ser2net", "-d", "-c", settings], stderr=subprocess.DEVNULL) as server:
            try:
                wait_for(lambda: accepts(port), "ser2net to listen")
                telnet_is_found(port)
            finally:
                server.kill()


def telnet_is_found(port):
    rig = Rig("telnet", serial=SerialSettings(f"socket://127.0.0.1:{port}"))
    with pytest.raises(RigError, match=r"speaks telnet .* Name it rfc2217://"):
        Bench(rig, Forms(answer_s=PATIENCE_S)).open()


def test_telnet_that_speaks_while_the_port_is_being_opened_is_found(monkeypatch):
    drop = RawSocket.reset_input_buffer

    def drop_what_arrives(port):
        assert ready(port._socket, seconds=10)
        drop(port)

    monkeypatch.setattr(RawSocket, "reset_input_buffer", drop_what_arrives)
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor() as pool:
        found = pool.submit(telnet_is_found, server.getsockname()[1])
        with server.accept()[0] as connection:
            connection.sendall(b"\xff\xfb\x03\xff\xfd\x03")
            found.result(timeout=10)


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True


# --- this machine stands still --------------------------------------------------------------------------------------

SLEEPER = """
import os, signal, sys, time
from fixtures.drivers.bench.watchdog import Watchdog, clock
dog = Watchdog()
dog.start()
began = clock()
print(os.getpid(), flush=True)
sys.stdin.readline()
print(dog.stalled_since(began), dog.stalled_since(clock()), flush=True)
"""


def test_watchdog_sees_that_its_process_was_stopped():
    with subprocess.Popen(
        [sys.executable, "-c", SLEEPER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGSTOP)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=2.0)
        process.send_signal(signal.SIGCONT)
        process.stdin.write("\n")
        process.stdin.flush()
        stalled, now = map(float, process.stdout.readline().split())
    assert stalled > 1
    assert now == 0


def test_timing_over_a_stall_is_void_and_tried_again(tmp_path):
    run = project_with(tmp_path, "stalled_cases")
    with Between() as line:
        run.start("suites/multi_accept", f"--port={line.url}", "--ssid=LAB")
        wait_for((tmp_path / "left" / "stop").exists, "the case that wants to be stopped")
        run.process.send_signal(signal.SIGSTOP)
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.process.wait(timeout=2.5)
        run.process.send_signal(signal.SIGCONT)
        ended = run.end()
    assert (tmp_path / "left" / "run.json").is_file(), ended.output
    stalled, slow = ended.record["cases"]
    assert (stalled["verdict"], stalled["attempts"]) == ("pass", 2), stalled["message"]
    (earlier,) = stalled["earlier"]
    assert (earlier["verdict"], earlier["blame"]) == ("error", "rig")
    assert "stood still for" in earlier["message"]
    assert (slow["verdict"], slow["attempts"]) == ("fail", 1), "a module that is late on a good day is late"


# --- another program writes -----------------------------------------------------------------------------------------

WRITER = "import sys; held = open(sys.argv[1], 'wb', 0); held.write(b'AT\\r'); print(flush=True); sys.stdin.read()"


@pytest.fixture
def on_a_terminal(tmp_path):
    """A bench on a pseudo-terminal, which stands for a USB adapter."""
    with Saboteur(tmp_path) as saboteur:
        rig = Rig("terminal", serial=SerialSettings(saboteur.port), network=NetworkSettings(ssid="LAB"))
        made = Bench(rig, Forms(answer_s=PATIENCE_S))
        made.open()
        yield made
        made.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says who opens a port")
@pytest.mark.parametrize("stays", [True, False])
def test_program_that_opens_the_port_and_writes_is_the_rigs_fault(on_a_terminal, stays):
    bench, fault = on_a_terminal, ModuleFault("an answer that nobody asked for")
    began = clock()
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", WRITER, bench.at.link.url], **pipes) as other:
        other.stdout.readline()
        if not stays:
            other.stdin.close()
            other.wait()
        wait_for(lambda: bench.at.link.opened_since(0.0), "the opening to be seen")
        found = bench.doubts.about(fault, network=True, since=began)
        if stays:
            other.stdin.close()
    assert found.blame == "rig"
    assert str(other.pid) in str(found) if stays else "opened once by somebody else" in str(found)
    assert bench.doubts.about(fault, network=True, since=clock()) is None
