"""A run as its readers ask for it: the record, the catalogue's words beside it, in the order of the report.

All renderings are made of a :class:`View`, so that they tell the same. It is made of the record alone; the catalogue
and the documents lend statements and quotations, and where they do not know an id the record's own words stand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from reports.formats.evidence import Fact, facts
from reports.formats.visible import visible, visible_in
from reports.record.account import Account, account_of, accounts_by_area
from reports.record.model import OBLIGATION_NAMES, Case, Record
from reports.record.states import states_of
from reports.record.summary import waived_requirements
from suites.spec.catalogue import Catalogue, load_catalogue
from suites.spec.sources import Sources, load_sources

OUTCOMES = {
    "broken": ("✗", "broken", "the module does not do it"),
    "kept": ("✓", "kept", "at least one case decided it, and none found it broken"),
    "masked": ("◌", "masked", "another broken requirement stands before it, so that no case could decide it"),
    "not_tested": ("–", "not tested", "no case decided it in this run"),
    "observed": ("○", "observed", "the documents leave it open; what the module does is recorded"),
    "not_applicable": ("∅", "not applicable", "the profile does not declare what it is about"),
}
"""Outcome of a requirement: its sign, its words, and what it means. In the order of the bar."""

SIGNS = {
    "pass": "✓",
    "fail": "✗",
    "inconclusive": "?",
    "observed": "○",
    "not_applicable": "∅",
    "error": "!",
}
"""The sign of each verdict of a case."""

_TONES = {"conforming": ("✓", "good"), "not_conforming": ("✗", "bad")}
_OPEN = ("◐", "open")
NO_CASE = "no case of it was run"
"""The reason of ``reports.record.states`` where a selection, or the end of the run, left out all cases."""
RESUME = "go on with the run: --resume RUN"
_CURES = (
    ("flash", 'allow it in the rig file: allow = ["flash"], or --allow flash'),
    ("reset", 'allow it in the rig file: allow = ["reset"], or --allow reset, and name a switch'),
    ("root", "run on a Linux machine with the right to set packet filters (root)"),
    ("filter", "run on a Linux machine with the right to set packet filters (root)"),
    ("allow", "allow it in the rig file, or by --allow"),
    ("network", "join a network: network.ssid in the rig file, or --ssid"),
    ("not selected", "run without -k, --requirement and paths"),
    ("cut off", RESUME),
    ("interrupt", RESUME),
    ("not run", f"mend the bench, then {RESUME}"),
    (NO_CASE, "run all cases: without -k, --requirement, --budget and paths"),
    ("no case", "no cure in this run: see the reason"),
)
"""A word of the reason why a requirement was not tested, and what lets it be tested. The first that fits counts."""


@dataclass(frozen=True)
class Headline:
    """The run's outcome: a sign, a word in capitals, a sentence, and the tone (good, bad or open) for the colour."""

    sign: str
    word: str
    sentence: str
    tone: str


@dataclass(frozen=True)
class Piece:
    """A part of a text; ``marked`` where it differs from the other one."""

    text: str
    marked: bool = False


@dataclass(frozen=True)
class Quote:
    """A sentence of a document, word by word, and where it stands."""

    text: str
    place: str


@dataclass(frozen=True)
class RequirementRow:
    """One requirement of the catalogue with its outcome in this run."""

    id: str
    area: str
    title: str
    obligation: str
    statement: str
    sources: tuple[str, ...]
    commands: tuple[str, ...]
    outcome: str
    reason: str
    masked_by: tuple[str, ...]
    cases: int

    @property
    def sign(self) -> str:
        """The outcome's sign."""
        return OUTCOMES[self.outcome][0]

    @property
    def words(self) -> str:
        """The outcome in words."""
        return OUTCOMES[self.outcome][1]


@dataclass(frozen=True)
class FindingView:
    """One cause of broken requirements, as a reader needs it.

    ``masks``: requirements that no case could decide because of it; ``hampers``: those that other cases decided.
    """

    id: str
    requirement: str
    obligation: str
    statement: str
    quotes: tuple[Quote, ...]
    sources: tuple[str, ...]
    expected: tuple[Piece, ...]
    got: tuple[Piece, ...]
    cases: tuple[str, ...]
    rigs: tuple[str, ...]
    masks: tuple[str, ...]
    hampers: tuple[str, ...]
    example: str
    command: str


@dataclass(frozen=True)
class Gap:
    """Requirements that were not tested for the same reason, and what would let them be tested."""

    reason: str
    cure: str
    requirements: tuple[RequirementRow, ...]


@dataclass
class View:
    """The run of ``record``. Every text in it is visible (``reports.formats.visible``)."""

    record: Record
    catalogue: Catalogue = field(default_factory=load_catalogue)
    sources: Sources = field(default_factory=load_sources)

    def __post_init__(self) -> None:
        self.facts: list[Fact] = facts(self.record)
        self.record = visible_in(self.record)

    @property
    def summary(self) -> Mapping[str, Any]:
        """The record's numbers."""
        return self.record["summary"]

    @cached_property
    def headline(self) -> Headline:
        """The outcome in one sentence."""
        outcome = self.summary["outcome"]
        word, sentence = outcome["word"].replace("_", " "), outcome["sentence"]
        of_cases = f"{outcome['judged']:,} of {count(outcome['planned'], 'case')}"
        cut_off = outcome["judged"] < outcome["planned"] and (not self.record["finished"] or word == "interrupted")
        if word == "not conforming":
            broken = sum(one.outcome == "broken" for one in self.requirements)
            verb = "breaks" if len(self.findings) == 1 else "break"
            sentence = f"{count(len(self.findings), 'finding')} {verb} {count(broken, 'requirement')}"
            sentence += f"; the run ended early, after {of_cases}" if cut_off else ""
        elif cut_off:
            word, sentence = "incomplete", f"{of_cases}, no verdict"
        sign, tone = _TONES.get(outcome["word"], _OPEN)
        return Headline(sign, word.upper(), _without(word, sentence), tone)

    @cached_property
    def bar(self) -> list[tuple[str, int]]:
        """The number of requirements of each outcome, in the order of OUTCOMES; those without one are left out."""
        found = [one.outcome for one in self.requirements]
        return [(one, found.count(one)) for one in OUTCOMES if one in found]

    @cached_property
    def requirements(self) -> list[RequirementRow]:
        """Every requirement: the areas in the order of the catalogue, in each area its requirements in theirs."""
        states = self.summary["requirements"] or states_of(self.record["cases"], self.catalogue, self.record["profile"])
        place = {key: number for number, key in enumerate(self.catalogue.areas)}
        return [self._row(one) for one in sorted(states, key=lambda one: place.get(one["area"], len(place)))]

    def _row(self, state: Mapping[str, Any]) -> RequirementRow:
        known = self.catalogue.requirements.get(state["id"])
        area = self.catalogue.areas.get(state["area"])
        return RequirementRow(
            id=state["id"],
            area=state["area"],
            title=area.title if area else state["area"],
            obligation=OBLIGATION_NAMES.get(state["obligation"], state["obligation"]),
            statement=known.statement if known else "(not in the catalogue of this version)",
            sources=tuple(str(one) for one in known.sources) if known else (),
            commands=known.commands if known else (),
            outcome=state["outcome"],
            reason=state.get("reason") or "",
            masked_by=tuple(state.get("masked_by") or ()),
            cases=state["cases"],
        )

    @cached_property
    def areas(self) -> list[tuple[str, list[RequirementRow]]]:
        """The requirements by area: the area's title and its rows."""
        groups: dict[str, list[RequirementRow]] = {}
        for one in self.requirements:
            groups.setdefault(one.title, []).append(one)
        return list(groups.items())

    @cached_property
    def findings(self) -> list[FindingView]:
        """The findings, in the record's order: mandatory first, then by how much they mask."""
        return [self._finding(one) for one in self.summary["findings"]]

    def _finding(self, finding: Mapping[str, Any]) -> FindingView:
        expected, got = differing(str(finding["expected"]), str(finding["got"]))
        return FindingView(
            id=finding["id"],
            requirement=finding["requirement"],
            obligation=OBLIGATION_NAMES.get(finding["obligation"], finding["obligation"]),
            statement=finding["statement"],
            quotes=tuple(self.quotes(finding["requirement"])),
            sources=tuple(finding["sources"]),
            expected=expected,
            got=got,
            cases=tuple(finding["cases"]),
            rigs=tuple(finding["rigs"]),
            masks=tuple(one for one in finding["masks"] if one in self._masked),
            hampers=tuple(one for one in finding["masks"] if one not in self._masked),
            example=finding["example"],
            command=finding["command"],
        )

    @cached_property
    def _masked(self) -> set[str]:
        return {one.id for one in self.requirements if one.outcome == "masked"}

    def quotes(self, requirement: str) -> list[Quote]:
        """The sentences of the vendor's page for which this requirement stands, the longest first."""
        found = [
            Quote(visible(row.text), f"{document.key}, line {row.line}")
            for document in self.sources.documents.values()
            if document.page
            for row in document.rows
            if requirement in row.requirements and row.how == "tested"
        ]
        return sorted(found, key=lambda one: -len(one.text))

    @cached_property
    def gaps(self) -> list[Gap]:
        """What was not tested, by reason; masked requirements stand with their findings."""
        groups: dict[str, list[RequirementRow]] = {}
        for one in self.requirements:
            if one.outcome == "not_tested":
                groups.setdefault(one.reason or "no case of this run decided it", []).append(one)
        return [Gap(reason, self._cure(reason), tuple(rows)) for reason, rows in groups.items()]

    def _cure(self, reason: str) -> str:
        """What would let the requirements be tested; where the run was cut off, that it is resumed."""
        return RESUME if reason == NO_CASE and not self.record["finished"] else cure(reason)

    @cached_property
    def cases(self) -> dict[tuple[str, str], Case]:
        """The cases by rig and id."""
        return {(one["rig"], one["id"]): one for one in self.record["cases"]}

    @cached_property
    def account(self) -> Account | None:
        """Where the time of the cases went; None where no command was sent."""
        account = account_of(self.record["cases"])
        return account if account.commands else None

    @cached_property
    def accounts(self) -> list[tuple[str, Account]]:
        """The account of each area, by the area's title; none where a case has no account of its own."""
        if any("account" not in one for one in self.record["cases"]):
            return []
        areas = self.catalogue.areas
        return [
            (areas[key].title if key in areas else key, account)
            for key, account in accounts_by_area(self.record["cases"]).items()
        ]

    @cached_property
    def waived(self) -> dict[str, str]:
        """The requirements whose breach the profile waives, with the reason."""
        return waived_requirements(self.record)

    @property
    def title(self) -> str:
        """The module that was judged, for a title."""
        module = self.record["module"]
        return " ".join(filter(None, (module.get("product"), module.get("firmware")))) or "unknown module"


def _without(word: str, sentence: str) -> str:
    """``sentence`` without the outcome's word, where it begins with it: the word stands before it already."""
    rest = sentence.strip()
    return rest[len(word) :].lstrip(" :;,.") if rest.lower().startswith(word) else rest


def cure(reason: str) -> str:
    """What lets a requirement be tested that was not, for this ``reason``."""
    return next((text for word, text in _CURES if word in reason.lower()), "see the reason")


def differing(expected: str, got: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Two texts in pieces, with a mark from where they part to where they meet again. Nothing alike: no mark."""
    head = _common(expected, got)
    tail = min(_common(expected[::-1], got[::-1]), min(len(expected), len(got)) - head)
    if expected == got or head + tail < len(min(expected, got, key=len)) // 2 or not (expected and got):
        return tuple(Piece(one) for one in [expected] if one), tuple(Piece(one) for one in [got] if one)
    return _pieces(expected, head, tail), _pieces(got, head, tail)


def _common(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _pieces(text: str, head: int, tail: int) -> tuple[Piece, ...]:
    middle = text[head : len(text) - tail]
    all_three = (Piece(text[:head]), Piece(middle, marked=True), Piece(text[len(text) - tail :]))
    return tuple(one for one in all_three if one.text)


def count(number: int, what: str, plural: str = "") -> str:
    """A number with thousands separated, and the thing that is counted: ``1,454 cases``."""
    return f"{number:,} {what if number == 1 else plural or what + 's'}"


def some(names: Sequence[str], most: int) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
