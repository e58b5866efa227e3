"""Writes our verdicts into the Allure results, in the process where the cases run."""

from collections.abc import Generator
from pathlib import Path
from typing import Any, cast

import pytest
from allure_commons.model2 import TestResult
from allure_commons.types import AttachmentType

from reports.formats.allure import results as allure_results
from reports.formats.allure.chart import CHART, chart_of
from reports.formats.allure.guard import guard
from reports.formats.allure.results import NOTHING_SAID
from reports.record.editions import whole_case
from reports.record.model import CUT_OFF, Case, Problem
from reports.record.record import rig_name
from suites.spec.catalogue import Catalogue, CatalogueError, load_catalogue, with_own


def catalogue_of(config: pytest.Config) -> Catalogue:
    """The catalogue of the run, with the areas of the user's own. Raises pytest.UsageError."""
    folders = config.getini("conformance_catalogue")
    try:
        return with_own(load_catalogue(folders[0] if folders else None), _own_folders(config))
    except CatalogueError as problem:
        raise pytest.UsageError(f"the catalogue: {problem}") from problem


def _own_folders(config: pytest.Config) -> list[Path]:
    """Where a user's own areas are; the test system has the key."""
    try:
        return list(config.getini("conformance_own_catalogue"))
    except ValueError:
        return []


class AllureWriter:
    """Where cases run: writes each case's verdict into its Allure result before allure-pytest writes that."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._catalogue: Catalogue | None = None
        self._several = bool(getattr(config, "workerinput", {}).get("conformance_several"))

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """A full disk ends the run in order."""

        def tell(text: str) -> None:
            session.shouldstop = session.shouldstop or text
            problem = Problem(blame="rig", message=text)
            self._config.hook.pytest_conformance_problem(config=self._config, problem=problem)

        guard(tell)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """At the teardown report the result is whole and not yet written."""
        outcome = getattr(report, "conformance", None)
        ran_elsewhere = hasattr(report, "node")
        if report.when != "teardown" or not outcome or ran_elsewhere:
            return
        self._decorate(whole_case(outcome["case"], rig_name(outcome["run"])))
        listener: Any = self._config.pluginmanager.get_plugin("allure_listener")
        for one in outcome.get("files", []) if listener else ():
            listener.attach_file(one["path"], one["name"], one["type"], Path(one["path"]).suffix.removeprefix("."))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """A case that is cut off, before its first step or later, has no result of allure-pytest's.

        allure-pytest would call the case skipped, and would write that even after another run has taken the folder
        over. The end of the run writes the result of a case that was cut off.
        """
        try:
            return (yield)
        except BaseException:
            self._leave_out(item)
            raise

    @pytest.hookimpl(optionalhook=True)
    def pytest_conformance_attempt(self, item: pytest.Item, report: pytest.TestReport) -> None:
        """An attempt that is not the last is a result of its own: Allure shows what has one history as retries."""
        outcome = cast("Any", report).conformance
        self._decorate(whole_case(outcome["case"], rig_name(outcome["run"])))
        logger, uuid = self._take(item)
        if uuid:
            logger.close_test(uuid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_conformance_handed_back(self, item: pytest.Item) -> None:
        """Another worker will write the result of this case."""
        self._leave_out(item)

    def _leave_out(self, item: pytest.Item) -> None:
        """Have allure-pytest write no result of this case."""
        logger, uuid = self._take(item)
        if uuid:
            logger.drop_test(uuid)

    def _take(self, item: pytest.Item) -> tuple[Any, str | None]:
        """Take the result of this case from allure-pytest, which would write it behind the case: its logger, its id.

        The id is None where allure-pytest has no such result, or is not there.
        """
        listener: Any = self._config.pluginmanager.get_plugin("allure_listener")
        if listener is None:
            return None, None
        uuid = listener._cache.pop(item.nodeid)  # noqa: SLF001 - no public way to end a result before its case ends
        return listener.allure_logger, uuid

    def _decorate(self, case: Case) -> None:
        listener = self._config.pluginmanager.get_plugin("allure_listener")
        result = listener.allure_logger.get_test(None) if listener else None
        if listener and isinstance(result, TestResult):
            self._catalogue = self._catalogue or catalogue_of(self._config)
            allure_results.decorate(result, case, self._catalogue, several=self._several)
            cut_off = [one.get("transcript", []) for one in case["earlier"] if one["message"] == CUT_OFF]
            for name, lines in [*(("cut off", one) for one in cut_off), ("transcript", case["transcript"])]:
                listener.attach_data("\n".join(lines) or NOTHING_SAID, name, AttachmentType.TEXT, None)
            if drawn := chart_of(case):
                listener.attach_data(drawn, CHART, AttachmentType.SVG, None)
