"""Fills in the missing keys of a case's result, and converts records of former editions to this edition."""

from typing import Any, cast

from reports.record.findings import findings_of, normal_form
from reports.record.model import Case, Run, Summary
from reports.record.states import outcome_of
from reports.record.status import ExitStatus
from suites.spec.catalogue import Catalogue

DECIDING = ("pass", "fail", "observed")
"""Verdicts that decide at least one requirement of the case."""


def whole_case(result: Any, rig: str) -> Any:
    """The case's result with the keys that a test system may leave out: the rig, and what never happened.

    Where the result does not say what the case decided: a failed case has decided the broken requirements and masked
    its others, any other that was judged has decided all that it names.
    """
    if not isinstance(result, dict):
        return result
    case = {"rig": rig, "earlier": [], "recoveries": [], **_decisions(result), **result}
    case["differences"] = [_with_normal(one) for one in case["differences"]]
    return case


def _decisions(result: dict[str, Any]) -> dict[str, Any]:
    ids, broken = result.get("requirements") or [], result.get("broken") or []
    failed = result.get("verdict") == "fail" and bool(broken)
    decided = [one for one in ids if one in broken] if failed else ids if result.get("verdict") in DECIDING else []
    masked = [one for one in ids if one not in broken] if failed else []
    return {
        "decided": list(decided),
        "masked": masked,
        "masked_by": broken[0] if masked else None,
        "differences": [],
    }


def _with_normal(difference: Any) -> Any:
    if not isinstance(difference, dict) or "normal" in difference:
        return difference
    normal = normal_form(str(difference.get("expected", "")), str(difference.get("got", "")))
    return {**difference, "normal": normal}


def upgrade(document: dict[str, Any], schema: str) -> None:
    """Convert a record of edition 1 or 2 to ``schema``. Keys that the former editions did not have are empty.

    Edition 1 had one rig, only the last attempt of a case, and no resumed runs; neither edition had findings.
    """
    if document.get("schema", "").endswith("/1"):
        _upgrade_first(document)
    document["schema"] = schema
    document["cases"] = [whole_case(one, "") for one in document.get("cases", [])]
    summary = document.get("summary")
    if isinstance(summary, dict):
        summary.update(_new_of_summary(document, cast("Summary", summary)))


def _upgrade_first(document: dict[str, Any]) -> None:
    run = cast("Run", document)
    rig = str(run.get("rig", {}).get("name", "")) if isinstance(document.get("rig"), dict) else ""
    keys = {key: document.get(key) for key in ("rig", "module", "profile", "probe")}
    document["cases"] = [whole_case(one, rig) for one in document.get("cases", [])]
    document.update(rigs=[{"name": rig, **keys}], resumed=[], planned=[])
    document["unfinished"] = [{"id": one, "rig": rig, "transcript": []} for one in document.get("unfinished", [])]
    summary = document.get("summary", {})
    summary.update(retried=sum(one.get("attempts", 1) > 1 for one in document["cases"]), recoveries=[])
    for one in summary.get("broken", []):
        one["rigs"] = [rig]


def _new_of_summary(document: dict[str, Any], summary: Summary) -> dict[str, Any]:
    cases = cast("list[Case]", document["cases"])
    nothing = Catalogue(areas={})
    status = ExitStatus(document["status"]["code"])
    findings = findings_of(cases, nothing)
    known = {one["id"]: one for one in summary["broken"]}
    for one in findings:
        if entry := known.get(one["requirement"]):
            one["obligation"], one["statement"] = entry["obligation"], entry["statement"]
            one["sources"] = entry["sources"]
    outcome = outcome_of(cases, document.get("planned", []), [], findings, nothing, status)
    return {"outcome": outcome, "findings": findings, "requirements": []}
