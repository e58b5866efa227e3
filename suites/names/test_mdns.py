"""D1 and D2: the name and the services that the module announces. The packets in the network are not looked at."""

from collections.abc import Iterator

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from suites.steps.stored import answer_line

NAMES = ["a", "lab-module", "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"]
SAMPLE = "D2=0,1,web_service,_web_service._tcp.local,80,60"
"""The manual's example; it has one field more than the manual's usage."""
OPEN = ["D1=2,name", "D1=1", f"D1=1,{'n' * 33}", "D2=0,web_service,_web_service._tcp.local,80,60", "D2=2,0", "D2="]


@pytest.fixture(autouse=True)
def silent(at: ATClient) -> Iterator[None]:
    """Switch the name and the services off after the case."""
    yield
    for setting in ("D2=0,0", "D2=1,0", "D1=0,eswifi"):
        at(setting)


@pytest.mark.requirement("NA-MDNS")
@pytest.mark.parametrize("name", NAMES)
def test_name_is_accepted(at: ATClient, case: Case, name: str) -> None:
    for setting in (f"D1=1,{name}", f"D1=0,{name}"):
        answer = at(setting)
        case.require("NA-MDNS", answer.ok, f"OK to {setting}", answer)


@pytest.mark.requirement("NA-SERVICE")
def test_service_of_the_example_is_accepted(at: ATClient, case: Case) -> None:
    at("D1=1,lab-module")
    for setting in (SAMPLE, "D2=0,0"):
        answer = at(setting)
        case.require("NA-SERVICE", answer.ok, f"OK to {setting}", answer)


@pytest.mark.requirement("NA-SERVICE-OPEN")
@pytest.mark.parametrize("setting", OPEN)
def test_other_form_is_recorded(at: ATClient, case: Case, setting: str) -> None:
    case.observe("NA-SERVICE-OPEN", f"answer to {setting}", answer_line(at(setting)))
