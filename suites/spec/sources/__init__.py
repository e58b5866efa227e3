"""The documents sentence by sentence, each classified, and the gate over them and the catalogue.

One TOML file a document, named by its key (``WEB.toml``, ``UM.toml``), with ``about``, and ``[[section]]`` tables of
``name`` and ``rows``. A row is the ``text`` of a sentence or of a table's row and exactly one of::

    tested = ["ID", ...]        # these requirements say it, and cases decide or record them
    implied = ["ID", ...]       # nothing tests it by itself; it holds where these hold (with why)
    not_testable = "because"    # it says something of modules that no test of one can show
    out_of_scope = "because"    # it says nothing of a module, or of another part of it

and, if need be, ``why``. ``commands`` of a file are those that the document describes and the suites must speak of.
A file with ``verbatim`` quotes: each row also has the ``line`` of the text beside it, and the rows of a line together
are that line. The other documents are not ours to print; their rows are in our words.

``contradictions.toml`` lists where the sources contradict each other, the readings, and what records the one taken.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from suites.spec.catalogue import DOCUMENTS, Catalogue, CatalogueError

FOLDER = Path(__file__).parent
CONTRADICTIONS = "contradictions.toml"
HOW = ("tested", "implied", "not_testable", "out_of_scope")
"""How a row may be classified; the first two name requirements, the others a reason."""
_ROW_KEYS = {"text", "line", "why", *HOW}


@dataclass(frozen=True)
class Sentence:
    """One sentence of a document and its class. ``line``: 0 where the document is not quoted."""

    section: str
    text: str
    how: str
    requirements: tuple[str, ...] = ()
    why: str = ""
    line: int = 0


@dataclass(frozen=True)
class Document:
    """One source: its key in ``DOCUMENTS``, and all its rows. ``page``: its lines, where it is quoted."""

    key: str
    about: str
    rows: tuple[Sentence, ...]
    page: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contradiction:
    """A place where the sources differ. ``recorded``: the requirements under which cases record the reading taken."""

    number: int
    what: str
    readings: tuple[str, ...]
    taken: str
    requirements: tuple[str, ...]
    recorded: tuple[str, ...]


@dataclass(frozen=True)
class Sources:
    """Every document in the order of ``DOCUMENTS``, and the contradictions between them."""

    documents: Mapping[str, Document]
    contradictions: tuple[Contradiction, ...] = ()
    rows: tuple[Sentence, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", tuple(row for one in self.documents.values() for row in one.rows))

    def named(self) -> set[str]:
        """Every requirement that a row names."""
        return {one for row in self.rows for one in row.requirements}


def load_sources(folder: Path = FOLDER) -> Sources:
    """Read every document and the contradictions. Raises CatalogueError with file and row."""
    paths = {path.stem: path for path in folder.glob("*.toml") if path.name != CONTRADICTIONS}
    if unknown := sorted(set(paths) - set(DOCUMENTS)):
        raise CatalogueError(f"{unknown[0]}.toml: there is no document {unknown[0]}; known are {', '.join(DOCUMENTS)}")
    documents = {key: _read_document(paths[key]) for key in DOCUMENTS if key in paths}
    path = folder / CONTRADICTIONS
    entries = _toml(path).get("contradiction", []) if path.exists() else []
    return Sources(documents, tuple(_read_contradiction(path, one) for one in entries))


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as problem:
        raise CatalogueError(f"{path.name}: not TOML: {problem}") from problem


def _read_document(path: Path) -> Document:
    data = _toml(path)
    sections = data.get("section", [])
    if any(set(one) != {"name", "rows"} for one in sections):
        raise CatalogueError(f"{path.name}: a section has a name and rows, and nothing else")
    rows = tuple(_read_row(path, section["name"], entry) for section in sections for entry in section["rows"])
    quoted = data.get("verbatim")
    page = (path.parent / quoted).read_text(encoding="utf-8").splitlines() if quoted else []
    return Document(path.stem, data.get("about", ""), rows, tuple(page), tuple(data.get("commands", ())))


def _read_row(path: Path, section: str, entry: dict[str, Any]) -> Sentence:
    where = f"{path.name}: {section}: {entry.get('text', '(no text)')!r}"
    if unknown := sorted(set(entry) - _ROW_KEYS):
        raise CatalogueError(f"{where}: unknown key {unknown[0]!r}; known are {sorted(_ROW_KEYS)}")
    classes = [one for one in HOW if entry.get(one)]
    if len(classes) != 1 or not entry.get("text"):
        raise CatalogueError(f"{where}: a row has a text and exactly one of {', '.join(HOW)}")
    how = classes[0]
    if how == "implied" and not entry.get("why"):
        raise CatalogueError(f"{where}: says why these requirements imply it")
    ids = tuple(entry[how]) if how in ("tested", "implied") else ()
    reason = entry.get("why", "") if ids else entry[how]
    return Sentence(section, entry["text"], how, ids, reason, entry.get("line", 0))


def _read_contradiction(path: Path, entry: dict[str, Any]) -> Contradiction:
    where = f"{path.name}: contradiction {entry.get('number', '(no number)')}"
    wanted = {one.name for one in fields(Contradiction)}
    if wrong := sorted(wanted ^ set(entry)):
        raise CatalogueError(f"{where}: {wrong[0]!r} is missing or unknown; its keys are {sorted(wanted)}")
    listed: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    return Contradiction(**listed)


# -- the gate ------------------------------------------------------------------------------------------------------


def breaches(catalogue: Catalogue, sources: Sources) -> Iterator[str]:
    """What is wrong with the rows themselves: lines without a class, ids that there are not. Cheap: no case is read."""
    for document in sources.documents.values():
        yield from _unclassified(document)
        for row in document.rows:
            for one in row.requirements:
                if one not in catalogue.requirements:
                    yield f"{document.key}, {row.section}, {row.text!r}: there is no requirement {one}"
    for contradiction in sources.contradictions:
        for one in (*contradiction.requirements, *contradiction.recorded):
            if one not in catalogue.requirements:
                yield f"contradiction {contradiction.number}: there is no requirement {one}"


def _unclassified(document: Document) -> Iterator[str]:
    """Lines of a quoted document that its rows do not cover, and rows that quote lines that are not there."""
    if not document.page:
        return
    lines = dict(enumerate(document.page, 1))
    for number in sorted({*lines, *(row.line for row in document.rows)}):
        quoted = "".join(row.text for row in document.rows if row.line == number)
        line = lines.get(number, "")
        if _squeezed(quoted) != _squeezed(line):
            what = "is not classified" if not quoted else f"is quoted as {quoted!r}"
            yield f"{document.key}, line {number} {what}: {line!r}"


def _squeezed(text: str) -> str:
    """``text`` without its blanks, of which the page has several kinds."""
    return "".join(text.split())


def unreferred(catalogue: Catalogue, sources: Sources) -> Iterator[str]:
    """Requirements that stand for no sentence: named by no row, or by none of a document that they cite."""
    named = sources.named()
    by_document = {key: {i for row in one.rows for i in row.requirements} for key, one in sources.documents.items()}
    for one in catalogue.requirements.values():
        if one.id not in named:
            yield f"{one.id}: no line of a source refers to it"
            continue
        for document in dict.fromkeys(source.document for source in one.sources):
            if document in by_document and one.id not in by_document[document]:
                yield f"{one.id}: cites {document}, and no line of {document} refers to it"


def uncommanded(catalogue: Catalogue, sources: Sources) -> Iterator[str]:
    """Commands that a document describes and no requirement is about, and the other way round."""
    described = {one for document in sources.documents.values() for one in document.commands}
    spoken_of = catalogue.by_command()
    yield from (f"command {one}: no requirement is about it" for one in sorted(described - set(spoken_of)))
    for one in sorted(set(spoken_of) - described):
        yield f"{', '.join(spoken_of[one])}: about the command {one}, which is not in commands of any document"


def undecided(catalogue: Catalogue, decided: Collection[str]) -> Iterator[str]:
    """Requirements without a case, ``decided`` being those that have one: M and D say why, O have one all the same."""
    for one in catalogue.requirements.values():
        if one.id not in decided and not one.untested:
            yield f"{one.id} ({one.obligation}): has no case; add one, or say why not (untested)"


def unrecorded(sources: Sources, observed: Collection[str]) -> Iterator[str]:
    """Contradictions of which no case records the reading taken; ``observed``: requirements that cases observe."""
    for one in sources.contradictions:
        for key in one.recorded or ("anything",):
            if key not in observed:
                yield f"contradiction {one.number} ({one.what}): no case records {key}"
