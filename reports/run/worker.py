"""What a worker of pytest-xdist sends to the process that steers, and writes into its own journal."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from reports.formats.visible import visible_in
from reports.record.editions import whole_case
from reports.record.journal import Journal, worker_journal_path
from reports.record.model import Problem, Run
from reports.record.record import rig_name
from reports.run.resume import Rest


class WorkerMessages:
    """In a worker of pytest-xdist: what the hooks are given, sent to the controller when the worker ends.

    All of it, and what happens to the cases, stands in the worker's own journal as soon as it has happened.
    """

    def __init__(self, config: pytest.Config) -> None:
        given = cast("Any", config).workerinput
        if folder := given.get("conformance_allure"):
            config.option.allure_report_dir = folder
        self._told: dict[str, Any] = {"run": {}, "problems": []}
        cast("Any", config).workeroutput["conformance"] = self._told
        self._config = config
        self._session: pytest.Session | None = None
        self._journal = Journal(worker_journal_path(Path(given["conformance_record"]), given["workerid"]))
        if rest := given.get("conformance_rest"):
            config.pluginmanager.register(Rest(config, rest), "conformance-rest")

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Know what to stop when the disk is full."""
        self._session = session

    @pytest.hookimpl(optionalhook=True)
    def pytest_conformance_sink(self) -> Callable[[list[str]], None]:
        """Where the transcript's lines go when they happen."""
        return self._journal.add_lines

    @pytest.hookimpl(optionalhook=True)
    def pytest_conformance_run(self, run: Run) -> None:
        """Keep it for the controller."""
        self._told["run"] = run = visible_in(run)
        self._journal.add("run", run)

    @pytest.hookimpl(optionalhook=True)
    def pytest_conformance_problem(self, problem: Problem) -> None:
        """Keep it for the controller."""
        problem = visible_in(problem)
        self._told["problems"].append(problem)
        self._journal.add("problem", problem)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A case begins."""
        self._journal.add("start", nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A case has its verdict; the controller hears of it by the same report."""
        if result := getattr(report, "conformance", None):
            self._journal.add("case", whole_case(result["case"], rig_name(result["run"])))
            stop_where_failed(self._config, self._session, self._journal)

    def pytest_unconfigure(self) -> None:
        """The controller takes the journal away when its record lies."""
        self._journal.close()


def stop_where_failed(config: pytest.Config, session: pytest.Session | None, journal: Journal) -> None:
    """End a run whose journal cannot be written, in order: whatever it would find is lost at the next misfortune."""
    if journal.failed and session and not session.shouldstop:
        session.shouldstop = journal.failed
        config.hook.pytest_conformance_problem(config=config, problem=Problem(blame="rig", message=journal.failed))
