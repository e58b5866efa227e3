"""The pages that scripts write, wholly or in part: ``python -m tests.pages`` writes all of them, ``--check`` compares.

A part stands between two markers, and the part's own command writes or checks the part. Exit status 1: a page is out of
date, or a page's command found another fault, which it names.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = ("suites.coverage", "suites.campaigns.model", "tests.numbers", "tests.architecture", "tests.hooks")
"""The modules that write pages, in their order: tests.numbers counts what suites.coverage has written."""


@dataclass(frozen=True)
class Part:
    """A part of ``page``. ``name``: in its markers; ``command``: the module that writes it; ``make`` makes its text."""

    page: Path
    name: str
    command: str
    make: Callable[[], str]

    @property
    def begin(self) -> str:
        """The line before the part."""
        return f"<!-- {self.name}: written by python -m {self.command} -->\n"

    @property
    def end(self) -> str:
        """The line behind the part."""
        return f"<!-- end of {self.name} -->"

    def fresh(self, text: str) -> str:
        """The text of the page with today's part. Raises ValueError where a marker is missing."""
        before, begin, rest = text.partition(self.begin)
        _former, end, after = rest.partition(self.end)
        if not begin or not end:
            raise ValueError(f"{self.page} must have the markers {self.begin.strip()} and {self.end}")
        return f"{before}{begin}\n{self.make()}\n{end}{after}"

    def is_fresh(self) -> bool:
        """True where the page has today's part. Raises ValueError where a marker is missing."""
        text = self.page.read_text(encoding="utf-8")
        return self.fresh(text) == text


def write_or_check(about: str | None, *parts: Part) -> int:
    """Write the parts, or with ``--check`` compare them. ``about``: the help. Returns the exit status."""
    parser = argparse.ArgumentParser(prog=f"python -m {parts[0].command}", description=about)
    parser.add_argument("--check", action="store_true", help="write nothing; exit status 1: a page is out of date")
    check = parser.parse_args().check
    stale = 0
    for part in parts:
        text = part.page.read_text(encoding="utf-8")
        fresh = part.fresh(text)
        stale += fresh != text
        if check and fresh != text:
            print(f"{part.page.relative_to(ROOT)} is out of date: run python -m {part.command}", file=sys.stderr)
        elif fresh != text:
            part.page.write_text(fresh, encoding="utf-8")
    return int(check and stale > 0)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table, with a line feed at its end."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(str, cells))} |\n" for cells in lines)


def write_all() -> int:
    """Run the command of each page. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.pages", description="Write every page that a script writes.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit status 1: a page is out of date")
    options = ["--check"] if parser.parse_args().check else []
    return max(subprocess.call([sys.executable, "-m", one, *options], cwd=ROOT) for one in COMMANDS)


if __name__ == "__main__":
    sys.exit(write_all())
