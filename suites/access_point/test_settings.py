"""AS, A1, A2, AC, AL, AT, Z6: what they take, and where A? shows it. No access point is started."""

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from suites.access_point.conftest import PLACES
from suites.steps.stored import answer_line, each, field_of, fields_of, require_shown

pytestmark = pytest.mark.usefixtures("own_settings")

FIELDS = "name, address, channel, security, key, DHCP, lease, status"
WHERE = {"A1": "AP-SECURITY", "AC": "AP-CHANNEL", "AL": "AP-LEASE", "Z6": "AP-ADDRESS"}
VALID = {
    "A1": ["0", "2", "3", "4"],
    "AC": ["1", "6", "11"],
    "AL": ["0", "1", "24", "254", "255"],
    "Z6": ["192.168.10.1", "10.1.2.1", "192.168.255.254"],
}
NAMES = ["a", "Lab of module 7", "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"]
KEYS = ["eight888", "a key with blanks", "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"]
OPEN = {
    "A1": ["1", "5", "-1", "x", ""],
    "A2": ["short", "n" * 33, ""],
    "AC": ["12", "13", "36", "50", "-1", "x", ""],
    "AL": ["256", "-1", "x", ""],
    "AS": ["name", "2,name", f"0,{'n' * 33}", "0, x", "0,", ""],
    "AT": ["0", "5", "-1", "x", ""],
    "Z6": ["1.2.3", "300.1.1.1", ""],
}


@pytest.mark.requirement("AP-QUERY", "AP-DEFAULTS")
def test_query_has_eight_fields(at: ATClient, case: Case) -> None:
    answer = at("A?")
    case.require("AP-QUERY", answer.ok and len(answer.fields) == 8, f"eight fields: {FIELDS}", answer)
    case.observe("AP-DEFAULTS", "lease and status as found", ",".join(answer.fields[6:]))


@pytest.mark.parametrize(("name", "value"), each(WHERE, VALID))
def test_setting_is_accepted_and_shown(at: ATClient, case: Case, name: str, value: str) -> None:
    if name == "A1":
        at(f"A2={KEYS[0]}")
    require_shown(case, WHERE[name], at, f"{name}={value}", "A?", PLACES[name])


@pytest.mark.requirement("AP-NAME")
@pytest.mark.parametrize("name", NAMES)
def test_name_is_accepted_and_shown(at: ATClient, case: Case, name: str) -> None:
    require_shown(case, "AP-NAME", at, f"AS=0,{name}", "A?", 0, [name])


@pytest.mark.requirement("AP-NAME")
def test_name_with_the_mac_address_begins_with_the_name(at: ATClient, case: Case) -> None:
    answer = at("AS=1,lab")
    case.require("AP-NAME", answer.ok, "OK to AS=1,lab", answer)
    got = field_of(at, "A?", 0)
    case.require("AP-NAME", got.startswith("lab"), "a name that begins with lab in field 1 of A?", got)
    case.observe("AP-NAME", "AS=1 shows", "the name and more" if len(got) > len("lab") else "the name alone")


@pytest.mark.requirement("AP-KEY")
@pytest.mark.parametrize("key", KEYS)
def test_key_is_accepted_and_shown_or_masked(at: ATClient, case: Case, key: str) -> None:
    answer = at(f"A2={key}")
    case.require("AP-KEY", answer.ok, f"OK to A2={key}", answer)
    got = field_of(at, "A?", PLACES["A2"])
    case.require("AP-KEY", got == key or set(got) == {"*"}, f"{key}, or asterisks, in field 5 of A?", got)


@pytest.mark.requirement("AP-CHANNEL")
@pytest.mark.parametrize("value", ["0", "2", "10"])
def test_channel_is_accepted(at: ATClient, case: Case, value: str) -> None:
    answer = at(f"AC={value}")
    case.require("AP-CHANNEL", answer.ok, f"OK to AC={value}", answer)


@pytest.mark.requirement("AP-CLIENTS")
@pytest.mark.parametrize("value", ["1", "2", "3", "4"])
def test_number_of_stations_is_accepted(at: ATClient, case: Case, value: str) -> None:
    answer = at(f"AT={value}")
    case.require("AP-CLIENTS", answer.ok, f"OK to AT={value}", answer)


@pytest.mark.requirement("AP-MASK")
def test_mask_is_accepted(at: ATClient, case: Case) -> None:
    for value in ("255.255.0.0", "255.255.255.0"):
        answer = at(f"A7={value}")
        case.require("AP-MASK", answer.ok, f"OK to A7={value}", answer)


@pytest.mark.requirement("AP-NAME", "AP-ADDRESS", "AP-CHANNEL", "AP-SECURITY", "AP-LEASE")
@pytest.mark.parametrize("step", [1, -1], ids=["in their order", "backwards"])
def test_each_setting_keeps_its_own_field(at: ATClient, case: Case, step: int) -> None:
    at(f"A2={KEYS[0]}")
    made = {"AS": ("0,lab", "lab", "AP-NAME"), "Z6": ("10.4.3.1", "10.4.3.1", "AP-ADDRESS")}
    made |= {name: (value, value, WHERE[name]) for name, value in (("AC", "9"), ("A1", "3"), ("AL", "17"))}
    for name in list(made)[::step]:
        at(f"{name}={made[name][0]}")
    fields = fields_of(at, "A?")
    for name, (_, value, requirement) in made.items():
        place = {"AS": 0, **PLACES}[name]
        got = "".join(fields[place : place + 1])
        case.require(requirement, got == value, f"{value} in field {place + 1} of A?", ",".join(fields))


@pytest.mark.requirement("AP-OPEN")
@pytest.mark.parametrize("name", OPEN)
def test_values_that_no_document_lists_are_recorded(at: ATClient, case: Case, name: str) -> None:
    for value in OPEN[name]:
        case.observe("AP-OPEN", f"answer to {name}={value}", answer_line(at(f"{name}={value}")))
