"""P1=3 and P6=1 against real TLS servers. P9=0 verifies nothing: users took it for "TLS is on"."""

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from suites.spec.profiles import Profile
from suites.steps.clients import talks
from suites.steps.flows import await_close, send_accepted
from suites.steps.stored import answer_line
from suites.tls.moves import LOOK_S, Servers, aim


@pytest.mark.requirement("TL-CONNECT", "TL-VERSION")
def test_client_makes_a_tls_connection(at: ATClient, tls_server: Servers, profile: Profile, case: Case) -> None:
    server = tls_server("good")
    aim(at, server)
    at("P9=0")
    answer = at("P6=1")
    case.require("TL-CONNECT", answer.ok, "OK to P6=1", answer)
    server.accept(profile.seconds("transfer"))
    case.observe("TL-VERSION", "version", server.version)


@pytest.mark.requirement("TL-NO-VERIFY")
@pytest.mark.parametrize("kind", ["expired", "wrong name", "unknown authority"])
def test_client_that_verifies_nothing_connects_all_the_same(
    at: ATClient, tls_server: Servers, profile: Profile, case: Case, kind: str
) -> None:
    server = tls_server(kind)
    aim(at, server)
    at("P9=0")
    answer = at("P6=1")
    case.require("TL-NO-VERIFY", answer.ok, f"OK to P6=1 with P9=0, the certificate being one of {kind}", answer)
    talks(at, case, server.accept(profile.seconds("transfer")), b"unverified", profile.seconds("transfer"))


@pytest.mark.requirement("TL-DATA")
@pytest.mark.parametrize(
    "data", [b"x", bytes(range(256)), b"\r\nOK\r\n> ", bytes(1460)], ids=["1", "every byte", "a frame", "1460"]
)
def test_data_cross_in_both_directions(
    at: ATClient, tls_server: Servers, profile: Profile, case: Case, data: bytes
) -> None:
    server = tls_server("good")
    aim(at, server)
    send_accepted(at, "P6=1", step="TL-CONNECT")
    talks(at, case, server.accept(profile.seconds("transfer")), data, profile.seconds("transfer"))


@pytest.mark.requirement("TL-STOP", "TL-CONNECT")
def test_connection_is_closed_and_made_again(at: ATClient, tls_server: Servers, profile: Profile, case: Case) -> None:
    server = tls_server("good")
    aim(at, server)
    send_accepted(at, "P6=1", step="TL-CONNECT")
    peer = server.accept(profile.seconds("transfer"))
    answer = at("P6=0")
    case.require("TL-STOP", answer.ok, "OK to P6=0", answer)
    await_close(peer, profile.seconds("close"), step="TL-STOP")
    again = at("P6=1")
    case.require("TL-STOP", again.ok, "OK to P6=1 after P6=0", again)
    talks(at, case, server.accept(profile.seconds("transfer")), b"once more", profile.seconds("transfer"))


@pytest.mark.requirement("TL-NO-SET")
@pytest.mark.parametrize("level", [1, 2])
def test_verifying_without_an_authority_is_recorded(at: ATClient, tls_server: Servers, case: Case, level: int) -> None:
    server = tls_server("good")
    aim(at, server)
    at(f"P9={level}")
    case.observe("TL-NO-SET", f"PE when P9={level}", at("PE").text.strip())
    case.observe("TL-NO-SET", f"answer to P6=1 with P9={level}", answer_line(at("P6=1")))
    case.observe("TL-NO-SET", f"connection with P9={level}", "made" if server.connected(LOOK_S) else "none")
