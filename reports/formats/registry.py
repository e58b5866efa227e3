"""The renderings of a record by name: a new format is one file in this folder and one line in ``MODULES``."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from reports.formats.matrix import matrix_path
from reports.formats.view import View


class RenderError(Exception):
    """A rendering cannot be made here. The message says why, and what to do."""


@dataclass(frozen=True)
class Format:
    """One rendering. ``file``: its name beside the record, where none is given; ``what``: one line for people.

    ``render`` makes the file's whole content of a view; it raises RenderError where this machine cannot.
    ``by_default``: the main job writes it beside each record.
    """

    name: str
    file: str
    what: str
    render: Callable[[View], bytes]
    by_default: bool = False


MODULES = ("html", "summary", "pdf", "junit", "ctrf", "csv", "md", "badge")
"""The formats by their names. ``reports/formats/as_NAME.py`` has a ``FORMAT``."""


@cache
def load_format(name: str) -> Format:
    """The format of that name."""
    found: Format = import_module(f"{__package__}.as_{name}").FORMAT
    return found


def formats() -> list[Format]:
    """All formats, in the order of MODULES."""
    return [load_format(one) for one in MODULES]


def place_of(record: Path, chosen: Format) -> Path:
    """Where the rendering of the record goes: beside ``run.json`` by its own name, else by the record's."""
    return record.with_name(chosen.file if record.stem == "run" else f"{record.stem}.{chosen.file}")


def renderings_of(record: Path) -> list[Path]:
    """Every file that may lie beside the record and was made of it: a new record must find none of a former one."""
    allure = [record.with_name("conformance.html")] if record.stem == "run" else []
    return [*(place_of(record, one) for one in formats()), matrix_path(record), *allure]
