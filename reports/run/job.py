"""The exit status of the job: the run's own, but that breaches do not count which ``--expect FILE`` knows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reports.record.expectations import Held, expected_cases, hold, load_expectation, status_of
from reports.record.model import Record
from reports.record.record import RecordError
from reports.record.status import ExitStatus


class Job:
    """What the run is compared with. ``given``: the file as the user names it from ``here``, None where there is none.

    Raises pytest.UsageError.
    """

    def __init__(self, given: str | None, here: Path) -> None:
        self.path = path = here / given if given else None
        self._held: Held | None = None
        self._refused = ""
        try:
            self._expectation = load_expectation(path) if path else None
        except RecordError as problem:
            raise pytest.UsageError(f"--expect: {problem}") from problem

    def status(self, record: Record) -> int:
        """The exit status for this ``record``; 4 where the file is another module's."""
        if self._expectation is None:
            return record["status"]["code"]
        try:
            self._held = hold(record, self._expectation)
        except RecordError as problem:
            self._refused = f"--expect: {problem}"
            return ExitStatus.USAGE
        return status_of(record, self._held)

    def expected_cases(self, record: Record) -> dict[str, str]:
        """The failed cases that the file expects, each with the words that say so; none where it was refused."""
        return expected_cases(record, self._expectation) if self._expectation and self._held else {}

    def lines(self) -> Iterator[str]:
        """What a person at the terminal reads of it."""
        if self._refused:
            yield self._refused
        if self._held and self.path:
            yield from self._held.lines(self.path.name)
