"""C1 to C4: what they take. None of them joins or leaves; the rig must allow it all the same, for they say where to."""

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient

pytestmark = [pytest.mark.risk("network"), pytest.mark.usefixtures("home_settings")]

VALID = {
    "C1": ["a", "LAB", "a name with spaces", "Name_of-16.chars", "x" * 17, "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"],
    "C2": ["eight888", "with a space", "y" * 63],
    "C3": ["0", "1", "2", "3", "4", "5"],
    "C4": ["0", "1"],
}
WRONG = {"C3": ["-1", "99", "a"], "C4": ["2", "-1", "a"]}
LIMITS = {("C3", "-1"): "0", ("C3", "99"): "5", ("C4", "-1"): "0", ("C4", "2"): "1"}
"""The limit that a module may take in place of a number beyond it: no document says that such a number is refused."""
FROM_THE_END = {"C3": -13, "C4": -12}
"""The field of C? that shows a setting, counted from the last: a name may have commas of its own."""
OPEN = {"C1": ["", "z" * 33], "C2": ["short", "z" * 65], "C3": ["", "6", "03"], "C4": ["", "01"]}


def spread(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    """The table's pairs."""
    return [(name, value) for name, values in table.items() for value in values]


@pytest.mark.parametrize(
    ("name", "value"),
    [pytest.param(*pair, marks=pytest.mark.requirement(f"NW-{pair[0]}")) for pair in spread(VALID)],
)
def test_documented_value_is_accepted(at: ATClient, case: Case, name: str, value: str) -> None:
    answer = at(f"{name}={value}")
    case.require(f"NW-{name}", answer.ok, f"OK to {name}={value}", answer)


@pytest.mark.requirement("NW-RANGE")
@pytest.mark.parametrize(("name", "value"), spread(WRONG))
def test_undocumented_value_is_not_taken(at: ATClient, case: Case, name: str, value: str) -> None:
    answer = at(f"{name}={value}")
    limit = LIMITS.get((name, value))
    if answer.ok and limit is not None:
        got = "".join(at("C?").fields[FROM_THE_END[name] :][:1])
        case.require("NW-RANGE", got == limit, f"an error to {name}={value}, or {limit} in C?", got)
    else:
        case.require("NW-RANGE", answer.error, f"an error to {name}={value}", answer)


@pytest.mark.requirement("NW-RANGE-OPEN")
@pytest.mark.parametrize(("name", "value"), spread(OPEN))
def test_value_that_the_documents_leave_open_is_recorded(at: ATClient, case: Case, name: str, value: str) -> None:
    case.observe("NW-RANGE-OPEN", f"answer to {name}={value}", at(f"{name}={value}"))
