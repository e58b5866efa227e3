"""The server's state model: what each event does in each state, and what must be seen, as the documents have it.

A table and nothing else: no line, no peer, no clock. A row is a state, an event, what must be seen, the state that it
leads to, and the requirements that say so. Where the documents are silent the row says ``anything`` and, unless the
event cannot concern the server, leads to the state ``open``, in which nothing is demanded but one answer a command,
and from which P5=0 leads back. The table is total: :func:`missing` names what it lacks, and a test holds that empty.

The single server may be without a client once it has said -1 (``single.told``), and take the next. The page has P5=10
for that behind P5=11 only, where -1 stays until then.

Behind P5=11 clients wait in a queue. A state's name says of it what matters: ``+queue``: somebody waits; ``+gone``: all
who waited have left, and no document says whether the module still announces them.
"""

import fnmatch
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from suites.spec.catalogue import Catalogue

STATES = {
    "fresh": "no server was started at the port that P2 names",
    "single.waiting": "P5=1 was answered, nobody has come",
    "single.serving": "the client is served",
    "single.crowded": "the client is served, and others have tried to connect",
    "single.lost": "the client has left",
    "single.told": "the client has left, and the module has said so",
    "single.stopped": "P5=0 was answered",
    "multi.waiting": "P5=11 or P5=10 was answered, nobody has come",
    "multi.serving": "a client is served, nobody waits",
    "multi.serving+queue": "a client is served, others wait",
    "multi.serving+gone": "a client is served; all who waited have left",
    "multi.lost": "the client has left, nobody waits",
    "multi.lost+queue": "the client has left, others wait",
    "multi.lost+gone": "the client has left, and so have all who waited",
    "multi.stopped": "P5=0 was answered",
    "open": "something was done of which the documents do not say what it leads to",
}

SINGLE, MULTI, NEXT, STOP = "P5=1", "P5=11", "P5=10", "P5=0"
READ, READ_NONE, SEND = "R0, bytes there", "R0, none there", "S3"
STATUS, SET_PORT, BAD = "P?", "P2", "a bad command"
CONNECTS, SENDS, CLOSES, RESETS = "a client connects", "the client sends", "the client closes", "the client resets"
WAITING_SENDS, WAITING_LEAVES = "a waiting client sends", "a waiting client leaves"

EVENTS = {
    SINGLE: "starts the single server",
    MULTI: "starts the multi-accept server",
    NEXT: "closes the client and takes the next",
    STOP: "stops the server",
    READ: "R0 while bytes of the client are unread",
    READ_NONE: "R0 while no byte of the client is unread",
    SEND: "S3 with some bytes",
    STATUS: "asks for the status",
    SET_PORT: "another port",
    BAD: "two capital letters that are no command",
    CONNECTS: "somebody connects to the port",
    SENDS: "the served client sends bytes",
    CLOSES: "the served client closes its connection",
    RESETS: "the served client resets its connection",
    WAITING_SENDS: "the first that waits sends bytes before its turn",
    WAITING_LEAVES: "one that waits closes its connection",
}
ANY_TIME = (SINGLE, MULTI, NEXT, STOP, READ_NONE, SEND, STATUS, SET_PORT, BAD, CONNECTS)
"""Events that are possible in every state; the others need a client."""
NEEDS = {
    READ: ("single.serving", "single.crowded", "single.lost", "multi.serving*", "multi.lost*"),
    SENDS: ("single.serving", "single.crowded", "multi.serving*"),
    CLOSES: ("single.serving", "single.crowded", "multi.serving*"),
    RESETS: ("single.serving", "single.crowded", "multi.serving*"),
    WAITING_SENDS: ("multi.*+queue",),
    WAITING_LEAVES: ("multi.*+queue",),
}
"""Where the others are possible."""

SEES = {
    "starts": "OK, though nobody has come",
    "setup": "the lines Multi-Accept Setup and Waiting on connection, then OK, though nobody has come",
    "accepted": "the notice with the client's address, once; no byte of a client before it, where any was left unread",
    "refused": "the connection is refused",
    "waits": "the client can connect; no notice; the served one stays",
    "tries": "the client can connect, or not; no notice; the served one stays",
    "next waits": "the line Waiting on connection and OK; the client's connection is closed; no notice",
    "next accepts": "the same, and the notice of the first who still waits; one that has left may be announced before",
    "next left": "the line Waiting on connection and OK; those who have left may be announced",
    "killed": "the line Killed and OK; the client's connection and the port are closed",
    "stops": "OK; the client's connection and the port are closed",
    "the bytes": "exactly the client's bytes, in one answer or several",
    "nothing": "the empty success after R2",
    "lost": "-1, with OK or ERROR; before it at most what was unread when the client reset",
    "lost sending": "-1, with OK or ERROR; a first answer may still count",
    "counted": "the number of bytes; the client receives just these, and nobody else any",
    "served": "the client's address in field 2, 1 in field 6",
    "no server": "0 in field 6",
    "ok": "OK",
    "error": "ERROR, and all is as before",
    "unseen": "nothing yet",
    "anything": "one answer, whatever it is",
    "any lines": "an answer or several: whether the bytes behind S3 are taken for a command is open",
    "anybody": "the client can connect and is announced, or not",
}

ALWAYS = {
    "fresh": "SS-NOT-BEFORE",
    "single.waiting": "SS-NOTICE-ONCE",
    "single.serving": "SS-ONE-AT-A-TIME SS-NOTICE-ONCE",
    "single.crowded": "SS-ONE-AT-A-TIME SS-NOTICE-ONCE",
    "single.lost": "SS-NOTICE-ONCE",
    "single.told": "SS-NOTICE-ONCE",
    "single.stopped": "SS-STOP-PORT",
    "multi.waiting": "MA-NOTICE-ONCE",
    "multi.serving*": "MA-ONE-AT-A-TIME MA-NOTICE-ONCE",
    "multi.lost*": "MA-NEXT-NEEDED MA-NOTICE-ONCE",
    "multi.stopped": "MA-STOP-PORT",
    "open": "FR-ONE-ANSWER",
}
"""What a notice that nobody expects breaks: about somebody else, and about the client that was announced before."""


@dataclass(frozen=True)
class ModelRow:
    """What ``event`` does in ``state``. ``sees``: a key of ``SEES``. ``leads_to``: a state, its queue left out."""

    state: str
    event: str
    sees: str
    leads_to: str
    requirements: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """True where the documents do not say what follows."""
        return self.leads_to == "open"

    @property
    def is_free(self) -> bool:
        """True where any answer will do."""
        return self.sees in ("anything", "any lines", "anybody")

    def obligation(self, catalogue: Catalogue) -> str:
        """M, D or O: the strongest of the row's requirements; O where any answer will do."""
        found = [catalogue.requirements[one].obligation for one in self.requirements]
        return "O" if self.is_free else min(found, key="MDO".index)

    @property
    def family(self) -> str:
        """``single`` where a module without multi-accept can show it, else ``multi``."""
        named = any(one.startswith("MA-") for one in self.requirements)
        away = self.event in (MULTI, NEXT) or self.state.startswith("multi")
        return "multi" if named or away else "single"


SAME = "same"
_SINGLE_RUNS = "single.waiting single.serving single.crowded single.lost single.told"
_MULTI_RUNS = "multi.waiting multi.serving* multi.lost*"
_NOBODY = "fresh *.waiting *.stopped open"
_NEXT = "MA-NEXT-ACCEPTS MA-NO-STALE-BYTES"
_SERVED = "single.serving single.crowded"

# states (patterns) | event | sees | leads to | requirements
_ROWS = f"""
fresh               | {SINGLE}         | starts       | single.waiting | SS-OK-FIRST
fresh               | {MULTI}          | setup        | multi.waiting  | MA-SETUP MA-OK-FIRST
fresh               | {STOP}           | anything     | same           | MA-STOP-TWICE
fresh               | {CONNECTS}       | refused      | same           | SS-NOT-BEFORE
fresh               | {SET_PORT}       | ok           | same           | SE-P2
fresh               | {STATUS}         | no server    | same           | SS-STATUS-STOPPED

single.waiting      | {CONNECTS}       | accepted     | single.serving | SS-NOTICE SS-LISTENS SS-NO-STALE-BYTES
{_SERVED}           | {CONNECTS}       | tries        | single.crowded | SS-FIRST-STAYS SS-OTHERS
single.lost         | {CONNECTS}       | anybody      | open           | SS-AFTER-LOSS
single.told         | {CONNECTS}       | anybody      | open           | SS-AFTER-LOSS
{_SERVED}           | {SENDS}          | unseen       | same           | SS-READ
single.serving      | {READ}           | the bytes    | same           | SS-READ
single.crowded      | {READ}           | the bytes    | same           | SS-READ SS-ONE-AT-A-TIME
single.lost         | {READ}           | the bytes    | same           | SS-BEFORE-LOSS
single.serving      | {READ_NONE}      | nothing      | same           | SS-READ-EMPTY SS-NO-STALE-BYTES
single.crowded      | {READ_NONE}      | nothing      | same           | SS-READ-EMPTY SS-NO-STALE-BYTES
single.lost         | {READ_NONE}      | lost         | single.told    | SS-LOST-R0
single.told         | {READ_NONE}      | anything     | same           | FR-ONE-ANSWER
single.serving      | {SEND}           | counted      | same           | SS-SEND
single.crowded      | {SEND}           | counted      | same           | SS-SEND SS-ONE-AT-A-TIME
single.lost         | {SEND}           | lost sending | single.told    | SS-LOST-S3
single.told         | {SEND}           | any lines    | same           | FR-ONE-ANSWER
single.serving      | {CLOSES}         | unseen       | single.lost    | SS-LOST-R0
single.serving      | {RESETS}         | unseen       | single.lost    | SS-LOST-R0
single.crowded      | {CLOSES}         | unseen       | open           | SS-AFTER-LOSS
single.crowded      | {RESETS}         | unseen       | open           | SS-AFTER-LOSS
single.waiting      | {STATUS}         | anything     | same           | SS-STATUS-OPEN
{_SERVED}           | {STATUS}         | served       | same           | SS-STATUS
single.lost         | {STATUS}         | anything     | same           | SS-STATUS-OPEN
single.told         | {STATUS}         | anything     | same           | SS-STATUS-OPEN
single.waiting      | {STOP}           | stops        | single.stopped | SS-STOP SS-STOP-PORT
{_SERVED}           | {STOP}           | stops        | single.stopped | SS-STOP SS-STOP-CLIENT SS-STOP-PORT
single.lost         | {STOP}           | stops        | single.stopped | SS-STOP SS-STOP-PORT
single.told         | {STOP}           | stops        | single.stopped | SS-STOP SS-STOP-PORT
single.stopped      | {STOP}           | ok           | same           | SS-STOP-TWICE
single.stopped      | {SINGLE}         | starts       | single.waiting | SS-RESTART
single.stopped      | {MULTI}          | setup        | multi.waiting  | MA-SETUP SS-RESTART
single.stopped      | {SET_PORT}       | ok           | fresh          | SE-P2
single.stopped      | {STATUS}         | no server    | same           | SS-STATUS-STOPPED
single.stopped      | {CONNECTS}       | refused      | same           | SS-STOP-PORT
{_SINGLE_RUNS}      | {SINGLE}         | anything     | open           | SS-START-TWICE
{_SINGLE_RUNS}      | {MULTI}          | anything     | open           | FR-ONE-ANSWER
{_SINGLE_RUNS}      | {SET_PORT}       | anything     | open           | FR-ONE-ANSWER

multi.waiting       | {CONNECTS}       | accepted     | multi.serving  | MA-NOTICE MA-LISTENS {_NEXT}
multi.serving*      | {CONNECTS}       | waits        | same           | MA-QUEUE MA-FIRST-STAYS MA-ONE-AT-A-TIME
multi.lost*         | {CONNECTS}       | waits        | same           | MA-QUEUE MA-NEXT-NEEDED
multi.serving*      | {SENDS}          | unseen       | same           | MA-READ
multi.*+queue       | {WAITING_SENDS}  | unseen       | same           | MA-EARLY-BYTES MA-OWN-BYTES
multi.*+queue       | {WAITING_LEAVES} | unseen       | same           | MA-QUEUED-LEAVES
multi.serving*      | {READ}           | the bytes    | same           | MA-READ MA-EARLY-BYTES MA-NO-STALE-BYTES
multi.lost*         | {READ}           | the bytes    | same           | MA-LOST-R0 DA-BEFORE-LOSS
multi.serving*      | {READ_NONE}      | nothing      | same           | MA-READ MA-OWN-BYTES MA-NO-STALE-BYTES
multi.lost*         | {READ_NONE}      | lost         | same           | MA-LOST-R0
multi.serving*      | {SEND}           | counted      | same           | MA-SEND
multi.lost*         | {SEND}           | lost sending | same           | MA-LOST-S3
multi.serving*      | {CLOSES}         | unseen       | multi.lost     | MA-LOST-R0
multi.serving*      | {RESETS}         | unseen       | multi.lost     | MA-LOST-R0
{_MULTI_RUNS}       | {STATUS}         | anything     | same           | MA-STATUS
multi.serving       | {NEXT}           | next waits   | multi.waiting  | MA-NEXT MA-NEXT-CLOSES
multi.serving+queue | {NEXT}           | next accepts | multi.serving  | MA-NEXT MA-NEXT-CLOSES MA-ORDER {_NEXT}
multi.serving+gone  | {NEXT}           | next left    | open           | MA-NEXT MA-NEXT-CLOSES
multi.lost          | {NEXT}           | next waits   | multi.waiting  | MA-NEXT-AFTER-LEFT MA-NEXT
multi.lost+queue    | {NEXT}           | next accepts | multi.serving  | MA-NEXT-AFTER-LEFT MA-NEXT MA-ORDER {_NEXT}
multi.lost+gone     | {NEXT}           | next left    | open           | MA-NEXT
multi.waiting       | {NEXT}           | anything     | open           | MA-NEXT-IDLE
multi.waiting       | {STOP}           | killed       | multi.stopped  | MA-STOP MA-STOP-PORT
multi.serving*      | {STOP}           | killed       | multi.stopped  | MA-STOP MA-STOP-CLIENT MA-STOP-PORT
multi.lost*         | {STOP}           | killed       | multi.stopped  | MA-STOP MA-STOP-PORT
multi.stopped       | {STOP}           | anything     | same           | MA-STOP-TWICE
multi.stopped       | {MULTI}          | setup        | multi.waiting  | MA-SETUP MA-RESTART
multi.stopped       | {SINGLE}         | starts       | single.waiting | SS-RESTART
multi.stopped       | {SET_PORT}       | ok           | fresh          | SE-P2
multi.stopped       | {STATUS}         | no server    | same           | SS-STATUS-STOPPED
multi.stopped       | {CONNECTS}       | refused      | same           | MA-STOP-PORT
{_MULTI_RUNS}       | {SINGLE}         | anything     | open           | MA-START-TWICE
{_MULTI_RUNS}       | {MULTI}          | anything     | open           | MA-START-TWICE
{_MULTI_RUNS}       | {SET_PORT}       | anything     | open           | FR-ONE-ANSWER

fresh single.* multi.stopped | {NEXT} | anything    | open           | MA-NEXT-OUTSIDE
{_NOBODY}           | {READ_NONE}      | anything     | same           | FR-ONE-ANSWER
{_NOBODY}           | {SEND}           | any lines    | same           | FR-ONE-ANSWER

open                | {STOP}           | anything     | fresh          | FR-ONE-ANSWER
open                | {CONNECTS}       | anybody      | open           | FR-ONE-ANSWER
open                | {SINGLE}         | anything     | open           | FR-ONE-ANSWER
open                | {MULTI}          | anything     | open           | FR-ONE-ANSWER
open                | {NEXT}           | anything     | open           | FR-ONE-ANSWER
open                | {SET_PORT}       | anything     | open           | FR-ONE-ANSWER
open                | {STATUS}         | anything     | open           | FR-ONE-ANSWER

*                   | {BAD}            | error        | same           | FR-UNKNOWN FR-AFTER-ERROR
"""


def rows_of(text: str) -> Iterator[ModelRow]:
    """The rows of a table in text: each pattern of states expanded."""
    for line in filter(None, map(str.strip, text.splitlines())):
        states, event, sees, leads_to, requirements = (cell.strip() for cell in line.split("|"))
        for state in STATES:
            if any(fnmatch.fnmatchcase(state, one) for one in states.split()):
                to = base_of(state) if leads_to == SAME else leads_to
                yield ModelRow(state, event, sees, to, tuple(requirements.split()))


def base_of(state: str) -> str:
    """The state without what it says of the queue."""
    return state.partition("+")[0]


def possible(state: str, event: str) -> bool:
    """True where the event can be in that state: a client that is not there sends nothing."""
    return event in ANY_TIME or any(fnmatch.fnmatchcase(state, one) for one in NEEDS[event])


def always(state: str) -> tuple[str, ...]:
    """The requirements that an unexpected notice breaks in ``state``: of somebody else, of the one known already."""
    return next(tuple(ids.split()) for pattern, ids in ALWAYS.items() if fnmatch.fnmatchcase(state, pattern))


ROWS = tuple(rows_of(_ROWS))
TABLE: Mapping[tuple[str, str], ModelRow] = {(one.state, one.event): one for one in ROWS}


def rows_in_order() -> Iterator[ModelRow]:
    """All rows, by state and event in the order in which these stand above."""
    yield from (TABLE[state, event] for state in STATES for event in EVENTS if (state, event) in TABLE)


def missing() -> list[tuple[str, str]]:
    """What the table lacks: pairs of a state and an event that is possible in it."""
    return [(s, e) for s in STATES for e in EVENTS if possible(s, e) and (s, e) not in TABLE]


def superfluous() -> list[str]:
    """Rows of which there are two, or whose event is not possible in their state, or with a word that nobody knows."""
    twice = [f"{one.state}, {one.event}: twice" for one in ROWS if TABLE[one.state, one.event] is not one]
    never = [f"{one.state}, {one.event}: impossible" for one in ROWS if not possible(one.state, one.event)]
    words = [f"{one.state}, {one.event}: {one.sees}, {one.leads_to}" for one in ROWS if not known(one)]
    return twice + never + words


def known(row: ModelRow) -> bool:
    """True where the row's words are those of the model."""
    return row.event in EVENTS and row.sees in SEES and row.leads_to in STATES
