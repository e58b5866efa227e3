"""C5 to CN: what they take, and where C? shows it."""

import re
from collections.abc import Iterator

import pytest

from fixtures.case import Case
from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import ATClient
from suites.steps.stored import answer_line, each, field_of, fields_of, put_back, require_shown

PLACES = {"C5": 4, "C6": 5, "C7": 6, "C8": 7, "C9": 8, "CA": 9, "CB": 10, "CC": 11, "CE": 12, "CN": 13}
"""The field of C? that shows each setting, counted from 0 (UM, C?)."""
KEPT = ("C5", "CB", "CC", "CE")
"""Settings that do not touch the connection that there is."""
WHERE = {"C5": "AD-VERSION", "CB": "AD-RETRIES", "CC": "AD-AUTO", "CE": "AD-WEP"}
VALID = {"C5": ["0"], "CB": ["1", "2", "5", "9", "10"], "CC": ["0", "1", "2", "3"], "CE": ["0", "1"]}
APART = {"C6": "AD-STATIC", "C7": "AD-STATIC", "C8": "AD-STATIC", "C9": "AD-DNS", "CA": "AD-DNS"}
ADDRESSES = {
    "C6": ["10.1.2.3", "192.168.255.254"],
    "C7": ["255.0.0.0", "255.255.255.252"],
    "C8": ["10.1.2.1", "192.168.255.253"],
    "C9": ["10.1.2.5", "8.8.4.4"],
    "CA": ["10.1.2.6", "208.67.222.222"],
}
OPEN = {
    "C5": ["1", "2", "4", "6", ""],
    "C6": ["1.2.3.4.5", "300.1.1.1", "1.2.3", "x", ""],
    "C7": ["255.0.255.0", "x"],
    "C8": ["1.2.3", "x"],
    "C9": ["1.2.3", ""],
    "CA": ["1.2.3", ""],
    "CB": ["0", "11", "-1", "x", ""],
    "CC": ["4", "-1", "x", ""],
    "CE": ["2", "x", ""],
}
COUNTRIES = ["CA", "FR", "JP", "DE", "ZZ", "FR/0", "us", ""]
OLD = re.compile(r"^C1\.|^C2\.[0-4]")
"""Firmware before C2.5.0, whose CC goes to 1."""


@pytest.fixture
def as_before(at: ATClient) -> Iterator[None]:
    """C5, CB, CC, CE are what they were after the case."""
    with put_back(at, "C?", {name: PLACES[name] for name in KEPT}):
        yield


@pytest.fixture
def dns_as_before(at: ATClient) -> Iterator[None]:
    """The name servers are what they were after the case, as far as the module shows them."""
    with put_back(at, "C?", {name: PLACES[name] for name in (*KEPT, "C9", "CA", "CN")}):
        yield


@pytest.mark.usefixtures("as_before")
@pytest.mark.parametrize(("name", "value"), each(WHERE, VALID))
def test_setting_is_accepted_and_shown(at: ATClient, bench: Bench, case: Case, name: str, value: str) -> None:
    if name == "CC" and value in "23" and OLD.search(bench.identity.firmware):
        case.not_applicable(f"firmware {bench.identity.firmware} has CC to 1")
    require_shown(case, WHERE[name], at, f"{name}={value}", "C?", PLACES[name])


@pytest.mark.risk("network")
@pytest.mark.usefixtures("dns_as_before", "home")
@pytest.mark.parametrize("name", [pytest.param(one, marks=pytest.mark.requirement(APART[one])) for one in ADDRESSES])
def test_static_address_is_accepted_and_shown(at: ATClient, case: Case, name: str) -> None:
    at("C4=0")
    for value in ADDRESSES[name]:
        require_shown(case, APART[name], at, f"{name}={value}", "C?", PLACES[name])


@pytest.mark.requirement("AD-STATIC", "AD-DNS")
@pytest.mark.risk("network")
@pytest.mark.usefixtures("dns_as_before", "home")
def test_each_static_address_keeps_its_own_field(at: ATClient, case: Case) -> None:
    at("C4=0")
    for name, values in ADDRESSES.items():
        at(f"{name}={values[0]}")
    fields = fields_of(at, "C?")
    for name, values in ADDRESSES.items():
        got = fields[PLACES[name]]
        expected = f"{values[0]} in field {PLACES[name] + 1} of C?, as {name} set it"
        case.require(APART[name], got == values[0], expected, ",".join(fields))


@pytest.mark.requirement("AD-COUNTRY")
@pytest.mark.risk("network")
@pytest.mark.usefixtures("dns_as_before", "home")
def test_country_is_accepted_and_shown(at: ATClient, case: Case) -> None:
    answer = at("CN=US")
    if not answer.ok:
        answer = at("CN=US/0")
    case.require("AD-COUNTRY", answer.ok, "OK to CN=US, or to CN=US/0", answer)
    got = field_of(at, "C?", PLACES["CN"])
    case.require("AD-COUNTRY", got in ("US", "US/0"), "US or US/0 in field 14 of C?", got)
    shown = at("CN")
    case.require("AD-COUNTRY", shown.ok, "OK to CN", shown)
    case.observe("AD-COUNTRY", "payload of CN", shown.payload)


@pytest.mark.requirement("AD-COUNTRY-OPEN")
@pytest.mark.risk("network")
@pytest.mark.usefixtures("dns_as_before", "home")
def test_other_countries_are_recorded(at: ATClient, case: Case) -> None:
    for country in COUNTRIES:
        case.observe("AD-COUNTRY-OPEN", f"answer to CN={country}", answer_line(at(f"CN={country}")))


@pytest.mark.requirement("AD-FILTER")
@pytest.mark.risk("network")
@pytest.mark.usefixtures("home")
def test_filters_are_accepted(at: ATClient, case: Case) -> None:
    for value in ("01", "02", "40", "80", "00"):
        answer = at(f"CF={value}")
        case.require("AD-FILTER", answer.ok, f"OK to CF={value}", answer)


@pytest.mark.requirement("AD-GROUPS")
@pytest.mark.parametrize("group", ["CJ={},224.0.0.251", "CM={},01:00:5E:00:00:FB"], ids=["CJ", "CM"])
def test_groups_are_joined_and_left(at: ATClient, case: Case, group: str) -> None:
    for enter in (1, 0):
        setting = group.format(enter)
        answer = at(setting)
        case.require("AD-GROUPS", answer.ok, f"OK to {setting}", answer)


@pytest.mark.requirement("AD-OPEN", "AD-DEFAULTS")
@pytest.mark.risk("network")
@pytest.mark.usefixtures("dns_as_before", "home")
@pytest.mark.parametrize("name", OPEN)
def test_values_that_no_document_lists_are_recorded(at: ATClient, case: Case, name: str) -> None:
    case.observe("AD-DEFAULTS", "fields 5 to 14 of C? when not joined", ",".join(fields_of(at, "C?")[4:14]))
    for value in OPEN[name]:
        case.observe("AD-OPEN", f"answer to {name}={value}", answer_line(at(f"{name}={value}")))
        case.observe("AD-OPEN", f"C? after {name}={value}", field_of(at, "C?", PLACES[name]))
