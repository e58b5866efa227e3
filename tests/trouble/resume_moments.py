"""``python -m tests.trouble.resume_moments``: a full run is killed at many moments and gone on with.

First a run that nobody kills. Then, at moments that are spread over its time, a run is killed with SIGKILL,
alternately with all its workers and without them, and gone on with by ``--resume``. Each time no case may be lost,
doubled or changed: a case that was finished when the run was killed stands in the record as it stood in the journal,
every other one has the verdict of the undisturbed run, and so is the exit status. All of it for each number of workers.
Exit status: 0 all is right, 1 something is not, 2 the undisturbed run was no good.
"""

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from reports.record.journal import journal_path, read_journals
from reports.record.record import RecordError, read_record
from tests.fixtures.runs import PATIENCE, Run
from tests.trouble.unattended import say

SUITES = ("suites",)
EARLIEST, LATEST = 0.1, 0.95
"""The first and the last moment, as shares of the time of the undisturbed run."""
END_S = 1800.0
"""Seconds for which one run is waited for."""
SHOWN = 8
MADE = "transcript_sha256"
"""The key of a case that is made when the record is written: the journal does not have it."""


@dataclass(frozen=True)
class Undisturbed:
    """The run that nobody killed: its status, the verdict of each case, and its seconds."""

    status: int
    verdicts: dict
    seconds: float


def options_of(workers):
    return ["-q", "-n", str(workers)] if workers else ["-q"]


def finish(run):
    """Wait for the end of a run, however long; what it has left."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        run.process.wait(timeout=END_S)
    return run.end()


def run_undisturbed(folder, workers, suites):
    folder.mkdir()
    ended = finish(Run(folder).start(*options_of(workers), *suites))
    record = read_record(folder / "run.json")
    return Undisturbed(ended.status, {one["id"]: one["verdict"] for one in record["cases"]}, ended.seconds)


def kill_at(folder, workers, suites, seconds, everything):
    """A run that was killed ``seconds`` after its start; with its workers, or without them."""
    folder.mkdir()
    run = Run(folder).start(*options_of(workers), *suites, own_session=True)
    with contextlib.suppress(subprocess.TimeoutExpired):
        run.process.wait(timeout=seconds)
    with contextlib.suppress(ProcessLookupError):
        (os.killpg if everything else os.kill)(run.process.pid, signal.SIGKILL)
    run.process.wait(timeout=PATIENCE)
    run.output.close()
    return run


def finished_in(folder):
    """The finished cases by their ids: of the journal of a run that was killed, or of its record."""
    path = folder / "run.json"
    cases = read_journals(path).cases if journal_path(path).exists() else read_record(path)["cases"]
    return {one["id"]: one for one in cases}


def differences(finished, undisturbed, status, record):
    """What is wrong with a run that was gone on with, in words."""
    counted = Counter(one["id"] for one in record["cases"])
    now = {one["id"]: {key: value for key, value in one.items() if key != MADE} for one in record["cases"]}
    usual = undisturbed.verdicts
    found = [f"lost: {one}" for one in sorted(set(usual) - set(counted))]
    found += [f"doubled: {one}" for one, times in counted.items() if times > 1]
    found += [f"unknown: {one}" for one in sorted(set(counted) - set(usual))]
    found += [f"changed: {one}" for one, case in finished.items() if now.get(one, case) != without_made(case)]
    found += [
        f"{case['verdict']}, undisturbed {usual[one]}: {one}"
        for one, case in now.items()
        if one in usual and case["verdict"] != usual[one]
    ]
    return found + ([f"status {status}, undisturbed {undisturbed.status}"] if status != undisturbed.status else [])


def without_made(case):
    return {key: value for key, value in case.items() if key != MADE}


def try_moment(folder, workers, suites, undisturbed, seconds, everything):
    """Kill a run, go on with it; how many cases had been finished, and what is wrong."""
    began = time.monotonic()
    run = kill_at(folder, workers, suites, seconds, everything)
    try:
        finished = finished_in(folder)
    except (RecordError, OSError):
        return 0, ["killed before there was a journal: choose a later moment"]
    ended = finish(run.start(*options_of(workers), *suites, f"--resume={folder / 'run.json'}"))
    found = differences(finished, undisturbed, ended.status, read_record(folder / "run.json"))
    whom = "all processes" if everything else "the controller alone"
    shown = "".join(f"\n  {one}" for one in found[:SHOWN])
    say(
        f"-n {workers}: {whom} killed after {seconds:.1f} s with {len(finished)} of {len(undisturbed.verdicts)} cases "
        f"finished; {time.monotonic() - began:.0f} s in all; {len(found)} wrong{shown}"
    )
    return len(finished), found


def moments_of(count, seconds, seed):
    """Seconds after the start: one at random in each of ``count`` parts of the time."""
    draw = random.Random(seed)
    width = (LATEST - EARLIEST) / count
    return [seconds * (EARLIEST + width * (place + draw.random())) for place in range(count)]


def spend(folder, workers, options):
    """All moments with so many workers; how many were tried, and how many went wrong; None: no good from the start."""
    undisturbed = run_undisturbed(folder / f"undisturbed-{workers}", workers, options.suites)
    say(f"-n {workers}, undisturbed: status {undisturbed.status}, {len(undisturbed.verdicts)} cases, "
        f"{undisturbed.seconds:.0f} s")  # fmt: skip
    if not undisturbed.verdicts or set(undisturbed.verdicts.values()) & {"error"}:
        return None
    wrong = 0
    for place, seconds in enumerate(moments_of(options.moments, undisturbed.seconds, options.seed)):
        where = folder / f"moment-{workers}-{place}"
        _, found = try_moment(where, workers, options.suites, undisturbed, seconds, everything=place % 2 == 0)
        wrong += bool(found)
    return options.moments, wrong


def main():
    options = parse()
    with tempfile.TemporaryDirectory(prefix="resume-moments.") as default:
        folder = options.out or Path(default)
        folder.mkdir(parents=True, exist_ok=True)
        results = {workers: spend(folder, workers, options) for workers in options.workers}
    if None in results.values():
        say("an undisturbed run was no good")
        return 2
    for workers, (tried, wrong) in results.items():
        say(f"-n {workers}: {tried} moments, {wrong} of them wrong (seed {options.seed})")
    return 1 if any(wrong for _, wrong in results.values()) else 0


def parse():
    parser = argparse.ArgumentParser(prog="python -m tests.trouble.resume_moments", description=__doc__)
    parser.add_argument("--moments", type=int, default=20, help="how many, for each number of workers")
    parser.add_argument("--workers", type=int, nargs="+", default=[6, 0], help="processes that judge (pytest's -n)")
    parser.add_argument("--seed", type=int, default=1, help="what the moments are drawn by")
    parser.add_argument("--out", type=Path, help="an empty folder for all records (default: none is kept)")
    parser.add_argument("--suites", nargs="+", default=SUITES, help="what pytest runs")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
