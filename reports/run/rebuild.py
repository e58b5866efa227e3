"""``python -m reports rebuild RUN``: record and Allure results of a run that was killed, from its journals.

RUN is the path of the record that the run should have written, or of its journal. The run's front door does the same by
itself when its pytest dies; this is for the case that everything was killed, or the power failed.
"""

import argparse
import sys
from pathlib import Path

from reports.formats.allure.whole import complete_results
from reports.formats.matrix import matrix_path, write_matrix
from reports.formats.terminal import closing_line, summary_lines
from reports.record.journal import await_end, journal_path, read_journals, rebuild, record_of, remove_all
from reports.record.model import Record
from reports.record.record import RecordError, write_record
from reports.run.command import run_action
from reports.run.history import RUNS, Aside, keep_record
from suites.spec.catalogue import Catalogue, load_catalogue


def rebuild_run(record: Path, results: Path | None, catalogue: Catalogue) -> Record:
    """Write the record, and complete the Allure results; the journals are done with. Raises RecordError, OSError."""
    await_end(record)
    rebuilt = rebuild(record, catalogue)
    write_record(rebuilt, record)
    Aside(record).drop()
    if (record.parent / RUNS).is_dir():
        keep_record(record, rebuilt["started"])
    if results:
        complete_results(results, rebuilt, catalogue)
    if len(rebuilt["rigs"]) > 1:
        write_matrix(rebuilt, matrix_path(record), catalogue)
    remove_all(record)
    return rebuilt


def run(options: argparse.Namespace) -> int:
    """Rebuild, and show the summary. Returns the status of the run, 4 where there is no journal."""
    record = record_of(options.run)

    def rebuild_it() -> int:
        results = options.alluredir or _results_of(record)
        rebuilt = rebuild_run(record, results, load_catalogue())
        last = [f"record    {record}", *([f"results   {results}"] if results else []), closing_line(rebuilt).text]
        sys.stdout.write("\n".join([*(line.text for line in summary_lines(rebuilt)), *last]) + "\n")
        return rebuilt["status"]["code"]

    return run_action(rebuild_it, "the record cannot be written")


def _results_of(record: Path) -> Path | None:
    """Where the run wrote its Allure results, as its journal says."""
    if not journal_path(record).exists():
        there = "the record of a run that ended by itself" if record.exists() else "no record either"
        raise RecordError(f"{journal_path(record)}: there is no such journal, and {there}")
    folder = read_journals(record).results
    return Path(folder) if folder else None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("run", type=Path, metavar="RUN", help="the record that is lacking, or its journal")
    parser.add_argument("--alluredir", type=Path, metavar="DIR", help="the Allure results (default: as the run said)")
