"""Keep-alive of a single server: PK is a setting of the socket, whatever runs there."""

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from suites.keepalive.probes import IDLE_S, PK, silence_before_probe
from suites.steps.flows import Server

pytestmark = [pytest.mark.needs("keepalive")]


@pytest.mark.requirement("KA-SINGLE")
def test_idle_client_of_a_single_server_is_probed(at: ATClient, single_server: Server, case: Case) -> None:
    single_server.up(keepalive=PK)
    peer = single_server.client()
    single_server.serves(peer)
    took = silence_before_probe(at, peer, IDLE_S + single_server.profile.seconds("keepalive"))
    case.require("KA-SINGLE", took is not None, f"a keep-alive probe to the client, where PK={PK} was set", "none")
    single_server.serves(peer)
