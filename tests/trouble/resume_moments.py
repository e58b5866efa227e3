"""``python -m tests.trouble.resume_moments``: kill full runs at many moments, and resume them.

The first run is not disturbed. Then runs are killed with SIGKILL, at moments that are spread over the time of the first
run, alternately with all workers and without them. Each is resumed by ``--resume``. No case may be lost, doubled or
changed. A case that was finished before the kill has the same record as in the journal. Every other case has the
verdict of the undisturbed run, and the exit status is the same. All this is done for each number of workers.

Exit status: 0 all runs are right, 1 a run is wrong, 2 the undisturbed run was wrong.
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
"""Shares of the time of the undisturbed run: the first and the last moment."""
END_S = 1800.0
"""Seconds that a run may take."""
SHOWN = 8
"""Number of differences of a run that the terminal shows."""
MADE = "transcript_sha256"
"""Key of a case that only the record has: it is made when the record is written."""


@dataclass(frozen=True)
class Undisturbed:
    """The run that was not killed: its exit status, the verdict of each case, and its time in seconds."""

    status: int
    verdicts: dict
    seconds: float


def options_of(workers):
    return ["-q", "-n", str(workers)] if workers else ["-q"]


def finish(run):
    """Wait END_S for the end of ``run``. Returns the ended run."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        run.process.wait(timeout=END_S)
    return run.end()


def run_undisturbed(folder, workers, suites):
    folder.mkdir()
    ended = finish(Run(folder).start(*options_of(workers), *suites))
    record = read_record(folder / "run.json")
    return Undisturbed(ended.status, {one["id"]: one["verdict"] for one in record["cases"]}, ended.seconds)


def kill_at(folder, workers, suites, seconds, everything):
    """Start a run and kill it after ``seconds``, with its workers where ``everything`` is true. Returns the run."""
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
    """The finished cases by id: from the journal of a run that was killed, or from its record."""
    path = folder / "run.json"
    cases = read_journals(path).cases if journal_path(path).exists() else read_record(path)["cases"]
    return {one["id"]: one for one in cases}


def differences(finished, undisturbed, status, record):
    """The differences of a resumed run from what is right, in words. ``finished``: the cases before the kill, by id."""
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
    """Kill a run and resume it. Returns the number of cases that were finished before the kill, and the differences."""
    began = time.monotonic()
    run = kill_at(folder, workers, suites, seconds, everything)
    try:
        finished = finished_in(folder)
    except (RecordError, OSError):
        return 0, ["killed before the journal was written: choose a later moment"]
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
    """Moments in seconds after the start: a random one in each of ``count`` equal parts of the time."""
    draw = random.Random(seed)
    width = (LATEST - EARLIEST) / count
    return [seconds * (EARLIEST + width * (place + draw.random())) for place in range(count)]


def spend(folder, workers, options):
    """Try all moments with ``workers`` workers. Returns how many were tried and how many runs were wrong.

    Returns None where the undisturbed run has no case or an error.
    """
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
        say("an undisturbed run has no case, or an error")
        return 2
    for workers, (tried, wrong) in results.items():
        say(f"-n {workers}: {tried} moments, {wrong} of them wrong (seed {options.seed})")
    return 1 if any(wrong for _, wrong in results.values()) else 0


def parse():
    parser = argparse.ArgumentParser(prog="python -m tests.trouble.resume_moments", description=__doc__)
    parser.add_argument("--moments", type=int, default=20, help="number of moments for each number of workers")
    parser.add_argument("--workers", type=int, nargs="+", default=[6, 0], help="numbers of workers (pytest's -n)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the moments")
    parser.add_argument("--out", type=Path, help="empty folder that keeps all records (default: no record is kept)")
    parser.add_argument("--suites", nargs="+", default=SUITES, help="paths of the cases")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
