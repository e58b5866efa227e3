"""Keep-alive on the wire while the client is there: the client's own TCP counts the segments of the module."""

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import TcpPeer
from suites.keepalive.probes import IDLE_S, PK, silence_before_probe
from suites.steps.clients import Client
from suites.steps.flows import Server

pytestmark = [pytest.mark.needs("multi_accept", "keepalive")]

OFF = "0,7200000"
ROUGH_S = 3.0
"""Seconds that a module's timers may add to the time to idle: the documents give no precision."""


def keeps(case: Case, at: ATClient, server: Server, peer: TcpPeer) -> None:
    """The idle client was not taken for lost."""
    at("R2=100")
    answer = at.read()
    case.require("KA-STAYS", answer.ok and not answer.payload, "the empty answer: the client is still there", answer)
    server.serves(peer)


@pytest.mark.requirement("KA-STARTS", "KA-IDLE", "KA-STAYS")
def test_idle_client_is_probed_after_the_time_to_idle(at: ATClient, server: Server, case: Case) -> None:
    server.up(keepalive=PK)
    server.client()
    server.next()
    peer = server.client()
    server.serves(peer)
    took = silence_before_probe(at, peer, IDLE_S + server.profile.seconds("keepalive"))
    case.require("KA-STARTS", took is not None, "a keep-alive probe to the second client", "none")
    assert took is not None
    case.observe("KA-IDLE", f"seconds idle before the first probe, PK={PK}", f"{took:.1f}")
    case.require("KA-IDLE", took >= 0.8 * IDLE_S, f"no probe before {IDLE_S:g} s without traffic", f"{took:.2f} s")
    latest = 2 * IDLE_S + ROUGH_S
    case.require("KA-IDLE", took <= latest, f"a probe after {IDLE_S:g} s, at the latest {latest:g} s", f"{took:.2f} s")
    keeps(case, at, server, peer)


def is_probed(at: ATClient, peer: TcpPeer, since: int) -> bool:
    """True where the module goes on sending segments to ``peer``, which had ``since`` of them and sends nothing.

    One alone may be a segment sent twice: the network has lost it, or what acknowledged it.
    """
    if peer.segments() == since:
        return False
    count = peer.segments()
    at.watch(2 * IDLE_S)
    return peer.segments() > count


@pytest.mark.requirement("KA-PER-SOCKET", "KA-CLIENT", "KA-STAYS")
def test_keepalive_belongs_to_the_selected_socket(at: ATClient, server: Server, case: Case) -> None:
    other = Server(at, server.peers, server.profile, case, server.peers.free_port(), mode=server.mode)
    other.configure(keepalive=OFF)
    server.socket = 2
    server.up(keepalive=PK)
    at("P0=0")
    idle = other.client() if at(f"P5={other.mode}").ok else None  # a module may have no room for a second server
    since = idle.segments() if idle else 0
    client = Client(at, server.peers, server.profile, case, socket=1).aim()
    at(f"PK={PK}")
    remote = client.connect()
    client.talks(remote)
    at("P0=2")
    peer = server.client()
    server.serves(peer)
    limit = IDLE_S + server.profile.seconds("keepalive")
    count = remote.segments()
    took = silence_before_probe(at, peer, limit)
    case.require("KA-PER-SOCKET", took is not None, f"a probe on socket 2, where PK={PK} was set", "none")
    probed = remote.segments() > count or silence_before_probe(at, remote, limit) is not None
    case.require("KA-CLIENT", probed, f"a probe to the remote of the client on socket 1, where PK={PK} was set", "none")
    alone = idle is None or not is_probed(at, idle, since)
    case.require("KA-PER-SOCKET", alone, f"no probe on socket 0, where PK={OFF} was set", "probes")
    keeps(case, at, server, peer)
    client.select()
    client.talks(remote)


@pytest.mark.requirement("KA-OFF")
def test_keepalive_off_is_recorded(at: ATClient, server: Server, case: Case) -> None:
    server.up(keepalive="0,1000")
    peer = server.client()
    server.serves(peer)
    took = silence_before_probe(at, peer, 1.2 * IDLE_S)
    case.observe("KA-OFF", "probe with PK=0,1000", "none" if took is None else f"after {took:.1f} s")
