"""The pytest plugin that makes a run's reports: journal and record, Allure results, terminal summary, exit status.

It reads two things of the test system, and nothing else: ``report.conformance`` on the teardown report of each case
(``{"case": Case, "run": Run}``, see :mod:`reports.record.model`), and the hooks ``pytest_conformance_run`` and
``pytest_conformance_problem``. Under pytest-xdist cases reach the controller with their reports, and a worker
sends what its hooks were given when it ends; the Allure results are written where the case ran.
"""

from collections.abc import Generator

import pytest

from reports.formats.allure.writer import AllureWriter
from reports.formats.visible import visible, visible_in
from reports.run.options import add_options
from reports.run.progress import show_progress
from reports.run.steering import Reports
from reports.run.streams import LastingOutput, replace_missing_streams
from reports.run.worker import WorkerMessages

_PASSIVE = ("collectonly", "showfixtures", "show_fixtures_per_test", "setupplan", "setuponly")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the reports."""
    add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Switch the reports on, before allure-pytest looks where its results go."""
    replace_missing_streams()  # pytest's terminal reporter, which comes next, needs an output
    config._cleanup_stack._exit_callbacks.appendleft(  # type: ignore[attr-defined]  # noqa: SLF001
        (True, lambda *_: replace_missing_streams())
    )  # the last of all: pytest's capturing puts back what there was before, which is nothing
    if any(getattr(config.option, name, False) for name in _PASSIVE):
        return
    if hasattr(config, "workerinput"):
        config.pluginmanager.register(WorkerMessages(config), "conformance-worker")
    else:
        config.pluginmanager.register(Reports(config), "conformance-reports")
        show_progress(config)
    config.pluginmanager.register(AllureWriter(config), "conformance-allure")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make everything that the module or the bench has chosen harmless, before anybody shows it."""
    report = yield
    if result := getattr(report, "conformance", None):
        report.conformance = visible_in(result)  # type: ignore[attr-defined]
    if isinstance(report.longrepr, str):
        report.longrepr = visible(report.longrepr)
    elif isinstance(report.longrepr, tuple):
        path, line, reason = report.longrepr
        report.longrepr = path, line, visible(reason)
    return report


def pytest_plugin_registered(plugin: object, manager: pytest.PytestPluginManager) -> None:
    """Let pytest's terminal reporter survive its terminal."""
    if manager.get_name(plugin) == "terminalreporter":
        writer = plugin._tw  # type: ignore[attr-defined]  # noqa: SLF001 - no public way to the file
        writer._file = LastingOutput(writer._file)  # noqa: SLF001
