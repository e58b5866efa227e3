"""``python -m reports expect RUN``: write the file of what a module is known to break, for ``--expect FILE``."""

import argparse
import sys
from pathlib import Path

from reports.record.expectations import as_toml
from reports.record.record import RecordError, read_record, write_atomically
from reports.record.status import ExitStatus
from reports.run.render import record_in


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("run", type=Path, metavar="RUN", help="the record of the run, or the folder in which it lies")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where it goes (default: the terminal)")


def run(options: argparse.Namespace) -> int:
    """Write the file. Returns 0; 4 for a record that cannot be read, 3 where the file cannot be written."""
    try:
        text = as_toml(read_record(record_in(options.run)))
        if options.out:
            write_atomically(options.out, text)
        else:
            sys.stdout.write(text)
    except RecordError as problem:
        sys.stderr.write(f"{problem}\n")
        return ExitStatus.USAGE
    except OSError as problem:
        sys.stderr.write(f"{options.out}: cannot be written: {problem.strerror}\n")
        return ExitStatus.HARNESS
    return ExitStatus.CONFORMING
