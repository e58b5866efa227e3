"""Allure results made from cases alone: where the process that should have written them was killed, or was another run.

allure-pytest writes a result when its case ends. The case that was running when everything was killed has none, and a
run that is resumed may write to a new folder. What only allure-pytest knows (values of parameters, tracebacks) is
lacking in these.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from allure_commons import logger as allure_logger
from allure_commons.model2 import Attachment, Label, Parameter, StatusDetails, TestResult
from allure_commons.types import AttachmentType

from reports.formats.allure.chart import CHART, chart_of
from reports.formats.allure.results import EPIC, NOTHING_SAID, decorate, write_end
from reports.record.model import CUT_OFF, Case, Record, Unfinished
from suites.spec.catalogue import Catalogue

Key = tuple[str, str]
"""Rig and id of a case; the rig is "" in the results of a run on one rig."""


def complete_results(folder: Path, record: Record, catalogue: Catalogue) -> None:
    """Give ``folder`` what it lacks: finished cases, those that were cut off, and the end of the run."""
    several = len(record["rigs"]) > 1
    add_cases(folder, record["cases"], catalogue, several=several)
    add_cut_off(folder, record["unfinished"], several=several)
    write_end(folder, record)


def add_cut_off(folder: Path, cases: Iterable[Unfinished], *, several: bool) -> None:
    """Write a result for each case that was cut off and has none in ``folder``."""
    known = set(results_in(folder))
    logger = new_logger(folder)
    for one in cases:
        if _key(one, several=several) not in known:
            _write_cut_off(logger, one, several=several)


def add_cases(folder: Path, cases: Iterable[Case], catalogue: Catalogue, *, several: bool) -> None:
    """Write the results of those ``cases`` that have none in ``folder``."""
    known = set(results_in(folder))
    logger = new_logger(folder)
    for one in cases:
        if _key(one, several=several) not in known:
            _write_case(logger, one, catalogue, several=several)


def keep_only(folder: Path, cases: Iterable[Case], planned: Iterable[str], *, several: bool) -> None:
    """Take the results of all other cases of the run out of ``folder``: these will be run again."""
    kept, of_the_run = {_key(one, several=several) for one in cases}, set(planned)
    for path, result in list(_read_all(folder)):
        key = _key_of(result)
        if key not in kept and key[1] in of_the_run:
            path.unlink()
    (folder / "run-globals.json").unlink(missing_ok=True)


def results_in(folder: Path) -> dict[Key, Path]:
    """The results that lie in ``folder``."""
    return {_key_of(result): path for path, result in _read_all(folder)}


def new_logger(folder: Path) -> Any:
    """What allure-pytest writes its results with."""
    kind: Any = allure_logger.AllureFileLogger
    return kind(folder)


def _read_all(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(folder.glob("*-result.json")):
        try:
            yield path, json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue  # cut off with its process


def _key_of(result: dict[str, Any]) -> Key:
    values = {one["name"]: one["value"] for one in result.get("parameters", [])}
    return values.get("rig", ""), values.get("case", "")


def _key(case: Case | Unfinished, *, several: bool) -> Key:
    return case["rig"] if several else "", case["id"]


def _write_case(logger: Any, case: Case, catalogue: Catalogue, *, several: bool) -> None:
    result = _new_result(case["id"])
    result.start = int(datetime.fromisoformat(case["started"]).timestamp() * 1000)
    result.stop = result.start + int(case["duration_s"] * 1000)
    decorate(result, case, catalogue, several=several)
    attempts = [(f"attempt {n}", one.get("transcript", [])) for n, one in enumerate(case["earlier"], 1)]
    for name, lines in [*attempts, ("transcript", case["transcript"])]:
        if lines or name == "transcript":
            attach(logger, result, name, lines)
    if drawn := chart_of(case):
        _attach(logger, result, CHART, drawn, AttachmentType.SVG)
    logger.report_result(result)


def _write_cut_off(logger: Any, case: Unfinished, *, several: bool) -> None:
    result = _new_result(case["id"])
    result.name = case["id"].rpartition("::")[2]
    result.status = "unknown"
    result.statusDetails = StatusDetails(message=f"Inconclusive\n\n{CUT_OFF}")
    result.labels = [Label("epic", EPIC), Label("verdict", "inconclusive"), Label("tag", "cut off")]
    result.parameters = [Parameter("case", case["id"], mode="hidden")]
    result.parameters += [Parameter("rig", case["rig"])] if several else []
    attach(logger, result, "transcript", case["transcript"])
    logger.report_result(result)


def attach(logger: Any, result: TestResult, name: str, lines: list[str]) -> None:
    """Put ``lines`` beside the result, as a text."""
    _attach(logger, result, name, "\n".join(lines) or NOTHING_SAID, AttachmentType.TEXT)


def _attach(logger: Any, result: TestResult, name: str, content: str, kind: Any) -> None:
    file = f"{uuid4()}-attachment.{kind.extension}"
    logger.report_attached_data(content, file)
    result.attachments.append(Attachment(name=name, source=file, type=kind.mime_type))


def full_name(case: str) -> str:
    """What allure-pytest calls the test: package, module and function."""
    path, _, function = case.partition("[")[0].rpartition("::")
    return f"{path.removesuffix('.py').replace('/', '.')}#{function}"


def _new_result(case: str) -> TestResult:
    """A result with the identity that allure-pytest gives the test."""
    name = full_name(case)
    identity = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
    history = hashlib.md5(case.encode(), usedforsecurity=False).hexdigest()
    return TestResult(uuid=str(uuid4()), fullName=name, testCaseId=identity, historyId=history)
