"""The runs of a place: each one's files in a dated folder, and the last run's at their own names.

A run begins by setting the former one's files aside, so that nobody takes them for its own. Where it has judged nothing
they are put back: no run destroys more than it brings. Kept in ``runs`` are the record and its renderings, as links
where the file system has them; ``latest`` points to the last folder.
"""

import contextlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from reports.formats.registry import renderings_of

RUNS = "runs"
LATEST = "latest"
KEPT = 30
"""Dated folders that are kept; the oldest go first."""


def dated_folder(record: Path, started: str) -> Path:
    """Where the files of the run with this ``record`` are kept; ``started`` is ISO 8601, UTC, to the millisecond.

    A run that was resumed or rebuilt keeps its first start time; each of its records gets a folder of its own.
    """
    name = f"{started[:23].replace(':', '').replace('T', '_')}Z"
    folder, number = record.parent / RUNS / name, 1
    while (folder / record.name).exists() and not (folder / record.name).samefile(record):
        number += 1
        folder = folder.with_name(f"{name}-{number}")
    return folder


def keep_record(record: Path, started: str) -> None:
    """Keep the record and its renderings in the run's dated folder, and let ``latest`` point there."""
    folder = dated_folder(record, started)
    folder.mkdir(parents=True, exist_ok=True)
    for path in (record, *renderings_of(record)):
        if path.exists():
            _link(path, folder / path.name)
    _point(record.parent / LATEST, folder)
    for old in sorted(folder.parent.iterdir())[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def keep_more(record: Path) -> None:
    """Keep what has been rendered since, where the run of ``record`` is the one that ``latest`` points to."""
    folder = record.parent / LATEST
    kept = folder / record.name
    if kept.exists() and record.exists() and kept.samefile(record):
        for path in renderings_of(record):
            if path.exists():
                _link(path, folder.resolve() / path.name)


def _link(path: Path, place: Path) -> None:
    place.unlink(missing_ok=True)
    try:
        os.link(path, place)
    except OSError:
        shutil.copyfile(path, place)


def _point(link: Path, folder: Path) -> None:
    """Let ``link`` point to ``folder``, in one step. A system without symbolic links has none."""
    staging = link.with_name(f".{link.name}.new")
    with contextlib.suppress(OSError):
        staging.unlink(missing_ok=True)
        staging.symlink_to(folder.relative_to(link.parent), target_is_directory=True)
        staging.replace(link)


class Aside:
    """The files of the former run at a place, while this one has not proven that it judges anything."""

    def __init__(self, record: Path) -> None:
        self._record = record
        self._folder = record.with_name(f".{record.name}.former")
        self._moved: list[tuple[Path, Path]] = []

    @property
    def has_record(self) -> bool:
        """True where the former run has left a record."""
        return any(place == self._record for place, _ in self._moved)

    def take(self, folders: Iterable[Path] = ()) -> None:
        """Set the former run's record and renderings aside, and these ``folders`` of its results."""
        self.drop()
        for place in (self._record, *renderings_of(self._record), *folders):
            if place.exists():
                self._folder.mkdir(parents=True, exist_ok=True)
                aside = self._folder / place.name
                place.replace(aside)
                self._moved.append((place, aside))

    def put_back(self) -> None:
        """This run has judged nothing: everything is as it was before it."""
        for place, aside in self._moved:
            if place.is_dir():
                shutil.rmtree(place)
            aside.replace(place)
        self.drop()

    def drop(self) -> None:
        """This run has files of its own."""
        self._moved.clear()
        shutil.rmtree(self._folder, ignore_errors=True)
