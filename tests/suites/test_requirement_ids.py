"""Ids of requirements stand as literals in the code, and the catalogue has every one of them."""

import ast
import re
from pathlib import Path

from suites.spec.catalogue import load_catalogue

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = load_catalogue().requirements
PREFIXES = {one.partition("-")[0] for one in CATALOGUE}
ID = re.compile(rf"({'|'.join(sorted(PREFIXES))})-[A-Z0-9]+(-[A-Z0-9]+)*")


def literals(path):
    """The strings of a file that look like an id, each with its line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ID.fullmatch(node.value):
            yield node.lineno, node.value


def test_every_literal_id_is_in_the_catalogue():
    files = [path for room in ("suites", "fixtures") for path in sorted((ROOT / room).rglob("*.py"))]
    found = [(path, line, one) for path in files for line, one in literals(path)]
    assert len(found) > 500
    wrong = [f"{path.relative_to(ROOT)}:{line}: {one}" for path, line, one in found if one not in CATALOGUE]
    assert wrong == []
