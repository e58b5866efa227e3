"""What a module is known to break: a file that its maker commits, so that only what differs from it fails a job.

A TOML file::

    product = "ISM43362-M3G-L44"     # optional: the file is refused for another module
    firmware = "C3.5.2.5"            # optional

    [[broken]]
    requirement = "MA-NOTICE"
    difference = "expected ... got ..."   # optional: the difference in normal form, as the record's findings have it
    why = "ticket 17"                     # optional

It is no waiver: the module stays not conforming in every report. The job alone ends otherwise.
"""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reports.record.findings import charged
from reports.record.model import Record
from reports.record.record import RecordError
from reports.record.status import ExitStatus, decide

_KEYS = {"product", "firmware", "broken"}
_BROKEN_KEYS = {"requirement", "difference", "why"}


@dataclass(frozen=True)
class Expected:
    """One breach that is known; ``difference`` "" stands for any."""

    requirement: str
    difference: str = ""
    why: str = ""


@dataclass(frozen=True)
class Expectation:
    """What a module is known to break; ``product`` and ``firmware`` "" stand for any."""

    path: Path
    product: str
    firmware: str
    broken: tuple[Expected, ...]


@dataclass(frozen=True)
class Held:
    """A run compared with an expectation: breaches that are not in it, and entries that the run found repaired."""

    unexpected: tuple[str, ...]
    repaired: tuple[str, ...]
    known: int

    def lines(self, name: str) -> Iterator[str]:
        """What a person at the terminal reads."""
        yield from (f"not expected by {name}: {one}" for one in self.unexpected)
        yield from (f"repaired, take the entry out of {name}: {one}" for one in self.repaired)
        if not self.unexpected:
            number = f"{self.known} broken requirement{'' if self.known == 1 else 's'}"
            yield f"as expected by {name}: {number}, and nothing else"


def load_expectation(path: Path) -> Expectation:
    """Read the file. Raises RecordError with the entry that is wrong."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise RecordError(f"{path}: cannot be read: {problem.strerror}") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise RecordError(f"{path}: is no TOML: {problem}") from problem
    if unknown := sorted(set(table) - _KEYS):
        raise RecordError(f"{path}: unknown key {unknown[0]!r}; known are {', '.join(sorted(_KEYS))}")
    entries = table.get("broken", [])
    if not isinstance(entries, list):
        raise RecordError(f"{path}: broken is a list of tables, [[broken]]")
    broken = tuple(_entry(path, one) for one in entries)
    return Expectation(path, str(table.get("product", "")), str(table.get("firmware", "")), broken)


def _entry(path: Path, one: Any) -> Expected:
    if not isinstance(one, dict) or not set(one) <= _BROKEN_KEYS or not one.get("requirement"):
        raise RecordError(f"{path}: [[broken]] has a requirement, and perhaps difference and why; this is {one!r}")
    if not all(isinstance(value, str) for value in one.values()):
        raise RecordError(f"{path}: the values of [[broken]] are texts; this is {one!r}")
    return Expected(**one)


def hold(record: Record, expectation: Expectation) -> Held:
    """Hold the run's findings against the file. Raises RecordError where the file is another module's."""
    module = record["module"]
    for key in ("product", "firmware"):
        wanted, found = getattr(expectation, key), module.get(key, "")
        if wanted and found and wanted != found:
            raise RecordError(f"{expectation.path}: is for the {key} {wanted!r}, and this is {found!r}")
    known = [(one.requirement, one.difference) for one in expectation.broken]
    breaches = charged(record["cases"])
    unexpected = [
        f"{key}: {normal}" for key, normal in breaches if (key, "") not in known and (key, normal) not in known
    ]
    outcomes = {one["id"]: one["outcome"] for one in record["summary"]["requirements"]}
    named = dict.fromkeys(requirement for requirement, _ in known)
    repaired = [one for one in named if outcomes.get(one) in ("kept", "observed")]
    return Held(tuple(unexpected), tuple(repaired), len({key for key, _ in breaches} & set(named)))


def expected_cases(record: Record, expectation: Expectation) -> dict[str, str]:
    """The failed cases of which the file expects every breach: their ids, each with the words that say so."""
    known = {(one.requirement, one.difference): one.why for one in expectation.broken}
    found: dict[str, str] = {}
    for case in record["cases"]:
        breaches = charged([case])
        entries = [known.get(one, known.get((one[0], ""))) for one in breaches]
        if breaches and None not in entries:
            whys = "; ".join(dict.fromkeys(why for why in entries if why))
            broken = ", ".join(dict.fromkeys(requirement for requirement, _ in breaches))
            found[case["id"]] = f"{broken} expected by {expectation.path.name}" + (f": {whys}" if whys else "")
    return found


def status_of(record: Record, held: Held) -> ExitStatus:
    """The exit status of the job: the run's own, but that expected breaches do not count."""
    status = ExitStatus(record["status"]["code"])
    if status != ExitStatus.BROKEN or held.unexpected:
        return status
    rest = [one for one in record["cases"] if one["verdict"] != "fail"]
    found = decide(rest, [one for one in record["problems"] if one["blame"] != "module"])
    return ExitStatus.CONFORMING if found == ExitStatus.NOTHING_JUDGED else found


def as_toml(record: Record) -> str:
    """The file that expects just what this run found."""
    lines = ["# What this module is known to break. Only what differs from it fails a job that is given this file."]
    lines += [f"{key} = {_toml(record['module'].get(key, ''))}" for key in ("product", "firmware")]
    for requirement, normal in charged(record["cases"]):
        lines += ["", "[[broken]]", f"requirement = {_toml(requirement)}"]
        lines += [f"difference = {_toml(normal)}"] if normal else []
    return "\n".join(lines) + "\n"


def _toml(text: str) -> str:
    """A basic string of TOML, which escapes as JSON does."""
    return json.dumps(text)
