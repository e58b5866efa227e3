"""The faults of an unattended run, of bench and module, and the thread that does them one by one."""

import contextlib
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

OF_THE_BENCH = {
    "unplug": "rig",
    "garble_1_in_1000": "rig",
    "leave_network": "network",
    "garble_1_in_100": "rig",
    "move": "network",
    "intrude": "rig",
    "stall": "rig",
    "starve": "rig",
}
"""Faults of the bench, each with the blame of the error that it causes."""
IN_NAMESPACE = {"drop": "network", "reject": "network", "lose_datagrams": "network"}
"""Faults of the network, each with its blame. They need a network namespace (``--network``)."""
RULES = {
    "drop": "tcp dport 10000-31999 drop",
    "reject": "tcp dport 10000-31999 reject",
    "lose_datagrams": "udp dport 1024-65535 numgen random mod 100 lt 3 drop",
}
TABLE = "nft add table t; nft 'add chain t in {{ type filter hook input priority 0; }}'; nft add rule t in {rule}"
BLOCK_S = 6.0
"""Seconds for which the network is blocked: longer than a connection is waited for."""
STARVE_S, SPINNERS = 3.0, 4
"""Seconds for which the modules get almost no processor time, and number of processes that use the processor then."""
NOISE = "noise"
BUSY = "busy"
"""The name of the fault that the machine had more work than processors, whatever caused that."""
OF_THE_MODULE = ("reboot", "swallow_prompt", "hang", "halve_answer", "die", "babble", "hang_for_a_while")
STALL_S = 2.5
"""Seconds for which the runner is stopped."""
SETTLED = 3
"""Number of cases that must end between two faults, where ``--every`` is 0."""


def alternating(draw, networked):
    """Names of faults without an end, in turns of the bench (``networked``: and the network) and of the module.

    ``draw`` chooses each at random.
    """
    benches = [*OF_THE_BENCH, *(IN_NAMESPACE if networked else ())]
    while True:
        yield draw.choice(benches)
        yield draw.choice(OF_THE_MODULE)


@dataclass(frozen=True)
class Done:
    """A fault that was done at ``at`` and may show until ``until``, in seconds of the wall clock."""

    name: str
    at: float
    until: float

    @property
    def blame(self):
        if self.name == BUSY:
            return "nobody"
        return "rig" if self.name == NOISE else (OF_THE_BENCH | IN_NAMESPACE).get(self.name, "module")


class Hand(threading.Thread):
    """The thread that does the faults of ``plan``, one every ``every`` seconds while cases run, until it is stopped.

    Where ``every`` is 0, the next fault comes as soon as SETTLED cases have ended. ``most``: number of faults at most.
    """

    def __init__(self, saboteur, plan, every, most):
        super().__init__(daemon=True)
        self.faults = []
        self.run_now = None
        self._saboteur, self._plan, self._every = saboteur, plan, every
        self.most = most
        self._ended = threading.Event()
        self.cases_run = threading.Event()

    def run(self):
        for name in itertools.islice(self._plan, self.most):
            if self._ended.wait(self._every or 1.0) or not self._cases_have_ended():
                return
            self.faults.append((name, time.time()))
            getattr(self, f"_{name}", lambda name=name: self._saboteur.do(name))()

    def _cases_have_ended(self):
        """Wait until cases run, and where ``every`` is 0 until SETTLED have ended. Returns False after ``stop``."""
        self.cases_run.wait()
        run, before = self.run_now, self._count()
        while not self._every and not self._ended.is_set() and self.run_now is run:
            if self._count() >= before + SETTLED:
                break
            self._ended.wait(0.2)
        self.cases_run.wait()
        return not self._ended.is_set()

    def _count(self):
        """The number of cases of the present round that were run and have ended."""
        try:
            text = (self.run_now.folder / "run.json.journal.jsonl").read_text(encoding="utf-8")
        except (OSError, AttributeError):
            return 0
        return text.count('{"case":') - text.count('"message": "not run: ')

    def _stall(self):
        """Stop the runner for STALL_S."""
        with contextlib.suppress(ProcessLookupError, AttributeError):
            self.run_now.process.send_signal(signal.SIGSTOP)
            self._ended.wait(STALL_S)
            self.run_now.process.send_signal(signal.SIGCONT)

    def _starve(self):
        """Leave the runner for STARVE_S only the processor time that no other process wants."""
        spin = "import os; os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])\nwhile True: pass"
        spinners = [subprocess.Popen([sys.executable, "-c", spin]) for _ in range(SPINNERS)]
        with contextlib.suppress(ProcessLookupError, AttributeError, PermissionError):
            self._set_priority(os.SCHED_IDLE, [min(os.sched_getaffinity(0))])
        self._ended.wait(STARVE_S)
        for one in spinners:
            one.kill()
            one.wait()
        with contextlib.suppress(ProcessLookupError, AttributeError, PermissionError):
            self._set_priority(os.SCHED_OTHER, os.sched_getaffinity(0))

    def _set_priority(self, policy, processors):
        for thread in Path(f"/proc/{self.run_now.process.pid}/task").iterdir():
            os.sched_setaffinity(int(thread.name), processors)
            os.sched_setscheduler(int(thread.name), policy, os.sched_param(0))

    def _drop(self):
        self._block("drop")

    def _reject(self):
        self._block("reject")

    def _lose_datagrams(self):
        self._block("lose_datagrams")

    def _block(self, name):
        """Block the network of this namespace for BLOCK_S."""
        subprocess.run(TABLE.format(rule=RULES[name]), shell=True, check=True)
        self._ended.wait(BLOCK_S)
        subprocess.run("nft delete table t", shell=True, check=True)

    def stop(self):
        self._ended.set()
        self.cases_run.set()
        self.join(timeout=60)

    def done(self):
        """All faults so far. A fault may show until the next fault of its family (bench or module) is done.

        Noise may last longer, because not every case meets it: the saboteur knows how long.
        """
        ends = [at for _, at in self.faults[2:]] + [time.time()] * 2
        done = [Done(name, at, until) for (name, at), until in zip(self.faults, ends, strict=False)]
        return done + [Done(NOISE, at, until or time.time()) for at, until in self._saboteur.noise]
