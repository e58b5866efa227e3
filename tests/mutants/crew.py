"""Judges in processes of their own, forked from one that has already imported and collected everything.

What a run of pytest costs before its first case is paid once instead of some hundred times.
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


class Roll:
    """Notes the suites' cases, with the requirements that each decides."""

    def __init__(self) -> None:
        self.cases: dict[str, tuple[str, ...]] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            ids = (one for marker in item.iter_markers("requirement") for one in marker.args)
            self.cases[item.nodeid] = tuple(dict.fromkeys(ids))


def warm() -> dict[str, tuple[str, ...]]:
    """Import and collect everything; the suites' cases and their requirements."""
    roll, text = Roll(), io.StringIO()
    os.chdir(ROOT)
    with contextlib.redirect_stdout(text):
        status = pytest.main(["-q", "--collect-only"], plugins=[roll])
    if status:
        raise RuntimeError(f"the suites cannot be collected: {text.getvalue()[-2000:]}")
    return roll.cases


class Crew:
    """At most ``jobs`` processes at once; each is ended, with all that it has started, after ``timeout`` seconds."""

    def __init__(self, jobs: int, timeout: float) -> None:
        self._jobs, self._timeout = jobs, timeout
        self._at_work: dict[BaseProcess, tuple[str, float]] = {}
        self._forks = multiprocessing.get_context("fork")

    def work(self, tasks: Iterable[tuple[str, Callable[[], None]]]) -> Iterator[tuple[str, bool]]:
        """Do all tasks; the name of each that has ended, and whether it was cut off."""
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
        process = self._forks.Process(target=apart, args=(task,))
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


def apart(task: Callable[[], None]) -> None:
    """Do the task as the leader of a session of its own, without a terminal."""
    os.setsid()
    task()


def cut_off(process: BaseProcess) -> None:
    """End the process and all that it has started."""
    assert process.pid is not None
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.join()
