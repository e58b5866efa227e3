"""F1 to FA: what they take, and what F? shows of them."""

import pytest

from fixtures.case import Case
from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import ATClient
from fixtures.errors import NotAvailableHere
from suites.spec.profiles import Profile
from suites.steps.stored import answer_line, each, field_of, require_shown

pytestmark = pytest.mark.usefixtures("unfiltered")

REPEATS = ["0", "1", "5", "254", "255"]
DELAYS = ["0", "1", "1000", "4999", "5000"]
WHERE = {"F3": "SC-CHANNEL", "F5": "SC-SSID", "F6": "SC-BAND", "F7": "SC-C6", "FA": "SC-C6"}
VALID = {
    "F3": ["0", "1", "6", "11", "13", "14"],
    "F5": ["a", "a name with blanks", "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", "#"],
    "F6": ["0", "1", "2"],
    "F7": ["LAB,6", "#"],
    "FA": ["0", "1"],
}
OPEN = {
    "F1": ["256", "-1", "x", ""],
    "F2": ["5001", "-1", "x", ""],
    "F3": ["15", "-1", "x", ""],
    "F5": ["n" * 33, ""],
    "F6": ["3", "-1", "x", ""],
}


@pytest.mark.requirement("SC-QUERY")
def test_query_has_two_numbers(at: ATClient, case: Case) -> None:
    answer = at("F?")
    fields = answer.fields
    good = answer.ok and len(fields) == 2 and all(one.isdigit() for one in fields)
    case.require("SC-QUERY", good, "two numbers: scans, delay", answer)


@pytest.mark.requirement("SC-REPEATS")
@pytest.mark.parametrize("value", REPEATS)
def test_repeats_are_accepted_and_shown(at: ATClient, case: Case, value: str) -> None:
    more = str(int(value) + 1)
    require_shown(case, "SC-REPEATS", at, f"F1={value}", "F?", 0, [more, value])
    case.observe("SC-REPEATS", "F? shows", "n and one" if field_of(at, "F?", 0) == more else "n")


@pytest.mark.requirement("SC-DELAY")
@pytest.mark.parametrize("value", DELAYS)
def test_delay_is_accepted_and_shown(at: ATClient, case: Case, value: str) -> None:
    require_shown(case, "SC-DELAY", at, f"F2={value}", "F?", 1)


@pytest.mark.parametrize(("name", "value"), each(WHERE, VALID))
def test_filter_is_accepted(at: ATClient, case: Case, name: str, value: str) -> None:
    answer = at(f"{name}={value}")
    case.require(WHERE[name], answer.ok, f"OK to {name}={value}", answer)
    if name == "F7":
        at("F7=#")


@pytest.mark.requirement("SC-BSSID", "SC-OPEN")
@pytest.mark.risk("reset")
def test_bssid_is_accepted(at: ATClient, bench: Bench, profile: Profile, case: Case) -> None:
    if not bench.rig.network.ssid:
        raise NotAvailableHere("nothing but a reset clears F4, and the rig names no network to join after it")
    try:
        case.observe("SC-OPEN", "answer to F4=xyz", answer_line(at("F4=xyz")))
        colons, points = at("F4=08:86:3B:2B:7E:2E"), at("F4=08.86.3B.2B.7E.2E")
        case.require("SC-BSSID", colons.ok or points.ok, "OK to one of the two forms", colons)
        taken = [name for name, answer in (("colons", colons), ("points", points)) if answer.ok]
        case.observe("SC-BSSID", "accepted with", " and ".join(taken))
    finally:
        bench.reset_module(profile.seconds("ready"))
        at.history.forget()


@pytest.mark.requirement("SC-OPEN")
@pytest.mark.parametrize("name", OPEN)
def test_values_that_no_document_lists_are_recorded(at: ATClient, case: Case, name: str) -> None:
    for value in OPEN[name]:
        case.observe("SC-OPEN", f"answer to {name}={value}", answer_line(at(f"{name}={value}")))
