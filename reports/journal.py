"""The journal of a run that is under way: a line of JSON for each thing that happened, when it has happened.

The record is written once, at the end. A run that is killed has none, but every finished case is in the journal
``<record>.journal.jsonl``, and :func:`rebuild` makes the record of it. A run that ends by itself takes its
journal away: where one lies, a run was cut off.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reports.model import Case, Problem, Record, Run
from reports.record import RecordError, build_record, now
from reports.status import ExitStatus, decide
from suites.catalogue import Catalogue

SCHEMA = "eswifi-conformance/journal/1"


def journal_path(record: Path) -> Path:
    """Where the journal of the run lies whose record goes to ``record``."""
    return record.with_name(record.name + ".journal.jsonl")


class Journal:
    """Writes a journal, line by line. Every line is with the operating system when the call returns."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._file = path.open("w", encoding="utf-8")
        self.add("begin", {"schema": SCHEMA, "at": now()})

    def add(self, what: str, value: Any) -> None:
        """Append one line ``{what: value}``; ``what`` is begin, run, start, case or problem."""
        self._file.write(json.dumps({what: value}, ensure_ascii=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        """End the writing; the file stays."""
        self._file.close()

    def discard(self) -> None:
        """The record is written, the journal is done with."""
        self.close()
        self.path.unlink(missing_ok=True)


@dataclass
class Journalled:
    """What a journal tells. ``unfinished`` are the ids of cases that began and did not end."""

    started: str = ""
    run: Run = field(default_factory=lambda: Run())
    cases: list[Case] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)


def read_journal(path: Path) -> Journalled:
    """Read a journal as far as it was written: a last line that was cut off is left out. Raises RecordError."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as problem:
        raise RecordError(f"{path}: cannot be read: {problem.strerror}") from problem
    told = Journalled()
    for number, line in enumerate(lines, 1):
        try:
            ((what, value),) = json.loads(line).items()
        except (ValueError, AttributeError) as problem:
            if number == len(lines):
                break
            raise RecordError(f"{path}: line {number} is no journal entry") from problem
        _take(told, what, value)
    if not told.started:
        raise RecordError(f"{path}: is no journal of a run")
    return told


def _take(told: Journalled, what: str, value: Any) -> None:
    match what:
        case "begin":
            told.started = value["at"]
        case "run":
            told.run = value
        case "problem":
            told.problems.append(value)
        case "start":
            told.unfinished.append(value)
        case "case":
            told.cases.append(value)
            if value["id"] in told.unfinished:
                told.unfinished.remove(value["id"])


def rebuild(path: Path, catalogue: Catalogue) -> Record:
    """The record of the run that left the journal ``path``. It counts as a failure of the harness, or worse."""
    told = read_journal(path)
    running = ", ".join(told.unfinished) or "no case"
    cut_off = Problem(blame="harness", message=f"the run was cut off while {running} was running")
    problems = [*told.problems, cut_off]
    return build_record(
        told.run,
        told.cases,
        catalogue,
        status=decide(told.cases, problems, also=[ExitStatus.HARNESS]),
        started=told.started,
        finished=None,
        problems=problems,
        unfinished=told.unfinished,
    )
