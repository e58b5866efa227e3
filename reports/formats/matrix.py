"""Modules by requirements: what a run on several rigs says of each requirement on each rig.

On the terminal only the rows that are broken somewhere; all of them in ``<record>.matrix.html``, one page that needs
nothing else.
"""

import html
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reports.formats.evidence import moment
from reports.record.model import VERDICTS, Case, Record, RigRun
from reports.record.record import write_atomically
from reports.record.status import broken_requirements
from reports.record.summary import outcome
from suites.spec.catalogue import Catalogue

WORST_FIRST = ("fail", "error", "inconclusive", "observed", "pass", "not_applicable")
"""Which verdict a cell shows where its cases have several."""
SHOWN = {"pass": "pass", "fail": "FAIL", "observed": "observed", "not_applicable": "n/a", "error": "error"}
SHOWN |= {"inconclusive": "inconcl", "": "-"}


@dataclass
class Cell:
    """One requirement on one rig: its cases by verdict, and the ids of those that broke it."""

    counts: Counter[str] = field(default_factory=Counter)
    broken_by: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        """The worst of the verdicts; "" where there was no case."""
        return next((one for one in WORST_FIRST if self.counts[one]), "")


@dataclass
class MatrixRow:
    """One requirement; ``cells`` by the name of the rig."""

    requirement: str
    statement: str
    cells: dict[str, Cell]

    @property
    def broken(self) -> bool:
        """True where it is broken on at least one rig."""
        return any(one.verdict == "fail" for one in self.cells.values())

    @property
    def differs(self) -> bool:
        """True where the rigs have different verdicts."""
        return len({one.verdict for one in self.cells.values()}) > 1


def matrix(record: Record, catalogue: Catalogue | None = None) -> list[MatrixRow]:
    """A row for each requirement that a case names: in the order of the catalogue where it is given, else by id."""
    rigs = [one["name"] for one in record["rigs"]]
    rows: dict[str, MatrixRow] = {}
    for case in record["cases"]:
        for key in case["requirements"]:
            row = rows.setdefault(key, MatrixRow(key, "", {rig: Cell() for rig in rigs}))
            _count(row.cells.setdefault(case["rig"], Cell()), key, case)
    if catalogue is None:
        return [rows[key] for key in sorted(rows)]
    for key, entry in catalogue.requirements.items():
        if key in rows:
            rows[key].statement = entry.statement
    known = [key for key in catalogue.requirements if key in rows]
    return [rows[key] for key in [*known, *sorted(set(rows) - set(known))]]


def _count(cell: Cell, key: str, case: Case) -> None:
    """A case that failed for another requirement leaves this one undecided."""
    breaks = key in broken_requirements(case)
    verdict = "inconclusive" if case["verdict"] == "fail" and not breaks else case["verdict"]
    cell.counts[verdict] += 1
    if breaks:
        cell.broken_by.append(case["id"])


def broken_table(record: Record) -> list[str]:
    """The rows that are broken somewhere, as lines of text with a head; nothing where none is, or on one rig only."""
    rows = [one for one in matrix(record) if one.broken]
    if not rows or len(record["rigs"]) < 2:
        return []
    rigs = [one["name"] for one in record["rigs"]]
    wide = max(len(one.requirement) for one in rows)
    columns = [max(len(one), 8) for one in rigs]
    head = "  ".join([" " * wide, *(f"{rig:>{width}}" for rig, width in zip(rigs, columns, strict=True))])
    return [head, *("  ".join([f"{row.requirement:<{wide}}", *_texts(row, rigs, columns)]) for row in rows)]


def _texts(row: MatrixRow, rigs: Sequence[str], columns: Sequence[int]) -> Iterator[str]:
    for rig, width in zip(rigs, columns, strict=True):
        yield f"{SHOWN[row.cells[rig].verdict]:>{width}}"


def matrix_path(record: Path) -> Path:
    """Where the matrix goes whose record goes to ``record``."""
    return record.with_name(f"{record.stem}.matrix.html")


def write_matrix(record: Record, path: Path, catalogue: Catalogue) -> None:
    """Write the matrix as one HTML page."""
    write_atomically(path, page(record, catalogue))


def page(record: Record, catalogue: Catalogue) -> str:
    """The matrix as one HTML page without anything from elsewhere; rows that differ stand first."""
    heads = "".join(f"<th>{_head(one)}</th>" for one in record["rigs"])
    rigs = [one["name"] for one in record["rigs"]]
    ordered = sorted(matrix(record, catalogue), key=lambda row: not row.differs)
    rows = "\n".join(_row(one, rigs) for one in ordered)
    title = "Modules by requirements"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>\n'
        f"<style>{_STYLE}</style></head>\n<body><h1>{title}</h1>\n<p>{html.escape(outcome(record))}; "
        f"begun {html.escape(moment(record['started']))}; rows that differ stand first</p>\n"
        f"<table><thead><tr><th>requirement</th>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></body></html>\n"
    )


def _head(run: RigRun) -> str:
    module: Mapping[str, str] = run["module"]
    lines = [run["name"], module.get("product", ""), module.get("firmware", ""), run["profile"].get("name", "")]
    return "<br>".join(html.escape(str(one)) for one in lines if one)


def _row(row: MatrixRow, rigs: Sequence[str]) -> str:
    cells = "".join(_cell(row.cells[rig]) for rig in rigs)
    return f'<tr><th title="{html.escape(row.statement)}">{html.escape(row.requirement)}</th>{cells}</tr>'


def _cell(cell: Cell) -> str:
    counts = ", ".join(f"{cell.counts[one]} {one.replace('_', ' ')}" for one in VERDICTS if cell.counts[one])
    more = html.escape("\n".join([counts, *cell.broken_by]))
    return f'<td class="{cell.verdict or "none"}" title="{more}">{SHOWN[cell.verdict]}</td>'


_STYLE = (
    "body{font:14px sans-serif;margin:2em}table{border-collapse:collapse}"
    "th,td{border:1px solid #ccc;padding:.2em .6em;text-align:left}thead th{position:sticky;top:0;background:#fff}"
    "td{text-align:center}.pass{background:#dfd}.fail{background:#f99;font-weight:bold}.error{background:#fc9}"
    ".inconclusive{background:#ffc}.observed{background:#eef}.not_applicable,.none{color:#888}"
)
