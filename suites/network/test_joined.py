"""The queries of a module that has joined. No case changes a setting."""

import re

import pytest

from fixtures.case import Case
from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import ATClient
from fixtures.errors import NotAvailableHere
from suites.network.joining import fields_of, judge_join, octets, own_address, shown
from suites.steps.flows import Server


@pytest.mark.requirement("NW-JOIN", "NW-JOIN-ADDRESS")
def test_joining_for_this_run_was_answered_as_documented(at: ATClient, bench: Bench, case: Case) -> None:
    if not bench.probe.join:
        raise NotAvailableHere("the module had joined before this run: its answer to C0 was not seen")
    address = judge_join(case, bench.probe.join[-1], bench.rig.network.ssid)
    shows = own_address(at, bench.rig.network.ssid)
    case.require("NW-JOIN-ADDRESS", address == shows, f"in C0's answer the address of C?, {shows}", address)


@pytest.mark.requirement("NW-C1", "NW-C2", "NW-C3", "NW-C4")
def test_settings_for_this_run_were_accepted(bench: Bench, case: Case) -> None:
    if not bench.probe.join:
        raise NotAvailableHere("the module had joined before this run: C1 to C4 were not sent")
    for answer in bench.probe.join[:-1]:
        name = answer.command[:2].decode()
        case.require(f"NW-{name}", answer.ok, f"OK to {name}", answer)


@pytest.mark.requirement("NW-SHOW", "NW-SHOW-STATUS")
def test_network_settings_are_shown_in_15_fields(at: ATClient, bench: Bench, case: Case) -> None:
    answer = at("C?")
    fields = fields_of(answer, bench.rig.network.ssid)
    case.require("NW-SHOW", answer.ok and len(fields) == 15, "15 comma-separated fields", answer)
    case.observe("NW-SHOW-STATUS", "last field when joined", answer.fields[-1])


@pytest.mark.requirement("NW-SHOW-ADDRESS")
def test_own_address_is_shown(at: ATClient, bench: Bench, case: Case) -> None:
    fields = shown(at, bench.rig.network.ssid)
    got = fields[5] if len(fields) > 5 else "no field 6"
    if bench.rig.network.module_address:
        case.require(
            "NW-SHOW-ADDRESS", re.fullmatch(r"(?!0\.0\.0\.0$)(\d+\.){3}\d+", got), "an address in field 6", got
        )
    else:
        expected = bench.identity.address
        case.require("NW-SHOW-ADDRESS", got == expected, f"{expected} in field 6", got)


@pytest.mark.requirement("NW-SHOW-SETTINGS")
def test_joined_network_is_shown(at: ATClient, bench: Bench, case: Case) -> None:
    ssid = bench.rig.network.ssid
    if not ssid:
        raise NotAvailableHere("the rig does not name the network that the module has joined")
    got = at("C?")
    case.require("NW-SHOW-SETTINGS", got.payload.startswith(octets(ssid) + b","), f"{ssid} in field 1", got)


@pytest.mark.requirement("NW-CS")
def test_status_is_1(at: ATClient, case: Case) -> None:
    answer = at("CS")
    case.require("NW-CS", answer.ok and answer.payload.strip() == b"1", "1 and OK", answer)


@pytest.mark.requirement("NW-CS")
def test_status_is_1_while_a_client_is_served(at: ATClient, single_server: Server, case: Case) -> None:
    single_server.up(backlog=1).client()
    answer = at("CS")
    case.require("NW-CS", answer.ok and answer.payload.strip() == b"1", "1 and OK", answer)


@pytest.mark.requirement("NW-CR")
def test_signal_strength_is_a_number(at: ATClient, case: Case) -> None:
    answer = at("CR")
    number = re.search(rb"-?\d+", answer.payload)
    case.require("NW-CR", answer.ok and number, "a number and OK", answer)
    case.observe("NW-CR", "signal strength", answer.payload.strip())
