"""``python -m tests.trouble.unattended``: judge modules for half an hour, with a fault every 20 seconds.

pytest runs the cases again and again, as a user would start it, over a line with a saboteur. First a good module is
judged, then the faulty modules (``--faulty``). The first round of each module has no fault; every later verdict is
compared with that round, and with the faults that were done while the case ran:

- A fault of the bench leaves the verdict as it was, or makes it an error with the right blame.
- A fault of the module may fail the case that met it.
- A faulty module must not pass a case that it fails in the undisturbed round.
- A case may be void because the machine was busy, where the system says so too (Linux, ``/proc/pressure``). This tool
  makes no such load; other programs may, such as a second run of this tool.

The next fault is drawn at random, by ``--seed``.

Exit status: 0 every verdict is right, 1 a verdict is wrong, 2 the undisturbed round of the good module has no case, a
failure or an error.
"""

import argparse
import contextlib
import datetime
import itertools
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.fixtures.runs import Run
from tests.trouble.hands import BUSY, NOISE, Hand, alternating
from tests.trouble.pressure import Pressure
from tests.trouble.runs import rig_of
from tests.trouble.saboteur import Saboteur

SEEN_BEFORE = "as this run has seen"
"""Words of a message: the case is tried again, because of noise that the run has proven before."""
HELD_UP = "for this machine (a processor"
"""Words of a message: the case is tried again, because a process waited for the machine."""
CASES = ("suites/multi_accept", "suites/single_server", "suites/framing", "suites/data")
AT_FAULT = (
    "read-of-7-bits",
    "send-of-7-bits",
    "read-swaps-bytes",
    "send-halves-swapped",
    "read-fields-swapped",
    "server-never-shown",
)
"""Faults of the emulator that cases of CASES find without a wait."""
AS_BAD = {"fail", "inconclusive"}
"""Verdicts of a case that a faulty module fails. Another case that failed before may mask it."""
SHOWN = 10
"""Number of complaints of a round that the terminal shows."""
SLACK_S = 1.0
"""Seconds before and behind a case: a fault that is done or noticed then may concern the case."""


@dataclass(frozen=True)
class Span:
    """The time of a case, with all its attempts, in seconds of the wall clock."""

    began: float
    ended: float

    @classmethod
    def of(cls, case):
        last = datetime.datetime.fromisoformat(case["started"]).timestamp()
        before = sum(one["duration_s"] for one in case["earlier"])
        return cls(last - before - SLACK_S, last + case["duration_s"] + SLACK_S)

    def those_met(self, faults):
        """The faults that could show while the case ran."""
        return [one for one in faults if one.at <= self.ended and self.began <= one.until]

    def met(self, faults):
        """The blames of the faults that could show while the case ran."""
        return {one.blame for one in self.those_met(faults)}


def complaint(case, usual, faults):
    """Why the verdict of ``case`` is wrong; "" where it is right. ``usual``: its verdict in the undisturbed round."""
    met = Span.of(case).met(faults)
    attempts = [*case["earlier"], case]
    if any(one.name == NOISE and one.at <= Span.of(case).ended for one in faults):
        attempts = [one for one in attempts if SEEN_BEFORE not in one["message"]]
    if any(one.name == BUSY for one in Span.of(case).those_met(faults)):
        attempts = [one for one in attempts if HELD_UP not in one["message"]]
    wrong = [one for one in attempts if one["verdict"] == "error" and one["blame"] not in met]
    if wrong:
        return f"an error of the {wrong[0]['blame']}, where no such fault was: {wrong[0]['message'][:300]}"
    if case["verdict"] == usual or case["verdict"] == "error":
        return ""
    if usual == "fail" and case["verdict"] in AS_BAD:
        return ""
    if case["verdict"] == "fail" and "module" in met:
        return ""
    return f"{case['verdict']}, in an undisturbed round {usual}: {case['message'][:300]}"


def judge(record, usual, faults):
    """The complaints about the verdicts of a round, each with the id of its case, or with "the run"."""
    cases = [case for case in record["cases"] if not case["message"].startswith("not run: the ")]
    found = [(case["id"], complaint(case, usual[case["id"]], faults)) for case in cases if case["id"] in usual]
    found += [("the run", one["message"]) for one in record["problems"] if "limits.minutes" not in one["message"]]
    found += [(case["id"], case["message"]) for case in record["cases"] if is_not_run(case)]
    return [(where, what) for where, what in found if what]


def is_not_run(case):
    return case["message"].startswith("not run: the ") and "limits.minutes" not in case["message"]


@dataclass
class Night:
    """The rounds of one module, one after the other, with their records in ``folder``."""

    folder: Path
    saboteur: Saboteur
    cases: tuple
    pressure: Pressure
    faulty: bool = False

    def round(self, name, minutes, hand=None):
        place = self.folder / name
        place.mkdir()
        option = rig_of(self.saboteur, place, f"\n[limits]\nminutes = {minutes:.3f}\nrecoveries = 4\n")
        run = Run(place)
        run.start("-q", option, *self.cases)
        if hand:
            with contextlib.suppress(AssertionError):  # the run ended before its first case: its problem says why
                run.wait_for_cases(1)
            hand.run_now = run
            hand.cases_run.set()
        run.process.wait()
        if not self.saboteur.is_alive():
            raise RuntimeError("the saboteur has ended by itself, so the run has no line: this tool has a defect")
        if hand:
            hand.cases_run.clear()
        ended = run.end()
        if not (place / "run.json").is_file():
            raise RuntimeError(f"the run in {place} has written no record. Its last output:\n{ended.output[-2000:]}")
        return ended.record

    def spend(self, minutes, every, plan, most):
        """Do rounds for ``minutes``, or until ``most`` faults were done.

        Returns the rounds (record and complaints of each) and the faults; None where the undisturbed round is unfit.
        """
        usual = {case["id"]: case["verdict"] for case in self.round("undisturbed", 0)["cases"]}
        say(f"undisturbed: {dict(Counter(usual.values()))}")
        if not usual or "error" in usual.values() or ("fail" in usual.values()) is not self.faulty:
            return None
        hand = Hand(self.saboteur, plan, every, most)
        hand.start()
        try:
            rounds = list(self._rounds(minutes, usual, hand))
        finally:
            hand.stop()
        return rounds, hand.done()

    def _rounds(self, minutes, usual, hand):
        end = time.time() + minutes * 60
        for number in itertools.count(1):
            left = (end - time.time()) / 60
            if left <= 0.05 or len(hand.faults) >= hand.most:
                return
            record = self.round(f"round-{number}", left, hand)
            complaints = judge(record, usual, hand.done() + self.pressure.busy())
            counts = f"{len(record['cases'])} cases, {len(hand.faults)} faults by now"
            say(f"round {number}: {counts}, {describe(complaints)}")
            yield record, complaints


def is_judged(case):
    return not case["message"].startswith("not run: ")


def met_by_cases(rounds, faults):
    """The number of faults that were done while a judged case ran, or just before it."""
    spans = [Span.of(case) for record, _ in rounds for case in record["cases"] if is_judged(case)]
    return sum(one.name != NOISE and any(span.met([one]) for span in spans) for one in faults)


def describe(complaints):
    shown = "".join(f"\n  {where}: {what}" for where, what in complaints[:SHOWN])
    return f"{len(complaints)} wrong{shown}"


def say(text):
    print(f"{datetime.datetime.now():%H:%M:%S} {text}", flush=True)


def summary(rounds, faults):
    cases = [case for record, _ in rounds for case in record["cases"]]
    rungs = Counter(one["rung"] for case in cases for one in case["recoveries"] if one["helped"])
    say(f"{len(cases)} cases in {len(rounds)} rounds: {dict(Counter(case['verdict'] for case in cases))}")
    names = [one.name for one in faults if one.name != NOISE]
    say(f"{len(names)} faults: {dict(Counter(names))}")
    say(f"tried again: {sum(case['attempts'] > 1 for case in cases)}; brought back by: {dict(rungs)}")
    say(f"wrong verdicts: {sum(len(complaints) for _, complaints in rounds)}")


def modules_of(count, draw):
    """The options of the modules: the good module has none, ``count`` faulty modules have their fault."""
    return [(), *(("--fault", name) for name in draw.sample(AT_FAULT, count))]


def main():
    options = parse()
    if options.network and not options.inside:
        return in_namespace()
    draw = random.Random(options.seed)
    modules = modules_of(options.faulty, draw)
    plan = alternating(draw, options.network)
    share = options.minutes / len(modules), max(1, options.situations // len(modules))
    rounds, faults = [], []
    pressure = Pressure()
    pressure.start()
    with tempfile.TemporaryDirectory(prefix="unattended.") as default:
        for module in modules:
            folder = (options.out or Path(default)) / (module[-1] if module else "good")
            folder.mkdir(parents=True, exist_ok=True)
            say(f"module: {module[-1] if module else 'good'}")
            with Saboteur(folder, *module) as saboteur:
                night = Night(folder, saboteur, tuple(options.cases), pressure, faulty=bool(module))
                spent = night.spend(share[0], options.every, plan, share[1])
            if spent is None and not module:
                say("the undisturbed round of the good module has no case, a failure or an error")
                return 2
            if spent is None:
                say("the undisturbed round has no failure, or an error: this module is left out")
                continue
            rounds += spent[0]
            faults += spent[1]
    summary(rounds, faults)
    met = met_by_cases(rounds, faults)
    wrong = sum(len(complaints) for _, complaints in rounds)
    say(
        f"{met} situations that cases met, by seed {options.seed}, at a good module and {options.faulty} faulty ones: "
        f"{wrong} wrong verdicts"
    )
    return 1 if wrong else 0


def in_namespace():
    """Start this program again in a network namespace of its own, where the network may be blocked."""
    if not (shutil.which("unshare") and shutil.which("nft")):
        say("--network needs the programs unshare and nft, and root")
        return 2
    command = 'ip link set lo up; exec "$@"'
    words = [sys.executable, "-m", "tests.trouble.unattended", *sys.argv[1:], "--inside"]
    return subprocess.run(["unshare", "-n", "sh", "-c", command, "sh", *words], check=False).returncode


def parse():
    parser = argparse.ArgumentParser(prog="python -m tests.trouble.unattended", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30, help="minutes, without the undisturbed rounds")
    parser.add_argument(
        "--every",
        type=float,
        default=20,
        help="seconds between two faults; 0: some cases",
    )
    parser.add_argument("--situations", type=int, default=1000, help="end after N faults, also before the time is over")
    parser.add_argument(
        "--faulty", type=int, default=0, help="number of faulty modules beside the good one, drawn at random"
    )
    parser.add_argument("--seed", type=int, default=1, help="seed of the modules and the faults")
    parser.add_argument(
        "--network", action="store_true", help="block the network too, in a network namespace (needs root)"
    )
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help="empty folder that keeps all records (default: no record is kept)")
    parser.add_argument("cases", nargs="*", default=CASES, help="paths of the cases")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
