"""Where the time of a run went, by the transcripts of its cases: the module, and all the rest."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

EVENT = re.compile(r" *(\d+\.\d+) (host|module) +> (module|host) ")


@dataclass(frozen=True)
class Account:
    """Of a run: ``commands`` sent; seconds of all cases ``in_all``, and of these until the module ``answered``."""

    commands: int
    in_all_s: float
    answered_s: float

    def line(self) -> str:
        """The account in words."""
        rest = self.in_all_s - self.answered_s
        return f"{self.commands:,} commands; until the module answered {self.answered_s:.1f} s, all else {rest:.1f} s"


def account_of(cases: Iterable[Mapping[str, Any]]) -> Account:
    """The account of these cases of a record, their last attempts."""
    commands, in_all_s, answered_s = 0, 0.0, 0.0
    for case in cases:
        more, seconds = answering(case["transcript"])
        commands += more
        answered_s += seconds
        in_all_s += case["duration_s"]
    return Account(commands, in_all_s, answered_s)


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
