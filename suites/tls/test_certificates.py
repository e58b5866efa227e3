"""PG and P9=2: certificates in the module's flash, and servers for which they vouch, or do not."""

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import Network
from fixtures.drivers.peers.certificates import Authority
from suites.spec.profiles import Profile
from suites.steps.clients import talks
from suites.steps.flows import send_accepted
from suites.steps.stored import answer_line, fields_of
from suites.tls.moves import AUTHORITY, CERTIFICATE, KEY, LOOK_S, Servers, aim, program, trusted

pytestmark = pytest.mark.risk("flash")

USED = "0"
"""PE: 0 is used, 1 is available (UM)."""
WRONG = ["3,0", "x,0", "0,3", "0,x"]


def demand_certificate(at: ATClient, own_set: int) -> None:
    """PF and P9=2: a server must show a certificate for which the set vouches. Raises ModuleFault."""
    send_accepted(at, f"PF=0,{own_set}", step="TL-ACTIVE")
    send_accepted(at, "P9=2", step="TL-VERIFY")


@pytest.mark.requirement("TL-PROGRAM", "TL-PROGRAM-AGAIN")
def test_programmed_set_is_used(at: ATClient, peers: Network, case: Case, own_set: int) -> None:
    authority = Authority.new("one that no set has had")  # what is there already may be an error (UM)
    own = authority.sign(peers.own_address(), own_key=True)
    for kind, content in ((AUTHORITY, authority.certificate), (CERTIFICATE, own.certificate), (KEY, own.key)):
        answer = program(at, own_set, kind, content)
        case.require("TL-PROGRAM", answer.ok, f"OK to PG={own_set},{kind} and {len(content)} bytes", answer)
        fields = fields_of(at, f"PE={own_set}")
        got = "".join(fields[kind : kind + 1])
        case.require("TL-PROGRAM", got == USED, f"0 (used) in field {kind + 1} of PE={own_set}", ",".join(fields))
    sets = fields_of(at, "PE")
    case.require("TL-PROGRAM", sets[own_set] == USED, f"0 (used) in field {own_set + 1} of PE", ",".join(sets))
    again = program(at, own_set, AUTHORITY, authority.certificate)
    case.observe("TL-PROGRAM-AGAIN", "the same once more", answer_line(again))


@pytest.mark.requirement("TL-REQUIRED")
def test_server_that_is_vouched_for_is_connected_to(
    at: ATClient, tls_server: Servers, profile: Profile, case: Case, own_set: int
) -> None:
    server = tls_server("good")
    program(at, own_set, AUTHORITY, trusted().certificate)
    aim(at, server)
    demand_certificate(at, own_set)
    answer = at("P6=1")
    case.require("TL-REQUIRED", answer.ok, "OK to P6=1, the authority of the active set having signed", answer)
    talks(at, case, server.accept(profile.seconds("transfer")), b"verified", profile.seconds("transfer"))


@pytest.mark.requirement("TL-REQUIRED")
def test_server_of_an_unknown_authority_is_refused(at: ATClient, tls_server: Servers, case: Case, own_set: int) -> None:
    server = tls_server("unknown authority")
    program(at, own_set, AUTHORITY, trusted().certificate)
    aim(at, server)
    demand_certificate(at, own_set)
    answer = at("P6=1")
    case.require("TL-REQUIRED", answer.error, "an error to P6=1, P9=2 and a server that nobody vouches for", answer)


@pytest.mark.requirement("TL-OTHERS")
@pytest.mark.parametrize(
    ("kind", "level", "goes_on"),
    [
        ("expired", 2, 0),
        ("wrong name", 2, 0),
        ("unknown authority", 1, 0),
        ("unknown authority", 1, 1),
        ("unknown authority", 2, 1),
    ],
)
def test_what_the_documents_leave_open_is_recorded(
    at: ATClient, tls_server: Servers, case: Case, own_set: int, kind: str, level: int, goes_on: int
) -> None:
    server = tls_server(kind)
    program(at, own_set, AUTHORITY, trusted().certificate)
    aim(at, server)
    for setting in (f"PF=0,{own_set}", f"PB={goes_on}", f"P9={level}"):
        at(setting)
    what = f"P9={level}, PB={goes_on}, {kind}"
    case.observe("TL-OTHERS", f"answer to P6=1 with {what}", answer_line(at("P6=1")))
    case.observe("TL-OTHERS", f"connection with {what}", "made" if server.connected(LOOK_S) else "none")


@pytest.mark.requirement("TL-PROGRAM-OPEN")
@pytest.mark.parametrize("place", WRONG)
def test_wrong_place_is_recorded(at: ATClient, case: Case, place: str) -> None:
    came = at.collect(f"PG={place},4\rabc\r".encode())
    case.observe("TL-PROGRAM-OPEN", f"answer to PG={place},4 and four bytes", came)
