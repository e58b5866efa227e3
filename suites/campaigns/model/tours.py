"""Holds a tour to what it was made for."""

from fixtures.case import Case
from fixtures.errors import HarnessError
from suites.campaigns.model.situation import Transition, walked


def hold_walked(case: Case, events: tuple[str, ...], done: set[Transition], every: int) -> None:
    """Every transition that ``events`` was to take was taken. Raises HarnessError."""
    planned = {(now.state, event, then.state) for now, event, then in walked(events)}
    if left := sorted(planned - done):
        raise HarnessError(f"transitions that were not walked: {left}")
    case.observe(case.requirements[0], "transitions walked", f"{every} in {len(events)} steps")
