"""Draws the rooms and the imports between them: ``python -m tests.architecture`` writes them into docs/architecture.md.

The picture is a Mermaid flowchart between two markers of the page. An arrow leads from a room to a room that one of its
modules imports, wherever the import stands. ``--check`` writes nothing; exit status 1: the page is out of date.
"""

import argparse
import ast
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "architecture.md"
BEGIN = "<!-- rooms: written by python -m tests.architecture -->\n"
END = "<!-- end of rooms -->"
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


def imports_of(path: Path) -> Iterator[str]:
    """The names that a file imports, wherever in it. Raises AssertionError for a relative import."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
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


def arrows() -> list[tuple[str, str]]:
    """The pairs of rooms of which the first imports the second, in order."""
    pairs = {(room_of(name), room_of(other)) for name, others in module_graph(ROOT, TOP).items() for other in others}
    return sorted(pair for pair in pairs if pair[0] != pair[1])


def picture() -> str:
    """The rooms and the arrows as a Mermaid flowchart, in a fenced block."""
    present = {room_of(name) for name in module_graph(ROOT, TOP)}
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


def page_with_picture(text: str) -> str:
    """The page with today's picture between its markers. Raises ValueError where a marker is missing."""
    before, begin, rest = text.partition(BEGIN)
    _former, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE} must have the markers {BEGIN.strip()} and {END}")
    return f"{before}{begin}\n{picture()}\n{end}{after}"


def main() -> int:
    """Write the picture, or check it. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.architecture", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit status 1 where the page is out of date"
    )
    check = parser.parse_args().check
    text = PAGE.read_text(encoding="utf-8")
    fresh = page_with_picture(text)
    if not check:
        PAGE.write_text(fresh, encoding="utf-8")
        return 0
    if text != fresh:
        print(f"{PAGE.relative_to(ROOT)} is out of date: run python -m tests.architecture", file=sys.stderr)
    return int(text != fresh)


if __name__ == "__main__":
    sys.exit(main())
