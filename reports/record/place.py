"""Where a record may be written: at a free place, or over a record of ours. Nothing else is ever replaced."""

import os
import stat
import tempfile
from pathlib import Path

from reports.record.record import RecordError

BEGINNING = 4096
"""Bytes of a file that are read to see whether the file is a record."""
MARK = b'"eswifi-conformance/run/'
"""How the value of ``schema`` begins, which is the first key of each record."""
NAME_ANOTHER = "name another with --run-record"


def refuse_place(path: Path) -> None:
    """Say why no record can be written to ``path``, before the first case. Raises RecordError; leaves no file."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        mode = None
    except OSError as problem:
        raise RecordError(f"the record {path} cannot be written: {problem.strerror}; {NAME_ANOTHER}") from problem
    if mode is not None:
        _refuse_file(path, mode)
    _refuse_folder(path)


def _refuse_file(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise RecordError(f"the record {path} cannot be written: it is a folder; {NAME_ANOTHER}")
    if not stat.S_ISREG(mode):
        raise RecordError(f"the record {path} cannot be written: it is no regular file; {NAME_ANOTHER}")
    if not _is_record(path):
        raise RecordError(f"{path} is there, and is no run record: it is not replaced; {NAME_ANOTHER}, or move it away")


def _is_record(path: Path) -> bool:
    """True for a record of any edition, whole or cut, and for an empty file."""
    try:
        with path.open("rb") as file:
            beginning = file.read(BEGINNING)
    except OSError as problem:
        raise RecordError(f"the record {path} cannot be read: {problem.strerror}; {NAME_ANOTHER}") from problem
    return not beginning or MARK in beginning


def _refuse_folder(path: Path) -> None:
    """A file can be made beside ``path``: shown by making one. The folder itself is made where it is missing."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as problem:
        why = problem.strerror or str(problem)
        raise RecordError(f"the record {path} cannot be written: {why}; {NAME_ANOTHER}") from problem
    os.close(descriptor)
    Path(name).unlink(missing_ok=True)
