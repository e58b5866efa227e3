"""``ctrf.json``: the run in the Common Test Report Format (https://ctrf.io), for tools that read it."""

import json
from collections import Counter
from datetime import datetime
from typing import Any

from reports.formats.registry import Format
from reports.formats.view import View
from reports.record.model import Case

STATUSES = {
    "pass": "passed",
    "observed": "passed",
    "fail": "failed",
    "error": "other",
    "inconclusive": "other",
    "not_applicable": "skipped",
}


def render(view: View) -> bytes:
    """The document of a run."""
    record = view.record
    begun = _milliseconds(record["started"])
    end = _milliseconds(record["finished"]) if record["finished"] else max([begun, *map(_stop, record["cases"])])
    counts = Counter(STATUSES[one["verdict"]] for one in record["cases"])
    suite = record.get("suite") or {}
    document = {
        "reportFormat": "CTRF",
        "specVersion": "0.0.0",
        "generatedBy": "eswifi-conformance",
        "results": {
            "tool": {"name": "eswifi-conformance", **({"version": suite["version"]} if suite.get("version") else {})},
            "summary": {
                "tests": len(record["cases"]),
                **{name: counts[name] for name in ("passed", "failed", "skipped", "pending", "other")},
                "start": begun,
                "stop": end,
                "extra": {"outcome": view.summary["outcome"], "findings": len(view.findings)},
            },
            "tests": [_test(one) for one in record["cases"]],
            "environment": {
                "testEnvironment": ", ".join(one["name"] for one in record["rigs"]) or "unknown",
                "extra": {"module": record["module"], "profile": record["profile"].get("name", "")},
            },
        },
    }
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def _test(case: Case) -> dict[str, Any]:
    one: dict[str, Any] = {
        "name": case["id"],
        "status": STATUSES[case["verdict"]],
        "duration": round(case["duration_s"] * 1000),
        "start": _milliseconds(case["started"]),
        "stop": _stop(case),
        "rawStatus": case["verdict"],
        "suite": [case["area"]],
        "filePath": case["id"].partition("::")[0],
        "tags": case["requirements"],
        "retries": max(0, case["attempts"] - 1),
        "flaky": False,
        "extra": {
            "obligation": case["obligation"],
            "blame": case["blame"],
            "broken": case["broken"],
            "masked_by": case["masked_by"],
            "rig": case["rig"],
        },
    }
    if case["message"]:
        one["message"] = case["message"]
    return one


def _milliseconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def _stop(case: Case) -> int:
    return _milliseconds(case["started"]) + round(case["duration_s"] * 1000)


FORMAT = Format("ctrf", "ctrf.json", "the Common Test Report Format, JSON", render)
