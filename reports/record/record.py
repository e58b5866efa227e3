"""The record of a run: one JSON document, written whole or not at all, read back with clear errors."""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

import jsonschema

from reports.record.editions import upgrade
from reports.record.evidence import host, record_sha256, suite_version, transcript_sha256
from reports.record.model import Case, Problem, Record, Resumption, RigRun, Run, Status, Unfinished
from reports.record.status import MEANING, ExitStatus
from reports.record.summary import summarise
from suites.spec.catalogue import Catalogue

SCHEMA = "eswifi-conformance/run/3"
EDITIONS = ("eswifi-conformance/run/1", "eswifi-conformance/run/2")
"""The former editions of the record, which are still read."""
SCHEMA_FILE = Path(__file__).with_name("run-record.schema.json")


class RecordError(Exception):
    """A file is no run record. The message names the file, the place in it and what was expected."""


def now() -> str:
    """This moment as the record writes it: ISO 8601, UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def build_record(
    runs: Sequence[Run],
    cases: Sequence[Case],
    catalogue: Catalogue,
    *,
    status: ExitStatus,
    started: str,
    finished: str | None,
    problems: Iterable[Problem] = (),
    planned: Iterable[str] = (),
    unfinished: Iterable[Unfinished] = (),
    resumed: Iterable[Resumption] = (),
) -> Record:
    """Put a run together; ``runs`` has an entry for each rig. ``finished`` is None for a run that was cut off."""
    run = runs[0] if runs else Run()
    planned = list(planned)
    record = Record(
        schema=SCHEMA,
        rig=run.get("rig", {}),
        module=run.get("module", {}),
        profile=run.get("profile", {}),
        probe=run.get("probe", []),
        rigs=[rig_run(one) for one in runs],
        started=min([started, *(one["started"] for one in runs if "started" in one)]),
        finished=finished,
        resumed=list(resumed),
        status=Status(code=int(status), name=status.name.lower(), meaning=MEANING[status]),
        summary=summarise(cases, catalogue, status=status, planned=planned, profile=run.get("profile", {})),
        problems=list(problems),
        planned=planned,
        unfinished=list(unfinished),
        cases=[Case(**{**one, "transcript_sha256": transcript_sha256(one["transcript"])}) for one in cases],
        suite=suite_version(),
        host=host(),
    )
    record["sha256"] = record_sha256(record)
    return record


def rig_run(run: Run) -> RigRun:
    """What is known of one rig, as the record lists it."""
    rig = run.get("rig", {})
    return RigRun(
        name=rig_name(run),
        rig=rig,
        module=run.get("module", {}),
        profile=run.get("profile", {}),
        probe=run.get("probe", []),
    )


def rig_name(run: Run) -> str:
    """The name of the rig; "" where nothing is known of it."""
    return str(run.get("rig", {}).get("name", ""))


def write_record(record: Record, path: Path) -> None:
    """Write ``record`` to ``path``: a reader sees the former file or this one, never a part."""
    write_atomically(path, json.dumps(record, indent=1, ensure_ascii=False) + "\n")


def write_atomically(path: Path, content: str | bytes) -> None:
    """Replace ``path`` by ``content`` (a text in UTF-8) in one step. The folder is made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.encode("utf-8") if isinstance(content, str) else content)
        Path(name).chmod(0o644)  # mkstemp's 0600 would keep a report from its readers
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_record(path: Path) -> Record:
    """Read and check the record in ``path``; one of a former edition is brought up to this. Raises RecordError."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise RecordError(f"{path}: cannot be read: {problem.strerror}") from problem
    except (ValueError, RecursionError) as problem:
        raise RecordError(f"{path}: is no JSON that can be read: {problem}") from problem
    if isinstance(document, dict) and document.get("schema") in EDITIONS:
        try:
            upgrade(document, SCHEMA)
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise RecordError(f"{path}: a record of {document['schema']} that is not whole: {problem!r}") from problem
    if complaint := complain(document):
        raise RecordError(f"{path}: {complaint}")
    return cast("Record", document)


def complain(document: Any) -> str | None:
    """What is wrong with ``document`` as a run record, in one line; None when nothing is."""
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        found = document.get("schema") if isinstance(document, dict) else type(document).__name__
        return f"is no run record of this edition: schema is {found!r}, expected {SCHEMA!r}"
    return _first_error(_validator("#"), document)


def complain_of_case(case: Any) -> str | None:
    """What is wrong with ``case`` as one entry of ``cases``, in one line; None when nothing is."""
    return _first_error(_validator("#/$defs/case"), case)


def complain_of_shape(shape: Mapping[str, Any], value: Any) -> str | None:
    """What is wrong with ``value`` by the JSON schema ``shape``, which may refer to the record's ``$defs``."""
    return _first_error(jsonschema.Draft202012Validator({**shape, "$defs": _schema()["$defs"]}), value)


def _first_error(validator: jsonschema.protocols.Validator, document: Any) -> str | None:
    try:
        error = jsonschema.exceptions.best_match(validator.iter_errors(document))
    except RecursionError:
        return "the document: is nested too deeply"
    if error is None:
        return None
    place = error.json_path.removeprefix("$").removeprefix(".")
    return f"{place or 'the document'}: {error.message[:300]}"


@cache
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


@cache
def _validator(reference: str) -> jsonschema.protocols.Validator:
    schema = _schema()
    return _quick()({"$ref": reference, "$defs": schema["$defs"]} if reference != "#" else schema)


@cache
def _quick() -> type[jsonschema.protocols.Validator]:
    """The validator that looks at a list of texts in one go: the lines of the transcripts are most of a record."""
    standard = jsonschema.Draft202012Validator.VALIDATORS["items"]

    def items(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
        if wanted == {"type": "string"} and type(instance) is list and all(type(one) is str for one in instance):
            return iter(())
        return iter(standard(validator, wanted, instance, schema) or ())

    extend: Any = jsonschema.validators.extend
    quick: type[jsonschema.protocols.Validator] = extend(jsonschema.Draft202012Validator, {"items": items})
    return quick
