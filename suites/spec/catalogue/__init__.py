"""The requirements as data: one TOML file an area, read into a :class:`Catalogue`.

Each file is one ``[area]`` table (``title``, ``section`` of the documents, ``order``, and ``capability`` where all of
it applies only to modules that declare it) and one ``[requirement.<ID>]`` table a requirement::

    [requirement.MA-ACCEPT-NOTICE]
    statement = "When a client connects to a waiting server, the module sends ..."
    obligation = "M"            # M mandatory (WEB), D documented (UM, QR20, DS), O observed only
    commands = ["P5"]           # the commands that it is about; none where it is about all
    kind = "valid"              # valid, invalid or inopportune
    sources = [{document = "WEB", section = "transcript, line 13"}, ...]
    firmware = ">=C3.5.2"       # optional: the condition that the source names
    capability = "mqtt"         # optional: only where the profile declares it
    readings = ["client", "local"]   # optional: the acceptable readings of a contradiction
    untested = "why no case decides it"  # optional

Ids are for ever: a requirement that goes leaves its id behind in ``retired``.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Obligation = Literal["M", "D", "O"]
OBLIGATIONS: tuple[Obligation, ...] = ("M", "D", "O")
KINDS = ("valid", "invalid", "inopportune")
DOCUMENTS = {
    "WEB": "Inventek Systems, TCP Multi-Accept Server & Sockets AT Commands (web page, 2019-04-17)",
    "UM": "IWIN AT Command Set User's Manual, DOC-UM-20035-4.6",
    "QR20": "AT command quick reference, DOC-esWiFi_AT_Command_20041.1.20",
    "QR9": "AT command quick reference, 20041.1.9",
    "DS": "ISM4343 data sheet, DOC-DS-20074-5.3",
    "LOG": "captures from real modules",
    "DRV": "what published drivers rely on",
    "PROFILE": "the module's own profile: what it declares of itself",
    "OWN": "a document of the user's own, which the section names",
    "NOTES": "the reading of this project where the documents contradict each other or are silent (docs/decisions)",
}
_KEYS = {"statement", "obligation", "commands", "kind", "sources", "firmware", "capability", "readings", "untested"}


class CatalogueError(Exception):
    """The catalogue's data break its own rules. The message names the file and the entry."""


@dataclass(frozen=True)
class Source:
    """Where a requirement comes from: the key of a document and the place in it."""

    document: str
    section: str

    def __str__(self) -> str:
        return f"{self.document} {self.section}".strip()


@dataclass(frozen=True)
class Requirement:
    """One thing that a module must do, in the form "When ..., the module ..."."""

    id: str
    area: str
    statement: str
    obligation: Obligation
    sources: tuple[Source, ...]
    commands: tuple[str, ...] = ()
    kind: str = "valid"
    firmware: str = ""
    capability: str = ""
    readings: tuple[str, ...] = ()
    untested: str = ""


@dataclass(frozen=True)
class Area:
    """A folder of the suites and a chapter of the report."""

    key: str
    title: str
    section: str
    order: int
    capability: str = ""


@dataclass(frozen=True)
class Catalogue:
    """All areas in report order and all requirements by id."""

    areas: Mapping[str, Area]
    requirements: Mapping[str, Requirement] = field(default_factory=dict)

    def capabilities(self, ids: Iterable[str]) -> set[str]:
        """What a profile must declare for a case of the requirements ``ids`` to apply."""
        named = [self.requirements[one] for one in ids]
        wanted = {one.capability for one in named} | {self.areas[one.area].capability for one in named}
        return wanted - {""}

    def by_command(self) -> dict[str, list[str]]:
        """The ids of the requirements that are about each command, commands in their order."""
        out: dict[str, list[str]] = {}
        for one in self.requirements.values():
            for command in one.commands:
                out.setdefault(command, []).append(one.id)
        return dict(sorted(out.items()))


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """Read every ``*.toml`` of ``folder`` (default: this one). Raises CatalogueError on any breach."""
    areas: dict[str, Area] = {}
    requirements: dict[str, Requirement] = {}
    for path in sorted((folder or Path(__file__).parent).glob("*.toml")):
        area, found = _read_area(path)
        areas[area.key] = area
        for one in found:
            if one.id in requirements:
                raise CatalogueError(f"{path.name}: {one.id} stands in {requirements[one.id].area} already")
            requirements[one.id] = one
    ordered = dict(sorted(areas.items(), key=lambda item: item[1].order))
    return Catalogue(ordered, requirements)


def with_own(catalogue: Catalogue, folders: Iterable[Path]) -> Catalogue:
    """``catalogue`` and behind it a user's own areas in ``folders``. Raises CatalogueError where an id is taken."""
    areas, requirements = dict(catalogue.areas), dict(catalogue.requirements)
    for folder in folders:
        if not folder.is_dir():
            raise CatalogueError(f"{folder}: there is no such folder")
        own = load_catalogue(folder)
        if taken := sorted((own.areas.keys() & areas.keys()) | (own.requirements.keys() & requirements.keys())):
            raise CatalogueError(f"{folder}: {taken[0]} is there already; give it a name of its own")
        areas |= own.areas
        requirements |= own.requirements
    return Catalogue(areas, requirements)


def _read_area(path: Path) -> tuple[Area, list[Requirement]]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        area = Area(key=path.stem, **data["area"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as problem:
        raise CatalogueError(f"{path.name}: not a catalogue file: {problem}") from problem
    return area, [_read_requirement(path, area.key, *item) for item in data.get("requirement", {}).items()]


def _read_requirement(path: Path, area: str, key: str, entry: dict[str, Any]) -> Requirement:
    where = f"{path.name}: requirement {key}"
    if unknown := set(entry) - _KEYS:
        raise CatalogueError(f"{where}: unknown key {sorted(unknown)}; known are {sorted(_KEYS)}")
    if not str(entry.get("statement", "")).startswith("When "):
        raise CatalogueError(f"{where}: the statement has the form 'When ..., the module ...'")
    if entry.get("obligation") not in OBLIGATIONS:
        raise CatalogueError(f"{where}: obligation is one of {', '.join(OBLIGATIONS)}")
    if entry.get("kind", "valid") not in KINDS:
        raise CatalogueError(f"{where}: kind is one of {', '.join(KINDS)}")
    return Requirement(
        id=key,
        area=area,
        statement=entry["statement"],
        obligation=entry["obligation"],
        sources=_read_sources(where, entry.get("sources", [])),
        commands=tuple(entry.get("commands", ())),
        kind=entry.get("kind", "valid"),
        firmware=entry.get("firmware", ""),
        capability=entry.get("capability", ""),
        readings=tuple(entry.get("readings", ())),
        untested=entry.get("untested", ""),
    )


def _read_sources(where: str, entries: list[dict[str, str]]) -> tuple[Source, ...]:
    sources = tuple(Source(one.get("document", ""), one.get("section", "")) for one in entries)
    if not sources:
        raise CatalogueError(f"{where}: names no source")
    for one in sources:
        if one.document not in DOCUMENTS or not one.section:
            raise CatalogueError(f"{where}: a source is {{document = one of {list(DOCUMENTS)}, section = ...}}")
    return sources
