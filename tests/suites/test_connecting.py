"""What a fault of P6=1 breaks after a connection that failed, and when the failed connection is forgotten."""

import pytest

from fixtures.drivers.line.transcript import Transcript
from fixtures.drivers.peers import Network
from fixtures.errors import ModuleFault
from suites.steps.connecting import reached, reaching


@pytest.fixture
def peers():
    """Peers that remember a failed connection of sockets 2 and 3; 1 and 2 had worked before."""
    made = Network(Transcript(), "127.0.0.1")
    made.refused |= {2, 3}
    made.worked |= {1, 2}
    yield made
    made.release()


@pytest.mark.parametrize("block", [reaching, reached])
@pytest.mark.parametrize(("socket", "charged"), [(2, "CL-AFTER-FAILED"), (1, "CL-CONNECT"), (3, "CL-CONNECT")])
def test_fault_breaks_cl_after_failed_on_the_socket_that_failed_and_had_worked(peers, block, socket, charged):
    with pytest.raises(ModuleFault) as caught, block(peers, socket):
        raise ModuleFault("no connection", "CL-CONNECT")
    assert caught.value.requirement == charged
    assert (peers.refused, peers.worked) == ({2, 3}, {1, 2})


def test_failed_connection_is_forgotten_once_somebody_is_reached(peers):
    with reaching(peers, 3):
        pass
    assert peers.refused == {2, 3}
    with reached(peers, 3):
        pass
    assert (peers.refused, peers.worked) == ({2}, {1, 2, 3})
