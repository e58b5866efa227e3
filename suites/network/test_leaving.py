"""CD leaves the network, C0 joins it again; the settings between show."""

import secrets

import pytest

from fixtures.case import Case
from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import ATClient
from suites.network.joining import judge_join, own_address, shown
from suites.steps.flows import Server, is_short_error
from suites.steps.home import settings_for

pytestmark = pytest.mark.risk("network")

LONG = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
BYTES = "Büro".encode() + b"\x80\xff"


@pytest.mark.requirement("NW-CD", "NW-CS", "NW-SHOW-STATUS")
def test_leaving_is_answered_and_shows(at: ATClient, case: Case, home: str) -> None:
    joined = shown(at, home)
    answer = at("CD")
    case.require("NW-CD", answer.ok, "OK", answer)
    at.drain(quiet=0.2)
    status = at("CS")
    stays = status.payload.strip() == b"1" and shown(at, home) == joined
    case.require("NW-CD", not stays, "0 from CS, or another C? than before: it has left the network", status)
    case.require("NW-CS", status.ok and status.payload.strip() == b"0", "0 and OK", status)
    case.observe("NW-SHOW-STATUS", "last field when not joined", at("C?").fields[-1])


@pytest.mark.requirement("NW-AGAIN", "NW-JOIN", "NW-JOIN-ADDRESS", "NW-CS")
def test_module_joins_again_and_serves(at: ATClient, bench: Bench, server: Server, case: Case, home: str) -> None:
    at("CD")
    at.drain(quiet=0.2)
    settings_for(bench, home)
    address = judge_join(case, at("C0"), home)
    shows = own_address(at, home)
    case.require("NW-JOIN-ADDRESS", address == shows, f"in C0's answer the address of C?, {shows}", address)
    status = at("CS")
    case.require("NW-CS", status.payload.strip() == b"1", "1 after joining again", status)
    bench.take_address(address)
    server.mode = 1
    server.plain = False  # the case judges that the server can be reached again
    server.up(backlog=1)
    server.serves(server.client())


@pytest.mark.requirement("NW-JOIN", "NW-JOIN-FAILS")
@pytest.mark.usefixtures("home")
def test_joining_a_name_of_32_characters_fails_or_gives_it_whole(at: ATClient, bench: Bench, case: Case) -> None:
    settings_for(bench, LONG)
    answer = at("C0")
    if answer.ok:
        judge_join(case, answer, LONG)
    else:
        case.require("NW-JOIN-FAILS", answer.error, "an error, there being no such network", answer)
        case.observe("NW-JOIN-FAILS", "text before the error", answer.payload)


@pytest.mark.requirement("NW-JOIN-FAILS", "NW-CS")
@pytest.mark.usefixtures("home")
def test_join_of_a_network_that_is_not_there_fails(at: ATClient, bench: Bench, case: Case) -> None:
    at("CD")
    at.drain(quiet=0.2)
    absent = f"NOSUCH-{secrets.token_hex(12)}"
    settings_for(bench, absent)
    answer = at("C0")
    joined = at("CS").payload.strip() == b"1"
    if answer.error:
        case.require("NW-CS", not joined, "0: it has joined no network", at.answers[-1])
    elif joined and b"Failed" not in answer.payload and bench.network.local():
        # A program has no radio: which networks are there is what it says.
        case.observe("NW-JOIN-FAILS", f"joining {absent}", answer)
    else:
        case.require("NW-JOIN-FAILS", False, f"an error, for no network has the name {absent}", answer)


@pytest.mark.requirement("NW-JOIN-FAILED-NAME", "FR-ERROR-MT1")
@pytest.mark.usefixtures("home")
def test_failed_join_names_no_other_network_and_is_told_as_mt_says(at: ATClient, bench: Bench, case: Case) -> None:
    at("CD")
    at.drain(quiet=0.2)
    former = b""
    for mt in (0, 1):
        absent = f"NOSUCH-{secrets.token_hex(8)}".encode()
        settings_for(bench, absent.decode())
        at(f"MT={mt}")
        answer = at("C0")
        expected = f"{absent.decode()} or no name, not {former.decode()}, which C1 named before"
        case.require("NW-JOIN-FAILED-NAME", not former or former not in answer.raw, expected, answer)
        if mt and answer.error:
            case.require("FR-ERROR-MT1", is_short_error(answer), "the word ERROR and nothing behind it", answer)
        former = absent


@pytest.mark.requirement("NW-SHOW-SETTINGS", "NW-SHOW")
@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("step", [1, -1], ids=["in their order", "backwards"])
@pytest.mark.parametrize(("ssid", "security", "dhcp"), [("LAB", "3", "1"), (LONG, "0", "0"), ("a b-c_d", "5", "1")])
def test_settings_are_shown(at: ATClient, case: Case, ssid: str, security: str, dhcp: str, step: int) -> None:
    at("CD")
    at.drain(quiet=0.2)
    for setting in (f"C1={ssid}", f"C3={security}", f"C4={dhcp}")[::step]:
        at(setting)
    fields = shown(at, ssid)
    case.require("NW-SHOW", len(fields) == 15, "15 fields", ",".join(fields))
    got = (fields[0], fields[2], fields[3])
    case.require("NW-SHOW-SETTINGS", got == (ssid, security, dhcp), f"{ssid}, {security}, {dhcp} in 1, 3, 4", got)


@pytest.mark.requirement("NW-SHOW-SETTINGS", "NW-RANGE-OPEN")
@pytest.mark.usefixtures("home_settings")
def test_name_of_any_bytes_is_shown_whole(at: ATClient, case: Case) -> None:
    answer = at(b"C1=" + BYTES)
    case.observe("NW-RANGE-OPEN", "answer to C1 with bytes above 0x7F", answer)
    if answer.ok:
        got = at("C?")
        case.require("NW-SHOW-SETTINGS", got.payload.startswith(BYTES + b","), "each byte of the name in field 1", got)
    case.observe("NW-RANGE-OPEN", "answer to C1=a,b", at("C1=a,b"))
    case.observe("NW-RANGE-OPEN", "C? after C1=a,b", at("C?"))


@pytest.mark.requirement("NW-LEFT-SERVER")
@pytest.mark.usefixtures("home")
def test_leaving_under_a_server_is_recorded(at: ATClient, server: Server, case: Case) -> None:
    server.mode = 1
    peer = server.up(backlog=1).client()
    at("R2=100")
    case.observe("NW-LEFT-SERVER", "answer to CD while a client is served", at("CD"))
    at.drain(quiet=0.2)
    case.observe("NW-LEFT-SERVER", "client's connection", "open" if peer.is_open() else "closed")
    case.observe("NW-LEFT-SERVER", "answer to R0", at.read())
