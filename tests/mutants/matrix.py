"""The kill matrix: fault, requirement, cases that failed, with which message; the score and what the cases are worth.

``matrix.json``: ``score``, ``faults`` (a row each), ``cases_without_a_catch``, ``requirements_without_a_fault``.
``matrix.md`` is the same for people. Both are in the order of names, so that two runs can be compared.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.mutants.judge import CUT_OFF, Verdict
from tests.mutants.modules import Fault

Cases = Mapping[str, Sequence[str]]
"""The suites' cases, each with the requirements that it decides."""


def write_matrix(
    folder: Path, faults: Sequence[Fault], verdicts: Mapping[str, Verdict], cases: Cases, *, full: bool = False
) -> list[str]:
    """Write ``matrix.json`` and ``matrix.md``, print the score; the names of the survivors."""
    data = matrix(faults, verdicts, cases)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "matrix.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    told = ["", "## Diagnosis", "", "```", *diagnosis(data), "```"] if full else []
    (folder / "matrix.md").write_text("\n".join([*page(data), *told]) + "\n", encoding="utf-8")
    survivors = [row for row in data["faults"] if row["state"] == "survived"]
    print(f"{headline(data['score'])}: {folder / 'matrix.md'}")
    for row in survivors:
        besides = ", ".join(row["broken_besides"]) or "nothing"
        print(f"  survived: {row['fault']} ({row['run']} cases; {row['note'] or 'broken besides: ' + besides})")
    for row in data["faults"]:
        if row["note"] and row["state"] == "caught":
            print(f"  caught, but: {row['fault']} ({row['note'][:200]})")
    print(f"  cases that were run and never caught anything: {len(data['cases_without_a_catch'])}")
    if full:
        print("\n".join(diagnosis(data)))
    return [row["fault"] for row in survivors]


def matrix(faults: Sequence[Fault], verdicts: Mapping[str, Verdict], cases: Cases) -> dict[str, Any]:
    """All of it as plain JSON types."""
    rows = [row_of(one, verdicts.get(one.name)) for one in sorted(faults, key=lambda one: one.name)]
    count = {state: sum(row["state"] == state for row in rows) for state in ("caught", "survived", "equivalent")}
    ran = {case for verdict in verdicts.values() for case in verdict.run}
    caught = {case for verdict in verdicts.values() for found in verdict.broken.values() for case in found}
    mapped = {one for fault in faults for one in fault.requirements}
    return {
        "score": {**count, "cases": len(cases), "cases_run": len(ran)},
        "faults": rows,
        "cases_without_a_catch": sorted(ran - caught),
        "requirements_without_a_fault": sorted({one for ids in cases.values() for one in ids} - mapped),
    }


def row_of(fault: Fault, verdict: Verdict | None) -> dict[str, Any]:
    """One fault: what it breaks, what caught it and with which message."""
    row = {"fault": fault.name, "sentence": fault.sentence, "requirements": list(fault.requirements)}
    if fault.equivalent or verdict is None:
        return {**row, "state": "equivalent", "argument": fault.equivalent, "note": ""}
    killers = verdict.killers(fault)
    return {
        **row,
        "state": "caught" if verdict.caught else "survived",
        "caught_by": [one for one in fault.requirements if one in verdict.broken],
        "cases": dict(sorted(killers.items())),
        "broken_besides": verdict.innocent(fault),
        "findings": [
            {key: one[key] for key in ("requirement", "normal", "example", "masks")} | {"cases": len(one["cases"])}
            for one in verdict.findings
        ],
        "rank": verdict.rank(fault),
        "run": len(verdict.run),
        "note": verdict.note,
    }


def diagnosis(data: Mapping[str, Any]) -> list[str]:
    """How well the faults were named: a line each, and the three figures. Of whole runs only."""
    rows = [row for row in data["faults"] if row["state"] == "caught"]
    if not rows:
        return ["  diagnosis: no fault was caught"]
    lines = [
        f"  {row['fault']}: {len(row['findings'])} findings, the right one is number {row['rank']}"
        + (f"; not named by the map: {', '.join(row['broken_besides'])}" if row["broken_besides"] else "")
        for row in rows
    ]
    figures = figures_of(rows)
    cut_off = sum(row["note"].startswith(CUT_OFF) for row in rows)
    return [
        *lines,
        f"  runs that were cut off and are counted as far as they came: {cut_off}",
        f"  right requirement first: {figures['first']:.1f} % of {len(rows)} (98)",
        f"  findings a fault, mean:  {figures['findings']:.2f} (1.3)",
        f"  no innocent requirement: {figures['no_innocent']:.1f} % (95)",
    ]


def figures_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """The figures of the diagnosis over the caught faults ``rows``: two in per cent, and the mean of the findings."""
    return {
        "first": 100 * sum(row["rank"] == 1 for row in rows) / len(rows),
        "findings": sum(len(row["findings"]) for row in rows) / len(rows),
        "no_innocent": 100 * sum(not row["broken_besides"] for row in rows) / len(rows),
    }


def headline(score: Mapping[str, int]) -> str:
    """The number: caught of those that can be."""
    total = score["caught"] + score["survived"]
    return f"{score['caught']} of {total} faults caught, {score['equivalent']} equivalent"


def page(data: Mapping[str, Any]) -> list[str]:
    """The Markdown page."""
    lines = ["# Kill matrix", "", headline(data["score"]) + ".", ""]
    lines += ["| fault | breaks | caught by | cases that failed | first message |", "|---|---|---|---|---|"]
    lines += [table_row(row) for row in data["faults"]]
    lines += ["", "## Cases that were run and never caught anything", ""]
    lines += [f"- `{case}`" for case in data["cases_without_a_catch"]] or ["None."]
    lines += ["", "## Requirements without a fault", "", ", ".join(data["requirements_without_a_fault"]) or "None."]
    return lines


def table_row(row: Mapping[str, Any]) -> str:
    """One fault's line of the table."""
    if row["state"] == "equivalent":
        return f"| {row['fault']} | equivalent: {cell(row['argument'])} | | | |"
    by = ", ".join(row["caught_by"]) or "**survived**"
    message = next(iter(row["cases"].values()), row["note"])
    count = f"{len(row['cases'])} of {row['run']} run"
    return f"| {row['fault']} | {', '.join(row['requirements'])} | {by} | {count} | {cell(message)} |"


def cell(text: str) -> str:
    """Text for a cell of a table."""
    return " / ".join(text.splitlines()).replace("|", "\\|").replace("<", "&lt;")
