"""The emulator's house: imports lead one way, files and classes are small."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOM = ROOT / "reference_impl"
MOST_LINES, MOST_METHODS = 400, 25
WAY_DOWN = ("engine", "commands", "server", "tasks", "module", "seams")
"""The core from above to below, as `reference_impl/core/__init__.py` tells it."""


def name_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def files():
    return {name_of(path): path for path in sorted(ROOM.rglob("*.py"))}


def imported_by(path, known):
    """The files that this one imports, wherever in it, behind TYPE_CHECKING too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name in known)
        elif isinstance(node, ast.ImportFrom):
            for one in node.names:
                whole = f"{node.module}.{one.name}"
                if whole in known or node.module in known:
                    yield whole if whole in known else node.module


def graph():
    known = files()
    return {name: {one for one in imported_by(path, known) if one != name} for name, path in known.items()}


def circle_in(edges):
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return error.args[1]
    return None


def test_no_import_circle_not_even_for_types_alone():
    assert circle_in(graph()) is None


def test_circle_is_found():
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}}) is not None


def test_core_leads_one_way_down():
    rank = {name: position for position, name in enumerate(WAY_DOWN)}
    level = {name: rank.get((name.split(".") + [""] * 3)[2]) for name in files() if ".core." in name}
    upward = [
        f"{name} imports {one}"
        for name, wanted in graph().items()
        for one in wanted
        if level.get(name) is not None and level.get(one) is not None and level[one] < level[name]
    ]
    assert upward == []


def test_no_file_is_over_its_length():
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in files().items()}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_no_class_has_too_many_methods():
    classes = {
        f"{name}.{node.name}": sum(isinstance(one, ast.FunctionDef) for one in node.body)
        for name, path in files().items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    }
    assert {name: count for name, count in classes.items() if count > MOST_METHODS} == {}
