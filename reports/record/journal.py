"""The journal of a run that is under way: a line of JSON for each thing that happened, when it has happened.

The record is written once, at the end. A run that is killed has none, but everything until then is in its journal: each
finished case, each line of the transcript, and with them the case that was running. :func:`rebuild` makes the record
of it. A run that ends by itself takes its journal away: where one lies, a run was cut off.

The journal is ``<record>.journal.jsonl``. Under pytest-xdist each worker has one more beside it, with what it has seen
itself, ``<record>.journal.WORKER.jsonl``: so nothing is lost with the steering process.
"""

import contextlib
import io
import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from json.encoder import encode_basestring_ascii
from pathlib import Path
from typing import Any

import filelock

from reports.record.editions import whole_case
from reports.record.model import Case, Problem, Record, Resumption, Run, Unfinished
from reports.record.record import (
    RecordError,
    build_record,
    complain,
    complain_of_case,
    complain_of_shape,
    now,
    rig_name,
)
from reports.record.status import ExitStatus, decide
from suites.spec.catalogue import Catalogue

SCHEMA = "eswifi-conformance/journal/2"
_ENDING = ".journal.jsonl"
_TEXT = {"type": "string"}
ENTRIES: dict[str, dict[str, Any]] = {
    "begin": {"type": "object", "properties": {"at": {"$ref": "#/$defs/time"}, "results": _TEXT}, "required": ["at"]},
    "run": {
        "type": "object",
        "properties": {
            "rig": {"type": "object", "properties": {"name": _TEXT}},
            "module": {"type": "object", "additionalProperties": _TEXT},
            "profile": {"type": "object"},
            "probe": {"type": "array", "items": {"$ref": "#/$defs/probe"}},
            "started": {"$ref": "#/$defs/time"},
        },
    },
    "problem": {"$ref": "#/$defs/problem"},
    "planned": {"type": "array", "items": _TEXT},
    "resumed": {"$ref": "#/$defs/resumption"},
    "unfinished": {"$ref": "#/$defs/unfinished"},
    "case": {"type": "object"},
}
"""The JSON schema of each kind of entry; ``start`` and ``line``, of which there are many, are texts."""
BUSY_S = 30.0
"""Seconds that workers have to notice that their controller was killed."""


def journal_path(record: Path) -> Path:
    """Where the journal of the run lies whose record goes to ``record``."""
    return record.with_name(record.name + _ENDING)


def worker_journal_path(record: Path, worker: str) -> Path:
    """Where the journal of one worker of that run lies."""
    return record.with_name(f"{record.name}.journal.{worker}.jsonl")


def worker_journals(record: Path) -> list[Path]:
    """The journals that workers of the run have left."""
    return sorted(record.parent.glob(f"{_literally(record.name)}.journal.*.jsonl"))


def _literally(name: str) -> str:
    return "".join(f"[{one}]" if one in "*?[" else one for one in name)


def record_of(path: Path) -> Path:
    """The path of the record, where ``path`` is the record's or the journal's."""
    return path.with_name(path.name.removesuffix(_ENDING))


class JournalBusyError(RecordError):
    """Another run writes this journal."""


class Journal:
    """Writes a journal, line by line. Every line is with the operating system when the call returns.

    Threads may add to it. While it is open the file beside it is locked; the system unlocks it however the process
    ends. Raises JournalBusyError where another process writes it, after ``wait_s`` seconds.
    """

    def __init__(
        self, path: Path, *, wait_s: float = 0.0, former: Iterable[tuple[str, Any]] = (), results: str = ""
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.failed = ""
        self._guard = threading.Lock()
        self._lock = _lock_of(path)
        try:
            self._lock.acquire(timeout=wait_s)
        except filelock.Timeout as problem:
            raise JournalBusyError(f"{path}: another run that goes on writes this journal") from problem
        self._file = _begun(path, [("begin", {"schema": SCHEMA, "at": now(), "results": results}), *former])

    def add(self, what: str, value: Any) -> None:
        """Append one line ``{what: value}``; ``what`` is one of those that :func:`read_journal` knows.

        Where the disk is full, or gone, ``failed`` says so: a case does not fail for it.
        """
        self._write(_line(what, value))

    def add_lines(self, lines: Iterable[str]) -> None:
        """Append lines of the transcript, in one write."""
        self._write("".join([f'{{"line": {encode_basestring_ascii(line)}}}\n' for line in lines]))

    def _write(self, text: str) -> None:
        with self._guard:
            if self.failed:
                return
            try:
                _write_all(self._file, text)
            except OSError as problem:
                self.failed = f"the journal {self.path} cannot be written: {problem.strerror}"

    def close(self) -> None:
        """End the writing; the file stays."""
        with self._guard:
            with contextlib.suppress(OSError):  # what a full disk has not taken
                self._file.close()
            self._lock.release()

    def discard(self) -> None:
        """The record is written, the journal is done with."""
        self.close()
        remove(self.path)


def _line(what: str, value: Any) -> str:
    return json.dumps({what: value}) + "\n"


def _write_all(file: io.FileIO, text: str) -> None:
    """Write ``text``, which is JSON in ASCII, in one go where the system takes so much."""
    data = text.encode("ascii")
    while data:
        data = data[file.write(data) :]


def _begun(path: Path, entries: Iterable[tuple[str, Any]]) -> io.FileIO:
    """The file, open, with the first entries in it. A former one is replaced in one step, and only by all of them."""
    staging = path.with_name(f".{path.name}.new")
    file = staging.open("wb", buffering=0)  # without a buffer: what is written is with the operating system
    _write_all(file, "".join(_line(what, value) for what, value in entries))
    staging.replace(path)
    return file


def _lock_of(path: Path) -> filelock.BaseFileLock:
    return filelock.FileLock(path.with_name(path.name + ".lock"))


def remove(path: Path) -> None:
    """Take a journal away, with its lock."""
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".lock").unlink(missing_ok=True)


def remove_all(record: Path) -> None:
    """Take away all journals of the run."""
    for path in (journal_path(record), *worker_journals(record)):
        remove(path)


def await_end(record: Path, timeout: float = BUSY_S) -> None:
    """Wait until no process writes a journal of this run any more. Raises JournalBusyError after ``timeout`` seconds.

    Workers notice the death of their steering process soon, but not at once.
    """
    for path in (journal_path(record), *worker_journals(record)):
        lock = _lock_of(path)
        with contextlib.suppress(PermissionError):
            try:
                lock.acquire(timeout=timeout)
            except filelock.Timeout as problem:
                raise JournalBusyError(f"{path}: the run that writes this journal is still going on") from problem
            lock.release()


@dataclass
class Journalled:
    """The contents of a journal. ``begun`` are the ids of all cases that began, ``unfinished`` those that did not end.

    ``results`` is the folder of the Allure results, "" where there is none.
    """

    started: str = ""
    results: str = ""
    runs: list[Run] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    planned: list[str] = field(default_factory=list)
    resumed: list[Resumption] = field(default_factory=list)
    begun: set[str] = field(default_factory=set)
    unfinished: list[Unfinished] = field(default_factory=list)

    def rig(self) -> str:
        """The name of the rig, where there is one only."""
        return rig_name(self.runs[-1]) if self.runs else ""

    def start(self, case: str) -> None:
        """A case with this id begins."""
        self.begun.add(case)
        self.unfinished.append(Unfinished(id=case, rig=self.rig(), transcript=[]))

    def add_case(self, case: Case) -> None:
        """Take a case that has ended."""
        case = whole_case(case, self.rig())
        self.cases.append(case)
        self.unfinished = [one for one in self.unfinished if one["id"] != case["id"]]

    def merge(self, worker: "Journalled") -> None:
        """Take over what a worker knew besides."""
        known = {rig_name(one) for one in self.runs}
        self.runs += [one for one in worker.runs if rig_name(one) not in known]
        ended = {(one["rig"], one["id"]) for one in self.cases}
        self.cases += [one for one in worker.cases if (one["rig"], one["id"]) not in ended]
        self.problems += [one for one in worker.problems if one not in self.problems]
        self.unfinished = [one for one in self.unfinished if one["transcript"] or one["id"] not in worker.begun]
        self.unfinished += worker.unfinished


def read_journals(record: Path) -> Journalled:
    """All that the run with this record has left in journals. Raises RecordError."""
    journalled = read_journal(journal_path(record))
    for path in worker_journals(record):
        with contextlib.suppress(RecordError):  # a worker that was killed before its first line
            journalled.merge(read_journal(path))
    ended = {(one["rig"], one["id"]) for one in journalled.cases}
    journalled.unfinished = [one for one in journalled.unfinished if (one["rig"], one["id"]) not in ended]
    return journalled


def read_journal(path: Path) -> Journalled:
    """Read a journal as far as it was written: a last line that was cut off is left out. Raises RecordError."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError as problem:
        raise RecordError(f"{path}: cannot be read: {problem.strerror}") from problem
    journalled = Journalled()
    last = len(lines) - (not lines[-1])
    for number, line in enumerate(lines[:last], 1):
        try:
            ((what, value),) = json.loads(line).items()
        except (ValueError, AttributeError, RecursionError) as problem:
            if number == last:
                break
            raise RecordError(f"{path}: line {number} is no journal entry") from problem
        if complaint := complain_of_entry(what, value, journalled.rig()):
            raise RecordError(f"{path}: line {number}, {what}: {complaint}")
        _take(journalled, what, value)
    if not journalled.started:
        raise RecordError(f"{path}: is no journal of a run")
    return journalled


def complain_of_entry(what: str, value: Any, rig: str) -> str | None:
    """What is wrong with ``value`` as that of an entry ``what``; None where nothing is, or nobody knows such entries.

    ``rig``: the name of the rig, where the journal is of one rig only.
    """
    if what in ("start", "line"):
        return None if isinstance(value, str) else "is no text"
    if what not in ENTRIES:
        return None
    complaint = complain_of_shape(ENTRIES[what], value)
    return complain_of_case(whole_case(value, rig)) if what == "case" and not complaint else complaint


def _take(journalled: Journalled, what: str, value: Any) -> None:
    match what:
        case "begin":
            journalled.started, journalled.results = value["at"], value.get("results") or ""
        case "run":
            journalled.runs.append(value)
        case "problem":
            journalled.problems.append(value)
        case "planned":
            journalled.planned = value
        case "resumed":
            journalled.resumed.append(value)
        case "start":
            journalled.start(value)
        case "unfinished":
            journalled.unfinished.append(value)
        case "line" if journalled.unfinished:
            journalled.unfinished[-1]["transcript"].append(value)
        case "case":
            journalled.add_case(value)


def rebuild(record: Path, catalogue: Catalogue) -> Record:
    """The record of the run that left its journals there. It counts as a failure of the harness, or worse.

    Raises RecordError, also where the journals do not make a record that the schema takes.
    """
    journalled = read_journals(record)
    running = ", ".join(one["id"] for one in journalled.unfinished) or "no case"
    cut_off = Problem(blame="harness", message=f"the run was cut off while {running} was running")
    problems = [*journalled.problems, cut_off]
    made = build_record(
        journalled.runs,
        journalled.cases,
        catalogue,
        status=decide(journalled.cases, problems, also=[ExitStatus.HARNESS]),
        started=journalled.started,
        finished=None,
        problems=problems,
        planned=journalled.planned,
        unfinished=journalled.unfinished,
        resumed=journalled.resumed,
    )
    if complaint := complain(made):
        raise RecordError(f"{journal_path(record)}: makes no record: {complaint}")
    return made
