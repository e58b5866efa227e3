"""ZR, Z0, Z1: what a reset, the defaults and saving do. Each leaves the module joined and as it was."""

import contextlib
from collections.abc import Iterator

import pytest

from fixtures.case import Case
from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import Network, PeerClosed
from fixtures.errors import ModuleFault, NotAvailableHere
from suites.spec.profiles import Profile
from suites.steps.answers import successes
from suites.steps.clients import Client
from suites.steps.datagrams import Datagrams, free_port
from suites.steps.flows import Server
from suites.steps.queues import all_wait_and_have_their_turn
from suites.system.defaults import SOCKETS, change_all, differing

pytestmark = [pytest.mark.risk("reset"), pytest.mark.usefixtures("known_after")]

FORMER = b"of the former connection"
DEFAULT_REMOTE_PORT = 5025


@pytest.fixture
def known_after(bench: Bench) -> Iterator[None]:
    """Every socket in the known state after the case; a network to join again is there before it."""
    if not bench.rig.network.ssid:
        raise NotAvailableHere("the rig names no network to join again after a reset (--ssid NAME)")
    yield
    bench.at.history.forget()


def reset(bench: Bench, profile: Profile) -> bytes:
    """ZR, the prompt, joined again; what came before the prompt."""
    return bench.reset_module(profile.seconds("ready"))


@pytest.mark.requirement("SY-RESET", "SY-RESET-TEXT")
def test_reset_ends_in_the_prompt(at: ATClient, bench: Bench, profile: Profile, case: Case) -> None:
    before = reset(bench, profile)
    case.observe("SY-RESET-TEXT", "before the prompt", before or "nothing")
    answer = at("P0")
    case.require("SY-RESET", answer.ok, "an answer to the first command", answer)


@pytest.mark.requirement("SY-RESET-MODE")
@pytest.mark.needs("human_mode")
def test_reset_in_human_mode_leads_to_machine_mode(at: ATClient, bench: Bench, profile: Profile, case: Case) -> None:
    echoes = bool(at("P0=0").echo)
    at.collect(b"$$$\r")
    reset(bench, profile)
    answer = at("P0")
    if bool(answer.echo) != echoes:
        at.collect(b"---\r")
    case.require("SY-RESET-MODE", bool(answer.echo) == echoes, "an echo as before human mode, or none", answer)
    case.require_one_of("SY-RESET-MODE", answer.raw, successes(b"0", profile))


@pytest.mark.requirement("SY-RESET-SETTINGS", "SY-RESET-SELECTED")
def test_reset_brings_every_socket_to_the_defaults(at: ATClient, bench: Bench, profile: Profile, case: Case) -> None:
    change_all(at)
    reset(bench, profile)
    answer = at("P0")
    case.require("SY-RESET-SELECTED", answer.payload.strip() == b"0", "P0 shows 0", answer)
    for socket in SOCKETS:
        others = differing(at, profile, socket)
        case.require("SY-RESET-SETTINGS", not others, f"the defaults on socket {socket}", ", ".join(others))


@pytest.mark.requirement("SE-DEFAULTS", "MA-QUEUE")
@pytest.mark.needs("multi_accept")
def test_reset_ends_suppressing_and_backlogs_are_free_again(
    at: ATClient, bench: Bench, profile: Profile, server: Server, case: Case
) -> None:
    at("MS=1")
    reset(bench, profile)
    try:
        server.configure(backlog=1)
        server.start()
        announced(server)
        server.stop()
        server.configure(backlog=6)
        server.start()
        all_wait_and_have_their_turn(server, case, 6)
    finally:
        at("MS=0")


def announced(server: Server) -> None:
    """A client that comes is announced, as MS has it by default. Raises ModuleFault that names its requirement."""
    try:
        server.accept(server.connect())
    except ModuleFault as fault:
        raise ModuleFault(f"after MS=1 and ZR: {fault}", "SE-DEFAULTS") from fault


@contextlib.contextmanager
def charging(requirement: str) -> Iterator[None]:
    """Charge ``requirement`` where a move fails after the reset that succeeded before the reset."""
    try:
        yield
    except ModuleFault as fault:
        raise ModuleFault(str(fault), requirement) from fault


@pytest.mark.requirement("SY-RESET-SERVER")
@pytest.mark.parametrize("served", [False, True], ids=["no client", "a client"])
def test_reset_ends_the_server(bench: Bench, profile: Profile, server: Server, case: Case, served: bool) -> None:
    server.mode = 1
    server.up(backlog=1)
    if served:
        server.client()
    reset(bench, profile)
    fields = server.at("P?").fields
    case.require("SY-RESET-SERVER", fields[5:6] == ["0"], "field 6 of P?: no TCP server", ",".join(fields))
    case.require("SY-RESET-SERVER", server.is_closed(), f"nobody listens at port {server.port}", "a connection")
    with charging("SY-RESET-SERVER"):
        server.up(backlog=1)
        server.serves(server.client())


@pytest.mark.requirement("SY-RESET-SERVER", "SY-RESET-CLIENT", "SY-RESET-REMOTE")
@pytest.mark.needs("udp")
def test_reset_ends_udp_server_and_client(
    at: ATClient, bench: Bench, profile: Profile, peers: Network, case: Case
) -> None:
    udp = Datagrams(at, peers, profile, case, peers.udp(), free_port(peers))
    udp.serve().receives(b"before the reset")
    client = Client(at, peers, profile, case, socket=1)
    peer = client.aim().connect()
    reset(bench, profile)
    case.observe("SY-RESET-REMOTE", "the client's remote after the reset", "open" if peer.is_open() else "closed")
    fields = at("P?").fields
    case.require("SY-RESET-SERVER", fields[5:7] == ["0", "0"], "fields 6 and 7 of P?: no server", ",".join(fields))
    with charging("SY-RESET-SERVER"):
        udp.serve().receives(b"after the reset")
    with contextlib.suppress(PeerClosed):
        peer.send(FORMER)
    client.select()
    at("R2=50")
    answer = at.read(FORMER)
    case.require("SY-RESET-CLIENT", FORMER not in answer.payload, "no byte of the former connection", answer)
    with charging("SY-RESET-CLIENT"):
        client.talks(client.aim().connect())


@pytest.mark.requirement("SY-DEFAULTS")
@pytest.mark.risk("flash")
def test_defaults_reach_every_socket(at: ATClient, bench: Bench, profile: Profile, case: Case) -> None:
    if at("Z0").error and at("CS").payload.strip() == b"1":
        pytest.skip("Z0 is refused while the module has joined a network, which UM allows")
    change_all(at)
    at("Z1")  # else a reset alone would bring the defaults
    try:
        answer = at("Z0")
        case.require("SY-DEFAULTS", answer.ok, "OK to Z0", answer)
        at.drain(quiet=0.1)
        found = {socket: differing(at, profile, socket) for socket in SOCKETS}
        taken = "after a reset" if all(found.values()) else "at once"
        case.observe("SY-DEFAULTS", "the defaults are there", taken)
        if taken == "after a reset":
            reset(bench, profile)
            found = {socket: differing(at, profile, socket) for socket in SOCKETS}
        for socket, others in found.items():
            case.require("SY-DEFAULTS", not others, f"the defaults on socket {socket}", ", ".join(others))
    finally:
        forget_saved(at, bench, profile)


@pytest.mark.requirement("SY-SAVE", "SY-SAVE-WHAT")
@pytest.mark.risk("flash")
def test_saving_is_answered(at: ATClient, bench: Bench, profile: Profile, case: Case) -> None:
    at("P4=6002")
    answer = at("Z1")
    case.require("SY-SAVE", answer.ok, "OK to Z1", answer)
    try:
        reset(bench, profile)
        kept = at("P?").fields[4:5] == ["6002"]
        case.observe("SY-SAVE-WHAT", "P4 over a reset", "kept" if kept else "not kept")
    finally:
        forget_saved(at, bench, profile)


def forget_saved(at: ATClient, bench: Bench, profile: Profile) -> None:
    """The defaults are what is saved, and in use."""
    if at("Z0").error:
        at(f"P4={DEFAULT_REMOTE_PORT}")
    at("Z1")
    reset(bench, profile)


@pytest.mark.requirement("SY-CLEAR-OK", "SY-CLEAR")
@pytest.mark.risk("flash")
def test_clearing_is_answered(at: ATClient, bench: Bench, profile: Profile, case: Case) -> None:
    case.observe("SY-CLEAR", "answer to Z3=1", at("Z3=1"))
    answer = at("Z2")
    case.observe("SY-CLEAR", "answer to Z2", answer)
    reset(bench, profile)
    case.require("SY-CLEAR-OK", answer.ok, "OK to Z2", answer)
