"""The served client and the waiting clients stay: silence, settings and the mode close none of them."""

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import TcpPeer
from suites.steps.flows import IDLE_S, Server, let_pass

SETTINGS = {
    "P": ["P3=10.1.2.3", "P4=6102", "P8=2", "PK=1,3000", "P?"],
    "R and S": ["R1=700", "R2=200", "S1=800", "S2=900", "R?", "S?"],
    "the module's": ["MT=0", "MT=1", "MS=0", "I?", "C?"],
}
"""Each may be refused while a server runs. Not P2: who takes it may listen anew, no document says what that costs."""


def stay(server: Server, case: Case, first: TcpPeer, second: TcpPeer, what: str) -> None:
    """``first`` is still served, ``second`` still waits. Raises ModuleFault."""
    server.serves(first)
    case.require("MA-QUEUE", second.is_open(), f"the waiting client stays connected after {what}", "it was closed")


@pytest.mark.requirement("MA-STAYS", "MA-QUEUE", "MA-NEXT-ACCEPTS")
def test_silent_client_and_the_one_that_waits_stay(at: ATClient, server: Server, case: Case) -> None:
    server.up()
    first = server.client()
    second = server.connect()
    let_pass(at, IDLE_S)
    stay(server, case, first, second, f"{IDLE_S:g} s of silence")
    server.next()
    server.accept(second)
    server.serves(second)


@pytest.mark.requirement("MA-STAYS", "MA-QUEUE")
@pytest.mark.parametrize("group", SETTINGS)
def test_settings_leave_the_clients_alone(at: ATClient, server: Server, case: Case, group: str) -> None:
    server.up()
    first = server.client()
    second = server.connect()
    for command in SETTINGS[group]:
        at(command)
        stay(server, case, first, second, command)


@pytest.mark.requirement("MA-STAYS", "MA-QUEUE")
@pytest.mark.needs("human_mode")
def test_modes_leave_the_clients_alone(at: ATClient, server: Server, case: Case) -> None:
    server.up()
    first = server.client()
    second = server.connect()
    at.collect(b"$$$\r")
    at.collect(b"---\r")
    stay(server, case, first, second, "human mode")
