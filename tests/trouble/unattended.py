"""``python -m tests.trouble.unattended``: a night's run in short, with a fault every so many seconds.

The cases are judged over and over, by pytest as a user would start it, over a line with a saboteur on it. Every
verdict is held against that of a first, undisturbed round and against what was done to the bench or the module while
the case ran: a fault of the bench leaves the verdict what it was, or makes it an error with the right blame; a fault of
the module may fail the case that met it. The run ends by itself. Exit status: 0 every verdict is right, 1 one is not,
2 the undisturbed round was no good.
"""

import argparse
import contextlib
import datetime
import itertools
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.fixtures.runs import Run
from tests.trouble.runs import rig_of
from tests.trouble.saboteur import Saboteur

OF_THE_BENCH = {
    "unplug": "rig",
    "garble_1_in_1000": "rig",
    "leave_network": "network",
    "garble_1_in_100": "rig",
    "move": "network",
    "intrude": "rig",
    "stall": "rig",
}
"""What can go wrong with the bench, and whose the error is then."""
NOISE = "noise"
OF_THE_MODULE = ("reboot", "swallow_prompt", "hang", "halve_answer", "die", "babble", "hang_for_a_while")
SEEN_BEFORE = "as this run has seen"
"""What a run says that tries a case again for noise which it has proven earlier."""
STALL_S = 2.5
"""Seconds for which the runner is stopped."""
CASES = ("suites/multi_accept", "suites/single_server", "suites/framing", "suites/data")
SHOWN = 10
"""Complaints of a round that the terminal shows."""
SLACK_S = 1.0
"""A fault that was done just before a case, or is noticed just behind it, is that case's too."""


def alternating():
    """One of the bench's, one of the module's, and so on, each kind in its turn."""
    return itertools.chain.from_iterable(
        zip(itertools.cycle(OF_THE_BENCH), itertools.cycle(OF_THE_MODULE), strict=False)
    )


@dataclass(frozen=True)
class Done:
    """A fault that was done, ``at`` seconds of the wall clock; it lasts until ``until``."""

    name: str
    at: float
    until: float

    @property
    def blame(self):
        return "rig" if self.name == NOISE else OF_THE_BENCH.get(self.name, "module")


class Hand(threading.Thread):
    """Does a fault every so many seconds while cases run, until it is stopped."""

    def __init__(self, saboteur, every):
        super().__init__(daemon=True)
        self.faults = []
        self.process = None
        self._saboteur, self._every = saboteur, every
        self._ended = threading.Event()
        self.cases_run = threading.Event()

    def run(self):
        for name in alternating():
            if self._ended.wait(self._every):
                return
            self.cases_run.wait()
            if self._ended.is_set():
                return
            self.faults.append((name, time.time()))
            if name == "stall":
                self._stall()
            else:
                self._saboteur.do(name)

    def _stall(self):
        """The runner itself stands still for a while."""
        with contextlib.suppress(ProcessLookupError, AttributeError):
            self.process.send_signal(signal.SIGSTOP)
            self._ended.wait(STALL_S)
            self.process.send_signal(signal.SIGCONT)

    def stop(self):
        self._ended.set()
        self.cases_run.set()
        self.join(timeout=60)

    def done(self):
        """All faults, each with the time until the next of its family began: until then it may show.

        Noise that one case in many meets may last longer; the saboteur knows how long.
        """
        ends = [at for _, at in self.faults[2:]] + [time.time()] * 2
        done = [Done(name, at, until) for (name, at), until in zip(self.faults, ends, strict=False)]
        return done + [Done(NOISE, at, until or time.time()) for at, until in self._saboteur.noise]


@dataclass(frozen=True)
class Span:
    """When a case ran, all its attempts together, in seconds of the wall clock."""

    began: float
    ended: float

    @classmethod
    def of(cls, case):
        last = datetime.datetime.fromisoformat(case["started"]).timestamp()
        before = sum(one["duration_s"] for one in case["earlier"])
        return cls(last - before - SLACK_S, last + case["duration_s"] + SLACK_S)

    def met(self, faults):
        """Whose faults could show while the case ran."""
        return {one.blame for one in faults if one.at <= self.ended and self.began <= one.until}


def complaint(case, usual, faults):
    """What is wrong with the verdict of ``case``; "" where it is right."""
    met = Span.of(case).met(faults)
    told = [*case["earlier"], case]
    if any(one.name == NOISE and one.at <= Span.of(case).ended for one in faults):
        told = [one for one in told if SEEN_BEFORE not in one["message"]]
    wrong = [one for one in told if one["verdict"] == "error" and one["blame"] not in met]
    if wrong:
        return f"an error of the {wrong[0]['blame']}, where no such fault was: {wrong[0]['message'][:300]}"
    if case["verdict"] == usual or case["verdict"] == "error":
        return ""
    if case["verdict"] == "fail" and "module" in met:
        return ""
    return f"{case['verdict']}, in an undisturbed round {usual}: {case['message'][:300]}"


def judge(record, usual, faults):
    """The complaints about a round: each with the id of its case, or "the run"."""
    cases = [case for case in record["cases"] if not case["message"].startswith("not run: the ")]
    found = [(case["id"], complaint(case, usual[case["id"]], faults)) for case in cases if case["id"] in usual]
    found += [("the run", one["message"]) for one in record["problems"] if "limits.minutes" not in one["message"]]
    found += [(case["id"], case["message"]) for case in record["cases"] if is_not_run(case)]
    return [(where, what) for where, what in found if what]


def is_not_run(case):
    return case["message"].startswith("not run: the ") and "limits.minutes" not in case["message"]


@dataclass
class Night:
    """The whole of it: rounds one after the other in ``folder``."""

    folder: Path
    saboteur: Saboteur
    cases: tuple

    def round(self, name, minutes, hand=None):
        place = self.folder / name
        place.mkdir()
        option = rig_of(self.saboteur, place, f"\n[limits]\nminutes = {minutes:.3f}\nrecoveries = 4\n")
        run = Run(place)
        run.start("-q", option, *self.cases)
        if hand:
            with contextlib.suppress(AssertionError):  # it ended before its first case: its problem will say why
                run.wait_for_cases(1)
            hand.process = run.process
            hand.cases_run.set()
        run.process.wait()
        if hand:
            hand.cases_run.clear()
        return run.end().record

    def spend(self, minutes, every):
        """Rounds until the time is over; the complaints, all cases, and the faults."""
        usual = {case["id"]: case["verdict"] for case in self.round("undisturbed", 0)["cases"]}
        say(f"undisturbed: {dict(Counter(usual.values()))}")
        if not usual or set(usual.values()) & {"fail", "error"}:
            return None
        hand = Hand(self.saboteur, every)
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
            if left <= 0.05:
                return
            record = self.round(f"round-{number}", left, hand)
            complaints = judge(record, usual, hand.done())
            say(f"round {number}: {len(record['cases'])} cases, {len(hand.faults)} faults by now, {told(complaints)}")
            yield record, complaints


def told(complaints):
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


def main():
    options = parse()
    with tempfile.TemporaryDirectory(prefix="unattended.") as default:
        folder = options.out or Path(default)
        folder.mkdir(parents=True, exist_ok=True)
        with Saboteur(folder) as saboteur:
            spent = Night(folder, saboteur, tuple(options.cases)).spend(options.minutes, options.every)
    if spent is None:
        say("the undisturbed round was no good")
        return 2
    rounds, faults = spent
    summary(rounds, faults)
    return 1 if any(complaints for _, complaints in rounds) else 0


def parse():
    parser = argparse.ArgumentParser(prog="python -m tests.trouble.unattended", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30, help="how long, after the undisturbed round")
    parser.add_argument("--every", type=float, default=20, help="seconds between two faults")
    parser.add_argument("--out", type=Path, help="an empty folder for all records (default: none is kept)")
    parser.add_argument("cases", nargs="*", default=CASES, help="what pytest runs")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
