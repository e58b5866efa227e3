"""A bench that always fails ends the run, with one problem that says so. The results until then are kept."""

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.bench.noise import garbled, odd_ones
from fixtures.drivers.lab.holders import holders_of, readers_of
from fixtures.drivers.line.at import Forms
from fixtures.errors import ModuleFault, RigError
from fixtures.rigs import NetworkSettings, Rig, SerialSettings, SwitchSettings
from reports.record.status import ExitStatus
from tests.fixtures.runs import Run, wait_for
from tests.trouble.runs import impatient_profile, project_with, rig_of
from tests.trouble.saboteur import Saboteur

NOT_RUN = "not run: "


def verdicts(ended):
    return [case["verdict"] for case in ended.record["cases"]]


# --- the rig is sick ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sick(tmp_path_factory):
    """A run that loses its line in every case, on a rig whose limit is three recoveries in a row."""
    folder = tmp_path_factory.mktemp("sick")
    run = project_with(folder, "sick_cases")
    with Saboteur(folder) as saboteur:
        return run("suites/multi_accept", rig_of(saboteur, folder), impatient_profile(folder))


def test_rig_that_fails_time_after_time_is_sick_and_the_run_stops(sick):
    assert verdicts(sick) == ["pass", "error", "error", "inconclusive", "inconclusive"]
    assert sick.problem["blame"] == "rig"
    assert "the rig is sick: 3 times in a row" in sick.problem["message"]
    assert sick.status == ExitStatus.BENCH


def test_cases_behind_a_sick_rig_are_not_run_and_say_why(sick):
    for case in sick.record["cases"][3:]:
        assert case["message"].startswith(NOT_RUN + "the rig is sick")
        assert case["attempts"] == 1


def test_case_at_which_the_rig_is_given_up_is_not_tried_again(sick):
    tries = [case["attempts"] for case in sick.record["cases"]]
    assert tries == [1, 2, 1, 1, 1]


def test_noise_without_an_end_is_the_rigs_and_no_case_fails(tmp_path):
    run = project_with(tmp_path, "noisy_cases")
    with Saboteur(tmp_path) as saboteur:
        ended = run("suites/multi_accept", rig_of(saboteur, tmp_path), impatient_profile(tmp_path))
    good, noisy, *others = ended.record["cases"]
    assert good["verdict"] == "pass"
    assert (noisy["verdict"], noisy["blame"]) == ("error", "rig")
    assert {one["verdict"] for one in others} <= {"error", "inconclusive"}, "by luck a module is in step for a moment"
    assert {one["blame"] for one in others} <= {"rig", None}
    assert others[-1]["message"].startswith(NOT_RUN)
    assert "the line garbles bytes" in ended.problem["message"]
    assert ended.status == ExitStatus.BENCH
    assert noisy["line"]["garbled"] >= 2
    assert ended.record["summary"]["line"]["garbled"] >= noisy["line"]["garbled"]
    assert "this line cannot judge data, the bound is one in 1,000" in " ".join(ended.output.split())


# --- the run's own bounds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("minutes = 0.0001", "the 0.0001 minutes that the rig allows a run are over"),
        ("free_mb = 1000000000", "MB are left on the disk of"),
    ],
)
def test_run_ends_at_the_limits_of_its_rig(tmp_path, limit, said):
    rig = tmp_path / "limited.toml"
    rig.write_text(f'name = "limited"\n[emulator]\n[network]\nssid = "LAB"\n[limits]\n{limit}\n', encoding="utf-8")
    ended = Run(tmp_path)("suites/framing/test_success.py", "-k=empty_success", f"--rig={rig}")
    assert set(verdicts(ended)) == {"inconclusive"}
    assert said in ended.problem["message"]
    assert ended.problem["blame"] == "rig"
    assert all(said in case["message"] for case in ended.record["cases"])


# --- the wrong rate -------------------------------------------------------------------------------------------------


def test_wrong_baud_rate_is_told_with_the_rate_that_answers(tmp_path):
    with Saboteur(tmp_path, "--joined", "LAB", baudrate=9600) as saboteur:
        bench = Bench(Rig("wrong", serial=SerialSettings(port=saboteur.port)), Forms(answer_s=0.5))
        with pytest.raises(RigError, match="not answer at 115200 baud, but it does at 9600: say --baud=9600"):
            bench.open()


def test_module_that_was_left_hanging_is_powered_when_a_run_begins(tmp_path):
    cut = SwitchSettings(by="command", options={"run": ["sh", "-c", f"echo power > {tmp_path}/orders"]}, seconds=0.1)
    with Saboteur(tmp_path) as saboteur:
        saboteur.do("die")
        wait_for(lambda: saboteur.done == ["die"], "the module to hang")
        rig = Rig("left", serial=SerialSettings(saboteur.port), network=NetworkSettings(ssid="LAB"), power=cut)
        bench = Bench(rig, Forms(answer_s=0.5))
        bench.open()
        assert bench.at("P0").ok
        bench.close()


# --- the ladder -----------------------------------------------------------------------------------------------------


@pytest.fixture
def saboteur(tmp_path):
    with Saboteur(tmp_path) as running:
        yield running


@pytest.fixture
def bench(saboteur):
    """A bench whose reset line has no effect, and whose power switch works."""
    folder = saboteur.orders.parent
    line = SwitchSettings(by="command", options={"run": ["true"]}, seconds=0.1)
    cut = SwitchSettings(by="command", options={"run": ["sh", "-c", f"echo power > {folder}/orders"]}, seconds=0.1)
    network = NetworkSettings(ssid="LAB")
    rig = Rig("ladder", serial=SerialSettings(saboteur.port), network=network, reset=line, power=cut)
    bench = Bench(rig, Forms(answer_s=0.5))
    bench.open()
    yield bench
    bench.close()


def done(saboteur, name):
    saboteur.do(name)
    wait_for(lambda: name in saboteur.done, f"the saboteur to {name}")


def test_ladder_is_climbed_once_more_for_a_module_that_speaks(saboteur, bench):
    done(saboteur, "stutter_on")
    assert bench.recover() == "power"
    tried = [one.rung for one in bench.ladder.climbed]
    assert tried.count("power") == 2
    assert tried[-1] == "power"
    assert bench.at("P0").ok


def test_module_that_babbles_behind_a_reset_line_that_does_nothing_is_powered(saboteur, bench):
    done(saboteur, "babble")
    assert bench.recover() == "power"
    assert bench.at("P0").ok


def test_device_that_is_unplugged_while_the_power_is_cut_comes_back(saboteur, bench):
    done(saboteur, "unplug")
    done(saboteur, "power")
    bench.recover()
    assert bench.at("P0").ok


# --- another program at the port ------------------------------------------------------------------------------------


linux = pytest.mark.skipif(not Path("/proc/self/syscall").exists(), reason="who reads a port is known on Linux only")
HELD = "import sys; held = open(sys.argv[1]); print(flush=True); sys.stdin.read()"


@contextlib.contextmanager
def holder(port):
    """Another program that has the port open."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", HELD, port], **pipes) as other:
        other.stdout.readline()
        yield other
        other.stdin.close()


@linux
def test_program_that_reads_the_port_meanwhile_is_the_rigs_fault_and_is_named(saboteur, bench):
    silent = ModuleFault("no complete answer")
    with holder(saboteur.port) as other:
        found = bench.doubts.about(silent, network=True)
    assert found.blame == "rig"
    assert f"(process {other.pid} of " in str(found)
    assert f"End it: kill {other.pid}" in str(found)
    assert bench.doubts.about(silent, network=True) is None


@linux
def test_run_does_not_begin_at_a_port_that_another_program_reads(saboteur):
    bench = Bench(Rig("shared", serial=SerialSettings(saboteur.port)), Forms(answer_s=0.5))
    with subprocess.Popen(["cat", saboteur.port], stdout=subprocess.DEVNULL) as cat:
        wait_for(lambda: readers_of(saboteur.port, holders_of(saboteur.port)), "cat to read")
        with pytest.raises(RigError, match="is open in cat "):
            bench.open()
        cat.kill()


def test_program_that_kept_a_pseudo_terminal_open_before_is_not_suspected(saboteur):
    with holder(saboteur.port) as idle:
        before = holders_of(saboteur.port)
        assert [one.pid for one in before] == [idle.pid]
        assert readers_of(saboteur.port, before) == []


# --- what is noise, and what is a module's own doing ------------------------------------------------------------------

SHOWN = b"\r\n0,0.0.0.0,5024,1.2.3.4,5025,0,0,6,0\r\nOK\r\n> "


@pytest.mark.parametrize(
    ("other", "noise"),
    [
        (SHOWN.replace(b"OK", b"O\xcb"), True),
        (SHOWN.replace(b"0.0.0.0", b"0.0.:.0"), True),
        (SHOWN.replace(b"5024", b"5\x8024"), True),
        (SHOWN.replace(b"OK\r", b"O\r"), True),
        (SHOWN, False),
        (SHOWN.replace(b"5024", b"5124"), False),
        (SHOWN.removesuffix(b"> "), False),
        (SHOWN.removesuffix(b"\r\n> "), False),
        (SHOWN[:9], False),
        (SHOWN + SHOWN, False),
        (b"\r\nERROR\r\n> ", False),
        (b"", False),
    ],
)
def test_answer_is_called_garbled_where_a_module_would_hardly_write_it(other, noise):
    assert garbled(SHOWN, other) is noise


def test_odd_answers_are_counted_against_the_usual_one():
    wrong = SHOWN.replace(b"OK", b"\x00K")
    assert odd_ones([SHOWN, wrong, SHOWN, wrong, b"\r\nERROR\r\n> ", SHOWN]) == [(SHOWN, wrong)] * 2
    assert odd_ones([]) == []
