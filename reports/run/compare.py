"""``python -m reports compare OLD NEW``: what has changed between two runs, with an exit status for CI."""

import argparse
from pathlib import Path

from reports.formats.compared import RENDERINGS
from reports.formats.comparison import Comparison
from reports.formats.view import View
from reports.record.record import read_record
from reports.run.command import put, record_in, run_action


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("old", type=Path, metavar="OLD", help="the record of the former run, or its folder")
    parser.add_argument("new", type=Path, metavar="NEW", help="the record of the new run, or its folder")
    parser.add_argument("--format", choices=sorted(RENDERINGS), default="text", help="the format (default: text)")
    parser.add_argument("--out", type=Path, metavar="PATH", help="where it goes (default: the terminal)")


def run(options: argparse.Namespace) -> int:
    """Compare. Returns 1 where something is newly broken, 8 where something is newly undecided, else 0; 4 and 3."""

    def compare() -> int:
        old, new = (View(read_record(record_in(one))) for one in (options.old, options.new))
        found = Comparison(old, new)
        put(RENDERINGS[options.format](found), options.out)
        return found.status

    return run_action(compare, "the comparison was not written")
