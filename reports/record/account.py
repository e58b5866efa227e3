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

    def line(self) -> str:
        """The account in words."""
        if self.rest_s:
            parts_text = f"until the module answered {self.module_s:.1f} s, all else {self.rest_s:.1f} s"
            return f"{self.commands:,} commands; {parts_text}"
        parts = (("module", self.module_s), ("waits", self.protocol_s), ("line", self.line_s), ("bench", self.ours_s))
        parts_text = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in parts)
        return f"{self.commands:,} commands, {self.restoring:,} of them only to restore the known state; {parts_text}"


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
