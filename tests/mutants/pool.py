"""Runs tasks in processes that are forked from this one, after this one has imported and collected everything.

The import and the collection take seconds. So they are done once, and not for each of some hundred runs.
"""

import contextlib
import io
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


class CaseList:
    """A plugin of pytest that notes the cases, each with the requirements that it decides."""

    def __init__(self) -> None:
        self.cases: dict[str, tuple[str, ...]] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            ids = (one for marker in item.iter_markers("requirement") for one in marker.args)
            self.cases[item.nodeid] = tuple(dict.fromkeys(ids))


def collect_cases() -> dict[str, tuple[str, ...]]:
    """Import and collect all suites. Returns the requirements of each case, by its id. Raises RuntimeError."""
    found, text = CaseList(), io.StringIO()
    os.chdir(ROOT)
    with contextlib.redirect_stdout(text):
        status = pytest.main(["-q", "--collect-only"], plugins=[found])
    if status:
        raise RuntimeError(f"the suites cannot be collected: {text.getvalue()[-2000:]}")
    return found.cases


class Pool:
    """Runs at most ``jobs`` processes at once, each for ``timeout`` seconds at most, with all that it has started."""

    def __init__(self, jobs: int, timeout: float) -> None:
        self._jobs, self._timeout = jobs, timeout
        self._at_work: dict[BaseProcess, tuple[str, float]] = {}
        self._forks = multiprocessing.get_context("fork")

    def work(self, tasks: Iterable[tuple[str, Callable[[], None]]]) -> Iterator[tuple[str, bool]]:
        """Do all tasks. Yields the name of each task that has ended, and True where its time was over."""
        left = list(tasks)[::-1]
        try:
            while left or self._at_work:
                while left and len(self._at_work) < self._jobs:
                    self._start(*left.pop())
                yield from self._ended()
        finally:
            for process in self._at_work:
                cut_off(process)

    def _start(self, name: str, task: Callable[[], None]) -> None:
        process = self._forks.Process(target=do_in_session, args=(task,))
        process.start()
        self._at_work[process] = (name, time.monotonic() + self._timeout)

    def _ended(self) -> Iterator[tuple[str, bool]]:
        first = min(deadline for _, deadline in self._at_work.values())
        wait([process.sentinel for process in self._at_work], max(0.0, first - time.monotonic()))
        for process, (name, deadline) in list(self._at_work.items()):
            late = process.is_alive() and time.monotonic() >= deadline
            if late:
                cut_off(process)
            if not process.is_alive():
                process.join()
                del self._at_work[process]
                yield name, late


def do_in_session(task: Callable[[], None]) -> None:
    """Make this process the leader of a new session without a terminal, and do the task."""
    os.setsid()
    task()


def cut_off(process: BaseProcess) -> None:
    """Kill the process and all processes that it has started."""
    assert process.pid is not None
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.join()
