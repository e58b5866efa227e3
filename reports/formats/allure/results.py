"""What our verdicts look like in Allure results: labels, description, status, and the files beside the results.

allure-pytest writes one result a case. It knows passed, failed, broken and skipped; a verdict says more, so it goes
in as a label, a tag and the first line of the message, and :data:`CATEGORIES` sorts by it.

Nothing of the environment of the process is ever written: a passphrase may stand there.
"""

import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from allure_commons.model2 import Label, Link, Parameter, StatusDetails, TestResult

from reports.formats.allure.known import KNOWN, mark_expected, mark_waived
from reports.formats.allure.naming import name_findings
from reports.formats.allure.steps import steps_of
from reports.record.model import OBLIGATION_NAMES, Attempt, Case, Problem, Record, RigRun, Run
from reports.record.record import now, write_atomically
from reports.record.status import broken_requirements
from reports.record.summary import outcome, recovery_counts, verdict_counts
from suites.spec.catalogue import DOCUMENTS, Catalogue, Source

EPIC = "eS-WiFi AT conformance"
STATUSES = {
    "pass": "passed",
    "observed": "passed",
    "fail": "failed",
    "error": "broken",
    "inconclusive": "unknown",
    "not_applicable": "skipped",
}
SEVERITIES = {"M": "critical", "D": "normal", "O": "trivial"}
_OURS = {"finding", "known", "epic", "feature", "story", "requirement", "severity", "verdict", "blame", "obligation"}

# The vendor publishes his documents on one page and moves the files now and then; the section is in the link's name.
_VENDOR = "https://www.inventeksys.com/iwin/documentation/"
SOURCE_URLS = dict.fromkeys(("WEB", "UM", "QR20", "QR9", "DS"), _VENDOR)


@dataclass(frozen=True)
class Category:
    """A heading under which cases are gathered in the report: by verdict, and by blame where it is given."""

    name: str
    verdict: str
    blame: str = ""
    by_label: str = "requirement"

    @property
    def headline(self) -> str:
        """How the message of such a case begins, as a regular expression."""
        return f"^{re.escape(KNOWN if self.by_label == 'known' else _headline(self.verdict, self.blame or None))}"


NOTHING_SAID = "(nothing was said)"
"""The text of an empty transcript."""
CATEGORIES = (
    Category(KNOWN, "fail", by_label="known"),
    Category("Requirement broken", "fail", by_label="finding"),
    Category("Rig failed", "error", "rig"),
    Category("Peer failed", "error", "peer"),
    Category("Network failed", "error", "network"),
    Category("Harness failed", "error", "harness"),
    Category("Error", "error"),
    Category("Inconclusive", "inconclusive"),
    Category("Not applicable to this module", "not_applicable"),
)


def decorate(result: TestResult, case: Case, catalogue: Catalogue, *, several: bool = False) -> None:
    """Write ``case`` into the Allure ``result`` of the same test. What allure-pytest put there otherwise stays.

    ``several``: the run has more than one rig, so that the same case may be there once for each.
    """
    result.name = case_name(case)
    result.status = STATUSES[case["verdict"]]
    result.statusDetails = _details(case, result.statusDetails)
    result.labels = [one for one in result.labels if one.name not in _OURS] + _labels(case, catalogue)
    result.links = [*result.links, *_links(case, catalogue)]
    result.parameters = [*result.parameters, *_parameters(case, several=several)]
    result.steps = [*result.steps, *steps_of(case)]
    result.descriptionHtml = describe(case, catalogue, result.description or "")
    mark_waived(result, case)


def case_name(case: Case) -> str:
    """The title, with the values of a parametrized case."""
    title = case["title"] or case["id"].rpartition("::")[2]
    _, _, values = case["id"].partition("[")
    return title if not values or title.endswith(f"[{values}") else f"{title} [{values}"


def _headline(verdict: str, blame: str | None) -> str:
    words = {"fail": "Requirement broken", "not_applicable": "Not applicable"}.get(verdict, verdict.capitalize())
    return f"{words}, blame: {blame}" if blame and verdict != "fail" else words


def _details(case: Case, former: StatusDetails | None) -> StatusDetails | None:
    """The message of the case. The harness's own failures keep the traceback, others have no use for one."""
    if case["verdict"] in ("pass", "observed"):
        return None
    headline = _headline(case["verdict"], case["blame"])
    if broken := broken_requirements(case):
        headline += ": " + ", ".join(broken)
    trace = former.trace if former and case["blame"] in ("harness", None) and case["verdict"] == "error" else None
    return StatusDetails(message=f"{headline}\n\n{case['message']}".rstrip(), trace=trace)


def _labels(case: Case, catalogue: Catalogue) -> list[Label]:
    area = catalogue.areas.get(case["area"])
    pairs = [
        ("epic", EPIC),
        ("feature", area.title if area else case["area"]),
        *(("story", _story(one, catalogue)) for one in case["requirements"]),
        ("requirement", _story(_main_requirement(case), catalogue)),
        ("severity", SEVERITIES[case["obligation"]]),
        ("obligation", OBLIGATION_NAMES[case["obligation"]]),
        ("verdict", case["verdict"]),
        ("tag", case["verdict"]),
        ("tag", OBLIGATION_NAMES[case["obligation"]]),
    ]
    if case["blame"]:
        pairs += [("blame", case["blame"]), ("tag", f"blame: {case['blame']}")]
    return [Label(name, value) for name, value in pairs]


def _main_requirement(case: Case) -> str:
    """The requirement under which the page lists the case: listed under all, the case would count more than once."""
    return next(iter(broken_requirements(case) or case["requirements"]), "no requirement")


def _story(key: str, catalogue: Catalogue) -> str:
    entry = catalogue.requirements.get(key)
    return f"{key}: {entry.statement}" if entry else key


def _sources(case: Case, catalogue: Catalogue) -> list[Source]:
    known = [catalogue.requirements[i] for i in case["requirements"] if i in catalogue.requirements]
    return list(dict.fromkeys(source for one in known for source in one.sources))


def _links(case: Case, catalogue: Catalogue) -> list[Link]:
    return [
        Link("source", SOURCE_URLS[one.document], str(one))
        for one in _sources(case, catalogue)
        if one.document in SOURCE_URLS
    ]


def _parameters(case: Case, *, several: bool = False) -> list[Parameter]:
    """What is shown with the case is left out of its identity, so that it stays the same case in another run.

    The identity is the id: cases whose values look alike would pass for retries of each other otherwise.
    """
    shown: list[tuple[str, str]] = [("verdict", case["verdict"])]
    shown += [("blame", case["blame"])] if case["blame"] else []
    shown += [("attempts", str(case["attempts"]))] if case["attempts"] > 1 else []
    identity = [Parameter("case", case["id"], mode="hidden")]
    identity += [Parameter("rig", case["rig"])] if several else []
    return [*identity, *(Parameter(name, value, excluded=True) for name, value in shown)]


def describe(case: Case, catalogue: Catalogue, text: str = "") -> str:
    """The case's requirements with statement, obligation and source, and its observations, as HTML."""
    parts = [f"<p>{html.escape(part)}</p>" for part in re.split(r"\n\s*\n", text.strip()) if part]
    parts += [_requirement_html(one, one in broken_requirements(case), catalogue) for one in case["requirements"]]
    if case["observations"]:
        rows = "".join(
            f"<li>{html.escape(one['requirement'])}, {html.escape(one['what'])}: "
            f"<code>{html.escape(one['value'])}</code></li>"
            for one in case["observations"]
        )
        parts.append(f"<h4>Observed</h4><ul>{rows}</ul>")
    return "\n".join([*parts, *_attempts_html(case)])


def _attempts_html(case: Case) -> Iterable[str]:
    """The attempts before the last, and what was tried to bring the module back."""
    if case["earlier"]:
        rows = "".join(f"<li>{html.escape(_attempt_text(one))}</li>" for one in case["earlier"])
        yield f"<h4>Earlier attempts</h4><ol>{rows}</ol>"
    if case["recoveries"]:
        rows = "".join(
            f"<li>{html.escape(one['rung'])}: {'helped' if one['helped'] else 'no help'}, {one['seconds']:.3f} s</li>"
            for one in case["recoveries"]
        )
        yield f"<h4>Recovery</h4><ol>{rows}</ol>"


def _attempt_text(attempt: Attempt) -> str:
    headline = _headline(attempt["verdict"], attempt["blame"])
    return f"{headline}, after {attempt['duration_s']:.3f} s: {attempt['message']}"


def _requirement_html(key: str, broken: bool, catalogue: Catalogue) -> str:
    entry = catalogue.requirements.get(key)
    if entry is None:
        return f"<h4>{html.escape(key)}</h4><p>(not in the catalogue)</p>"
    sources = "".join(
        f"<li>{html.escape(str(one))} <small>({html.escape(DOCUMENTS[one.document])})</small></li>"
        for one in entry.sources
    )
    head = f"{html.escape(key)} ({OBLIGATION_NAMES[entry.obligation]}{', BROKEN' if broken else ''})"
    return f"<h4>{head}</h4><p>{html.escape(entry.statement)}</p><ul>{sources}</ul>"


# -- files beside the results --------------------------------------------------------------------------------------


def write_categories(folder: Path) -> None:
    """``categories.json`` for Allure 2 and services that read its results; the page takes :func:`page_categories`."""
    entries = [
        {"name": one.name, "matchedStatuses": [STATUSES[one.verdict]], "messageRegex": f"(?s){one.headline}.*"}
        for one in CATEGORIES
    ]
    write_atomically(folder / "categories.json", json.dumps(entries, indent=1) + "\n")


def page_categories() -> list[dict[str, Any]]:
    """The categories in the form of Allure 3's configuration, which can match labels."""
    return [
        {
            "name": one.name,
            "matchers": {"labels": _label_patterns(one)},
            "groupBy": [{"label": one.by_label}],
            "groupByMessage": False,
            "expand": one.verdict == "fail",
        }
        for one in CATEGORIES
    ]


def _label_patterns(category: Category) -> dict[str, str]:
    if category.by_label == "known":
        return {"known": "."}
    patterns = {"verdict": f"^{category.verdict}$"}
    return patterns | ({"blame": f"^{category.blame}$"} if category.blame else {})


def write_environment(folder: Path, runs: Sequence[Run | RigRun], first: Sequence[tuple[str, str]] = ()) -> None:
    """``environment.properties``: the outcome, once there is one, and what was judged by what.

    From the run alone, never from the environment of the process. On several rigs each key begins with the rig's name.
    """
    pairs = [(f"{key}", value) for run in runs[:1] for key, value in environment(run)]
    if len(runs) > 1:
        pairs = [(f"{run['rig'].get('name', '')} {key}", value) for run in runs for key, value in environment(run)]
    lines = [f"{_property(key)} = {_property_value(value)}" for key, value in [*first, *pairs]]
    write_atomically(folder / "environment.properties", "\n".join(lines) + "\n")


def write_end(folder: Path, record: Record, expected: Mapping[str, str] | None = None) -> None:
    """What is known of the run as a whole when it is over: the outcome, and its own problems.

    ``expected``: the ids of cases whose breaches are expected, each with the words that say by what.
    """
    first = [("outcome", outcome(record)), ("verdicts", verdict_counts(record))]
    first += [("resumed", f"{one['at']}, {one['taken_over']} cases taken over") for one in record["resumed"]]
    first += [("recoveries", recovery_counts(record))] if record["summary"]["recoveries"] else []
    write_environment(folder, record["rigs"], first)
    name_findings(folder, record)
    mark_expected(folder, expected or {})
    write_problems(folder, record["problems"], record["finished"] or now())


def environment(run: Run | RigRun) -> list[tuple[str, str]]:
    """Pairs for the report's environment table: module, profile, rig, and where the profile does not fit."""
    pairs = [
        *((f"module {key}", str(value)) for key, value in run.get("module", {}).items()),
        *((f"profile {key}", value) for key, value in _plain(run.get("profile", {}))),
        *((f"rig {key}", value) for key, value in _plain(run.get("rig", {}))),
        *(
            (f"misfit {one['what']}", f"declared {one['declared']}, found {one['found']}")
            for one in run.get("probe", [])
            if not one["fits"]
        ),
    ]
    return [(key, value) for key, value in pairs if value]


def _plain(table: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """The entries that fit a table's cell; nested ones are in the run record."""
    for key, value in table.items():
        if isinstance(value, str | int | float) and len(str(value)) <= 200:
            yield key, str(value)


def _property(key: str) -> str:
    return re.sub(r"[\s=:#!\\]+", ".", key.strip())


def _property_value(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n")


def write_problems(folder: Path, problems: Sequence[Problem], finished: str) -> None:
    """The run's own problems as Allure's global errors; no file where there are none."""
    if not problems:
        return
    at = int(datetime.fromisoformat(finished).timestamp() * 1000)
    errors = [{"message": f"{one['blame']}: {one['message']}", "timestamp": at} for one in problems]
    write_atomically(folder / "run-globals.json", json.dumps({"errors": errors}, indent=1) + "\n")
