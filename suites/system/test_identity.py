"""I? and Z5: who the module says it is."""

import re

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from suites.steps.flows import Server

NAMES = ("product", "firmware", "API", "stack", "RTOS", "CPU clock", "name")


@pytest.mark.requirement("SY-IDENTITY")
def test_identity_has_seven_fields(at: ATClient, case: Case) -> None:
    answer = at("I?")
    fields = answer.fields
    case.require("SY-IDENTITY", answer.ok and len(fields) == len(NAMES) and all(fields), ", ".join(NAMES), answer)
    for name, value in zip(NAMES, fields, strict=True):
        case.observe("SY-IDENTITY", name, value)


@pytest.mark.requirement("SY-IDENTITY")
def test_identity_is_the_same_while_a_client_is_served(at: ATClient, single_server: Server, case: Case) -> None:
    before = at("I?")
    single_server.up(backlog=1).client()
    answer = at("I?")
    case.require("SY-IDENTITY", answer.payload == before.payload, f"as before the server: {before.text}", answer)


@pytest.mark.requirement("SY-MAC")
def test_mac_address_is_six_pairs_with_colons(at: ATClient, case: Case) -> None:
    answer = at("Z5")
    good = answer.ok and re.fullmatch(rb"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}", answer.payload)
    case.require("SY-MAC", good, "XX:XX:XX:XX:XX:XX", answer)
    again = at("Z5")
    case.require("SY-MAC", again.payload == answer.payload, f"the same again: {answer.text}", again)
