"""P9, PA, PB, PE, PF: the accepted values. No case connects, and no case programs a certificate."""

import pytest

from fixtures.case import Case
from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import ATClient
from fixtures.errors import NotAvailableHere
from suites.spec.profiles import Profile
from suites.steps.stored import answer_line, each

WHERE = {"P9": "TL-VERIFY", "PB": "TL-GOES-ON", "PF": "TL-ACTIVE"}
VALID = {
    "P9": ["0", "1", "2"],
    "PB": ["0", "1"],
    "PF": ["0,0", "0,1", "0,2", "1,0", "1,1", "1,2"],
}
OPEN = {
    "P9": ["3", "-1", "x", ""],
    "PB": ["2", "-1", "x", ""],
    "PF": ["2,0", "0,3", "0", "x,0", ""],
    "PE": ["3", "-1", "x"],
}
CA_NAMES = ["PA=0,a", "PA=1,ca.example", f"PA=0,{'n' * 63}"]
CA_NAMES_OPEN = ["PA=0name", "PA=2,name", f"PA=0,{'n' * 64}", "PA=0,", "PA="]


@pytest.mark.parametrize(("name", "value"), each(WHERE, VALID))
def test_setting_is_accepted(at: ATClient, case: Case, name: str, value: str) -> None:
    answer = at(f"{name}={value}")
    case.require(WHERE[name], answer.ok, f"OK to {name}={value}", answer)


@pytest.mark.requirement("TL-CA-NAME", "TL-OPEN")
@pytest.mark.risk("reset")
def test_name_of_an_authority_is_accepted(at: ATClient, bench: Bench, profile: Profile, case: Case) -> None:
    if not bench.rig.network.ssid:
        raise NotAvailableHere("nothing but a reset clears PA, and the rig names no network to join after it")
    try:
        for setting in CA_NAMES:
            answer = at(setting)
            case.require("TL-CA-NAME", answer.ok, f"OK to {setting}", answer)
        for setting in CA_NAMES_OPEN:
            case.observe("TL-OPEN", f"answer to {setting}", answer_line(at(setting)))
    finally:
        bench.reset_module(profile.seconds("ready"))
        at.history.forget()


@pytest.mark.requirement("TL-SETS")
@pytest.mark.parametrize("query", ["PE", "PE=0", "PE=1", "PE=2"])
def test_sets_are_shown_as_used_or_available(at: ATClient, case: Case, query: str) -> None:
    answer = at(query)
    fields = answer.fields
    good = answer.ok and len(fields) == 3 and set(fields) <= {"0", "1"}
    case.require("TL-SETS", good, "three fields, each 0 or 1", answer)


@pytest.mark.requirement("TL-OPEN")
@pytest.mark.parametrize("name", OPEN)
def test_values_that_no_document_lists_are_recorded(at: ATClient, case: Case, name: str) -> None:
    for value in OPEN[name]:
        case.observe("TL-OPEN", f"answer to {name}={value}", answer_line(at(f"{name}={value}")))
