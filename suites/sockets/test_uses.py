"""Every use of a socket after every other, on one socket and across two, and after a long session.

A use that is right by itself may go wrong behind another: a setting that stayed, a port, a peer, a state. So the uses
are taken in walks in which each ordered pair of them is met once (behind a long session: each use once, for each
direction of that session); a deviation is charged to the step where it shows.
"""

import time
from dataclasses import dataclass, field

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.peers import Network
from fixtures.errors import NotAvailableHere
from suites.sockets.walks import LONG_SESSIONS, in_parts, over_pairs, together
from suites.spec.profiles import Profile
from suites.steps.maker import Maker
from suites.steps.uses import LASTING, WHOLE

EXPECTED_S, MOST_S = 30.0, 60.0
"""Seconds that a walk may be expected to take, and that it may take: notices, too, take their time."""
EXCHANGES = 18
"""Number of commands of one use, roughly."""
PARTS = 4
ON_ONE_SOCKET = in_parts(over_pairs(list(WHOLE)), PARTS)
ACROSS_TWO = over_pairs(list(LASTING))
PAIRS_OF_SOCKETS = [(0, 1), (3, 2)]
PACKETS = 130
"""Packets of a long session: more than a count of seven bits holds."""
AFTER_LONG = in_parts(LONG_SESSIONS, PARTS)
OF_USES = (
    "MA-OK-FIRST", "MA-LISTENS", "MA-NOTICE", "MA-READ", "MA-SEND", "MA-NEXT", "MA-NEXT-CLOSES", "MA-NEXT-ACCEPTS",
    "MA-LOST-R0", "MA-QUEUE", "MA-STOP", "MA-STOP-CLIENT", "MA-RESTART",
    "SS-OK-FIRST", "SS-LISTENS", "SS-NOTICE", "SS-READ", "SS-SEND", "SS-LOST-R0", "SS-STOP", "SS-STOP-CLIENT",
    "SS-STATUS-STOPPED", "SS-RESTART",
    "CL-CONNECT", "CL-READ", "CL-SEND", "CL-LOST-R0", "CL-REFUSED", "CL-STOP", "CL-AGAIN",
    "CL-AFTER-FAILED", "CL-AFTER-LOSS",
    "UD-SERVER", "UD-READ", "UD-STOP", "UD-STATUS", "UD-CLIENT", "UD-SEND", "UD-CLIENT-READ",
    "UD-CLIENT-AGAIN", "UD-RESTART",
)  # fmt: skip
"""The requirements by which the steps of the uses are judged."""


@pytest.fixture
def uses(at: ATClient, peers: Network, profile: Profile, case: Case) -> Maker:
    """Makes the uses."""
    return Maker(at, peers, profile, case)


@dataclass
class Clock:
    """Ends a walk that takes this module too long. ``pace``: seconds of a short exchange."""

    pace: float
    began: float = field(default_factory=time.monotonic)

    def expect(self, commands: int) -> None:
        """Refuse a case whose ``commands`` would take too long. Raises NotAvailableHere."""
        if commands * self.pace > EXPECTED_S:
            raise NotAvailableHere(f"{commands} commands would take this module more than {EXPECTED_S:g} s")

    def look(self, done: int, steps: int) -> None:
        """``done`` of the ``steps`` are behind us. Raises NotAvailableHere."""
        if time.monotonic() - self.began > MOST_S:
            raise NotAvailableHere(f"only {done} of {steps} steps in {MOST_S:g} s, all of them as documented")


@pytest.fixture
def clock(bench_pace: float) -> Clock:
    """Begins with the case."""
    return Clock(bench_pace)


@pytest.mark.requirement("SK-REUSE", *OF_USES)
@pytest.mark.parametrize("part", range(1, PARTS + 1))
def test_each_use_of_a_socket_follows_each_other_use(uses: Maker, clock: Clock, part: int) -> None:
    walk = ON_ONE_SOCKET[part - 1]
    clock.expect(len(walk) * EXCHANGES)
    for number, name in enumerate(walk):
        clock.look(number, len(walk))
        with uses.turn(name):
            uses.whole(name).whole(b"%s, number %d" % (name.encode(), number))


@pytest.mark.requirement("SK-REUSE", "SK-STOP", "SK-TOGETHER", "SK-SERVERS", "UD-APART", "UD-SOCKETS", *OF_USES)
@pytest.mark.parametrize("pair", PAIRS_OF_SOCKETS, ids=["sockets 0 and 1", "sockets 3 and 2"])
def test_each_use_of_a_socket_begins_and_ends_beside_each_use_of_another(
    uses: Maker, clock: Clock, pair: tuple[int, int]
) -> None:
    clock.expect(len(ACROSS_TWO) * EXCHANGES)
    before = None
    for number, name in enumerate(ACROSS_TWO):
        clock.look(number, len(ACROSS_TWO))
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
def test_each_use_of_a_socket_follows_a_long_session_of_each(uses: Maker, clock: Clock, part: int) -> None:
    walk = AFTER_LONG[part - 1]
    clock.expect((len(walk) - 1) * (PACKETS + EXCHANGES))
    for number, (name, inwards) in enumerate(walk):
        clock.look(number, len(walk))
        session = uses.lasting(name)
        is_last = number == len(walk) - 1
        with uses.turn(f"{'one' if is_last else 'a long session'} of the {name}"):
            session.begin()
            session.talk(b"first words of %d" % number)
            session.last(0 if is_last else PACKETS, inwards=inwards)
            session.end()
