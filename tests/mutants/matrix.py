"""The kill matrix: fault, requirement, cases that failed, with which message; the score and the survivors."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

from tests.mutants.judge import Verdict
from tests.mutants.modules import Fault


def write_matrix(folder: Path, faults: Sequence[Fault], verdicts: dict[str, Verdict]) -> list[str]:
    """Write ``matrix.json`` and ``matrix.md``, print the score; the names of the survivors."""
    folder.mkdir(parents=True, exist_ok=True)
    data = {name: dataclasses.asdict(verdict) for name, verdict in sorted(verdicts.items())}
    (folder / "matrix.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
    (folder / "matrix.md").write_text("\n".join(page(faults, verdicts)) + "\n", encoding="utf-8")
    survivors = [one.name for one in faults if not one.equivalent and not verdicts[one.name].caught]
    equivalents = sum(bool(one.equivalent) for one in faults)
    print(f"{len(verdicts) - len(survivors)} of {len(verdicts)} faults caught, {equivalents} equivalent: {folder}")
    for name in survivors:
        verdict = verdicts[name]
        elsewhere = ", ".join(verdict.broken) or "nothing"
        print(f"  survived: {name} ({verdict.cases} cases; {verdict.note or 'broken besides: ' + elsewhere})")
    return survivors


def page(faults: Sequence[Fault], verdicts: dict[str, Verdict]) -> list[str]:
    lines = ["# Kill matrix", "", "| fault | breaks | caught by | cases that failed |", "|---|---|---|---|"]
    for one in faults:
        if one.equivalent:
            lines.append(f"| {one.name} | equivalent: {one.equivalent} | | |")
            continue
        verdict = verdicts[one.name]
        by = ", ".join(name for name in one.requirements if name in verdict.broken) or "**survived**"
        count = sum(len(verdict.broken.get(name, ())) for name in one.requirements)
        lines.append(f"| {one.name} | {', '.join(one.requirements)} | {by} | {count} of {verdict.cases} run |")
    return lines
