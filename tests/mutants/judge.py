"""Judges faulty modules, each in a run of pytest of its own, and finds the requirements that caught each fault."""

import contextlib
import functools
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import tqdm

from reports.record.editions import whole_case
from reports.record.findings import findings_of
from reports.record.journal import journal_path
from reports.record.model import Finding
from suites.spec.catalogue import load_catalogue
from tests.mutants.modules import ROOT, Fault
from tests.mutants.pool import Pool

CUT_OFF = "cut off"
"""First words of the note of a run that was ended before its end."""
ENOUGH, AT_MOST = 2, 40
"""Numbers of failed cases, for a mapped requirement and for any requirement, after which a run ends.

A run against a module that breaks everything would take long, and would show nothing new.
"""


@dataclass
class Verdict:
    """The result of the suites for one faulty module.

    ``broken``: by requirement that was found broken, the cases that found it, each with its message. ``run``: the cases
    that were run. ``note``: the failure of the run itself; "" where there is none. ``findings``: those of the summary.
    """

    caught: bool
    broken: dict[str, dict[str, str]] = field(default_factory=dict)
    run: tuple[str, ...] = ()
    note: str = ""
    findings: tuple[Finding, ...] = ()

    def rank(self, fault: Fault) -> int:
        """The number of the first finding that names a requirement of the map, from 1 on; 0 where there is none."""
        ranked = enumerate(self.findings, 1)
        return next((number for number, one in ranked if one["requirement"] in fault.requirements), 0)

    def innocent(self, fault: Fault) -> list[str]:
        """The requirements that the summary calls broken, and that the map does not name."""
        return sorted({one["requirement"] for one in self.findings} - set(fault.requirements))

    def killers(self, fault: Fault) -> dict[str, str]:
        """The cases that caught the fault, each with its message."""
        return {case: text for one in fault.requirements for case, text in self.broken.get(one, {}).items()}


def judge_all(
    faults: Sequence[Fault], folder: Path, jobs: int, timeout: float, *, full: bool = False
) -> dict[str, Verdict]:
    """Judge every fault that is not equivalent. Returns the verdicts by the name of the fault."""
    verdicts: dict[str, Verdict] = {}
    work = {one.name: one for one in faults if not one.equivalent}
    tqdm.tqdm.monitor_interval = 0  # no thread beside us when we fork
    tasks = [(name, functools.partial(run, one, folder, full)) for name, one in work.items()]
    with tqdm.tqdm(total=len(work), unit="fault", mininterval=1, file=sys.stderr) as bar:
        for name, late in Pool(jobs, timeout).work(tasks):
            verdicts[name] = read(folder / f"{name}.json", work[name], f"{CUT_OFF} after {timeout:g} s" if late else "")
            bar.update()
    return verdicts


def read_all(faults: Sequence[Fault], folder: Path) -> dict[str, Verdict]:
    """Read the records in ``folder``, or the journal where a run was ended early. Returns the verdicts by fault."""
    verdicts: dict[str, Verdict] = {}
    for one in faults:
        record = folder / f"{one.name}.json"
        if record.exists() or journal_path(record).exists():
            verdicts[one.name] = read(record, one, "" if record.exists() else CUT_OFF)
    return verdicts


def run(fault: Fault, folder: Path, full: bool) -> None:
    """Run the cases of the fault's requirements (``full``: all cases), and leave a record.

    It runs pytest, so it needs a process of its own.
    """
    with (folder / f"{fault.name}.log").open("w") as log, start_module(fault, folder) as options:
        record = [f"--run-record={folder / fault.name}.json", "-p", "no:allure_pytest"]
        chosen = [] if full else [f"--requirement={one}" for one in fault.requirements]
        plugins = [] if full else [EarlyEnd(fault.requirements)]
        with contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
            pytest.main(["-q", "--allow=reset,network,flash", *record, *options, *chosen], plugins=plugins)


class EarlyEnd:
    """A plugin of pytest that ends a run once ENOUGH cases failed for ``wanted`` requirements, or AT_MOST for any."""

    def __init__(self, wanted: Sequence[str]) -> None:
        self._wanted = set(wanted)
        self._caught = self._failed = 0

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self._session = session

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        found = set(getattr(report, "conformance", {"case": {"broken": ()}})["case"]["broken"])
        self._caught += bool(found & self._wanted)
        self._failed += bool(found)
        if self._caught >= ENOUGH or self._failed >= AT_MOST:
            self._session.shouldfail = "enough is known of this fault"


@contextlib.contextmanager
def start_module(fault: Fault, folder: Path) -> Any:
    """Start the faulty module where the rig does not start it. Yields the options of pytest that reach it."""
    if not fault.command:
        yield list(fault.pytest_options)
        return
    link = folder / f"{fault.name}.link"
    command = [*fault.command, "--link", str(link)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as module:
        assert module.stdout is not None
        module.stdout.readline()
        try:
            yield [f"--port={link}", "--ssid=MUTANTS", *fault.pytest_options]
        finally:
            module.terminate()


def read(record: Path, fault: Fault, note: str = "") -> Verdict:
    """The verdict of a record, or of the journal of a run that was ended early."""
    cases, problems = recorded(record)
    if not cases and not problems and not note:
        note = "no record was written"
    broken: dict[str, dict[str, str]] = {}
    for case in cases:
        for one in case["broken"]:
            broken.setdefault(one, {})[case["id"]] = shortened(case["message"])
    notes = [note] + [f"{one['blame']}: {one['message']}" for one in problems if one["blame"] != "module"]
    notes += [f"{case['id']}: {case['blame']}: {first(case)}" for case in cases if case["verdict"] == "error"]
    caught = any(one in broken for one in fault.requirements)
    unjudged = [f"{one['blame']}: {one['message']}" for one in problems if one["blame"] == "module" and not caught]
    ran = tuple(sorted(case["id"] for case in cases))
    findings = tuple(findings_of([whole_case(case, "") for case in cases], load_catalogue()))
    return Verdict(caught, broken, ran, "; ".join(text for text in notes + unjudged if text), findings)


def recorded(record: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The cases of a run, and the problems that concern the run as a whole."""
    journal = journal_path(record)
    if record.exists():
        data = json.loads(record.read_text(encoding="utf-8"))
        return data["cases"], data["problems"]
    if not journal.exists():
        return [], []
    rows = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    return [row["case"] for row in rows if "case" in row], [row["problem"] for row in rows if "problem" in row]


def shortened(message: str) -> str:
    """The first four lines of a case's message: the requirement, what was expected, what came."""
    return "\n".join(message.splitlines()[:4])


def first(case: dict[str, Any]) -> str:
    """The first line of a case's message."""
    return str(case["message"]).partition("\n")[0]
