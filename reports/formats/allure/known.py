"""Known issues in the Allure results: breaches that the profile waives, and those that ``--expect FILE`` expects.

Allure 3 reads ``known`` in the details of a result: its resolution is "accepted", and the ring leaves it out.
"""

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from allure_commons.model2 import Label, StatusDetails, TestResult

from reports.record.model import Case
from reports.record.record import write_atomically
from reports.record.summary import WAIVED

KNOWN = "Known issue"
"""How the message of such a case begins, and the name of its category."""


def message_of(why: str, message: str) -> str:
    """The message of a case whose breach is known; ``why`` names the waiver or the file that expects the breach."""
    return f"{KNOWN}: {why}\n{message}".rstrip()


def mark_waived(result: TestResult, case: Case) -> None:
    """Make the ``result`` of a case whose breach is waived a known issue: it failed, and was counted as observed."""
    waived = next((one for one in case["observations"] if one["what"] == WAIVED), None)
    if waived:
        why = f"{waived['requirement']} waived by the profile: {waived['value']}"
        result.status = "failed"
        result.statusDetails = StatusDetails(known=True, message=message_of(why, f"\n{case['message']}"))
        result.labels = [*result.labels, Label("known", why)]


def mark_expected(folder: Path, expected: Mapping[str, str]) -> None:
    """Make the failed results in ``folder`` known issues whose cases are ``expected``: ids, each with the reason."""
    for path in folder.glob("*-result.json") if expected else ():
        with contextlib.suppress(ValueError, OSError):  # cut off with its process
            _mark(path, expected)


def _mark(path: Path, expected: Mapping[str, str]) -> None:
    result = json.loads(path.read_text(encoding="utf-8"))
    case = next((one["value"] for one in result.get("parameters", []) if one["name"] == "case"), "")
    if result.get("status") != "failed" or case not in expected:
        return
    why, details = expected[case], result.get("statusDetails") or {}
    message = (details.get("message") or "").removeprefix(f"{KNOWN}: {why}\n")
    result["statusDetails"] = {**details, "known": True, "message": message_of(why, message)}
    labels: list[dict[str, Any]] = [one for one in result["labels"] if one["name"] != "known"]
    result["labels"] = [*labels, {"name": "known", "value": why}]
    write_atomically(path, json.dumps(result, ensure_ascii=False))
