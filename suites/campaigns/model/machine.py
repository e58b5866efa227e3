"""Random walks: Hypothesis draws the steps, and a walk that went wrong is shortened.

What it costs to walk is the module's affair, so the shortening is bounded by walks and by time. It is not left to
Hypothesis, which would have to walk in order to learn which shorter walks are possible; the table says that at once.
"""

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import UnsatisfiedAssumption
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from fixtures.drivers.replay.file import Step
from fixtures.errors import ModuleFault
from suites.campaigns.model.situation import Transition, decided_events, is_decided, walked, way_to
from suites.campaigns.model.table import CONNECTS, MULTI, NEXT, READ, SEND, SENDS, SINGLE, WAITING_SENDS
from suites.campaigns.model.walker import Walker

STEPS = 20
"""Steps of one walk."""
BATCH = 25
"""Walks that are drawn from one seed; a longer run goes on with the next."""
SHRINK_WALKS, SHRINK_S = 60, 60.0
"""So many walks, and seconds, a failure is shortened by at most."""
SIZES = st.sampled_from([1, 2, 5, 64, 255, 256, 700, 1400, 1460])
WEIGHTS = {CONNECTS: 4, NEXT: 3, SENDS: 2, READ: 2, SEND: 2, WAITING_SENDS: 2, SINGLE: 2, MULTI: 4}
"""How many times as likely as others an event is: what leads on, more than what leads back."""
_SIZED = (SENDS, WAITING_SENDS, SEND)

SMALL = 5

Plan = list[tuple[str, int]]
"""Events, and how many bytes each sends that sends any."""
Begin = Callable[[], AbstractContextManager[Walker]]


@dataclass
class Failure:
    """A walk that went wrong: what was to happen (events with the sizes of their bytes), and what was done."""

    fault: ModuleFault
    plan: Plan
    story: list[str]
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

    def over(self) -> bool:
        """True where no further walk is to be drawn."""
        return self.failure is not None or self.trouble is not None


def walk_at_random(begin: Begin, family: str, seed: int, *, walks: int = 0, at_most: float) -> Result:
    """``walks`` walks of ``STEPS`` steps, 0 for any number, but no longer than ``at_most`` seconds.

    The first that goes wrong ends it, and is shortened.
    """
    result = Result(seed)
    deadline = time.monotonic() + at_most
    machine = machine_of(begin, family, result, deadline)
    with tempfile.TemporaryDirectory(prefix="walk.") as folder:
        set_hypothesis_home_dir(folder)
        try:
            _run(machine, seed, walks or BATCH, result, deadline)
            while not (walks or result.over() or time.monotonic() > deadline):
                seed += 1
                _run(machine, seed, BATCH, result, deadline)
        finally:
            set_hypothesis_home_dir(None)
    if result.failure is not None:
        result.failure = shorten(begin, result.failure)
    return result


def _run(machine: type[RuleBasedStateMachine], seed: int, walks: int, result: Result, deadline: float) -> None:
    """Walks of one seed. A walk that is not taken to its end, as the time is up, looks inconsistent to Hypothesis."""
    settings = hypothesis.settings(
        max_examples=walks,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
        print_blob=False,
    )
    state = random.getstate()
    try:
        run_state_machine_as_test(hypothesis.seed(seed)(machine), settings=settings)
    except Exception:
        if not (result.over() or time.monotonic() > deadline):
            raise
    finally:
        random.setstate(state)


def machine_of(begin: Begin, family: str, result: Result, deadline: float) -> type[RuleBasedStateMachine]:
    """A state machine of Hypothesis whose one rule is that something happens which can, and which a document decides.

    With a rule for each event Hypothesis would give up a walk wherever none is possible of those that it draws from.

    ``deadline``: when no further step is taken.
    """

    class Walk(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            if result.over() or time.monotonic() > deadline:
                raise UnsatisfiedAssumption
            self._context = begin()
            self.walker = self._context.__enter__()
            self.plan: Plan = []
            result.walks += 1

        @precondition(lambda _self: time.monotonic() <= deadline)
        @rule(draw=st.data())
        def something_happens(self, draw: st.DataObject) -> None:
            possible = [one for one in decided_events(self.walker.now, family) for _ in range(WEIGHTS.get(one, 1))]
            event = draw.draw(st.sampled_from(possible))
            self.take(event, draw.draw(SIZES) if event in _SIZED else SMALL)

        def take(self, event: str, size: int) -> None:
            self.plan.append((event, size))
            try:
                self.walker.step(event, size)
            except ModuleFault as fault:
                result.failure = failure_of(fault, self.plan, self.walker)
                raise
            except Exception as problem:
                result.trouble = problem
                raise
            result.steps += 1
            result.walked.add(self.walker.walked[-1])

        def teardown(self) -> None:
            self._context.__exit__(None, None, None)

    return Walk


# -- shortening ----------------------------------------------------------------------------------------------------


def shorten(begin: Begin, found: Failure) -> Failure:
    """The shortest walk that still goes wrong in the same way, as far as ``SHRINK_WALKS`` and ``SHRINK_S`` reach."""
    deadline = time.monotonic() + SHRINK_S
    tried = {tuple(found.plan)}
    best = found
    candidates = shorter(best.plan)
    while len(tried) <= SHRINK_WALKS and time.monotonic() < deadline:
        plan = next((one for one in candidates if tuple(one) not in tried), None)
        if plan is None:
            break
        tried.add(tuple(plan))
        failure = again(begin, plan)
        if failure is not None and failure.fault.requirement == found.fault.requirement:
            best, candidates = failure, shorter(failure.plan)
    return best


def again(begin: Begin, plan: Plan) -> Failure | None:
    """Walk as planned; how it went wrong, or None. What is not the module's fault ends the shortening too."""
    with begin() as walker:
        for place, (event, size) in enumerate(plan, 1):
            try:
                walker.step(event, size)
            except ModuleFault as fault:
                return failure_of(fault, plan[:place], walker)
    return None


def failure_of(fault: ModuleFault, plan: Plan, walker: Walker) -> Failure:
    """What is kept of a walk that went wrong."""
    return Failure(fault, list(plan), list(walker.story), list(walker.recorder.steps))


def shorter(plan: Plan) -> Iterator[Plan]:
    """Shorter walks that are possible by the table: the shortest way to the last step, then pieces left out."""
    events = [event for event, _ in plan]
    *_, (last, event, _) = walked(events)
    direct: Plan = [(one, SMALL) for one in way_to(last, event)]
    if len(direct) < len(plan):
        yield direct
    for length in (2**power for power in range(len(plan).bit_length(), -1, -1)):
        for start in range(len(plan) - length):
            rest = plan[:start] + plan[start + length :]
            if is_decided(one for one, _ in rest):
                yield rest
    if any(size != SMALL for _, size in plan):
        yield [(one, SMALL) for one in events]
