"""Measures how the cost grows: of record and journal with the number of cases, of a run with the number of modules."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from reports.formats.registry import load_format
from reports.formats.view import View
from reports.record.journal import Journal
from reports.record.record import read_record, write_record
from tests.fixtures.runs import PATIENCE, ROOT
from tests.reports import sample_runs

RENDERED = ("html", "summary", "junit", "ctrf", "csv", "md")
FEW, MANY = 5, 1000
"""Number of times that a record is made and rendered, and number of cases above which that is done once: a large
record takes long, and its times vary little."""
JUDGED = "suites/settings/test_values.py"
"""The cases of the runs with several modules. None of these cases waits."""


def timed(action: Callable[[], object]) -> float:
    """Seconds of one call."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def measure_records(number: int) -> dict[str, list[float]]:
    """Milliseconds to write the journal of ``number`` cases, to write and read their record, and to render it."""
    cases = list(sample_runs.cases(number))
    record = sample_runs.record_of(cases)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.json"
        actions: dict[str, Callable[[], object]] = {
            "record written": lambda: write_record(record, path),
            "record read": lambda: read_record(path),
            "journal written": lambda: write_journal(Path(folder) / "journal" / "run.json", cases),
        }
        actions |= {name: lambda name=name: load_format(name).render(View(record)) for name in RENDERED}
        return {
            name: [1000 * timed(action) for _ in range(1 if number > MANY else FEW)] for name, action in actions.items()
        }


def write_journal(record: Path, cases: Sequence[object]) -> None:
    """Write a journal with ``cases`` beside ``record``."""
    kept = Journal(record)
    for case in cases:
        kept.add("case", case)
    kept.close()


def pytest_run(*arguments: str) -> float:
    """Seconds of a run of pytest in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        own = [f"--dut-run-record={folder}/run.json", f"--alluredir={folder}/allure", "-q", "-p", "no:cacheprovider"]
        command = [sys.executable, "-m", "pytest", *own, *arguments]
        return timed(
            lambda: subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=4 * PATIENCE)
        )


def measure_runs(modules: Sequence[int]) -> dict[str, list[float]]:
    """Milliseconds to collect all cases, to run one case, and to run the cases of JUDGED that N modules share."""
    found = {
        "one case judged": [1000 * pytest_run(f"{JUDGED}::test_p0_shows_the_selected_socket[0]")],
        "all cases collected": [1000 * pytest_run("--collect-only")],
    }
    for number in modules:
        share = () if number == 1 else ("-n", str(number), "--dist", "worksteal")
        found[f"all of {JUDGED}, {number} at a time"] = [1000 * pytest_run(JUDGED, *share)]
    return found
