"""The end of a run on pytest's terminal: summary, places, and the outcome as the last line."""

from collections.abc import Iterable, Mapping
from typing import Any

from reports.formats.terminal import closing_line, summary_lines
from reports.record.model import Record

COUNTED = {
    "pass": "passed",
    "fail": "failed",
    "error": "error",
    "observed": "observed",
    "inconclusive": "inconclusive",
    "not_applicable": "not applicable",
}
"""Under which word pytest's last line counts a case of that verdict."""


def show_as_failures(terminal: Any) -> None:
    """Let pytest show a case that failed before it began as the failure that it is.

    Pytest calls what goes wrong in a fixture an error, and prints each of them, repeated ones too. Call it before
    pytest prints any.
    """
    errors = terminal.stats.pop("error", [])
    failures = [one for one in errors if one.when == "setup" and getattr(one, "judged", "") == "fail"]
    if rest := [one for one in errors if one not in failures]:
        terminal.stats["error"] = rest
    if failures:
        terminal.stats.setdefault("failed", []).extend(failures)


def count_by_verdict(terminal: Any, record: Record) -> None:
    """Let pytest's last line count verdicts: an observed case has not passed, and an inconclusive one was not skipped.

    Tests that are no cases stay where pytest has put them.
    """
    verdicts: dict[str, list[str]] = {}
    for case in record["cases"]:
        verdicts.setdefault(case["id"], []).append(COUNTED[case["verdict"]])
    ended = [(group, one) for group in ("passed", "failed", "skipped") for one in terminal.stats.pop(group, [])]
    for group, report in ended:
        words = verdicts.get(report.nodeid)
        terminal.stats.setdefault(words.pop() if words else group, []).append(report)
    terminal._known_types = None  # noqa: SLF001 - pytest looks again which words there are


def show_end(terminal: Any, record: Record, places: Mapping[str, str], remarks: Iterable[str]) -> None:
    """Write it on pytest's ``terminal``: ``places`` of files by name, and ``remarks`` before the last line."""
    count_by_verdict(terminal, record)
    terminal.write_sep("=", "conformance")
    for line in summary_lines(record, terminal._tw.fullwidth - 4):  # noqa: SLF001 - no public way to the width
        terminal.write_line(line.text, **line.style)
    for name, path in places.items():
        terminal.write_line(f"{name:<9} {path}")
    for text in remarks:
        terminal.write_line(text)
    last = closing_line(record)
    terminal.write_line(last.text, **last.style)
