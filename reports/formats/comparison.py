"""Two runs compared: what is newly broken, repaired, newly undecided, read otherwise, or slower."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from reports.formats.measured import Distribution, answer_times
from reports.formats.view import RequirementRow, View
from reports.record.findings import charged
from reports.record.model import Difference
from reports.record.status import ExitStatus

FACTOR = 2.0
"""Medians of times to answer that differ by less than this factor are noise."""
LEAST_MS = 5.0
"""Medians that differ by less than so many milliseconds are noise."""
FEWEST = 5
"""Measurements that a median needs on either side."""
UNDECIDED = ("masked", "not_tested")
DECIDED = ("kept", "broken", "observed")


@dataclass(frozen=True)
class Change:
    """One thing that is otherwise in the new run: its name, what it was, what it is, and a word of explanation."""

    name: str
    was: str
    now: str
    note: str = ""


@dataclass(frozen=True)
class Chapter:
    """Changes of one kind. ``sign``: how grave they are, for readers who do not see colours."""

    key: str
    title: str
    sign: str
    changes: tuple[Change, ...]


@dataclass
class Comparison:
    """The ``new`` run against the ``old``. Both views hold visible texts only."""

    old: View
    new: View

    @cached_property
    def chapters(self) -> list[Chapter]:
        """All kinds of changes, the gravest first; those without a change too."""
        return [
            Chapter("newly_broken", "newly broken", "✗", tuple(self._newly_broken())),
            Chapter("otherwise", "broken in another way", "✗", tuple(self._otherwise())),
            Chapter("undecided", "newly undecided", "?", tuple(self._undecided())),
            Chapter("repaired", "repaired", "✓", tuple(self._repaired())),
            Chapter("readings", "changed readings", "○", tuple(self._readings())),
            Chapter("timing", "timings beyond noise", "◷", tuple(self._timing())),
        ]

    def changes(self, key: str) -> tuple[Change, ...]:
        """The changes of one kind."""
        return next(one.changes for one in self.chapters if one.key == key)

    @property
    def status(self) -> ExitStatus:
        """For continuous integration: broken, else incomplete, else conforming."""
        if self.changes("newly_broken") or self.changes("otherwise"):
            return ExitStatus.BROKEN
        return ExitStatus.INCOMPLETE if self.changes("undecided") else ExitStatus.CONFORMING

    @property
    def sentence(self) -> str:
        """The outcome in one sentence."""
        counts = [f"{len(one.changes)} {one.title}" for one in self.chapters if one.changes]
        return ", ".join(counts) or "nothing has changed"

    @cached_property
    def _pairs(self) -> list[tuple[RequirementRow | None, RequirementRow]]:
        former = {one.id: one for one in self.old.requirements}
        return [(former.get(one.id), one) for one in self.new.requirements]

    @cached_property
    def _charged(self) -> tuple[dict[str, list[Difference]], dict[str, list[Difference]]]:
        """What either run charges, by requirement: the grouping by cause must not hide a breach."""
        return _by_requirement(self.old), _by_requirement(self.new)

    def _newly_broken(self) -> Iterator[Change]:
        former, present = self._charged
        was = {one.id: one.words for one in self.old.requirements}
        for key, (difference, *_) in present.items():
            if key not in former:
                yield Change(key, was.get(key, "unknown"), "broken", _words_of(difference))

    def _repaired(self) -> Iterator[Change]:
        former, present = self._charged
        for was, now in self._pairs:
            if was and now.id in former and now.id not in present and now.outcome in ("kept", "observed"):
                yield Change(now.id, was.words, now.words, now.statement)

    def _undecided(self) -> Iterator[Change]:
        former, present = self._charged
        for was, now in self._pairs:
            known = was and (was.outcome in DECIDED or now.id in former)
            if was and known and now.outcome in UNDECIDED and now.id not in present:
                note = f"by {', '.join(now.masked_by)}" if now.masked_by else now.reason
                yield Change(now.id, was.words, now.words, note)

    def _otherwise(self) -> Iterator[Change]:
        former, present = self._charged
        for key in present:
            known = {one["normal"] for one in former.get(key, ())}
            for one in present[key] if known else ():
                if one["normal"] not in known:
                    yield Change(key, _words_of(former[key][0]), _words_of(one))

    def _readings(self) -> Iterator[Change]:
        former, present = _read(self.old), _read(self.new)
        for key in sorted(set(former) & set(present)):
            if former[key] != present[key]:
                yield Change(f"{key[0]} {key[1]}", ", ".join(former[key]), ", ".join(present[key]))

    def _timing(self) -> Iterator[Change]:
        former = {one.command: one for one in answer_times(self.old.record)}
        for one in answer_times(self.new.record):
            was = former.get(one.command)
            if was and min(was.number, one.number) >= FEWEST and beyond_noise(was.median, one.median):
                yield Change(one.command, _words(was), _words(one))


def _by_requirement(view: View) -> dict[str, list[Difference]]:
    grouped: dict[str, list[Difference]] = {}
    for (key, _), one in charged(view.record["cases"]).items():
        grouped.setdefault(key, []).append(one)
    return grouped


def _words_of(one: Difference) -> str:
    return f"expected {one['expected']}, got {one['got']}" if one["expected"] else one["got"]


def beyond_noise(was: float, now: float) -> bool:
    """True where two medians (ms) differ by more than what two runs of one module differ."""
    low, high = sorted((was, now))
    return high >= FACTOR * low and high - low >= LEAST_MS


def _words(one: Distribution) -> str:
    return f"median {one.median:.1f} ms, p95 {one.p95:.1f} ms ({one.number}x)"


def _read(view: View) -> dict[tuple[str, str], list[str]]:
    """The readings taken where the catalogue knows several: by requirement and thing."""
    observed = view.summary["observed"]
    return {(one["requirement"], one["what"]): sorted(one["values"]) for one in observed if one["readings"]}
