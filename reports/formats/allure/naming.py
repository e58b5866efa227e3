"""Names in the Allure results, when the run is over, the finding of each failed case.

While the run goes on, a result can only say what the case itself charges. The finding may stand under another
requirement, of which the case's charge is a consequence: heading and description name both in the end.
"""

import contextlib
import html
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reports.record.model import Case, Finding, Record
from reports.record.record import write_atomically
from reports.record.status import broken_requirements

MARK = '<p class="finding">'
HEADLINE = "Requirement broken"
"""How the message of a failed case begins; the categories match it."""


def name_findings(folder: Path, record: Record) -> None:
    """Rewrite each failed case's result so that it names its finding. Doing it again changes nothing."""
    findings: dict[str, list[Finding]] = {}
    for one in record["summary"]["findings"]:
        for case in one["cases"]:
            findings.setdefault(case, []).append(one)
    cases = {(one["id"], one["rig"]): one for one in record["cases"] if one["verdict"] == "fail"}
    cases |= {(key, ""): one for (key, _), one in cases.items()}
    for path in folder.glob("*-result.json") if findings else ():
        with contextlib.suppress(ValueError, OSError):  # cut off with its process
            _rewrite(path, cases, findings)


def _rewrite(path: Path, cases: Mapping[tuple[str, str], Case], findings: Mapping[str, list[Finding]]) -> None:
    result = json.loads(path.read_text(encoding="utf-8"))
    said = {one["name"]: one["value"] for one in result.get("parameters", [])}
    case = cases.get((said.get("case", ""), said.get("rig", "")))
    if result.get("status") == "failed" and case and case["id"] in findings:
        name_in_result(result, case, findings[case["id"]])
        write_atomically(path, json.dumps(result, ensure_ascii=False))


def name_in_result(result: dict[str, Any], case: Case, findings: list[Finding]) -> None:
    """Name the ``findings`` of ``case`` in its ``result``: the labels, the first line of the message, the description.

    The first finding is the one under which the page lists the case: listed under several it would be counted twice.
    """
    first = findings[0]
    named = {"requirement": f"{first['requirement']}: {first['statement']}", "finding": _title(first)}
    labels = [one for one in result["labels"] if one["name"] not in named]
    result["labels"] = [*labels, *({"name": name, "value": value} for name, value in named.items())]
    leads = [one["requirement"] for one in findings]
    follows = [one for one in broken_requirements(case) if one not in leads]
    _name_in_message(result, leads, follows)
    text = result.get("descriptionHtml") or ""
    for one in follows:
        text = _following(text, html.escape(one), html.escape(leads[0]))
    result["descriptionHtml"] = text if MARK in text else "\n".join([*map(_finding_html, findings), text])


def _title(one: Finding) -> str:
    return f"{one['id']} {one['requirement']}: {one['statement']}"


def _name_in_message(result: dict[str, Any], leads: list[str], follows: list[str]) -> None:
    details = result.get("statusDetails") or {}
    _, _, rest = details.get("message", "").partition("\n\n")
    besides = f" (what this case charges follows from that: {', '.join(follows)})" if follows else ""
    headline = f"{HEADLINE}: {', '.join(leads)}{besides}"
    result["statusDetails"] = {**details, "message": f"{headline}\n\n{rest}".rstrip()}


def _following(text: str, key: str, lead: str) -> str:
    """``text`` where the heading of ``key`` says that its breach follows from ``lead``, not that it is broken."""
    heading = re.compile(rf"<h4>{re.escape(key)} \(([^<]*), BROKEN\)</h4>")
    return heading.sub(lambda found: f"<h4>{key} ({found[1]}, follows from {lead})</h4>", text)


def _finding_html(one: Finding) -> str:
    said = f"{html.escape(_title(one))}<br>expected: <code>{html.escape(one['expected'])}</code>"
    return f"{MARK}Finding {said}<br>got: <code>{html.escape(one['got'])}</code></p>"
