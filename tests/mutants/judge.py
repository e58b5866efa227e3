"""Judges one faulty module in a pytest of its own, and says what caught it."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.mutants.modules import ROOT, Fault


@dataclass
class Verdict:
    """What the suites said of one faulty module."""

    caught: bool
    broken: dict[str, list[str]] = field(default_factory=dict)
    message: str = ""
    cases: int = 0
    note: str = ""


def judge(fault: Fault, folder: Path, full: bool, timeout: float) -> Verdict:
    """Run the cases that can see the fault (``full``: all); caught is what fails for the mapped requirement."""
    record = folder / f"{fault.name}.json"
    module, options = start(fault, folder)
    command = [sys.executable, "-m", "pytest", "-q", "--allow=reset,network", f"--run-record={record}"]
    command += [f"--alluredir={folder / fault.name}", *options]
    command += [] if full else [f"--requirement={one}" for one in fault.requirements]
    try:
        subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout)
        note = ""
    except subprocess.TimeoutExpired:
        note = f"cut off after {timeout:g} s"
    finally:
        if module is not None:
            module.terminate()
            module.communicate()
    return read(record, fault, note)


def start(fault: Fault, folder: Path) -> tuple[subprocess.Popen[str] | None, list[str]]:
    """The faulty module where the rig does not start it, and how pytest reaches it."""
    if not fault.command:
        return None, list(fault.pytest_options)
    link = folder / f"{fault.name}.link"
    command = [*fault.command, "--link", str(link)]
    module = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert module.stdout is not None
    module.stdout.readline()
    return module, [f"--port={link}", "--ssid=MUTANTS", *fault.pytest_options]


def read(record: Path, fault: Fault, note: str) -> Verdict:
    """What the record, or the journal of a run that was cut off, says."""
    journal = record.with_name(record.name + ".journal.jsonl")
    if record.exists():
        cases = json.loads(record.read_text(encoding="utf-8"))["cases"]
    elif journal.exists():
        rows = (json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines())
        cases = [row["case"] for row in rows if "case" in row]
    else:
        return Verdict(False, note=note or "no record was written")
    broken: dict[str, list[str]] = {}
    for case in cases:
        for one in case["broken"]:
            broken.setdefault(one, []).append(case["id"])
    caught = [one for one in fault.requirements if one in broken]
    message = next((case["message"] for case in cases if set(case["broken"]) & set(caught)), "")
    return Verdict(bool(caught), broken, "\n".join(message.splitlines()[:4]), len(cases), note)
