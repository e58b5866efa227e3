"""What the campaign found: made shorter, written as a replay file, listed in the end."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from fixtures.case import Case, show
from fixtures.drivers.campaign import Campaign
from fixtures.drivers.replay.file import write_replay
from suites.campaigns.fuzz.shooting import Complaint, Range, shorter

MOST = 5
"""Findings after which a campaign ends: a module that breaks so easily needs no more."""
REMEMBERED = 20
"""Shots before the one after which something was wrong that may have a part in it."""


@dataclass(frozen=True)
class FuzzFinding:
    """``shots`` break what ``complaint`` says; ``again``: they did so once more. ``path``: to be sent again."""

    complaint: Complaint
    shots: Sequence[bytes]
    again: bool
    path: Path


@dataclass
class Findings:
    """Gathers what is found, at most once for the same shots."""

    shooting: Range
    campaign: Campaign
    found: list[FuzzFinding] = field(default_factory=list)
    gone: bool = False
    _before: deque[bytes] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    _seen: int = 0

    def worth_going_on(self) -> bool:
        """False once there are enough, or the module does not come back."""
        return self._seen < MOST and not self.gone

    def take(self, shot: bytes, complaint: Complaint | None) -> None:
        """What came of ``shot``."""
        self._before.append(shot)
        if complaint is None:
            return
        self._seen += 1
        counts = replace(self.shooting.counts)
        shots, again = shorter(list(self._before), lambda one: self.shooting.shows(one, complaint.requirement))
        if shots not in [one.shots for one in self.found]:
            self.found.append(self._write(complaint, shots, again=again))
        self.shooting.counts = counts
        self._before.clear()
        self.gone = not self.shooting.bring_back()

    def _write(self, complaint: Complaint, shots: list[bytes], *, again: bool) -> FuzzFinding:
        path = self.campaign.path(f"{len(self.found) + 1}.replay.jsonl")
        header = {"title": f"fuzzing: {complaint.requirement}", "seed": self.campaign.seed, "seen_again": again}
        write_replay(path, self.shooting.steps(shots), header, self.shooting.bench.transcript.secrets)
        self.campaign.keep(path, f"finding {len(self.found) + 1}", "application/jsonl")
        return FuzzFinding(complaint, shots, again, path)

    def judge(self, case: Case) -> None:
        """Fail the module for the first finding, and list all findings."""
        if self.found:
            first = self.found[0].complaint
            case.require(first.requirement, False, first.expected, f"{first.got}\n{self._words()}")

    def _words(self) -> str:
        lines = [
            f"finding {number}: {' then '.join(map(show, one.shots))}: {one.complaint.requirement}"
            f"{'' if one.again else ' (not seen again)'}; python -m pytest --replay={one.path}"
            for number, one in enumerate(self.found, 1)
        ]
        last = ["the campaign ended there: the module did not come back"] if self.gone else []
        return "\n".join([*lines, *last, f"all of it again: --fuzz-seed={self.campaign.seed}"])
