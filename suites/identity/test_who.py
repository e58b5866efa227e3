"""Z?, Z5, ZN, Z7, ZS, ZD, B?, U?: what the module says of itself, and the name that it is given."""

import re
from collections.abc import Iterator

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from suites.steps.stored import answer_line, field_of, fields_of, put_back

STATUS = (
    "configuration, WPS pin, a reserved one, MAC, access point's address, power saving, radio, two of beacons, name"
)
PIN = "12345670"
"""Its last digit is the check digit that WPS has for it."""
NAMES = ["a", "Lab module 7", "x-y_z.9", "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"]
NAMES_OPEN = ["", "one,two", "n" * 33, "n" * 41]
PINS_OPEN = ["", "123", "1234567x", "123456789"]
ROW = re.compile(rb"(?:[0-9A-Fa-f]{2}[ :]?){4,}")


@pytest.fixture
def own_name(at: ATClient) -> Iterator[None]:
    """ZN is what it was after the case."""
    with put_back(at, "I?", {"ZN": 6}):
        yield


@pytest.fixture
def own_pin(at: ATClient) -> Iterator[None]:
    """Z7 is what it was after the case."""
    with put_back(at, "Z8", {"Z7": 0}):
        yield


@pytest.mark.requirement("ID-STATUS")
def test_status_has_ten_fields(at: ATClient, case: Case) -> None:
    answer = at("Z?")
    case.require("ID-STATUS", answer.ok and len(answer.fields) == 10, f"ten fields: {STATUS}", answer)


@pytest.mark.requirement("ID-STATUS-MAC")
def test_status_shows_the_mac_address(at: ATClient, case: Case) -> None:
    mac = at("Z5").text.strip()
    got = field_of(at, "Z?", 3)
    case.require("ID-STATUS-MAC", got.upper() == mac.upper(), f"in field 4 what Z5 answers, {mac}", got)


@pytest.mark.requirement("ID-NAME")
@pytest.mark.usefixtures("own_name")
@pytest.mark.parametrize("name", NAMES)
def test_name_is_shown_where_it_was_given(at: ATClient, case: Case, name: str) -> None:
    answer = at(f"ZN={name}")
    case.require("ID-NAME", answer.ok, f"OK to ZN={name}", answer)
    for query in ("I?", "Z?"):
        got = fields_of(at, query)[-1]
        case.require("ID-NAME", got == name, f"{name} in the last field of {query}", at.answers[-1])


@pytest.mark.requirement("ID-NAME-OPEN")
@pytest.mark.usefixtures("own_name")
@pytest.mark.parametrize("name", NAMES_OPEN)
def test_name_that_the_documents_leave_open_is_recorded(at: ATClient, case: Case, name: str) -> None:
    case.observe("ID-NAME-OPEN", f"answer to ZN={name}", answer_line(at(f"ZN={name}")))
    case.observe("ID-NAME-OPEN", "I? then", at("I?"))


@pytest.mark.requirement("ID-PIN")
@pytest.mark.usefixtures("own_pin")
def test_pin_is_shown_where_it_was_given(at: ATClient, case: Case) -> None:
    answer = at(f"Z7={PIN}")
    case.require("ID-PIN", answer.ok, f"OK to Z7={PIN}", answer)
    shown = at("Z8")
    case.require("ID-PIN", shown.ok and shown.text.strip() == PIN, f"{PIN} by Z8", shown)
    got = field_of(at, "Z?", 1)
    case.require("ID-PIN", got == PIN, f"{PIN} in field 2 of Z?", at.answers[-1])


@pytest.mark.requirement("ID-PIN-OPEN")
@pytest.mark.usefixtures("own_pin")
@pytest.mark.parametrize("pin", PINS_OPEN)
def test_pin_that_is_none_is_recorded(at: ATClient, case: Case, pin: str) -> None:
    case.observe("ID-PIN-OPEN", f"answer to Z7={pin}", answer_line(at(f"Z7={pin}")))


@pytest.mark.requirement("ID-SERIAL", "ID-SERIAL-FORM")
def test_serial_number_is_answered_twice_alike(at: ATClient, case: Case) -> None:
    answer = at("ZS")
    case.require("ID-SERIAL", answer.ok and answer.text.strip(), "a serial number and OK", answer)
    again = at("ZS")
    case.require("ID-SERIAL", again.ok and again.payload == answer.payload, f"again {answer.text.strip()}", again)
    case.observe("ID-SERIAL-FORM", "its form", re.sub(r"[0-9A-Fa-f]", "x", answer.text.strip()))


@pytest.mark.requirement("ID-DUMP")
def test_dump_is_rows_of_hexadecimal_digits(at: ATClient, case: Case) -> None:
    answer = at("ZD")
    good = answer.ok and re.search(rb"FLASH +Dump:", answer.payload, re.IGNORECASE) and ROW.search(answer.payload)
    case.require("ID-DUMP", good, '"FLASH Dump:", rows of hexadecimal digits, and OK', answer)


@pytest.mark.requirement("ID-LOCK")
def test_lock_is_recorded(at: ATClient, case: Case) -> None:
    case.observe("ID-LOCK", "answer to ZL", answer_line(at("ZL")))


@pytest.mark.requirement("ID-INTERFACE")
def test_interface_is_answered(at: ATClient, case: Case) -> None:
    answer = at("B?")
    case.require("ID-INTERFACE", answer.ok and answer.text.strip(), "the interface and OK", answer)
    case.observe("ID-INTERFACE", "the interface", answer.text.strip())
