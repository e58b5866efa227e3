"""How the saboteur speaks to a module without the host. ``line`` is the socket of the module's serial side."""

import re
import select

PROMPT = b"\r\n> "
NOTICE = re.compile(rb"\r\n\[TCP[^\r\n]*\r\n> ")
LONG = re.compile(rb"\r\n[^\r\n]*(?:,[^,\r\n]*){11,}\r\nOK\r\n> ")
"""Matches the answer to P?: no other answer has so many fields."""
PATIENCE_S, QUIET_S = 5.0, 0.1
"""Seconds: how long an answer is waited for; how long the line must be silent, so that the answer is complete."""
TRIES = 3
"""Number of times that a query is sent, where the module answers something else."""


def ask(line, command):
    """Send ``command`` and return the payload of the answer. Host and transcript see neither; notices are dropped."""
    answer = b""
    line.sendall(command)
    while not answer.endswith(PROMPT) and select.select([line], [], [], PATIENCE_S)[0]:
        answer = NOTICE.sub(b"", answer + line.recv(65536))
    return answer.removeprefix(b"\r\n").partition(b"\r\n")[0]


def read_what_was_asked(line):
    """The answers that the module still owes to the host, which may have sent two commands at once."""
    said, own = b"", []
    line.sendall(b"P?\r")
    while select.select([line], [], [], QUIET_S if own else PATIENCE_S)[0]:
        said += line.recv(65536)
        own = list(LONG.finditer(said))
    return said[: own[-1].start()] + said[own[-1].end() :] if own else said


def fields_of(line, query, least):
    """The fields of the answer to ``query``, at least ``least`` of them. Answers to other commands are dropped."""
    for _ in range(TRIES):
        fields = ask(line, query).split(b",")
        if len(fields) >= least:
            return fields
        read_what_was_asked(line)
    raise RuntimeError(f"the module must answer {query!r} with at least {least} fields, and it answers {fields}")


def settings_of(line, socket):
    """The commands that give another module the settings that this module has for ``socket``."""
    ask(line, b"P0=%c\r" % socket)
    p, r, s = (fields_of(line, query, least) for query, least in ((b"P?\r", 12), (b"R?\r", 3), (b"S?\r", 2)))
    values = {b"P0": b"%c" % socket, b"P1": p[0], b"P2": p[2], b"P3": p[3], b"P4": p[4], b"P8": p[7]}
    values |= {b"PK": b",".join(p[10:12]), b"R1": r[0], b"R2": r[1], b"R3": r[2], b"S1": s[0], b"S2": s[1]}
    return [name + b"=" + value for name, value in values.items()]
