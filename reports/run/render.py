"""``python -m reports render RUN --format NAME [--out PATH]``: one rendering, made of the record alone."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from reports.formats.registry import MODULES, Format, formats, load_format, place_of
from reports.formats.view import View
from reports.record.model import Record
from reports.record.record import read_record, write_atomically
from reports.record.status import ExitStatus
from reports.run.command import record_in, run_action


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    what = "; ".join(f"{one.name}: {one.what}" for one in formats())
    parser.add_argument("run", type=Path, metavar="RUN", help="the record of the run, or the folder in which it lies")
    parser.add_argument("--format", choices=MODULES, required=True, help=what)
    parser.add_argument("--out", type=Path, metavar="PATH", help="where it goes (default: beside the record)")


def run(options: argparse.Namespace) -> int:
    """Render. Returns 0; 4 for a record that cannot be read, 3 where the rendering cannot be made or written."""
    chosen = load_format(options.format)
    record = record_in(options.run)
    place = options.out or place_of(record, chosen)

    def render() -> int:
        write_atomically(place, chosen.render(View(read_record(record))))
        sys.stdout.write(f"{place}\n")
        return ExitStatus.CONFORMING

    return run_action(render, f"{chosen.name} was not made")


def write_renderings(record: Record, path: Path, chosen: Iterable[Format]) -> list[Path]:
    """Write the ``chosen`` renderings beside the record at ``path``. Raises OSError and RenderError."""
    view = View(record)
    written = []
    for one in chosen:
        place = place_of(path, one)
        write_atomically(place, one.render(view))
        written.append(place)
    return written
