"""T0: the ping itself. No source shows its lines to the byte, so the lines are recorded."""

import pytest

from fixtures.case import Case
from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import Network
from fixtures.errors import NotAvailableHere
from suites.steps.flows import Server
from suites.steps.home import home_of, leave
from suites.steps.stored import answer_line

pytestmark = pytest.mark.usefixtures("own_ping")

NOBODY = "192.0.2.9"
"""An address that stands for no host (RFC 5737)."""


@pytest.mark.requirement("PI-PING", "PI-LINE")
def test_ping_of_a_host_that_is_there_is_answered(at: ATClient, peers: Network, case: Case) -> None:
    target = peers.own_address()
    at(f"T1={target}")
    answer = at("T0")
    if b"timeout" in answer.payload.lower() or (answer.error and not peers.local()):
        raise NotAvailableHere(f"no ping of the module is answered by {target}: its firewall must let them in")
    case.require("PI-PING", answer.ok, f"OK, {target} being there", answer)
    case.observe("PI-LINE", "answer to T0", answer)


@pytest.mark.requirement("PI-LINE")
def test_number_of_pings_is_recorded(at: ATClient, peers: Network, case: Case) -> None:
    for setting in (f"T1={peers.own_address()}", "T3=0"):
        at(setting)
    for repeats in (0, 1, 2):
        at(f"T2={repeats}")
        lines = [one for one in at("T0").lines if one.strip()]
        case.observe("PI-LINE", f"lines with T2={repeats}", len(lines))


@pytest.mark.requirement("PI-TIMEOUT")
def test_ping_of_nobody_is_recorded(at: ATClient, case: Case) -> None:
    at(f"T1={NOBODY}")
    case.observe("PI-TIMEOUT", f"answer to T0 with T1={NOBODY}", at("T0"))


@pytest.mark.requirement("PI-EMPTY")
def test_ping_with_an_equals_sign_is_recorded(at: ATClient, peers: Network, case: Case) -> None:
    at(f"T1={peers.own_address()}")
    case.observe("PI-EMPTY", "answer to T0=", answer_line(at("T0=")))


@pytest.mark.requirement("PI-OUT-OF-TURN")
def test_ping_without_a_target_is_recorded(at: ATClient, case: Case) -> None:
    at("T1=0.0.0.0")
    case.observe("PI-OUT-OF-TURN", "answer to T0 without a target", answer_line(at("T0")))


@pytest.mark.requirement("PI-OUT-OF-TURN")
@pytest.mark.risk("network")
def test_ping_without_a_network_is_recorded(at: ATClient, bench: Bench, peers: Network, case: Case) -> None:
    home_of(bench)
    at(f"T1={peers.own_address()}")
    leave(at)
    try:
        case.observe("PI-OUT-OF-TURN", "answer to T0 when not joined", answer_line(at("T0")))
    finally:
        bench.join_again()


@pytest.mark.requirement("PI-OUT-OF-TURN")
def test_ping_under_a_client_is_recorded(at: ATClient, single_server: Server, case: Case) -> None:
    peer = single_server.up(backlog=1).client()
    at(f"T1={peer.address}")
    case.observe("PI-OUT-OF-TURN", "answer to T0 while a client is served", answer_line(at("T0")))
    case.observe("PI-OUT-OF-TURN", "the connection then", "open" if peer.is_open() else "closed")
