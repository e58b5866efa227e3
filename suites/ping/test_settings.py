"""T1 to T3: what they take, and where T? shows it."""

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from suites.steps.stored import answer_line, each, field_of, fields_of, require_shown

pytestmark = pytest.mark.usefixtures("own_ping")

WHERE = {"T1": "PI-TARGET", "T3": "PI-DELAY"}
PLACES = {"T1": 0, "T3": 2}
VALID = {
    "T1": ["10.1.2.3", "192.168.255.254", "127.0.0.1"],
    "T3": ["0", "1", "1000", "4999", "5000"],
}
REPEATS = ["0", "1", "5", "254", "255"]
OPEN = {
    "T1": ["1.2.3", "300.1.1.1", "1.2.3.4.5", "x", ""],
    "T2": ["256", "65534", "65536", "-1", "x", ""],
    "T3": ["5001", "-1", "x", ""],
}


@pytest.mark.requirement("PI-QUERY")
def test_query_has_three_fields(at: ATClient, case: Case) -> None:
    answer = at("T?")
    case.require("PI-QUERY", answer.ok and len(answer.fields) == 3, "three fields: target, pings, delay", answer)


@pytest.mark.parametrize(("name", "value"), each(WHERE, VALID))
def test_setting_is_accepted_and_shown(at: ATClient, case: Case, name: str, value: str) -> None:
    require_shown(case, WHERE[name], at, f"{name}={value}", "T?", PLACES[name])


@pytest.mark.requirement("PI-REPEATS")
@pytest.mark.parametrize("value", REPEATS)
def test_repeats_are_accepted_and_shown(at: ATClient, case: Case, value: str) -> None:
    more = str(int(value) + 1)
    require_shown(case, "PI-REPEATS", at, f"T2={value}", "T?", 1, [more, value])
    case.observe("PI-REPEATS", "T? shows", "n and one" if field_of(at, "T?", 1) == more else "n")


@pytest.mark.requirement("PI-TARGET", "PI-DELAY")
def test_each_setting_keeps_its_own_field(at: ATClient, case: Case) -> None:
    for setting in ("T3=1500", "T2=7", "T1=10.9.8.7"):
        at(setting)
    fields = fields_of(at, "T?")
    case.require("PI-TARGET", fields[:1] == ["10.9.8.7"], "10.9.8.7 in field 1 of T?", ",".join(fields))
    case.require("PI-DELAY", fields[2:] == ["1500"], "1500 in field 3 of T?", ",".join(fields))


@pytest.mark.requirement("PI-RANGE-OPEN")
@pytest.mark.parametrize("name", OPEN)
def test_values_that_no_document_lists_are_recorded(at: ATClient, case: Case, name: str) -> None:
    for value in OPEN[name]:
        case.observe("PI-RANGE-OPEN", f"answer to {name}={value}", answer_line(at(f"{name}={value}")))
