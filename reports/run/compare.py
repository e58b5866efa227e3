"""``python -m reports compare OLD NEW``: what has changed between two runs, with an exit status for CI."""

import argparse
import sys
from pathlib import Path

from reports.formats.compared import RENDERINGS
from reports.formats.comparison import Comparison
from reports.formats.view import View
from reports.record.record import RecordError, read_record, write_atomically
from reports.record.status import ExitStatus
from reports.run.render import record_in


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("old", type=Path, metavar="OLD", help="the record of the former run, or its folder")
    parser.add_argument("new", type=Path, metavar="NEW", help="the record of the new run, or its folder")
    parser.add_argument("--format", choices=sorted(RENDERINGS), default="text", help="how it is told (default: text)")
    parser.add_argument("--out", type=Path, metavar="PATH", help="where it goes (default: the terminal)")


def run(options: argparse.Namespace) -> int:
    """Compare. Returns 1 where something is newly broken, 8 where something is newly undecided, else 0; 4 and 3."""
    try:
        old, new = (View(read_record(record_in(one))) for one in (options.old, options.new))
        told = Comparison(old, new)
        text = RENDERINGS[options.format](told)
        if options.out:
            write_atomically(options.out, text)
        else:
            sys.stdout.write(text)
    except RecordError as problem:
        sys.stderr.write(f"{problem}\n")
        return ExitStatus.USAGE
    except OSError as problem:
        sys.stderr.write(f"the comparison was not written: {problem}\n")
        return ExitStatus.HARNESS
    return told.status
