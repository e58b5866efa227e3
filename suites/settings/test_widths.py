"""Values on both sides of each width that firmware keeps a number in: accepted, shown, and taken as they are."""

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from suites.spec.profiles import Profile
from suites.steps.flows import Server, takes_r2, takes_s2
from suites.steps.shown import FIELDS

WIDTHS = (4, 7, 8, 10, 12, 13, 14, 15, 16, 20, 22)
"""Bits of the fields that firmware has."""
RANGES = {"P2": (0, 65535), "P4": (0, 65535), "R1": (1, 1460), "R2": (0, 30000), "S1": (1, 1460), "S2": (0, 30000)} | {
    "PK": (250, 7200000)
}
"""The smallest and the largest value of each setting; of PK the time."""
WAITS_MS = (257, 1025)
"""Milliseconds that a field of eight or ten bits does not hold."""


def on_both_sides(low: int, high: int) -> list[int]:
    """The largest value of each width and the one above it, as far as they are in the range."""
    edges = [value for width in WIDTHS for value in ((1 << width) - 1, 1 << width)]
    return [value for value in edges if low <= value <= high]


def of_setting(name: str) -> object:
    """A parameter: the setting, with its requirements."""
    taken = "SE-PK-RANGE" if name == "PK" else f"SE-{name}"
    shown = "SE-SHOWN-P" if name[0] == "P" else f"SE-SHOWN-{name[0]}"
    return pytest.param(name, taken, shown, id=name, marks=pytest.mark.requirement(taken, shown))


def shown_of(at: ATClient, name: str) -> str:
    """What the query shows of the setting; "" where P? has no field for it."""
    fields = at(f"{name[0]}?").fields
    place = {"P2": FIELDS["P2"], "P4": FIELDS["P4"], "PK": 11}.get(name, int(name[1]) - 1 if name[1].isdigit() else 0)
    return "".join(fields[place : place + 1])


@pytest.mark.parametrize(("name", "taken", "shown"), [of_setting(name) for name in RANGES])
def test_value_beyond_each_width_of_a_field_is_taken_as_it_is(
    at: ATClient, case: Case, name: str, taken: str, shown: str
) -> None:
    for value in on_both_sides(*RANGES[name]):
        setting = f"{name}=1,{value}" if name == "PK" else f"{name}={value}"
        for time in ("", " said again"):
            answer = at(setting)
            case.require(taken, answer.ok, f"OK to {setting}{time}", answer)
        got = shown_of(at, name)
        if name != "PK" or got:
            case.require(shown, got == str(value), f"{value} in {name[0]}? after {setting}", got)


@pytest.mark.requirement("DA-READ-TIMEOUT", "DA-READ-WAITS", "DA-S0-SHORT")
@pytest.mark.parametrize("wait", WAITS_MS)
def test_time_beyond_each_width_of_a_field_is_waited(
    at: ATClient, server: Server, profile: Profile, case: Case, wait: int
) -> None:
    server.up().client()
    takes_r2(at, profile, case, wait)
    at("S1=10")
    takes_s2(at, profile, case, wait, b"four")
