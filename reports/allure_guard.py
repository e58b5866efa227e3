"""Lets a run outlive Allure results that cannot be written: a full disk is no reason to lose what the run still knows.

allure-pytest writes where a fixture or a case ends, and what fails there ends pytest itself, with a traceback and the
exit status of a module that is not conforming.
"""

import functools
from collections.abc import Callable
from typing import Any

import allure_commons
from allure_commons.logger import AllureFileLogger

WRITERS = ("report_result", "report_container", "report_attached_file", "report_attached_data", "report_globals")


def guard(tell: Callable[[str], None]) -> None:
    """From now on results that cannot be written are left out; ``tell`` is told of the first."""
    for logger in allure_commons.plugin_manager.get_plugins():
        if isinstance(logger, AllureFileLogger):
            _guard(logger, tell)


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
    allure_commons.plugin_manager.register(logger)
