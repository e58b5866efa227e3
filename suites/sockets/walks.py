"""Walks over the uses of sockets, in which each ordered pair of them is met once."""

import itertools
from collections.abc import Iterable, Sequence
from typing import TypeVar

Step = TypeVar("Step")
OUTWARDS, INWARDS = False, True
LONG_SESSIONS = [
    ("multi-accept server", OUTWARDS),
    ("UDP server", INWARDS),
    ("single server", OUTWARDS),
    ("TCP client", OUTWARDS),
    ("UDP client", OUTWARDS),
    ("multi-accept server", OUTWARDS),
    ("single server", INWARDS),
    ("multi-accept server", INWARDS),
    ("UDP client", INWARDS),
    ("TCP client", INWARDS),
    ("UDP server", INWARDS),
]
"""A walk in which each use follows a long session of each direction, and is the long session in each direction once.

A UDP server is one inwards only: no document says where that sends. The last session need not be long.
"""


def over_pairs(kinds: Sequence[str]) -> list[str]:
    """A walk that takes each ordered pair of ``kinds`` once, a kind behind itself too: de Bruijn's, of order 2."""
    steps: list[str] = []
    for place, kind in enumerate(kinds):
        steps.append(kind)
        for other in kinds[place + 1 :]:
            steps += [kind, other]
    return [*steps, kinds[0]]


def in_parts(walk: Sequence[Step], parts: int) -> list[list[Step]]:
    """``walk`` in ``parts`` of about the same length; each begins with the last step of the one before."""
    pairs = len(walk) - 1
    ends = [pairs * part // parts for part in range(parts + 1)]
    return [list(walk[start : end + 1]) for start, end in itertools.pairwise(ends)]


def together(kinds: Iterable[str]) -> str:
    """The requirement by which uses of two sockets run side by side."""
    servers = [kind for kind in kinds if "server" in kind]
    of_udp = [kind for kind in kinds if kind.startswith("UDP")]
    if of_udp:
        return "UD-SOCKETS" if len(of_udp) == 2 else "UD-APART"
    return "SK-SERVERS" if len(servers) == 2 else "SK-TOGETHER"
