"""Puts the rooms of the checkout below one package: ``from fixtures.x import y`` becomes ``from PACKAGE.fixtures.x``.

Nothing but the names of imported modules changes, at the places where the syntax tree says that they stand; every
other byte, comments and line numbers included, stays as it is. Strings are not touched: code that needs the name of a
module in a string makes it of ``__name__`` (docs/decisions/distributions.md).
"""

import ast
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path


class RoomsError(Exception):
    """A file cannot be put below a package. The message names file and line."""


def lay_out(root: Path, rooms: Mapping[str, str], into: Path) -> None:
    """Copy rooms and files of ``root`` into ``into``, each to the place of its new name, imports renamed.

    ``rooms``: the name of a folder, or of a file without ``.py``, to its new dotted name.
    """
    for room, name in rooms.items():
        place = into.joinpath(*name.split("."))
        if (root / room).is_dir():
            for path in _files_of(root / room):
                _copy(path, place / path.relative_to(root / room), rooms)
        else:
            _copy(root / f"{room}.py", place.with_name(f"{place.name}.py"), rooms)


def _files_of(room: Path) -> Iterator[Path]:
    for path in sorted(room.rglob("*")):
        parts = path.relative_to(room).parts
        left_out = "__pycache__" in parts or parts[0] in ("out", "build") or path.suffix in (".pyc", ".pyo")
        if path.is_file() and not left_out and not any(one.startswith(".") for one in parts):
            yield path


def _copy(path: Path, place: Path, rooms: Mapping[str, str]) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix != ".py":
        shutil.copyfile(path, place)
        return
    try:
        place.write_bytes(renamed(path.read_bytes(), rooms))
    except (RoomsError, SyntaxError) as problem:
        raise RoomsError(f"{path}: {problem}") from problem


def renamed(source: bytes, rooms: Mapping[str, str]) -> bytes:
    """``source`` with its imports of ``rooms`` renamed. Raises RoomsError where an import binds a room's own name."""
    lines = source.splitlines(keepends=True)
    places = sorted(_places(ast.parse(source), lines, rooms), reverse=True)
    for line, column, room in places:
        text = lines[line]
        lines[line] = text[:column] + rooms[room].encode() + text[column + len(room) :]
    return b"".join(lines)


def _places(tree: ast.Module, lines: list[bytes], rooms: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    """Line from 0, column in bytes, and room of each import of a room."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level and (room := _room(node.module, rooms)):
            start = re.compile(rb"from\s+").match(lines[node.lineno - 1], node.col_offset)
            if start is None:
                raise RoomsError(f"line {node.lineno}: write the module on the line of its 'from'")
            yield node.lineno - 1, start.end(), room
        elif isinstance(node, ast.Import):
            for one in node.names:
                if room := _room(one.name, rooms):
                    if one.asname is None:
                        raise RoomsError(f"line {one.lineno}: write 'from ... import ...' for {one.name}")
                    yield one.lineno - 1, one.col_offset, room


def _room(module: str | None, rooms: Mapping[str, str]) -> str:
    first = (module or "").partition(".")[0]
    return first if first in rooms else ""
