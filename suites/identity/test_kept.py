"""Z4, Z3 and Z0: the MAC address, the space that is used, and the defaults where they should not be asked for."""

from collections.abc import Iterator

import pytest

from fixtures.case import Case
from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import ATClient
from fixtures.errors import NotAvailableHere
from suites.spec.profiles import Profile
from suites.steps.stored import answer_line

MAC = "02:00:5E:10:20:30"
"""A locally administered address, which belongs to no maker."""
MACS_OPEN = ["xx", "2:0:5E:1:2:3", "02005E102030", ""]


@pytest.fixture
def own_mac(at: ATClient) -> Iterator[str]:
    """The module's MAC address; written again after the case."""
    mac = at("Z5").text.strip()
    yield mac
    at(f"Z4={mac}")


@pytest.mark.requirement("ID-MAC")
@pytest.mark.risk("flash")
def test_mac_address_is_taken(at: ATClient, case: Case, own_mac: str) -> None:
    answer = at(f"Z4={MAC}")
    case.require("ID-MAC", answer.ok, f"OK to Z4={MAC}", answer)
    shown = at("Z5").text.strip()
    case.observe("ID-MAC", "Z5 then", "the new one" if shown.upper() == MAC else f"{own_mac} as before")


@pytest.mark.requirement("ID-MAC-OPEN")
@pytest.mark.risk("flash")
@pytest.mark.usefixtures("own_mac")
@pytest.mark.parametrize("mac", MACS_OPEN)
def test_other_form_of_a_mac_address_is_recorded(at: ATClient, case: Case, mac: str) -> None:
    case.observe("ID-MAC-OPEN", f"answer to Z4={mac}", answer_line(at(f"Z4={mac}")))
    case.observe("ID-MAC-OPEN", "Z5 then", at("Z5").text.strip())


@pytest.mark.requirement("ID-SPACE")
@pytest.mark.risk("flash")
@pytest.mark.parametrize("space", ["1", "0"])
def test_space_is_taken(at: ATClient, case: Case, space: str) -> None:
    answer = at(f"Z3={space}")
    at("Z3=0")
    case.require("ID-SPACE", answer.ok, f"OK to Z3={space}", answer)


@pytest.mark.requirement("ID-SPACE-OPEN")
@pytest.mark.risk("flash")
@pytest.mark.parametrize("space", ["2", "a", ""])
def test_space_that_is_none_is_recorded(at: ATClient, case: Case, space: str) -> None:
    case.observe("ID-SPACE-OPEN", f"answer to Z3={space}", answer_line(at(f"Z3={space}")))
    at("Z3=0")


@pytest.mark.requirement("ID-DEFAULTS-JOINED")
@pytest.mark.risk("reset")
def test_defaults_asked_for_while_joined_are_recorded(at: ATClient, bench: Bench, profile: Profile, case: Case) -> None:
    if not bench.rig.network.ssid:
        raise NotAvailableHere("the rig names no network to join again after a reset (--ssid NAME)")
    case.observe("ID-DEFAULTS-JOINED", "answer to Z0 while joined", answer_line(at("Z0")))
    bench.reset_module(profile.seconds("ready"))
    bench.at.history.forget()
