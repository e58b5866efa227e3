"""Where the machine is too busy to run the module, the answers are late and the module is not charged (Linux)."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from fixtures.case import Case
from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.bench.evidence import Stalled
from fixtures.drivers.bench.watchdog import clock
from fixtures.drivers.lab.servers import servers_of
from fixtures.drivers.line.at import Forms
from fixtures.drivers.line.link import SerialLink
from fixtures.drivers.line.secrets import Secrets
from fixtures.drivers.line.transcript import Transcript
from fixtures.errors import NoAnswer
from fixtures.plugins.verdicts.doubting import fail_dead_module
from fixtures.plugins.verdicts.outcome import Outcome
from fixtures.rigs import NetworkSettings, Rig, SerialSettings
from tests.fixtures.runs import Emulator

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/schedstat").exists(), reason="only Linux says what a process waits for"
)
PATIENCE_S = 0.7
"""Seconds that these benches give a module to answer; a real bench gives 5."""
SPINNERS = 4
"""Number of processes that use the processor up."""
LINES = {"pty": (), "tcp": ("--tcp", "127.0.0.1:0"), "rfc2217": ("--rfc2217", "127.0.0.1:0")}


@contextlib.contextmanager
def starved(module):
    """Give the module only the time of one processor that no other process wants, while SPINNERS others use it."""
    (processor, *_) = os.sched_getaffinity(0)
    spin = f"import os; os.sched_setaffinity(0, [{processor}]); print(flush=True)\nwhile True: pass"
    spinners = [subprocess.Popen([sys.executable, "-c", spin], stdout=subprocess.PIPE) for _ in range(SPINNERS)]
    for one in spinners:
        one.stdout.readline()
    for thread in Path(f"/proc/{module.process.pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), [processor])
        os.sched_setscheduler(int(thread.name), os.SCHED_IDLE, os.sched_param(0))
    try:
        yield
    finally:
        for one in spinners:
            one.kill()
            one.communicate()


def ask_until_late(bench):
    for _ in range(50):
        bench.at("P?")


def bench_at(module):
    rig = Rig("starved", serial=SerialSettings(module.url), network=NetworkSettings(ssid="LAB"))
    return Bench(rig, Forms(answer_s=PATIENCE_S))


@pytest.mark.parametrize("line", LINES)
def test_process_at_the_other_end_of_a_line_is_known(line):
    with Emulator(*LINES[line]) as module:
        link = SerialLink(module.url, Transcript(Secrets()))
        link.send(b"\r")
        assert link.receive(5.0)
        assert link.servers == {module.process.pid}
        link.close()


def test_other_end_of_a_device_is_nobody(tmp_path):
    assert servers_of(str(tmp_path / "ttyUSB0")) == frozenset()


def test_answer_of_a_module_that_gets_no_processor_is_void():
    with Emulator(*LINES["pty"]) as module:
        bench = bench_at(module)
        bench.open()
        bench.prepare()
        with starved(module):
            began = clock()
            with pytest.raises(NoAnswer) as caught:
                ask_until_late(bench)
            found = bench.doubts.about(caught.value, network=True, since=began)
        assert bench.doubts.stood_still(clock(), PATIENCE_S) is None, (
            "what was waited before the case explains nothing in it"
        )
        bench.close()
    assert isinstance(found, Stalled)
    assert (found.blame, found.random) == ("rig", True)
    assert f"(process {module.process.pid})" in str(found)


def test_module_that_is_late_by_itself_is_charged_on_a_busy_machine_too():
    """The module is stopped by a signal, so it does not wait for the machine."""
    with Emulator(*LINES["pty"]) as module, Emulator(*LINES["pty"]) as other:
        bench = bench_at(module)
        bench.open()
        bench.prepare()
        with starved(other):
            began = clock()
            module.signal(signal.SIGSTOP)
            with pytest.raises(NoAnswer) as caught:
                bench.at("P?")
            found = bench.doubts.about(caught.value, network=True, since=began)
            module.signal(signal.SIGCONT)
        bench.close()
    assert found is None


class Doubts:
    """Stands for the doubts of a bench. A real machine cannot be made to stand still at a moment that a test needs."""

    def __init__(self, found):
        self.found = found

    def stood_still(self, since, wait_s):
        assert wait_s >= clock() - since - 1.0
        return self.found


@pytest.mark.parametrize(("said", "void"), [(b"\xa5" * 40_000, False), (b"\xa5" * 400, True)])
def test_flood_of_a_module_is_its_own_however_long_the_run_stood_still(monkeypatch, said, void):
    with Emulator(*LINES["pty"]) as module:
        bench = bench_at(module)
        bench.open()
        bench.prepare()
        began = clock()
        monkeypatch.setattr(bench.doubts.watchdog, "stalled_since", lambda _: 2.0)
        bench.transcript.data("module", "host", said)
        fault = NoAnswer("no complete answer to P? within 0.7 s")
        assert isinstance(bench.doubts.about(fault, network=False, since=began), Stalled) is void
        bench.close()


@pytest.mark.parametrize("found", [None, Stalled("this machine stood still")])
def test_silence_after_a_case_that_only_observes_is_void_where_the_machine_stood_still(found):
    outcome = Outcome(
        Case(("FR-NOTICE-PLACE",)), mark=0, began=0.0, started="", verdict="observed", watched=clock() - 9
    )
    fail_dead_module(outcome, SimpleNamespace(doubts=Doubts(found)))
    assert (outcome.verdict, outcome.blame) == (("error", "rig") if found else ("fail", "module"))
    assert outcome.broken == ([] if found else ["FR-NOTICE-PLACE"])
