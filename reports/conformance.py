"""The run's front door: ``python -m reports.conformance ARGS`` judges a module and makes the reports.

Runs pytest with ARGS in the repository's root, then makes the report of the record and Allure's page of the results
whatever the outcome, says where they lie, and ends with pytest's exit status (``docs/reports.md``). A page that cannot
be made has a status of its own only where all else is well.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from reports.formats.allure.html import TITLE, make_page
from reports.formats.allure.node import ToolError
from reports.formats.registry import RenderError, formats, place_of
from reports.formats.view import View
from reports.places import ABOVE, ROOT, out_folder, pytest_arguments, tools_folder
from reports.record.expectations import hold, load_expectation
from reports.record.expectations import status_of as expected_status
from reports.record.journal import JournalBusyError, journal_path
from reports.record.record import RecordError, read_record
from reports.record.status import ExitStatus
from reports.run.environment import forget
from reports.run.history import keep_more
from reports.run.interrupt import ENDING
from reports.run.rebuild import rebuild_run
from reports.run.render import write_renderings
from reports.run.steering import HANDOFF
from reports.run.streams import complain, open_descriptors, replace_missing_streams, write_text
from suites.spec.catalogue import load_catalogue

PAGE = out_folder(ROOT, Path.cwd()) / "conformance.html"
LOOK_S = 0.2
"""Seconds between two looks for what pytest hands over when it begins."""
WORKERS = 6
ALONE = (
    "--fuzz",
    "--endurance",
    "-n",
    "--numprocesses",
    "--dist",
    "--port",
    "--rig",
    "--pdb",
    "-x",
    "--maxfail",
    "--co",
    "--collect",
    "-s",
    "-h",
    "--help",
)
"""Options that say, or need, how many processes there are."""
VALUE_OPTIONS = (
    "--port", "--rig", "--baud", "--profile", "--ssid", "--module-address", "--peer-address", "--allow",
    "--emulator-option", "--requirement", "--replay", "--walk", "--walk-seed",
    "--fuzz", "--fuzz-seed", "--endurance", "--endurance-seed", "--run-record", "--resume",
    "--wait-for-rig", "--dist-rigs", "--require", "--expect", "--budget",
)  # fmt: skip
"""Options of ours that take a value; pytest knows each as ``--dut-NAME``, too."""
TOOLS = tools_folder()


def main(arguments: Sequence[str]) -> int:
    """Judge, then report. Returns the exit status of the whole."""
    with tempfile.TemporaryDirectory(prefix="conformance.") as folder:
        handoff = Path(folder) / "handoff.json"
        status = run_pytest(arguments, handoff)
        places = json.loads(handoff.read_text(encoding="utf-8")) if handoff.exists() else None
    if places is None:  # --help, --collect-only, or a usage error that pytest has shown
        return status if status >= 0 else ExitStatus.HARNESS
    record = Path(places["record"])
    if journal_path(record).exists():
        status = save_from_journal(record, places["results"])
    elif not judged(record, status):
        return status
    else:
        status = status_of(record, status, places["expect"])
    status = write_reports(record, status)
    if places["results"]:
        status = make_report(Path(places["results"]), status, title_of(record))
    for path in default_places(record):
        write_text(f"report    {shown(path)}")
    return status


def default_places(record: Path) -> list[Path]:
    """The renderings that the main job has written; the page for people is the last."""
    places = [place_of(record, one) for one in reversed(formats()) if one.by_default]
    return [one for one in places if one.exists()]


def write_reports(record: Path, status: int) -> int:
    """Write the default renderings beside the record. Returns ``status``, or NO_PAGE where only they went wrong."""
    try:
        write_renderings(read_record(record), record, [one for one in formats() if one.by_default])
    except RecordError:
        return status  # said before
    except (RenderError, OSError) as problem:
        write_text(f"the reports could not be made: {problem}")
        return status or ExitStatus.NO_PAGE
    except Exception:  # what the run has found must not be lost by a mistake of ours
        complain(f"the reports could not be made; the record is whole:\n{traceback.format_exc()}")
        return status or ExitStatus.HARNESS
    keep_more(record)
    return status


def judged(record: Path, status: int) -> bool:
    """False where the run has judged nothing, so that the record of the run before lies there."""
    if status != ExitStatus.NOTHING_JUDGED:
        return True
    try:
        return read_record(record)["status"]["code"] == ExitStatus.NOTHING_JUDGED
    except RecordError:
        return True


def status_of(record: Path, status: int, expect: str | None = None) -> int:
    """The status that the record tells, where pytest ended with ``status``; ``expect``: the file of known breaches.

    Pytest's own word counts for no more than that something failed: Python itself ends with 1 when pytest crashes on
    its way out, and 1 means here that the module is broken.
    """
    try:
        document = read_record(record)
        recorded = int(document["status"]["code"])
        if expect:
            return expected_status(document, hold(document, load_expectation(Path(expect))))
    except RecordError as problem:
        write_text(str(problem))
        return ExitStatus.HARNESS
    return recorded or (ExitStatus.HARNESS if status else ExitStatus.CONFORMING)


def title_of(record: Path) -> str:
    """The page's title: the outcome, and what was judged, as far as the run found out."""
    try:
        view = View(read_record(record))
    except RecordError:
        return TITLE
    return f"{view.headline.word}: {view.title}" + (f" ({view.headline.sentence})" if view.headline.sentence else "")


def workers(arguments: Sequence[str]) -> list[str]:
    """Share the cases out among several emulators, since most of the time a case waits.

    Not where there is one module only, and not where the caller has a wish that goes with one process.
    """
    alone = any(word.replace("--dut-", "--", 1).startswith(ALONE) for word in arguments)
    return [] if alone else ["-n", str(WORKERS), "--dist", "worksteal"]


def joined(arguments: Sequence[str]) -> list[str]:
    """Our own options by their names with the prefix, with their values in one word: ``--dut-port=/dev/ttyUSB0``.

    pytest looks for its configuration before it knows our options, and takes the value of one that stands by itself
    for the path of tests, in whose folder it then looks. The short name may be another plugin's.
    """
    out: list[str] = []
    waits = False
    for word in arguments:
        if waits and not word.startswith("-"):
            out[-1] += f"={word}"
            waits = False
            continue
        name, equals, value = word.partition("=")
        if name in VALUE_OPTIONS:
            name = f"--dut-{name[2:]}"
        out.append(name + equals + value)
        waits = not equals and (name == "--alluredir" or name.startswith("--dut-"))
    return out


def run_pytest(arguments: Sequence[str], handoff: Path) -> int:
    """Run pytest to its end. Returns its status, negative where a signal ended it.

    SIGINT, SIGTERM and SIGHUP are passed on as SIGINT, which pytest ends the run upon, in order; we wait for it. From a
    terminal SIGINT comes to both of us, so pytest gets it twice, and takes it for one (``reports.run.interrupt``).
    Where SIGINT is ignored, as in the background of a shell's script, pytest ignores it too: there it is SIGTERM.
    """
    ours = ["--rootdir", str(ROOT), *pytest_arguments(), *workers(arguments), *joined(arguments)]
    command = [sys.executable, *(["-P"] if ABOVE else []), "-m", "pytest", *ours]
    child = subprocess.Popen(command, cwd=None if ABOVE else ROOT, env={**os.environ, HANDOFF: str(handoff)})

    heard = signal.SIGTERM if signal.getsignal(signal.SIGINT) is signal.SIG_IGN else signal.SIGINT

    def end_in_order(_number: int, _frame: FrameType | None) -> None:
        if child.poll() is None:
            child.send_signal(heard)

    former = [(one, signal.signal(one, end_in_order)) for one in endings()]
    try:
        return wait_for(child, handoff)
    finally:
        for number, handler in former:
            signal.signal(number, handler)


def endings() -> list[signal.Signals]:
    """The signals that end the run in order; not SIGHUP where it is ignored, as under ``nohup``."""
    return [signal.SIGINT, *(one for one in ENDING if signal.getsignal(one) is not signal.SIG_IGN)]


def wait_for(child: subprocess.Popen[bytes], handoff: Path) -> int:
    """Wait for pytest's end, its status. The secrets that it has taken by then are soon nowhere in this process."""
    while not handoff.exists():
        try:
            return child.wait(timeout=LOOK_S)
        except subprocess.TimeoutExpired:
            continue
    for name in json.loads(handoff.read_text(encoding="utf-8"))["taken"]:
        forget(name)
    return child.wait()


def save_from_journal(record: Path, results: str | None) -> int:
    """Pytest died without a word: make the record from its journal. Returns the status of the run."""
    write_text("the run was cut off; the record holds the cases that were finished")
    try:
        rebuilt = rebuild_run(record, Path(results) if results else None, load_catalogue())
    except JournalBusyError as problem:
        write_text(f"the record was not made: {problem}")
        return ExitStatus.HARNESS
    except (RecordError, OSError) as problem:
        write_text(f"the journal cannot be used: {problem}")
        return ExitStatus.HARNESS
    write_text(f"go on with the rest by --resume {record}")
    return rebuilt["status"]["code"]


def make_report(results: Path, status: int, title: str) -> int:
    """Make Allure's page and say where it lies. Returns ``status``, or NO_PAGE where that alone went wrong."""
    try:
        make_page(results, PAGE, TOOLS, title)
    except (ToolError, OSError) as problem:
        write_text(f"Allure's page could not be made: {problem}")
        return status or ExitStatus.NO_PAGE
    except KeyboardInterrupt:
        write_text("Allure's page was not made: interrupted")
        return status or ExitStatus.INTERRUPTED
    write_text(f"allure    {shown(PAGE)}")
    return status


def shown(path: Path) -> str:
    """The path as a person at this place writes it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def run() -> int:
    """Judge with the arguments of the command line. Returns the exit status, HARNESS where this program itself fails.

    Python ends with status 1 after an exception, and 1 is said of a module only.
    """
    open_descriptors()
    replace_missing_streams()
    try:
        return main(sys.argv[1:])
    except Exception:  # whatever it is, it is not the module
        complain(f"the harness failed; this says nothing of the module:\n{traceback.format_exc()}")
        return ExitStatus.HARNESS


if __name__ == "__main__":
    sys.exit(run())
