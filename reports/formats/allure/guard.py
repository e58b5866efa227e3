"""Lets a run outlive Allure results that cannot be written: a full disk is no reason to lose what the run still knows.

allure-pytest writes where a fixture or a case ends, and what fails there ends pytest itself, with a traceback and the
exit status of a module that is not conforming.

It also writes a file for each fixture of each case, thousands in a run. Those that say only that a fixture was
there are left out: they are most of what the page's generator would have to read.
"""

import functools
from collections.abc import Callable
from typing import Any

import allure_commons
from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import Status, TestResultContainer

WRITERS = ("report_result", "report_container", "report_attached_file", "report_attached_data", "report_globals")


def guard(tell: Callable[[str], None]) -> None:
    """From now on results that cannot be written are left out; ``tell`` is called with the reason of the first."""
    for logger in allure_commons.plugin_manager.get_plugins():
        if isinstance(logger, AllureFileLogger):
            _guard(logger, tell)


def is_bare(container: TestResultContainer) -> bool:
    """True where the fixtures of ``container`` went well, and nothing is attached to them."""
    fixtures = [*container.befores, *container.afters]
    return not any(one.status not in (None, Status.PASSED) or one.attachments or one.steps for one in fixtures)


def _guard(logger: Any, tell: Callable[[str], None]) -> None:
    failed: list[str] = []

    def careful(write: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(write)
        def writer(*values: Any, **named: Any) -> Any:
            try:
                return None if failed else write(*values, **named)
            except OSError as problem:
                failed.append(f"the Allure results cannot be written: {problem.strerror}")
                tell(failed[0])

        return writer

    allure_commons.plugin_manager.unregister(logger)
    for name in WRITERS:
        setattr(logger, name, careful(getattr(logger, name)))
    write_container = logger.report_container
    logger.report_container = lambda container: None if is_bare(container) else write_container(container)
    allure_commons.plugin_manager.register(logger)
