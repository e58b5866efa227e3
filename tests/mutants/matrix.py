"""The kill matrix: for each fault its requirements, the cases that failed, and their messages; then the score.

``matrix.json``: ``score``, ``faults`` (a row for each), ``cases_without_a_catch``, ``requirements_without_a_fault``.
``matrix.md`` has the same for people. Both are sorted by name, so that two runs can be compared.
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
    """Write ``matrix.json`` and ``matrix.md``, and print the score. Returns the names of the faults that survived."""
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
    """The content of ``matrix.json`` in plain JSON types."""
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
    """The row of one fault: the requirements that it breaks, the cases that caught it, and their messages."""
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
    """How well the faults were named: one line for each, then the three figures. It needs runs of all cases."""
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
        f"  runs that were cut off (the cases until then are counted): {cut_off}",
        f"  right requirement first: {figures['first']:.1f} % of {len(rows)} (98)",
        f"  findings a fault, mean:  {figures['findings']:.2f} (1.3)",
        f"  no innocent requirement: {figures['no_innocent']:.1f} % (95)",
    ]


def figures_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """The figures of the diagnosis over the caught faults ``rows``: ``first`` and ``no_innocent`` in per cent, and the
    mean number of ``findings``."""
    return {
        "first": 100 * sum(row["rank"] == 1 for row in rows) / len(rows),
        "findings": sum(len(row["findings"]) for row in rows) / len(rows),
        "no_innocent": 100 * sum(not row["broken_besides"] for row in rows) / len(rows),
    }


def headline(score: Mapping[str, int]) -> str:
    """The score as a sentence: how many faults were caught, of how many that can be caught."""
    total = score["caught"] + score["survived"]
    return f"{score['caught']} of {total} faults caught, {score['equivalent']} equivalent"


def page(data: Mapping[str, Any]) -> list[str]:
    """The lines of ``matrix.md``."""
    lines = ["# Kill matrix", "", headline(data["score"]) + ".", ""]
    lines += ["| fault | breaks | caught by | cases that failed | first message |", "|---|---|---|---|---|"]
    lines += [table_row(row) for row in data["faults"]]
    lines += ["", "## Cases that were run and never caught anything", ""]
    lines += [f"- `{case}`" for case in data["cases_without_a_catch"]] or ["None."]
    lines += ["", "## Requirements without a fault", "", ", ".join(data["requirements_without_a_fault"]) or "None."]
    return lines


def table_row(row: Mapping[str, Any]) -> str:
    """The line of one fault in the table of ``matrix.md``."""
    if row["state"] == "equivalent":
        return f"| {row['fault']} | equivalent: {cell(row['argument'])} | | | |"
    by = ", ".join(row["caught_by"]) or "**survived**"
    message = next(iter(row["cases"].values()), row["note"])
    count = f"{len(row['cases'])} of {row['run']} run"
    return f"| {row['fault']} | {', '.join(row['requirements'])} | {by} | {count} | {cell(message)} |"


def cell(text: str) -> str:
    """``text`` as it may stand in a cell of a table."""
    return " / ".join(text.splitlines()).replace("|", "\\|").replace("<", "&lt;")
