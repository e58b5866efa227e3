"""Judges one conforming module in a process of pytest. Where a case blames the module, the case is wrong."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.mutants.modules import ROOT
from tests.variants.candidates import Candidate, Kind

LAST_LINES = 6
"""Number of lines of pytest's output that the note has, where the run left no record."""


@dataclass
class Verdict:
    """The result of the suites for one conforming module.

    ``blamed``: by broken requirement, the id and the message of the first case. ``troubled``: by id of a case that
    ended as an error of the bench, its message. ``not_run``: number of cases that were not run. ``note``: what is wrong
    with the run itself; "" where nothing is.
    """

    good: bool
    cases: int = 0
    seconds: float = 0.0
    blamed: dict[str, str] = field(default_factory=dict)
    troubled: dict[str, str] = field(default_factory=dict)
    not_run: int = 0
    note: str = ""


def judge(kind: Kind, candidate: Candidate, folder: Path, areas: Sequence[str], timeout: float) -> Verdict:
    """Run the cases of ``areas`` (all cases where none is named) against ``candidate``, for ``timeout`` seconds."""
    command, options = kind.reach(candidate.options)
    name = f"{kind.key}.{candidate.name}"
    module, reached = start(command, folder / f"{name}.link")
    record = folder / f"{name}.json"
    asked = [sys.executable, "-m", "pytest", "-q", f"--run-record={record}", f"--alluredir={folder / name}"]
    asked += [*reached, *options, f"--profile={candidate.profile}", *areas]
    began = time.monotonic()
    try:
        run = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=timeout)
        note = "" if run.returncode == 0 else f"status {run.returncode}"
        said = "\n".join((run.stdout + run.stderr).splitlines()[-LAST_LINES:])
    except subprocess.TimeoutExpired:
        note, said = f"cut off after {timeout:g} s", ""
    finally:
        if module is not None:
            module.terminate()
            module.communicate()
    verdict = read(record, note, said)
    verdict.seconds = round(time.monotonic() - began, 1)
    return verdict


def start(command: Sequence[str], link: Path) -> tuple[subprocess.Popen[str] | None, list[str]]:
    """Start the module at ``link``, where the rig does not start it; the module, and pytest's options to reach it."""
    if not command:
        return None, []
    module = subprocess.Popen(
        [*command, "--link", str(link)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert module.stdout is not None
    module.stdout.readline()
    return module, [f"--port={link}", "--ssid=VARIANTS"]


def read(record: Path, note: str, said: str) -> Verdict:
    """The verdict of a record. A run that ended badly is bad, also where no case blames the module."""
    journal = record.with_name(record.name + ".journal.jsonl")
    if record.exists():
        cases = json.loads(record.read_text(encoding="utf-8"))["cases"]
    elif journal.exists():
        rows = (json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines())
        cases = [row["case"] for row in rows if "case" in row]
    else:
        return Verdict(False, note=f"{note}; no record was written: {said}")
    blamed: dict[str, str] = {}
    for case in cases:
        for one in case["broken"]:
            blamed.setdefault(one, f"{case['id']}\n{case['message']}")
    troubled = {case["id"]: case["message"] for case in cases if case["verdict"] == "error"}
    not_run = sum(case["message"].startswith("not run:") for case in cases)
    good = not (note or blamed or troubled or not_run) and bool(cases)
    return Verdict(good, len(cases), blamed=blamed, troubled=troubled, not_run=not_run, note=note)
