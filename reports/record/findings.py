"""Failures with one cause are one finding: the same requirement, and the same difference in normal form."""

import re
import shlex
from collections.abc import Iterable, Sequence

from reports.record.model import Case, Difference, Finding
from reports.record.status import broken_requirements
from suites.spec.catalogue import Catalogue

STRENGTHS = "MDO"
"""Obligations, the strongest first."""
LONGEST = 48
"""Characters of a quoted text that the normal form keeps: a longer one holds a payload, which is no cause."""
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ABSTRACT = (
    (re.compile(r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b"), "<mac>"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}:\d+\b"), "<address>:<port>"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"), "<address>"),
    (re.compile(r"(?<![\w\\<])-?\d+(?:\.\d+)?(?: ?(?:ms|s|us|seconds?)\b)"), "<time>"),
    (re.compile(r"(?<![\w\\<])\d+(?:\.\d+)?"), "<n>"),
)
_SAID = re.compile(r"^(?P<key>expected|got): +(?P<text>.*)$", re.MULTILINE)


def normal_form(expected: str, got: str) -> str:
    """The difference without what varies from case to case: numbers, addresses, ports, MACs, times, payloads."""
    return " | ".join(_abstract(one.partition("\n")[0]) for one in (expected, got))


def _abstract(text: str) -> str:
    text = _QUOTED.sub(_shorten, text)
    for pattern, word in _ABSTRACT:
        text = pattern.sub(word, text)
    return text


def _shorten(match: re.Match[str]) -> str:
    return match[0] if len(match[1]) <= LONGEST else '"<bytes>"'


def differences_of(case: Case) -> list[Difference]:
    """What the case was charged with; read from its message where the test system tells nothing better."""
    told = {one["requirement"] for one in case["differences"]}
    rest = [one for one in broken_requirements(case) if one not in told]
    return [*case["differences"], *(_read_difference(one, case["message"]) for one in rest)]


def _read_difference(requirement: str, message: str) -> Difference:
    said = {one["key"]: one["text"] for one in _SAID.finditer(message)}
    got = said.get("got", "") if said else message.partition("\n")[0]
    expected = said.get("expected", "")
    return Difference(requirement=requirement, expected=expected, got=got, normal=normal_form(expected, got))


def findings_of(cases: Sequence[Case], catalogue: Catalogue) -> list[Finding]:
    """The findings of a run: mandatory first, then those that mask the most, then those that most cases show."""
    groups: dict[tuple[str, str], list[tuple[Case, Difference]]] = {}
    for case in cases:
        if case["verdict"] == "fail":
            for one in differences_of(case):
                groups.setdefault((one["requirement"], one["normal"]), []).append((case, one))
    found = [_finding(*key, shown, catalogue) for key, shown in groups.items()]
    found.sort(key=_weight)
    return [Finding(**{**one, "id": f"F{number}"}) for number, one in enumerate(found, 1)]


def _weight(one: Finding) -> tuple[int, int, int]:
    strength = STRENGTHS.find(one["obligation"] or "O")
    return strength, -len(one["masks"]), -len(one["cases"])


def _finding(key: str, normal: str, shown: Sequence[tuple[Case, Difference]], catalogue: Catalogue) -> Finding:
    entry = catalogue.requirements.get(key)
    example, difference = min(shown, key=lambda one: (len(one[0]["transcript"]), one[0]["duration_s"]))
    return Finding(
        id="",
        requirement=key,
        obligation=entry.obligation if entry else "",
        statement=entry.statement if entry else "(not in the catalogue)",
        sources=[str(one) for one in entry.sources] if entry else [],
        normal=normal,
        expected=difference["expected"],
        got=difference["got"],
        cases=list(dict.fromkeys(case["id"] for case, _ in shown)),
        rigs=list(dict.fromkeys(case["rig"] for case, _ in shown)),
        masks=_masked_by(key, (case for case, _ in shown)),
        example=example["id"],
        command=f"tox -e conformance -- {shlex.quote(example['id'])}",
    )


def _masked_by(key: str, cases: Iterable[Case]) -> list[str]:
    return list(dict.fromkeys(one for case in cases if case["masked_by"] == key for one in case["masked"]))
