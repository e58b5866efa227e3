"""``python -m reports merge RUN... --out PATH``: the records of many runs, rigs and machines become one record."""

import argparse
import sys
from pathlib import Path

from reports.formats.matrix import matrix_path, write_matrix
from reports.formats.terminal import closing_line
from reports.record.merging import merge
from reports.record.place import refuse_place
from reports.record.record import read_record, write_record
from reports.run.command import record_in, run_action
from suites.spec.catalogue import load_catalogue


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("runs", type=Path, nargs="+", metavar="RUN", help="a record, or its folder")
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help="where the merged record goes")


def run(options: argparse.Namespace) -> int:
    """Merge. Returns the status of the merged record, 4 for a record that cannot be read, 3 where none is written."""

    def merge_them() -> int:
        refuse_place(options.out)
        catalogue = load_catalogue()
        record = merge((read_record(record_in(one)) for one in options.runs), catalogue)
        write_record(record, options.out)
        if len(record["rigs"]) > 1:
            write_matrix(record, matrix_path(options.out), catalogue)
        count = f"{len(record['cases']):,} cases on {len(record['rigs'])} rigs"
        sys.stdout.write(f"record    {options.out}: {count}\n{closing_line(record).text}\n")
        return int(record["status"]["code"])

    return run_action(merge_them, "the merged record was not written")
