"""What the commands of ``python -m reports`` share: a text to its place, and one line for what went wrong."""

import sys
from collections.abc import Callable
from pathlib import Path

from reports.formats.registry import RenderError
from reports.record.record import RecordError, write_atomically
from reports.record.status import ExitStatus
from reports.run.streams import complain


def run_action(action: Callable[[], int], failure: str) -> int:
    """Do ``action``, and return its status; 4 for a record that cannot be read, 3 where the result cannot be made.

    ``failure`` is the beginning of the line that says the latter: ``the comparison was not written``.
    """
    try:
        return action()
    except RecordError as problem:
        complain(str(problem))
        return ExitStatus.USAGE
    except (RenderError, OSError) as problem:
        complain(f"{failure}: {problem}")
        return ExitStatus.HARNESS


def put(text: str, place: Path | None) -> None:
    """Write ``text`` to ``place``, or to standard output where there is none. Raises OSError."""
    if place:
        write_atomically(place, text)
    else:
        sys.stdout.write(text)


def record_in(path: Path) -> Path:
    """The record that ``path`` names: the file itself, or ``run.json`` in a folder."""
    return path / "run.json" if path.is_dir() else path
