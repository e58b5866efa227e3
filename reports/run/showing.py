"""The end of a run on pytest's terminal: summary, places, and the outcome as the last line."""

from collections.abc import Iterable, Mapping
from typing import Any

from reports.formats.terminal import closing_line, summary_lines
from reports.record.model import Record


def show_end(terminal: Any, record: Record, places: Mapping[str, str], remarks: Iterable[str]) -> None:
    """Write it on pytest's ``terminal``: ``places`` of files by name, and ``remarks`` before the last line."""
    terminal.write_sep("=", "conformance")
    for line in summary_lines(record, terminal._tw.fullwidth - 4):  # noqa: SLF001 - no public way to the width
        terminal.write_line(line.text, **line.style)
    for name, path in places.items():
        terminal.write_line(f"{name:<9} {path}")
    for text in remarks:
        terminal.write_line(text)
    last = closing_line(record)
    terminal.write_line(last.text, **last.style)
