"""TLS settings are the defaults again after each case."""

from collections.abc import Callable, Iterator

import pytest

from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import Network
from fixtures.drivers.peers.tls import TlsServer, serve
from fixtures.errors import NotAvailableHere
from suites.tls.moves import certificate_of, free_set

DEFAULTS = ("P9=0", "PB=0", "PF=0,0", "PF=1,2")
"""UM and QR20, P9, PB, PF."""


@pytest.fixture(autouse=True)
def as_before(at: ATClient) -> Iterator[None]:
    """P9, PB and PF have their defaults after a case that may have changed them; the bench knows the socket."""
    began = at.history.count
    yield
    if at.history.may_have_changed(("P9", "PB", "PF"), began):
        at("P6=0")
        for setting in DEFAULTS:
            at(setting)


@pytest.fixture
def tls_server(bench: Bench, peers: Network) -> Callable[[str], TlsServer]:
    """Makes a TLS server with a certificate of that kind: good, expired, wrong name, unknown authority."""
    if not bench.rig.network.tls_peer:
        raise NotAvailableHere("the module meets no TLS server of this machine (tls_peer under [network] of the rig)")
    return lambda kind: serve(peers, certificate_of(kind, peers.own_address()))


@pytest.fixture
def own_set(at: ATClient, bench: Bench) -> int:
    """The set of certificates that cases may program: the one that the rig names, or a free one."""
    named = bench.rig.network.tls_set
    found = free_set(at) if named is None else named
    if found is None:
        raise NotAvailableHere("all sets of certificates are used: name one that may be overwritten (tls_set)")
    return found
