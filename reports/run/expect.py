"""``python -m reports expect RUN``: write the file of what a module is known to break, for ``--expect FILE``."""

import argparse
from pathlib import Path

from reports.record.expectations import as_toml
from reports.record.record import read_record
from reports.record.status import ExitStatus
from reports.run.command import put, record_in, run_action


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("run", type=Path, metavar="RUN", help="the record of the run, or the folder in which it lies")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where it goes (default: the terminal)")


def run(options: argparse.Namespace) -> int:
    """Write the file. Returns 0; 4 for a record that cannot be read, 3 where the file cannot be written."""

    def write() -> int:
        put(as_toml(read_record(record_in(options.run))), options.out)
        return ExitStatus.CONFORMING

    return run_action(write, "the file was not written")
