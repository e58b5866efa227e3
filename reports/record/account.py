"""Where the time of a run went: the sum of the accounts of its cases; of an older record, by the transcripts."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

EVENT = re.compile(r" *(\d+\.\d+) (host|module) +> (module|host) ")


@dataclass(frozen=True)
class Account:
    """Of a run: ``commands`` sent, ``restoring`` those that only bring the known state back; seconds of its parts.

    ``rest_s``: what no part has, which is all but ``module_s`` where a record has no accounts.
    """

    commands: int
    restoring: int
    module_s: float
    protocol_s: float
    line_s: float
    ours_s: float
    rest_s: float = 0.0

    @property
    def parts(self) -> tuple[tuple[str, float], ...]:
        """The name of each part of the time, and its seconds."""
        if self.rest_s:
            return ("until the module answered", self.module_s), ("all else", self.rest_s)
        return ("module", self.module_s), ("waits", self.protocol_s), ("line", self.line_s), ("bench", self.ours_s)

    @property
    def seconds(self) -> float:
        """All parts of the time together."""
        return sum(seconds for _, seconds in self.parts)

    def line(self) -> str:
        """The account in words."""
        parts_text = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in self.parts)
        restoring = "" if self.rest_s else f", {self.restoring:,} of them only to restore the known state"
        return f"{self.commands:,} commands{restoring}; {parts_text}"


def accounts_by_area(cases: Iterable[Mapping[str, Any]]) -> dict[str, Account]:
    """The account of the cases of each area, the area that took the most time first."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for case in cases:
        groups.setdefault(case["area"], []).append(case)
    accounts = {area: account_of(some) for area, some in groups.items()}
    return dict(sorted(accounts.items(), key=lambda one: -one[1].seconds))


def account_of(cases: Iterable[Mapping[str, Any]]) -> Account:
    """The account of these cases of a record, their last attempts."""
    cases = list(cases)
    if any("account" not in one for one in cases):
        return _by_transcripts(cases)
    accounts = [one["account"] for one in cases]
    parts = ("commands", "restoring", "module_s", "protocol_s", "line_s", "ours_s")
    return Account(*(sum(one[part] for one in accounts) for part in parts))


def _by_transcripts(cases: Iterable[Mapping[str, Any]]) -> Account:
    commands, in_all_s, answered_s = 0, 0.0, 0.0
    for case in cases:
        more, seconds = answering(case["transcript"])
        commands += more
        answered_s += seconds
        in_all_s += case["duration_s"]
    return Account(commands, 0, answered_s, 0.0, 0.0, 0.0, rest_s=in_all_s - answered_s)


def answering(transcript: Iterable[str]) -> tuple[int, float]:
    """Commands that were sent, and seconds from each to the first byte of the answer.

    A long command has several lines of one time: that is one command.
    """
    count, seconds = 0, 0.0
    last = sent = ""
    for line in transcript:
        found = EVENT.match(line)
        if not found:
            continue
        at, source = found[1], found[2]
        if source == "host":
            count += at != last
            last = sent = at
        elif sent:
            seconds += float(at) - float(sent)
            sent = ""
    return count, seconds
