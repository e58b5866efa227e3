"""The moves that the areas share, in one place for the authors of cases.

Each move names the step that it is (``ModuleFault.step``), or the requirement that it breaks where nothing else can be
meant: a case that fails on its way charges the step, and not its own subject (docs/verdicts.md, "Masked").
"""

from suites.steps.answers import (
    BARE_ERROR,
    ELLIPSIS,
    KILLED,
    PROGRESS,
    SETUP,
    WAITING,
    differs,
    expect_ok,
    explains,
    is_lost,
    is_short_error,
    lines_match,
    send_accepted,
    successes,
    tail_of,
    without_progress,
)
from suites.steps.pace import IDLE_S, let_pass, sends_at_once, takes_r2, takes_s2
from suites.steps.servers import Server, attempt
from suites.steps.transfer import (
    await_close,
    counts,
    read_exactly,
    read_some,
    read_until_lost,
    receive_exactly,
    send_exactly,
    send_until_lost,
)

__all__ = [
    "BARE_ERROR",
    "ELLIPSIS",
    "IDLE_S",
    "KILLED",
    "PROGRESS",
    "SETUP",
    "WAITING",
    "Server",
    "attempt",
    "await_close",
    "counts",
    "differs",
    "expect_ok",
    "explains",
    "is_lost",
    "is_short_error",
    "let_pass",
    "lines_match",
    "read_exactly",
    "read_some",
    "read_until_lost",
    "receive_exactly",
    "send_accepted",
    "send_exactly",
    "send_until_lost",
    "sends_at_once",
    "successes",
    "tail_of",
    "takes_r2",
    "takes_s2",
    "without_progress",
]
