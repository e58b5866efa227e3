"""Random walks: Hypothesis draws the steps, and shortens a walk that went wrong.

What it costs to walk is the module's affair, so the shortening is bounded by walks and by time: it ends with the
shortest walk that went wrong until then.
"""

import random
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import UnsatisfiedAssumption
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from fixtures.drivers.replay_file import Step
from fixtures.errors import ModuleFault
from suites.model.situation import Transition, events_of, row_of
from suites.model.table import EVENTS, SEND, SENDS, WAITING_SENDS
from suites.model.walker import Walker

STEPS = 20
"""Steps of one walk."""
BATCH = 25
"""Walks that are drawn from one seed; a longer run goes on with the next."""
SHRINK_WALKS, SHRINK_S = 60, 60.0
"""So many walks, and seconds, a failure is shortened by at most."""
SIZES = st.sampled_from([1, 2, 5, 64, 255, 256, 700, 1400, 1460])
_SIZED = (SENDS, WAITING_SENDS, SEND)

Begin = Callable[[], AbstractContextManager[Walker]]


@dataclass
class Failure:
    """A walk that went wrong."""

    fault: ModuleFault
    told: list[str]
    steps: list[Step]


@dataclass
class Result:
    """What became of all walks. ``failure``: the shortest that went wrong; ``trouble``: what is not the module's."""

    seed: int
    walks: int = 0
    steps: int = 0
    walked: set[Transition] = field(default_factory=set)
    failure: Failure | None = None
    trouble: Exception | None = None
    _shrinks: int = 0
    _until: float = 0.0

    def spent(self) -> bool:
        """True where no further walk is to be tried."""
        if self.failure is None:
            return self.trouble is not None
        self._shrinks += 1
        return self._shrinks > SHRINK_WALKS or time.monotonic() > self._until

    def failed(self, fault: ModuleFault, walker: Walker) -> None:
        """Keep it where it is the first, or shorter than those before."""
        if self.failure is None:
            self._until = time.monotonic() + SHRINK_S
        if self.failure is None or len(walker.told) < len(self.failure.told):
            self.failure = Failure(fault, list(walker.told), list(walker.recorder.steps))


def walk_at_random(begin: Begin, family: str, seed: int, *, walks: int = 0, at_most: float) -> Result:
    """``walks`` walks of ``STEPS`` steps, 0 for any number, but no longer than ``at_most`` seconds.

    The first that goes wrong ends it.
    """
    result = Result(seed)
    deadline = time.monotonic() + at_most
    machine = machine_of(begin, family, result, deadline)
    with tempfile.TemporaryDirectory(prefix="walk.") as folder:
        set_hypothesis_home_dir(folder)
        try:
            _run(machine, seed, walks or BATCH, result, deadline)
            while not (walks or _over(deadline, result) or result.failure or result.trouble):
                seed += 1
                _run(machine, seed, BATCH, result, deadline)
        finally:
            set_hypothesis_home_dir(None)
    return result


def _run(machine: type[RuleBasedStateMachine], seed: int, walks: int, result: Result, deadline: float) -> None:
    """Walks of one seed. A walk that is not taken to its end, as the time is up, looks inconsistent to Hypothesis."""
    settings = hypothesis.settings(
        max_examples=walks,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
        print_blob=False,
    )
    state = random.getstate()
    try:
        run_state_machine_as_test(hypothesis.seed(seed)(machine), settings=settings)
    except Exception:
        if not (result.failure or result.trouble or _over(deadline, result)):
            raise
    finally:
        random.setstate(state)


def machine_of(begin: Begin, family: str, result: Result, deadline: float) -> type[RuleBasedStateMachine]:
    """A state machine of Hypothesis with one rule for each event that a module of ``family`` can show.

    ``deadline``: when no further step is taken.
    """

    class Walk(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            if result.spent() or _over(deadline, result):
                raise UnsatisfiedAssumption
            self._context = begin()
            self.walker = self._context.__enter__()
            result.walks += 1

        def may(self, event: str) -> bool:
            now = self.walker.now
            allowed = event in events_of(now) and (family == "multi" or row_of(now, event).family == "single")
            return allowed and not _over(deadline, result)

        def take(self, event: str, size: int) -> None:
            try:
                self.walker.step(event, size)
            except ModuleFault as fault:
                result.failed(fault, self.walker)
                raise
            except Exception as problem:
                result.trouble = problem
                raise
            result.steps += 1
            result.walked.add(self.walker.walked[-1])

        def teardown(self) -> None:
            self._context.__exit__(None, None, None)

    for number, event in enumerate(EVENTS):
        setattr(Walk, f"event_{number:02}", _rule_of(event))
    return Walk


def _over(deadline: float, result: Result) -> bool:
    """True where the time is up. A walk that went wrong is shortened all the same."""
    return result.failure is None and time.monotonic() > deadline


def _rule_of(event: str) -> Any:
    """The rule that lets ``event`` happen wherever it can."""

    def happen(self: Any, size: int = 5) -> None:
        self.take(event, size)

    happen.__name__ = "".join(letter if letter.isalnum() else "_" for letter in f"event_{event}")
    made = rule(size=SIZES)(happen) if event in _SIZED else rule()(happen)
    return precondition(lambda self: self.may(event))(made)
