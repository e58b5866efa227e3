"""C0 with an address of one's own and with one that is given; what is said out of turn."""

import re

import pytest

from fixtures.case import Case
from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import ATClient
from fixtures.errors import NotAvailableHere
from suites.steps.home import leave, settings_for
from suites.steps.stored import answer_line, field_of, fields_of

NONE = ("", "0.0.0.0", "255.255.255.255")
UNLIKELY = "10.254.253.252"
"""An address that no network gives; it is only set, never used."""


def joined(at: ATClient) -> list[str]:
    """Address, mask and gateway of the module that has joined. Raises NotAvailableHere where it shows none."""
    own = fields_of(at, "C?")[5:8]
    if len(own) < 3 or any(one in NONE for one in own):
        raise NotAvailableHere(f"C? shows no address, mask and gateway that a static one could be made of: {own}")
    return own


@pytest.mark.requirement("AD-STATIC-JOIN")
@pytest.mark.risk("network")
def test_static_address_is_the_module_s_own_after_joining(at: ATClient, bench: Bench, case: Case) -> None:
    own = joined(at)
    ssid = bench.rig.network.ssid
    if not ssid:
        raise NotAvailableHere("the rig names no network to join again (--ssid NAME)")
    try:
        leave(at)
        settings_for(bench, ssid)
        for setting in ("C4=0", f"C6={own[0]}", f"C7={own[1]}", f"C8={own[2]}"):
            at(setting)
        answer = at("C0")
        case.require("AD-STATIC-JOIN", answer.ok, f"OK to C0 with the address {own[0]}", answer)
        named = own[0].encode() in answer.payload
        case.require("AD-STATIC-JOIN", named, f"the address of C6, {own[0]}, in the answer", answer)
        got = field_of(at, "C?", 5)
        case.require("AD-STATIC-JOIN", got == own[0], f"the address of C6, {own[0]}, in field 6 of C?", got)
    finally:
        leave(at)
        bench.join_again()


@pytest.mark.requirement("AD-DHCP", "AD-CLEARED")
@pytest.mark.risk("network")
def test_given_address_takes_the_place_of_c6_and_goes_with_the_network(
    at: ATClient, bench: Bench, case: Case, home: str
) -> None:
    settings_for(bench, home)
    at(f"C6={UNLIKELY}")
    answer = at("C0")
    got = field_of(at, "C?", 5)
    other = got not in (UNLIKELY, "", "0.0.0.0") and UNLIKELY.encode() not in answer.payload
    case.require("AD-DHCP", answer.ok and other, f"a given address and not {UNLIKELY}, C4 being 1", answer)
    leave(at)
    after = field_of(at, "C?", 5)
    case.require("AD-CLEARED", after != got, f"no longer {got} in field 6 of C?, after CD", after)
    case.observe("AD-CLEARED", "field 6 after CD", after)


@pytest.mark.requirement("AD-LINK")
def test_link_rate_is_a_number(at: ATClient, case: Case) -> None:
    answer = at("CV")
    case.require("AD-LINK", answer.ok and re.search(rb"\d", answer.payload), "a number and OK", answer)
    case.observe("AD-LINK", "link rate", answer.text.strip())


@pytest.mark.requirement("AD-OUT-OF-TURN")
@pytest.mark.risk("network")
def test_what_is_said_out_of_turn_is_recorded(at: ATClient, bench: Bench, case: Case, home: str) -> None:
    for command in ("CD", "CR", "CV"):
        case.observe("AD-OUT-OF-TURN", f"answer to {command} when not joined", answer_line(at(command)))
    settings_for(bench, home)
    at("C0")
    case.observe("AD-OUT-OF-TURN", "answer to C0 when joined", answer_line(at("C0")))
    for setting in ("C4=1", f"C1={home}"):
        case.observe("AD-OUT-OF-TURN", f"answer to {setting} when joined", answer_line(at(setting)))
