"""AD and AE: the access point runs, a station joins it, it ends. The module is on no other network meanwhile."""

import re
from collections.abc import Iterator

import pytest

from fixtures.case import Case, resting_on
from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.lab.stations import JoinedStation
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.frames import Notice
from suites.spec.profiles import Profile
from suites.steps.flows import send_accepted
from suites.steps.stored import answer_line, fields_of

pytestmark = pytest.mark.risk("network")

XOFF_PAGE = b"\x11"
"""The byte that ends A0 (UM, A0)."""
ASSIGNED = re.compile(rb"\[AP DHCP\] Assigned (?P<mac>\S+) has (?P<address>\d+(?:\.\d+){3})")
STATION_LINE = rb"\d+, *%b, *-?\d+"


@pytest.fixture
def station(bench: Bench, at: ATClient) -> Iterator[JoinedStation]:
    """A station that joins the access point of a module that is alone; it leaves after the case."""
    stations = bench.stations()
    send_accepted(at, "AD", step="AP-START")
    at.drain(quiet=0.05)
    at.notices.clear()
    joined = stations.join()
    yield joined
    stations.leave(joined)


def lease(at: ATClient, profile: Profile) -> Notice:
    """The notice of an address that was given. Raises NoNotice."""
    with resting_on("AP-LEASED"):
        return at.wait_notice(is_lease, "of a lease: [AP DHCP] Assigned ...", profile.seconds("notice"))


def is_lease(notice: Notice) -> bool:
    """True where ``notice`` announces an address that was given to a station."""
    return ASSIGNED.fullmatch(notice.text.strip()) is not None


@pytest.mark.requirement("AP-START", "AP-TEXT", "AP-STOP")
@pytest.mark.usefixtures("alone")
def test_access_point_starts_and_ends_and_starts_again(at: ATClient, case: Case) -> None:
    first = at("AD")
    case.require("AP-START", first.ok, "OK to AD", first)
    case.observe("AP-TEXT", "before OK", first.payload or "nothing")
    ended = at("AE")
    case.require("AP-STOP", ended.ok, "OK to AE", ended)
    again = at("AD")
    case.require("AP-STOP", again.ok, "OK to AD after AE", again)


@pytest.mark.requirement("AP-SHOWN", "AP-DEFAULTS", "AP-START")
def test_running_access_point_is_shown_as_it_was_set(at: ATClient, case: Case, alone: str) -> None:
    send_accepted(at, "AD", step="AP-START")
    fields = fields_of(at, "A?")
    got = (fields[0], fields[2], fields[3]) if len(fields) == 8 else fields
    case.require("AP-SHOWN", got == (alone, "6", "0"), f"{alone}, 6, 0 in fields 1, 3, 4 of A?", ",".join(fields))
    case.observe("AP-DEFAULTS", "status while it runs", fields[7])


@pytest.mark.requirement("AP-LEASED", "AP-START")
@pytest.mark.usefixtures("alone")
def test_lease_is_told_once(at: ATClient, profile: Profile, case: Case, station: JoinedStation) -> None:
    notice = lease(at, profile)
    match = ASSIGNED.fullmatch(notice.text.strip())
    assert match is not None
    named = match["mac"].decode().upper() == station.mac.upper()
    case.require("AP-LEASED", named, f"the MAC address of the station, {station.mac}", notice.text)
    address = match["address"].decode()
    case.require("AP-LEASED", station.address in ("", address), f"its address, {station.address}", notice.text)
    at.drain(quiet=0.2)
    more = [one.text for one in at.notices if is_lease(one)]
    case.require("AP-LEASED", not more, "no second text of the same lease", more)


@pytest.mark.requirement("AP-STATIONS", "AP-START")
@pytest.mark.usefixtures("alone")
def test_station_is_listed(at: ATClient, profile: Profile, case: Case, station: JoinedStation) -> None:
    lease(at, profile)
    answer = at("AR")
    line = re.compile(STATION_LINE % re.escape(station.mac.encode()), re.IGNORECASE)
    listed = [one for one in answer.lines if line.fullmatch(one.strip())]
    case.require("AP-STATIONS", answer.ok and len(listed) == 1, f"one line: number, {station.mac}, signal", answer)


@pytest.mark.requirement("AP-QUIET", "AP-START")
@pytest.mark.usefixtures("alone")
def test_suppressed_lease_is_not_told(at: ATClient, bench: Bench, case: Case) -> None:
    stations = bench.stations()
    send_accepted(at, "AD", step="AP-START")
    at.drain(quiet=0.05)
    if not at("MS=1").ok:
        pytest.skip("MS=1 is not accepted, which is another requirement's matter")
    try:
        at.notices.clear()
        joined = stations.join()
        at.drain(quiet=0.3)
        texts = [one.text for one in at.notices if is_lease(one)]
        stations.leave(joined)
        case.require("AP-QUIET", not texts, "no text of a lease while MS is 1", texts)
    finally:
        at("MS=0")


@pytest.mark.requirement("AP-OUT-OF-TURN")
@pytest.mark.usefixtures("alone")
def test_what_is_said_out_of_turn_is_recorded(at: ATClient, case: Case) -> None:
    for command in ("AE", "AR", "AA"):
        case.observe("AP-OUT-OF-TURN", f"answer to {command} with no access point", answer_line(at(command)))
    at("AD")
    for command in ("AD", "AC=3", "C0", "F0"):
        case.observe("AP-OUT-OF-TURN", f"answer to {command} while it runs", answer_line(at(command)))
        at.drain(quiet=0.05)


@pytest.mark.requirement("AP-PAGE")
@pytest.mark.usefixtures("alone")
def test_page_to_choose_a_network_is_recorded(at: ATClient, profile: Profile, case: Case) -> None:
    if profile.forms.notices == "mr":
        case.not_applicable("A0 is not answered where notices are polled")
    case.observe("AP-PAGE", "answer to A0", at.collect(b"A0\r"))
    case.observe("AP-PAGE", "answer to 0x11", at.collect(XOFF_PAGE))
