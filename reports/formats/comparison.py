"""Two runs held against each other: what is newly broken, repaired, newly undecided, read otherwise, or slower."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from reports.formats.measured import Distribution, answer_times
from reports.formats.view import RequirementRow, View
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
            Chapter("timing", "timing beyond noise", "◷", tuple(self._timing())),
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
        told = [f"{len(one.changes)} {one.title}" for one in self.chapters if one.changes]
        return ", ".join(told) or "nothing has changed"

    @cached_property
    def _pairs(self) -> list[tuple[RequirementRow | None, RequirementRow]]:
        former = {one.id: one for one in self.old.requirements}
        return [(former.get(one.id), one) for one in self.new.requirements]

    def _newly_broken(self) -> Iterator[Change]:
        for was, now in self._pairs:
            if now.outcome == "broken" and (was is None or was.outcome != "broken"):
                yield Change(now.id, was.words if was else "unknown", now.words, self._difference(self.new, now.id))

    def _repaired(self) -> Iterator[Change]:
        for was, now in self._pairs:
            if was and was.outcome == "broken" and now.outcome in ("kept", "observed"):
                yield Change(now.id, was.words, now.words, now.statement)

    def _undecided(self) -> Iterator[Change]:
        for was, now in self._pairs:
            if was and was.outcome in DECIDED and now.outcome in UNDECIDED:
                note = f"by {', '.join(now.masked_by)}" if now.masked_by else now.reason
                yield Change(now.id, was.words, now.words, note)

    def _otherwise(self) -> Iterator[Change]:
        former = {(one["requirement"], one["normal"]) for one in self.old.summary["findings"]}
        broken_before = {requirement for requirement, _ in former}
        for one in self.new.summary["findings"]:
            key = one["requirement"]
            if key in broken_before and one["normal"] and (key, one["normal"]) not in former:
                yield Change(key, self._difference(self.old, key), f"got {one['got']}", f"expected {one['expected']}")

    @staticmethod
    def _difference(view: View, requirement: str) -> str:
        found = next((one for one in view.summary["findings"] if one["requirement"] == requirement), None)
        return f"expected {found['expected']}, got {found['got']}" if found and found["expected"] else ""

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
