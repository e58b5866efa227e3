"""Much data, each way and both ways at once; as much as the line carries in reasonable time."""

import hashlib
from dataclasses import dataclass

import pytest

from fixtures.case import Case, parting
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import TcpPeer
from fixtures.errors import ModuleFault
from suites.steps.flows import Server, is_lost, read_exactly, send_exactly
from suites.steps.payloads import pattern

FULL = 256 * 1024
PACKET = 1460
BUDGET_S = 30.0
"""Seconds of one bulk case. A slow line carries fewer bytes in that time, and the report says how many."""


@dataclass
class Bulk:
    """A served client, and the bytes that its line and module carry in the budget, at most ``FULL``."""

    peer: TcpPeer
    volume: int


@pytest.fixture
def bulk(at: ATClient, server: Server, case: Case) -> Bulk:
    """The server up, a client served, and the volume measured by one packet."""
    peer = server.up().client()
    sample = pattern(PACKET)
    peer.send(sample)
    answers = read_exactly(at, sample, server.profile.seconds("transfer"))
    each = sum(answer.latency for answer in answers) / PACKET
    volume = max(PACKET, min(FULL, int(BUDGET_S / max(each, 1e-9))))
    case.observe("DA-BULK", "bytes each way", volume)
    return Bulk(peer, volume)


def same(case: Case, got: bytes, sent: bytes) -> None:
    """The bytes are the same, by count and hash; else the message says where they part."""
    expected = f"{len(sent)} bytes, SHA-256 {hashlib.sha256(sent).hexdigest()[:16]}"
    found = f"{len(got)} bytes, SHA-256 {hashlib.sha256(got).hexdigest()[:16]}"
    case.require("DA-BULK", got == sent, expected, found + parting(sent, got))


@pytest.mark.requirement("DA-BULK")
def test_much_data_from_the_peer(at: ATClient, server: Server, case: Case, bulk: Bulk) -> None:
    peer, volume = bulk.peer, bulk.volume
    stream = pattern(volume, seed=7)
    got = bytearray()
    for start in range(0, volume, 8 * PACKET):
        piece = stream[start : start + 8 * PACKET]
        peer.send(piece)
        for answer in read_exactly(at, piece, server.profile.seconds("transfer")):
            got += answer.payload
    same(case, bytes(got), stream)


@pytest.mark.requirement("DA-BULK")
def test_much_data_to_the_peer(at: ATClient, server: Server, case: Case, bulk: Bulk) -> None:
    peer, volume = bulk.peer, bulk.volume
    stream = pattern(volume, seed=11)
    for start in range(0, volume, PACKET):
        send_exactly(at, peer, stream[start : start + PACKET], server.profile.seconds("transfer"))
    same(case, peer.received, stream)


@pytest.mark.requirement("DA-BULK")
def test_much_data_both_ways(at: ATClient, server: Server, case: Case, bulk: Bulk) -> None:
    peer, volume = bulk.peer, bulk.volume
    down, up = pattern(volume // 2, seed=13), pattern(volume // 2, seed=17)
    got = bytearray()
    for start in range(0, len(down), PACKET):
        peer.send(down[start : start + PACKET])
        send_exactly(at, peer, up[start : start + PACKET], server.profile.seconds("transfer"))
        answer = at.read(down[len(got) :])
        if is_lost(answer, down[len(got) :]) or not answer.ok:
            raise ModuleFault(f"expected: the peer's bytes\ngot:      {answer.text[:40]}", step="DA-READ")
        got += answer.payload
    if rest := down[len(got) :]:
        for answer in read_exactly(at, rest, server.profile.seconds("transfer")):
            got += answer.payload
    same(case, bytes(got), down)
    same(case, peer.received, up)
