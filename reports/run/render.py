"""``python -m reports render RUN --format NAME [--out PATH]``: one rendering, made of the record alone."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from reports.formats.registry import MODULES, Format, RenderError, formats, load_format, place_of
from reports.formats.view import View
from reports.record.model import Record
from reports.record.record import RecordError, read_record, write_atomically
from reports.record.status import ExitStatus


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    told = "; ".join(f"{one.name}: {one.what}" for one in formats())
    parser.add_argument("run", type=Path, metavar="RUN", help="the record of the run, or the folder in which it lies")
    parser.add_argument("--format", choices=MODULES, required=True, help=told)
    parser.add_argument("--out", type=Path, metavar="PATH", help="where it goes (default: beside the record)")


def run(options: argparse.Namespace) -> int:
    """Render. Returns 0; 4 for a record that cannot be read, 3 where the rendering cannot be made or written."""
    chosen = load_format(options.format)
    record = record_in(options.run)
    place = options.out or place_of(record, chosen)
    try:
        write_atomically(place, chosen.render(View(read_record(record))))
    except RecordError as problem:
        sys.stderr.write(f"{problem}\n")
        return ExitStatus.USAGE
    except (RenderError, OSError) as problem:
        sys.stderr.write(f"{chosen.name} was not made: {problem}\n")
        return ExitStatus.HARNESS
    sys.stdout.write(f"{place}\n")
    return ExitStatus.CONFORMING


def record_in(path: Path) -> Path:
    """The record that ``path`` names: the file itself, or ``run.json`` in a folder."""
    return path / "run.json" if path.is_dir() else path


def write_renderings(record: Record, path: Path, chosen: Iterable[Format]) -> list[Path]:
    """Write the ``chosen`` renderings beside the record at ``path``. Raises OSError and RenderError."""
    view = View(record)
    written = []
    for one in chosen:
        place = place_of(path, one)
        write_atomically(place, one.render(view))
        written.append(place)
    return written
