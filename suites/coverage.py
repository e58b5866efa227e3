"""The coverage page: every line of the sources with its requirements and their cases, and the gate over all three.

``python -m suites.coverage`` writes ``docs/coverage.md``; with ``--check`` it writes nothing. Status 0: the gate passes
(and the page is fresh); 1: it does not, and each breach is a line on stderr.
"""

import argparse
import ast
import contextlib
import io
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from suites.spec.catalogue import DOCUMENTS, OBLIGATIONS, Catalogue, Requirement, load_catalogue
from suites.spec.sources import (
    HOW,
    Document,
    Sentence,
    Sources,
    breaches,
    load_sources,
    uncommanded,
    undecided,
    unrecorded,
    unreferred,
)

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "coverage.md"
COMMAND = "python -m suites.coverage"
NAMES = {"tested": "tested", "implied": "implied", "not_testable": "not testable", "out_of_scope": "out of scope"}
OBLIGATION_NAMES = {"M": "mandatory", "D": "documented", "O": "observed only"}

Functions = Mapping[str, Mapping[tuple[str, str], int]]
"""By requirement: file and function of its cases, and how many cases the function has."""


@dataclass
class Collected:
    """A pytest plugin: notes each collected case of the suites with the requirements that its markers name."""

    cases: list[tuple[str, tuple[str, ...]]]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note what is left after selection, which here is everything."""
        for item in session.items:
            ids = dict.fromkeys(str(one) for marker in item.iter_markers("requirement") for one in marker.args)
            self.cases.append((item.nodeid, tuple(ids)))


def collect() -> list[tuple[str, tuple[str, ...]]]:
    """Every case of the suites as node id and requirements. Raises RuntimeError where collection fails."""
    found = Collected([])
    said = io.StringIO()
    options = ["--collect-only", "-q", "-p", "no:cacheprovider", f"--rootdir={ROOT}", f"-c{ROOT / 'pytest.ini'}"]
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = pytest.main([*options, str(ROOT / "suites")], plugins=[found])
    if status != pytest.ExitCode.OK:
        raise RuntimeError(f"the cases cannot be collected:\n{said.getvalue()[-3000:]}")
    return found.cases


def by_requirement(cases: Iterable[tuple[str, tuple[str, ...]]]) -> Functions:
    """The test functions that decide each requirement."""
    out: dict[str, Counter[tuple[str, str]]] = {}
    for node, ids in cases:
        file, _, name = node.partition("::")
        for one in ids:
            out.setdefault(one, Counter())[file, name.partition("[")[0]] += 1
    return out


def observed() -> set[str]:
    """The requirements that cases observe: the first argument of each ``case.observe`` in the suites."""
    return {one for path in sorted((ROOT / "suites").rglob("*.py")) for one in _observed_in(path)}


def _observed_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "observe":
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant):
                yield str(first.value)


def gate(catalogue: Catalogue, sources: Sources, functions: Functions) -> list[str]:
    """Everything that is wrong between sources, catalogue and cases; empty where all is traced."""
    return [
        *breaches(catalogue, sources),
        *unreferred(catalogue, sources),
        *uncommanded(catalogue, sources),
        *undecided(catalogue, functions),
        *unrecorded(sources, observed()),
    ]


# -- the page ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """What the page is made of."""

    catalogue: Catalogue
    sources: Sources
    functions: Functions
    cases: int

    def text(self) -> str:
        """The whole page as Markdown."""
        parts = [
            "# Coverage: every line of the sources, its requirements and their cases",
            f"Made by `{COMMAND}` from `suites/spec/catalogue/` and the collected cases. A test holds it fresh.",
            self.numbers(),
            self.commands(),
            self.contradictions(),
            *(self.document(one) for one in self.sources.documents.values()),
            self.requirements(),
        ]
        return "\n\n".join(parts) + "\n"

    def numbers(self) -> str:
        """Rows by document and class, requirements by obligation."""
        every = [*((key, one.rows) for key, one in self.sources.documents.items()), ("all", self.sources.rows)]
        documents = [[key, len(rows), *(sum(row.how == how for row in rows) for how in HOW)] for key, rows in every]
        web = self.sources.documents["WEB"]
        lines = sum(bool(line.strip()) for line in web.page)
        classified = len({row.line for row in web.rows})
        return "\n\n".join(
            [
                "## Numbers",
                f"Of the vendor's page {classified} of {lines} lines that are not blank are classified"
                f" ({classified / lines:.0%}); a line with several sentences has a row for each.",
                table(["document", "rows", *(NAMES[how] for how in HOW)], documents),
                table(["obligation", "requirements", "with a case", "without, with a reason"], self._obligations()),
                f"{self.cases} cases in {len({one for names in self.functions.values() for one in names})} functions;"
                " a case may decide several requirements.",
            ]
        )

    def _obligations(self) -> Iterator[list[object]]:
        for one in OBLIGATIONS:
            named = [entry for entry in self.catalogue.requirements.values() if entry.obligation == one]
            decided = sum(entry.id in self.functions for entry in named)
            yield [f"{one}, {OBLIGATION_NAMES[one]}", len(named), decided, sum(bool(entry.untested) for entry in named)]

    def commands(self) -> str:
        """Each documented command with the requirements that name it."""
        rows = [[f"`{one}`", self.links(ids)] for one, ids in self.catalogue.by_command().items()]
        return f"## Command by command\n\n{table(['command', 'requirements (cases)'], rows)}"

    def contradictions(self) -> str:
        """Where the sources differ, and what records the reading that a module took."""
        rows = [
            [
                one.number,
                plain(one.what),
                plain("; ".join(one.readings)),
                plain(one.taken),
                self.links(one.requirements),
                self.links(one.recorded),
            ]
            for one in self.sources.contradictions
        ]
        head = ["#", "what", "readings", "taken", "requirements (cases)", "the reading is recorded by"]
        return f"## Contradictions\n\n{table(head, rows)}"

    def document(self, document: Document) -> str:
        """All rows of ``document``, section by section."""
        title = f"## {document.key}: {plain(DOCUMENTS[document.key])}\n\n{plain(document.about)}"
        sections = dict.fromkeys(row.section for row in document.rows)
        return "\n\n".join([title, *(self._section(document, name) for name in sections)])

    def _section(self, document: Document, name: str) -> str:
        rows = [row for row in document.rows if row.section == name]
        quoted = bool(document.page)
        cells = [[*([row.line] if quoted else []), *self._row(row, quoted)] for row in rows]
        head = [*(["line"] if quoted else []), "text", "class", "requirements (cases), or why"]
        return f"### {document.key}, {plain(name)}\n\n{table(head, cells)}"

    def _row(self, row: Sentence, quoted: bool) -> list[object]:
        text = f"`{row.text.replace('|', chr(92) + '|')}`" if quoted else plain(row.text)
        return [
            text,
            NAMES[row.how],
            "; ".join(part for part in (self.links(row.requirements), plain(row.why)) if part),
        ]

    def links(self, ids: Iterable[str]) -> str:
        """The requirements ``ids``, each a link and the number of its cases."""
        return ", ".join(f"[{one}](#{one.lower()}) ({sum(self.functions.get(one, {}).values())})" for one in ids)

    def requirements(self) -> str:
        """Every requirement with obligation, statement, sources and cases, area by area."""
        parts = ["## Requirements and their cases"]
        for area in self.catalogue.areas.values():
            entries = [one for one in self.catalogue.requirements.values() if one.area == area.key]
            rows = [
                [f'<a id="{one.id.lower()}"></a>{one.id}', one.obligation, self._statement(one), self._cases(one)]
                for one in entries
            ]
            parts += [f"### {plain(area.title)}", table(["requirement", "", "statement and sources", "cases"], rows)]
        return "\n\n".join(parts)

    @staticmethod
    def _statement(one: Requirement) -> str:
        notes = [
            plain("; ".join(map(str, one.sources))),
            f"firmware {plain(one.firmware)}" if one.firmware else "",
            f"only with `{one.capability}`" if one.capability else "",
            f"readings: {plain('; '.join(one.readings))}" if one.readings else "",
        ]
        return f"{plain(one.statement)}<br>*{'. '.join(part for part in notes if part)}*"

    def _cases(self, one: Requirement) -> str:
        if one.untested:
            return f"none: {plain(one.untested)}"
        functions = sorted(self.functions.get(one.id, {}).items())
        return "<br>".join(
            f"[{name}](../{file})" + (f" × {count}" if count > 1 else "") for (file, name), count in functions
        )


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, cells)) + " |" for cells in lines)


def plain(text: str) -> str:
    """``text`` escaped, so that Markdown shows every character, also in a table."""
    for sign in "\\`*_[]|$":
        text = text.replace(sign, "\\" + sign)
    return text.replace("<", "&lt;").replace(">", "&gt;")


def make_page() -> tuple[str, list[str]]:
    """The page's text, and what the gate finds."""
    catalogue, sources, cases = load_catalogue(), load_sources(), collect()
    functions = by_requirement(cases)
    return Page(catalogue, sources, functions, len(cases)).text(), gate(catalogue, sources, functions)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or check it. Returns the exit status."""
    parser = argparse.ArgumentParser(prog=COMMAND, description="Write the coverage page and hold the gate.")
    parser.add_argument("--check", action="store_true", help="write nothing; say what is wrong or stale")
    options = parser.parse_args(arguments)
    text, problems = make_page()
    if not options.check:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        problems.append(f"{PAGE.relative_to(ROOT)} is not what {COMMAND} would write: run it")
    sys.stderr.writelines(f"{one}\n" for one in problems)
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
