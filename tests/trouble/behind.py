"""What a saboteur says to a module behind the host's back. ``line`` is the socket of the module's serial side."""

import re
import select

PROMPT = b"\r\n> "
NOTICE = re.compile(rb"\r\n\[TCP[^\r\n]*\r\n> ")
LONG = re.compile(rb"\r\n[^\r\n]*(?:,[^,\r\n]*){11,}\r\nOK\r\n> ")
"""The answer to P?: no other has so many fields."""
PATIENCE_S, QUIET_S = 5.0, 0.1
"""Seconds that an answer is waited for; that nothing more comes in."""
TRIES = 3
"""Times that a query is asked, where the module is answering something else."""


def ask(line, command):
    """Tell the module something; its answer, without frame, is nobody's, and so is a notice before it."""
    answer = b""
    line.sendall(command)
    while not answer.endswith(PROMPT) and select.select([line], [], [], PATIENCE_S)[0]:
        answer = NOTICE.sub(b"", answer + line.recv(65536))
    return answer.removeprefix(b"\r\n").partition(b"\r\n")[0]


def read_what_was_asked(line):
    """What the module has still to say to the host, which may have asked two things at once."""
    said, own = b"", []
    line.sendall(b"P?\r")
    while select.select([line], [], [], QUIET_S if own else PATIENCE_S)[0]:
        said += line.recv(65536)
        own = list(LONG.finditer(said))
    return said[: own[-1].start()] + said[own[-1].end() :] if own else said


def fields_of(line, query, least):
    """The fields of the answer to ``query``, ``least`` of them or more. What answers another command is passed over."""
    for _ in range(TRIES):
        fields = ask(line, query).split(b",")
        if len(fields) >= least:
            return fields
        read_what_was_asked(line)
    raise RuntimeError(f"the module answers {query!r} with {fields}, and not with {least} fields")


def settings_of(line, socket):
    """The commands that give another module the settings of this one's ``socket``."""
    ask(line, b"P0=%c\r" % socket)
    p, r, s = (fields_of(line, query, least) for query, least in ((b"P?\r", 12), (b"R?\r", 3), (b"S?\r", 2)))
    values = {b"P0": b"%c" % socket, b"P1": p[0], b"P2": p[2], b"P3": p[3], b"P4": p[4], b"P8": p[7]}
    values |= {b"PK": b",".join(p[10:12]), b"R1": r[0], b"R2": r[1], b"R3": r[2], b"S1": s[0], b"S2": s[1]}
    return [name + b"=" + value for name, value in values.items()]
