"""Every use of a socket after every other, on one socket and across two, and after a long session.

A use that is right by itself may go wrong behind another: a setting that stayed, a port, a peer, a state. So the uses
are taken in walks in which each ordered pair of them is met once; a deviation is charged to the step where it shows.
"""

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import Network
from fixtures.errors import NotAvailableHere
from suites.sockets.uses import LASTING, WHOLE
from suites.sockets.walks import Maker, in_parts, over_pairs, together
from suites.spec.profiles import Profile

TOO_LONG_S = 120.0
EXCHANGES = 18
"""Number of commands of one use, roughly."""
PARTS = 4
ON_ONE_SOCKET = in_parts(over_pairs(list(WHOLE)), PARTS)
ACROSS_TWO = over_pairs(list(LASTING))
PAIRS_OF_SOCKETS = [(0, 1), (3, 2)]
PACKETS = 130
"""Packets of a long session: more than a count of seven bits holds."""
AFTER_LONG = in_parts(ACROSS_TWO, PARTS)
OF_USES = (
    "MA-OK-FIRST", "MA-LISTENS", "MA-NOTICE", "MA-READ", "MA-SEND", "MA-NEXT", "MA-NEXT-CLOSES", "MA-NEXT-ACCEPTS",
    "MA-LOST-R0", "MA-QUEUE", "MA-STOP", "MA-STOP-CLIENT",
    "SS-OK-FIRST", "SS-LISTENS", "SS-NOTICE", "SS-READ", "SS-SEND", "SS-LOST-R0", "SS-STOP", "SS-STOP-CLIENT",
    "SS-STATUS-STOPPED",
    "CL-CONNECT", "CL-READ", "CL-SEND", "CL-LOST-R0", "CL-REFUSED", "CL-STOP",
    "UD-SERVER", "UD-READ", "UD-STOP", "UD-STATUS", "UD-CLIENT", "UD-SEND", "UD-CLIENT-READ", "UD-CLIENT-AGAIN",
)  # fmt: skip
"""The requirements by which the steps of the uses are judged."""


@pytest.fixture
def uses(at: ATClient, peers: Network, profile: Profile, case: Case) -> Maker:
    """Makes the uses."""
    return Maker(at, peers, profile, case)


def hold_affordable(commands: int, pace: float) -> None:
    """``commands`` take this module no longer than a case may. Raises NotAvailableHere."""
    if commands * pace > TOO_LONG_S:
        raise NotAvailableHere(f"{commands} commands would take this module more than {TOO_LONG_S:g} s")


@pytest.mark.requirement("SK-REUSE", *OF_USES)
@pytest.mark.parametrize("part", range(1, PARTS + 1))
def test_each_use_of_a_socket_follows_each_other_use(uses: Maker, bench_pace: float, part: int) -> None:
    walk = ON_ONE_SOCKET[part - 1]
    hold_affordable(len(walk) * EXCHANGES, bench_pace)
    for number, name in enumerate(walk):
        with uses.turn(name):
            uses.whole(name).whole(b"%s, number %d" % (name.encode(), number))


@pytest.mark.requirement("SK-REUSE", "SK-STOP", "SK-TOGETHER", "SK-SERVERS", "UD-APART", "UD-SOCKETS", *OF_USES)
@pytest.mark.parametrize("pair", PAIRS_OF_SOCKETS, ids=["sockets 0 and 1", "sockets 3 and 2"])
def test_each_use_of_a_socket_begins_and_ends_beside_each_use_of_another(
    uses: Maker, bench_pace: float, pair: tuple[int, int]
) -> None:
    hold_affordable(len(ACROSS_TWO) * EXCHANGES, bench_pace)
    before = None
    for number, name in enumerate(ACROSS_TWO):
        use = uses.lasting(name, pair[number % 2])
        use.select()
        with uses.turn(f"{name} on socket {use.socket}"):
            use.begin()
            use.talk(b"first words of %d" % number)
        if before is not None:
            with uses.turn(f"{before.name} goes on", together((name, before.name))):
                before.select()
                before.talk(b"beside number %d" % number)
            with uses.turn(f"{before.name} ends"):
                before.end()
            with uses.turn(f"{name} goes on", "SK-STOP"):
                use.select()
                use.talk(b"alone, number %d" % number)
        before = use


@pytest.mark.requirement("SK-REUSE", *OF_USES)
@pytest.mark.parametrize("part", range(1, PARTS + 1))
def test_each_use_of_a_socket_follows_a_long_session_of_each(uses: Maker, bench_pace: float, part: int) -> None:
    walk = AFTER_LONG[part - 1]
    hold_affordable(len(walk) * (PACKETS + EXCHANGES), bench_pace)
    for number, name in enumerate(walk):
        session = uses.lasting(name)
        with uses.turn(f"a long session of the {name}"):
            session.begin()
            session.talk(b"first words of %d" % number)
            session.last(PACKETS, inwards=bool(number % 2))
            session.end()
