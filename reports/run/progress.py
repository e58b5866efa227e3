"""How far the run has come: one line that is written anew on a terminal, a plain line now and then elsewhere.

It stands in the place of pytest's letters, where pytest is neither verbose nor shows what the cases print. It has no
colour of its own, so that NO_COLOR changes nothing.
"""

import os
import time
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

import pytest

PLAIN_S = 20.0
"""Seconds between two lines where there is no terminal."""
LIVE_S = 0.2
"""Seconds between two states of the line on a terminal."""


def duration(seconds: float) -> str:
    """Minutes and seconds, with hours where there are any: ``2:05``, ``1:02:05``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class Progress:
    """Counts the cases of a run, and says what it knows. ``now`` gives monotonic seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._began = now()
        self.planned = 0
        self.ended = 0
        self.failed = 0
        self.case = ""

    def line(self, width: int = 80) -> str:
        """Cases, area, elapsed and expected time, failures, and the case that runs, in at most ``width`` letters."""
        elapsed = self._now() - self._began
        parts = [f"{self.ended:,} of {self.planned:,} cases", self.area, duration(elapsed)]
        if 0 < self.ended < self.planned:
            parts.append(f"about {duration(elapsed / self.ended * (self.planned - self.ended))} left")
        parts += [f"{self.failed} failed"] if self.failed else []
        text = ", ".join(filter(None, parts))
        room = width - len(text) - 2
        return f"{text}: {self.name[:room]}" if self.name and room > 10 else text[:width]

    @property
    def area(self) -> str:
        """The folder of the case that runs."""
        return PurePosixPath(self.case.partition("::")[0]).parent.name.replace("_", " ")

    @property
    def name(self) -> str:
        """The function of the case that runs, with its values."""
        return self.case.rpartition("::")[2]


class ProgressLines:
    """Shows the progress of a run instead of pytest's letters."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._progress = Progress()
        self._last = 0.0
        self._drawn = False

    @property
    def _terminal(self) -> Any:
        return self._config.pluginmanager.get_plugin("terminalreporter")

    @property
    def _live(self) -> bool:
        return bool(self._terminal.isatty) and not os.environ.get("CI")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """The cases are known."""
        self._plan(len(session.items))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """A worker of pytest-xdist knows its cases."""
        self._plan(len(ids))

    @pytest.hookimpl(optionalhook=True)
    def pytest_conformance_planned(self, cases: list[str]) -> None:
        """Cases were left out once the module was known."""
        self._progress.planned = len(cases)

    def _plan(self, number: int) -> None:
        self._progress.planned = max(self._progress.planned, number)
        self._terminal.showfspath = False
        self._last = time.monotonic()

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: Any) -> tuple[str, str, str] | None:
        """Pytest's own count, without its letters."""
        if not getattr(report, "passed", False) and getattr(report, "when", "") in ("setup", "teardown"):
            category = "skipped" if report.skipped else "error"
            return category, "", ""
        return (report.outcome, "", "") if getattr(report, "when", "") == "call" else None

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A case begins."""
        self._progress.case = nodeid
        self._show()

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A case has ended."""
        if report.when == "teardown":
            self._progress.ended += 1
            result = getattr(report, "conformance", None) or {"case": {"verdict": ""}}
            self._progress.failed += result["case"].get("verdict") == "fail"
            self._show()

    def _show(self) -> None:
        now = time.monotonic()
        if now - self._last < (LIVE_S if self._live else PLAIN_S):
            return
        self._last = now
        if self._live:
            self._terminal.rewrite(self._progress.line(self._terminal._tw.fullwidth - 1), erase=True)  # noqa: SLF001
            self._drawn = True
        else:
            self._terminal.write_line(self._progress.line())

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """The line has said what it had to."""
        if self._drawn:
            self._terminal.rewrite("", erase=True)
            self._terminal.rewrite("")


def show_progress(config: pytest.Config) -> None:
    """Show it, unless the caller wants to see more of pytest, or of the cases, or less of everything."""
    option = config.option
    if not config.pluginmanager.hasplugin("terminal"):
        return
    if option.verbose == 0 and option.capture != "no" and not getattr(option, "usepdb", False):
        config.pluginmanager.register(ProgressLines(config), "conformance-progress")
