"""D0: a name, or an address, becomes the remote address of the selected socket."""

from collections.abc import Iterator

import pytest

from fixtures.case import Case
from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import Network
from fixtures.errors import NotAvailableHere
from suites.spec.profiles import Profile
from suites.steps.clients import Client
from suites.steps.home import home_of, leave
from suites.steps.stored import answer_line, field_of

ADDRESSES = ["192.0.2.1", "10.20.30.40", "198.51.100.254"]
UNKNOWN = "no-such-host.invalid"
"""A name that no server knows (RFC 6761)."""
OPEN = ["", "n" * 64, "n" * 65]


@pytest.fixture(autouse=True)
def no_remote(at: ATClient) -> Iterator[None]:
    """P3 of the first two sockets is the default again after the case."""
    began = at.history.count
    yield
    for socket in (1, 0) if at.history.may_have_changed(("P0",), began) else (0,):
        at.ensure_selected(socket)
        at("P3=0.0.0.0")


def remote(at: ATClient, socket: int = 0) -> str:
    """Field 4 of P? of that socket, which is selected from here on."""
    at(f"P0={socket}")
    return field_of(at, "P?", 3)


@pytest.mark.requirement("NA-ADDRESS", "NA-KEPT")
@pytest.mark.parametrize("address", ADDRESSES)
def test_address_is_answered_as_it_is_and_kept(at: ATClient, case: Case, address: str) -> None:
    answer = at(f"D0={address}")
    case.require("NA-ADDRESS", answer.ok and answer.text.strip() == address, f"{address} and OK", answer)
    got = remote(at)
    case.require("NA-KEPT", got == address, f"{address} in field 4 of P?", got)


@pytest.mark.requirement("NA-NAME", "NA-KEPT")
def test_name_is_answered_by_its_address_and_kept(at: ATClient, bench: Bench, case: Case) -> None:
    if not bench.rig.network.names:
        raise NotAvailableHere("the rig tells of no name that the name server knows (names under [network])")
    for name, address in bench.rig.network.names.items():
        answer = at(f"D0={name}")
        good = answer.ok and answer.text.strip() == address
        case.require("NA-NAME", good, f"{address}, which the rig says that {name} is, and OK", answer)
        got = remote(at)
        case.require("NA-KEPT", got == address, f"{address} in field 4 of P?", got)


@pytest.mark.requirement("NA-KEPT")
def test_address_is_kept_for_the_selected_socket_alone(at: ATClient, case: Case) -> None:
    at(f"P3={ADDRESSES[1]}")
    at("P0=1")
    at(f"D0={ADDRESSES[0]}")
    for socket, address in ((1, ADDRESSES[0]), (0, ADDRESSES[1])):
        got = remote(at, socket)
        case.require("NA-KEPT", got == address, f"{address} in field 4 of P? of socket {socket}", got)


@pytest.mark.requirement("NA-CONNECT")
def test_client_connects_to_what_was_looked_up(at: ATClient, peers: Network, profile: Profile, case: Case) -> None:
    client = Client(at, peers, profile, case)
    for setting in ("P3=0.0.0.0", "P1=0", f"P4={client.listener.port}", f"D0={client.listener.address}"):
        at(setting)
    client.talks(client.connect())


@pytest.mark.requirement("NA-UNKNOWN")
def test_unknown_name_is_recorded(at: ATClient, case: Case) -> None:
    at(f"D0={ADDRESSES[0]}")
    case.observe("NA-UNKNOWN", f"answer to D0={UNKNOWN}", at(f"D0={UNKNOWN}"))
    kept = remote(at) == ADDRESSES[0]
    case.observe("NA-UNKNOWN", "P3 then", "as before" if kept else "another")


@pytest.mark.requirement("NA-OPEN")
@pytest.mark.parametrize("name", OPEN, ids=["nothing", "64", "65"])
def test_name_that_is_none_is_recorded(at: ATClient, case: Case, name: str) -> None:
    case.observe("NA-OPEN", f"answer to D0= and {len(name)} characters", answer_line(at(f"D0={name}")))


@pytest.mark.requirement("NA-OUT-OF-TURN")
def test_lookup_under_a_client_is_recorded(at: ATClient, peers: Network, profile: Profile, case: Case) -> None:
    client = Client(at, peers, profile, case)
    peer = client.aim().connect()
    case.observe("NA-OUT-OF-TURN", "D0 while connected", answer_line(at(f"D0={ADDRESSES[0]}")))
    case.observe("NA-OUT-OF-TURN", "the connection", "open" if peer.is_open() else "closed")


@pytest.mark.requirement("NA-OUT-OF-TURN")
@pytest.mark.risk("network")
def test_lookup_without_a_network_is_recorded(at: ATClient, bench: Bench, case: Case) -> None:
    home_of(bench)
    leave(at)
    try:
        for asked in (ADDRESSES[0], UNKNOWN):
            case.observe("NA-OUT-OF-TURN", f"D0={asked} when not joined", answer_line(at(f"D0={asked}")))
    finally:
        bench.join_again()
