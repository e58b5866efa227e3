"""F0: the networks around."""

import pytest

from fixtures.case import Case
from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import ATClient
from fixtures.errors import NotAvailableHere
from suites.scan.listing import scan
from suites.steps.flows import Server
from suites.steps.stored import answer_line

pytestmark = pytest.mark.usefixtures("unfiltered")

TRIES = 3
"""Number of scans: a radio may miss a network once, and twice."""
MOST_MESSAGES = 64


def looked_for(at: ATClient, case: Case, requirement: str, names: list[bytes]) -> list[bytes]:
    """The ``names`` that none of several scans has found."""
    missing = list(names)
    for _ in range(TRIES):
        there = {one.name for one in scan(at, case, requirement)}
        missing = [one for one in missing if one not in there]
        if not missing:
            break
    return missing


@pytest.mark.requirement("SC-LINE", "SC-NUMBERS", "SC-WORDS")
def test_scan_lists_networks_in_numbered_lines(at: ATClient, case: Case) -> None:
    found = scan(at, case)
    if not found:
        raise NotAvailableHere("the module finds no network, so that no line can be judged; bring an access point near")
    numbers = [one.number for one in found]
    expected = [b"%03d" % number for number in range(1, len(found) + 1)]
    case.require("SC-NUMBERS", numbers == expected, f"001 to {len(found):03}", b" ".join(numbers))
    for what in ("type", "security", "band"):
        words = sorted({getattr(one, what).decode("latin-1") for one in found})
        case.observe("SC-WORDS", what, ", ".join(words))


@pytest.mark.requirement("SC-FINDS", "SC-LINE")
def test_scan_finds_the_networks_that_are_there(at: ATClient, bench: Bench, case: Case) -> None:
    names = [one.encode() for one in bench.rig.network.scan]
    if not names:
        raise NotAvailableHere("the rig names no network that is on the air for sure (scan under [network])")
    missing = looked_for(at, case, "SC-LINE", names)
    case.require("SC-FINDS", not missing, f"{', '.join(bench.rig.network.scan)} in {TRIES} scans", missing)


@pytest.mark.requirement("SC-UNJOINED")
@pytest.mark.risk("network")
@pytest.mark.usefixtures("left")
def test_scan_works_without_a_network(at: ATClient, bench: Bench, case: Case) -> None:
    missing = looked_for(at, case, "SC-UNJOINED", [one.encode() for one in bench.rig.network.scan])
    case.require("SC-UNJOINED", not missing, f"{', '.join(bench.rig.network.scan)} when not joined", missing)


@pytest.mark.requirement("SC-FILTER", "SC-LINE")
def test_scan_for_a_name_lists_no_other(at: ATClient, case: Case) -> None:
    before = scan(at, case)
    names = {one.name for one in before if one.name and b"\r" not in one.name and one.name != b"#"}
    if len(names) < 2:
        raise NotAvailableHere("the module finds fewer than two networks, so that none can be left out")
    wanted = min(names)
    at(b"F5=" + wanted)
    others = {one.name for one in scan(at, case)} - {wanted}
    case.require("SC-FILTER", not others, f"no other name than {wanted!r} after F5", sorted(others))
    at("F5=#")
    again = {one.name for _ in range(TRIES) for one in scan(at, case)}
    case.require("SC-FILTER", again - {wanted}, "the others again after F5=#", sorted(again))


@pytest.mark.requirement("SC-COUNT", "SC-LINE")
def test_count_of_repeated_scans_is_recorded(at: ATClient, case: Case) -> None:
    once = len(scan(at, case))
    for setting in ("F2=0", "F1=1"):
        at(setting)
    twice = len(scan(at, case))
    case.observe("SC-COUNT", "lines with F1=1", "as with F1=0" if once == twice else f"{twice}, with F1=0 {once}")


@pytest.mark.requirement("SC-ONE")
def test_scan_by_single_messages_is_recorded(at: ATClient, case: Case) -> None:
    came = at.collect(b"F0=2\r")
    case.observe("SC-ONE", "answer to F0=2", came)
    for _ in range(MOST_MESSAGES):
        if b"OK\r\n" in came or b"ERROR" in came or not came:
            break
        came = at.collect(b"MR\r")
    case.observe("SC-ONE", "the last message", came)


@pytest.mark.requirement("SC-OPEN")
def test_other_kinds_of_scan_are_recorded(at: ATClient, case: Case) -> None:
    case.observe("SC-OPEN", "answer to F0=1", answer_line(at("F0=1")))


@pytest.mark.requirement("SC-CLIENT")
def test_scan_under_a_client_is_recorded(at: ATClient, single_server: Server, case: Case) -> None:
    peer = single_server.up(backlog=1).client()
    peer.send(b"before the scan")
    case.observe("SC-CLIENT", "answer to F0", answer_line(at("F0"))[:20])
    case.observe("SC-CLIENT", "R0 after it", at.read(b"before the scan"))
    case.observe("SC-CLIENT", "the connection", "open" if peer.is_open() else "closed")
