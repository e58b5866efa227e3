"""Draws the rooms and the imports between them: ``python -m tests.architecture`` writes them into docs/architecture.md.

The picture is a Mermaid flowchart between two markers of the page. An arrow leads from a room to a room that one of its
modules imports, wherever the import stands. ``--check`` writes nothing; exit status 1: the page is out of date.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path

from tests.pages import ROOT, Part, write_or_check

TOP = ("suites", "fixtures", "reports", "reference_impl", "eswifi_conformance")
DIVIDED = (
    "suites.spec",
    "suites.steps",
    "suites.campaigns",
    "fixtures.drivers.line",
    "fixtures.drivers.peers",
    "fixtures.drivers.bench",
    "fixtures.drivers.lab",
    "fixtures.drivers.replay",
    "fixtures.drivers",
    "fixtures.rigs",
    "fixtures.plugins.verdicts",
    "fixtures.plugins",
    "fixtures.bench_tools",
    "reports.record",
    "reports.formats",
    "reports.run",
    "reference_impl.core",
    "reference_impl.faults",
    "reference_impl.shells",
)
"""Rooms inside the top ones that the picture shows. A module belongs to the innermost room that contains it."""


def python_files(folder: Path) -> list[Path]:
    """The Python files below a folder, in order; results of runs are left out."""
    return [path for path in sorted(folder.rglob("*.py")) if "out" not in path.parts]


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a file, read once."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports_of(path: Path) -> tuple[str, ...]:
    """The names that a file imports, wherever in it. Raises AssertionError for a relative import."""
    return tuple(_imports_in(path))


def _imports_in(path: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: imports are absolute"
            yield from (f"{node.module}.{one.name}" for one in node.names)


def module_graph(root: Path, rooms: Iterable[str]) -> dict[str, set[str]]:
    """Each module of the rooms below ``root``, and the modules of these rooms that it imports."""
    paths = {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path
        for path in chain.from_iterable(python_files(root / room) for room in rooms)
    }

    def module(name: str) -> str:
        while name and name not in paths:
            name = name.rpartition(".")[0]
        return name

    return {name: ({module(one) for one in imports_of(path)} & set(paths)) - {name} for name, path in paths.items()}


def room_of(module: str) -> str:
    """The innermost room of the picture that contains a module."""
    inside = [room for room in (*TOP, *DIVIDED) if module == room or module.startswith(f"{room}.")]
    return max(inside, key=len)


@cache
def project_graph() -> dict[str, set[str]]:
    """Each module of the project, and the modules of the project that it imports."""
    return module_graph(ROOT, TOP)


def arrows() -> list[tuple[str, str]]:
    """The pairs of rooms of which the first imports the second, in order."""
    pairs = {(room_of(name), room_of(other)) for name, others in project_graph().items() for other in others}
    return sorted(pair for pair in pairs if pair[0] != pair[1])


def picture() -> str:
    """The rooms and the arrows as a Mermaid flowchart, in a fenced block."""
    present = {room_of(name) for name in project_graph()}
    lines = ["```mermaid", "flowchart TD"]
    for top in TOP:
        lines.append(f'  subgraph {top}_room["{top}"]')
        labels = {room: room.removeprefix(f"{top}.") for room in sorted(present) if room.split(".")[0] == top}
        names = {top: "modules at the top"} | {"suites": "areas of cases"}
        lines += [f'    {node(room)}["{names.get(label, label)}"]' for room, label in labels.items()]
        lines.append("  end")
    lines += [f"  {node(one)} --> {node(other)}" for one, other in arrows()]
    return "\n".join([*lines, "```", ""])


def node(room: str) -> str:
    """The name of a room in the flowchart."""
    return room.replace(".", "_")


ROOMS = Part(ROOT / "docs" / "architecture.md", "rooms", "tests.architecture", picture)


if __name__ == "__main__":
    sys.exit(write_or_check(__doc__, ROOMS))
