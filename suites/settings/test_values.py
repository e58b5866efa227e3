"""Each setting at each edge of its range, just outside, and as something else than a number."""

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from suites.settings.limits import limits_beside, ranges_of_the_page
from suites.spec.profiles import Profile
from suites.steps.answers import is_short_error
from suites.steps.flows import Server

VALID = {
    "P0": ["0", "1", "2", "3"],
    "P1": ["0", "1", "2", "3"],
    "P2": ["0", "1", "1024", "5024", "32768", "65534", "65535"],
    "P3": ["0.0.0.0", "127.0.0.1", "192.168.10.100", "255.255.255.255"],
    "P4": ["0", "1", "5025", "32768", "65535"],
    "P7": ["0"],
    "P8": ["0", "1", "2", "3", "4", "5", "6"],
    "PK": ["1,3000", "1,250", "1,7200000", "0,7200000", "0,250", "1,60000"],
    "R1": ["1", "2", "1000", "1459", "1460"],
    "R2": ["0", "1", "5000", "29999", "30000"],
    "R3": ["0"],
    "S1": ["1", "2", "1000", "1459", "1460"],
    "S2": ["0", "1", "5000", "29999", "30000"],
    "MT": ["0", "1"],
}
OUTSIDE = {
    "P0": ["5", "9", "-1", "a"],
    "P1": ["5", "9", "-1", "a"],
    "P2": ["65536", "99999", "-1", "port"],
    "P4": ["65536", "99999", "-1", "port"],
    "P5": ["2", "9", "12", "-1", "a"],
    "P6": ["2", "-1", "a"],
    "P8": ["-1", "a", "31", "200", "255", "256", "1000"],
    "PK": ["2,3000", "1,7200001", "-1,3000", "1,-1", "a,3000", "1,a"],
    "R1": ["1461", "65536", "-1", "a"],
    "R2": ["30001", "99999", "-1", "a"],
    "R3": ["2", "-1", "a"],
    "S1": ["0", "1461", "65536", "-1", "a"],
    "S2": ["30001", "99999", "-1", "a"],
    "MT": ["2", "-1", "a"],
}
OPEN = {
    "P0": ["4", "01", " 1"],
    "P1": ["4", "00", " 1"],
    "P2": ["05024", " 5024", "+5024", "5024 ", "0x1000"],
    "P3": ["256.1.1.1", "1.2.3", "1.2.3.4.5", "a.b.c.d", "01.02.03.04"],
    "P4": ["05025", " 5025"],
    "P7": ["4", "00"],
    "P8": ["7", "10", "17", "18", "30", "06", " 6"],
    "PK": ["1,249", "1,1", "0,0"],
    "R1": ["0", "01460", " 1460"],
    "R2": ["005000", " 5000"],
    "R3": ["1"],
    "S1": ["01460", " 1460"],
    "S2": ["005000", " 5000"],
    "MT": ["00", " 0"],
}
INSIDE = {"P0": 2, "P1": 1, "P2": 6100, "P4": 6200, "P8": 3, "R1": 700, "R2": 300, "S1": 800, "S2": 900} | {
    "PK": "0,60000"
}
"""A value that is neither a default nor an edge."""
SHOWN = {"P0": ("P0", 0), "P1": ("P?", 0), "P2": ("P?", 2), "P4": ("P?", 4), "P8": ("P?", 7)} | {
    "R1": ("R?", 0),
    "R2": ("R?", 1),
    "S1": ("S?", 0),
    "S2": ("S?", 1),
}
"""The query and the field that shows a setting. PK has two fields, where P? has them at all: 11 and 12."""


def spread(table: dict[str, list[str]]) -> list[object]:
    """The table's pairs as parameters of their own."""
    return [pytest.param(name, value, id=f"{name}={value}") for name, values in table.items() for value in values]


def requirement_of(name: str, value: str) -> str:
    """The requirement that says that ``name`` takes ``value``: of PK the page gives one, the manual the range."""
    return "SE-PK-RANGE" if name == "PK" and value != "1,3000" else f"SE-{name}"


def shown(at: ATClient, name: str) -> str:
    """What the module shows of the setting, "" where it has no field for it."""
    if name == "PK":
        return ",".join(at("P?").fields[10:12])
    query, field = SHOWN[name]
    fields = at(query).fields
    return fields[field] if field < len(fields) else ""


def accepted_cases() -> list[object]:
    """Valid values, each with the requirement of its setting."""
    return [
        pytest.param(
            name,
            value,
            id=f"{name}={value}",
            marks=pytest.mark.requirement(requirement_of(name, value), "SE-RANGE-OPEN"),
        )
        for name, values in VALID.items()
        for value in values
    ]


@pytest.mark.parametrize(("name", "value"), accepted_cases())
def test_value_in_the_range_is_accepted(at: ATClient, profile: Profile, case: Case, name: str, value: str) -> None:
    low, high = profile.ranges.get(name, (None, None))
    answer = at(f"{name}={value}")
    if low is not None and high is not None and not low <= int(value.rpartition(",")[2]) <= high:
        case.observe("SE-RANGE-OPEN", f"{name}={value} (the profile declares {low} to {high})", answer)
        return
    case.require(requirement_of(name, value), answer.ok, f"OK to {name}={value}", answer)


def in_force(at: ATClient, name: str) -> str:
    """The value that the module shows of the setting, or acts by; "" where it does neither."""
    if name == "MT":
        return "1" if is_short_error(at("QQ")) else "0"
    return shown(at, name) if name == "PK" or name in SHOWN else ""


@pytest.mark.requirement("SE-RANGE", "SE-RANGE-OPEN")
@pytest.mark.parametrize(("name", "value"), spread(OUTSIDE))
def test_value_outside_the_range_is_not_taken(
    at: ATClient, profile: Profile, case: Case, name: str, value: str
) -> None:
    answer = at(f"{name}={value}")
    limits = limits_beside(name, value, profile)
    if answer.ok and limits:
        got = in_force(at, name)
        case.observe("SE-RANGE-OPEN", f"{name}={value} is accepted, and in force is", got or "what nothing shows")
        expected = f"an error to {name}={value}, or {' or '.join(sorted(limits))} in force"
        case.require("SE-RANGE", got in limits or not got or (name == "P1" and not got.isdigit()), expected, got)
    else:
        case.require("SE-RANGE", answer.error, f"an error to {name}={value}", answer)


def declared_number(name: str, value: str) -> int | None:
    """The number of ``value`` that a profile's range may be about; None where there is none. Of PK: the idle time."""
    number = value.removeprefix("1,") if name == "PK" else value
    plain = number.isdigit() and not number.startswith("0")
    return int(number) if plain and name not in ("P0", "P1") else None


@pytest.mark.requirement("SE-RANGE-OPEN", "SE-RANGE")
@pytest.mark.parametrize(("name", "value"), spread(OPEN))
def test_value_that_the_documents_leave_open_is_recorded(
    at: ATClient, profile: Profile, case: Case, name: str, value: str
) -> None:
    answer = at(f"{name}={value}")
    case.observe("SE-RANGE-OPEN", f"answer to {name}={value}", answer)
    number = declared_number(name, value)
    if name in profile.ranges and number is not None:
        low, high = profile.ranges[name]
        if (low, high) != ranges_of_the_page().get(name):  # a module that has the page's range has declared nothing
            inside = low <= number <= high
            case.require("SE-RANGE", answer.ok == inside, f"{'OK' if inside else 'an error'} as declared", answer)


@pytest.mark.requirement("SE-REFUSED", "SE-RANGE")
@pytest.mark.parametrize(("name", "value"), spread({key: OUTSIDE[key] for key in INSIDE}))
def test_refused_value_is_not_in_force(at: ATClient, case: Case, name: str, value: str) -> None:
    at(f"{name}={INSIDE[name]}")
    before = shown(at, name)
    answer = at(f"{name}={value}")
    if answer.error:
        after = shown(at, name)
        case.require("SE-RANGE", after == before or after != value, f"{name} within its range", after)
        case.observe(
            "SE-REFUSED", f"{name} after {name}={value} was refused", "as before" if after == before else after
        )


def shown_cases() -> list[object]:
    """Every valid value of a setting that a query shows."""
    by_letter = {"P": "SE-SHOWN-P", "R": "SE-SHOWN-R", "S": "SE-SHOWN-S"}
    return [
        pytest.param(name, value, id=f"{name}={value}", marks=pytest.mark.requirement(by_letter[name[0]]))
        for name in SHOWN
        if name != "P0"
        for value in VALID[name]
    ]


@pytest.mark.parametrize(("name", "value"), shown_cases())
def test_accepted_value_is_shown(at: ATClient, case: Case, name: str, value: str) -> None:
    answer = at(f"{name}={value}")
    if not answer.ok:
        pytest.skip(f"{name}={value} is not accepted, which is another requirement's matter")
    named = {"P1": {"0": "TCP", "1": "UDP"}}.get(name, {}).get(value, value)
    got = shown(at, name)
    case.require(
        case.requirements[0], got in (value, named), f"{value} in field {SHOWN[name][1] + 1} of {SHOWN[name][0]}", got
    )


@pytest.mark.requirement("SE-SHOWN-P")
@pytest.mark.parametrize("value", VALID["P3"])
def test_remote_address_is_shown(at: ATClient, case: Case, value: str) -> None:
    at(f"P3={value}")
    fields = at("P?").fields
    case.require("SE-SHOWN-P", fields[3] == value, f"{value} in field 4 of P?", fields)


@pytest.mark.requirement("SE-SHOWN-P")
@pytest.mark.parametrize("value", ["1,3000", "0,7200000", "1,250"])
def test_keep_alive_is_shown_where_there_are_fields_for_it(at: ATClient, case: Case, value: str) -> None:
    at(f"PK={value}")
    fields = at("P?").fields
    if len(fields) < 12:
        pytest.skip(f"P? has {len(fields)} fields and none for the keep-alive")
    case.require("SE-SHOWN-P", fields[10:12] == value.split(","), f"{value} in fields 11 and 12 of P?", fields)


@pytest.mark.requirement("SE-SHOWN-R")
def test_r_query_has_its_fields_and_no_more(at: ATClient, profile: Profile, case: Case) -> None:
    for setting in ("R1=700", "R2=300", "S1=800", "S2=900"):
        at(setting)
    answer = at("R?")
    counts = profile.forms.r_query_fields
    good = answer.fields[:2] == ["700", "300"] and len(answer.fields) in counts
    case.require("SE-SHOWN-R", good, f"700,300 and {' or '.join(map(str, counts))} fields in all", answer)


@pytest.mark.requirement("SE-SHOWN-S")
def test_s_query_has_its_fields_and_no_more(at: ATClient, case: Case) -> None:
    for setting in ("S1=800", "S2=900", "R1=700", "R2=300"):
        at(setting)
    answer = at("S?")
    case.require("SE-SHOWN-S", answer.fields == ["800", "900"], "800,900", answer)


@pytest.mark.requirement("SE-P0-SHOW")
@pytest.mark.parametrize("value", [3, 2, 1, 0])
def test_p0_shows_the_selected_socket(at: ATClient, single_server: Server, case: Case, value: int) -> None:
    single_server.socket = value
    single_server.up()
    for socket in (value, (value + 1) % 4, value):
        at(f"P0={socket}")
        answer = at("P0")
        good = answer.ok and answer.payload == str(socket).encode()
        case.require("SE-P0-SHOW", good, f"{socket}, while a server runs on {value}", answer)


@pytest.mark.requirement("SE-MT-ALONE")
@pytest.mark.parametrize("mt", [0, 1])
def test_mt_without_a_value_is_an_error(at: ATClient, case: Case, mt: int) -> None:
    at(f"MT={mt}")
    answer = at("MT")
    case.require("SE-MT-ALONE", answer.error, "an error to MT", answer)
