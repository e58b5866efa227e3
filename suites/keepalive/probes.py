"""Keep-alive probes as the client's own TCP counts them."""

import time

from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import TcpPeer

PK = "1,1000"
IDLE_S = 1.0
"""Seconds: the time to idle of ``PK``."""


def silence_before_probe(at: ATClient, peer: TcpPeer, limit: float) -> float | None:
    """Seconds without data until the module sends a segment that nothing called for; None: not ``limit`` from now.

    What comes in the first quarter of a second acknowledges the exchange before. The seconds are those of the peer's
    TCP: a module may answer S3 long after the data has gone.
    """
    began = time.monotonic()
    at.drain(quiet=0.25)
    count = peer.segments()
    while time.monotonic() - began < limit:
        if peer.segments() > count:
            return peer.idle()
        at.drain(quiet=0.02)
    return None
