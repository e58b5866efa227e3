"""What the cases of several sockets are given."""

import pytest

from suites.sockets.moves import Board
from suites.steps.flows import Server


@pytest.fixture
def board(single_server: Server) -> Board:
    """The module's four sockets, nothing on them yet."""
    return Board(single_server, single_server.at, single_server.peers, single_server.profile)
