"""The recipes of CONTRIBUTING.md name files, tables and tests that there are."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = PAGE.partition("## Recipes")[2].partition("\n## ")[0]
FILE = re.compile(r"`([\w.-]+(?:/[\w.-]+)*(?:/|\.(?:py|toml|json|md)))`")
"""A name of a file, or of a folder with a slash behind it. Names with ``<area>`` or ``NAME`` in them are patterns."""
TABLE = re.compile(r"`([A-Z_]+)`(?: or `([A-Z_]+)`)? of `([\w./-]+)`")
"""Names of tables, and the file that has them."""


def rows():
    """What is added, what is written, and where the tests are: one row for each recipe."""
    lines = [line.strip("| ").split(" | ") for line in RECIPES.splitlines() if line.startswith("| ")]
    return {cells[0]: (cells[1], cells[2]) for cells in lines[1:]}


ROWS = rows()


def marked(path):
    """The names of the tests in ``path`` that have the marker ``recipe``."""
    text = path.read_text(encoding="utf-8")
    if "pytest.mark.recipe" not in text:
        return []
    functions = [one for one in ast.walk(ast.parse(text)) if isinstance(one, ast.FunctionDef)]
    return [one.name for one in functions if "pytest.mark.recipe" in map(ast.unparse, one.decorator_list)]


def files_in(text):
    """The files and folders that ``text`` names, but for those that the recipe makes."""
    return [one for one in FILE.findall(text) if "NAME" not in one and one != "__init__.py"]


@pytest.mark.recipe
@pytest.mark.parametrize("recipe", ROWS)
def test_recipe_names_files_and_tables_that_there_are(recipe):
    text = " ".join(ROWS[recipe])
    assert [one for one in files_in(text) if not (ROOT / one).exists()] == []
    tables = [(name, path) for first, second, path in TABLE.findall(text) for name in (first, second) if name]
    lost = [
        (name, path) for name, path in tables if not re.search(rf"^{name}\b", (ROOT / path).read_text(), re.MULTILINE)
    ]
    assert lost == []


@pytest.mark.recipe
@pytest.mark.parametrize("recipe", [one for one in ROWS if one != "a rig"])
def test_recipe_names_a_test_that_has_the_marker(recipe):
    named = [ROOT / one for one in files_in(ROWS[recipe][1])]
    assert named
    assert [path.name for path in named if not marked(path)] == []


def test_test_with_the_marker_stands_in_a_file_that_a_recipe_names():
    named = {ROOT / one for _, tests in ROWS.values() for one in files_in(tests)} | {Path(__file__)}
    having = {path for path in (ROOT / "tests").rglob("test_*.py") if marked(path)}
    assert [str(path.relative_to(ROOT)) for path in having - named] == []
