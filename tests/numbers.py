"""Counts what there is: ``python -m tests.numbers`` writes the tables of README.md and docs/mutants.md.

The counts come from the things themselves: catalogue, coverage page, faults, variants, commands. A measurement is no
count: a pass over the faults has its date, and stands in the text beside the tables. ``--check`` writes nothing; exit
status 1: a page is out of date.
"""

import re
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from reference_impl.core.commands import COMMANDS
from reference_impl.variants import VARIANTS
from suites.spec.catalogue import OBLIGATIONS, load_catalogue
from suites.spec.sources import load_sources
from tests.pages import ROOT, Part, table, write_or_check

MODULES = {
    "emulator": "the emulator",
    "fresh_eye": "an independent module",
    "second_eye": "a second independent module",
}
"""Map in tests/mutants: the name that README gives the module."""

CASES = re.compile(r"^(\d+) cases in (\d+) functions", re.MULTILINE)
"""The sentence of the coverage page that tells the number of cases."""


def toml(path: Path) -> dict[str, Any]:
    """A TOML file."""
    with path.open("rb") as file:
        return tomllib.load(file)


def faults(module: str) -> dict[str, Any]:
    """The map of a module's faults to requirements. ``tox -e mutants`` refuses a map that is not the module's list."""
    return toml(ROOT / "tests" / "mutants" / f"{module}.toml")


def faults_by_area() -> str:
    """The emulator's faults by the area of the requirement that each breaks first."""
    catalogue = load_catalogue()
    broken: dict[str, Counter[str]] = {area: Counter() for area in catalogue.areas}
    for entry in faults("emulator").values():
        first = entry["requirements"][0]
        broken[catalogue.requirements[first].area][first] += 1
    rows: list[list[object]] = [
        [catalogue.areas[area].title, found.total(), ", ".join(f"{one} {found[one]}" for one in sorted(found))]
        for area, found in broken.items()
        if found
    ]
    rows.append(["all areas", sum(found.total() for found in broken.values()), ""])
    return table(["area", "faults", "the requirement that each breaks first, and how many faults"], rows)


def what_there_is() -> str:
    """One row for each kind of thing that README tells of."""
    catalogue, sources = load_catalogue(), load_sources()
    obligations = Counter(one.obligation for one in catalogue.requirements.values())
    counts = CASES.search((ROOT / "docs" / "coverage.md").read_text(encoding="utf-8"))
    assert counts, "docs/coverage.md does not tell the number of cases"
    rows: list[list[object]] = [
        ["rows of the documents, each with its class", len(sources.rows), "[coverage](docs/coverage.md)"],
        [f"requirements ({', '.join(f'{one} {obligations[one]}' for one in OBLIGATIONS)})", obligations.total(), ""],
        [f"cases, in {counts[2]} functions", counts[1], ""],
        ["commands that the cases name", len(catalogue.by_command()), ""],
        ["commands that the emulator knows", len(COMMANDS), "[commands](docs/commands.md)"],
        ["conforming variants of the emulator", len(VARIANTS), "`python -m reference_impl --list-variants`"],
        [
            "combinations of variants, of all three modules",
            sum(map(combinations, MODULES)),
            "[tests/variants](tests/variants)",
        ],
        *([f"seeded faults of {name}", *seeded(module)] for module, name in MODULES.items()),
    ]
    return table(["what there is", "number", "more"], rows)


def combinations(module: str) -> int:
    """How many combinations of a module's variants are judged as conforming modules."""
    return len(toml(ROOT / "tests" / "variants" / f"{module}.toml")["combinations"])


def seeded(module: str) -> tuple[int, str]:
    """How many faults a module has that a case must catch, and a note on those that no document forbids."""
    entries = faults(module).values()
    equivalent = sum("equivalent" in one for one in entries)
    return len(entries) - equivalent, f"beside {equivalent} that no document forbids" if equivalent else ""


FAULTS = Part(ROOT / "docs" / "mutants.md", "faults", "tests.numbers", faults_by_area)
THINGS = Part(ROOT / "README.md", "numbers", "tests.numbers", what_there_is)


if __name__ == "__main__":
    sys.exit(write_or_check(__doc__, THINGS, FAULTS))
