"""Measures an exchange on a pty: by bare system calls, by pyserial, by pexpect's fdspawn, and by the AT client.

``measure`` lets the ways take turns, so a busy machine delays each of them alike. An exchange by the AT client ("ours")
is complete: sent, read, parsed, time-stamped, kept in a transcript.
"""

import os
import select
import statistics
import subprocess
import sys
import tempfile
import time
import tty
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path

import pexpect.fdpexpect
import serial

from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.link import SerialLink
from fixtures.drivers.line.secrets import Secrets
from fixtures.drivers.line.transcript import Transcript
from reports.record.journal import Journal

SHORT = b"\r\n0\r\nOK\r\n> "
PACKET = bytes(range(32, 122)) * 20
LONG = b"\r\n" + PACKET[:1460] + b"\r\nOK\r\n> "
SECRETS = ("a passphrase of the bench", "another passphrase")
"""Secrets that the transcript masks: a run has a few, and without them a transcript costs less than in a run."""

Ways = Callable[[bytes, bytes], AbstractContextManager[dict[str, Callable[[int], float]]]]
EMPTY: Mapping[str, Callable[[int], float]] = {}

RESPONDER = """
import ast, os, sys
line, answers = int(sys.argv[1]), ast.literal_eval(sys.argv[2])
while True:
    os.write(line, answers[os.read(line, 4096)])
"""


@contextmanager
def responder(answers: dict[bytes, bytes]) -> Iterator[str]:
    """Start a process that answers each line of ``answers`` on a pty; yields the name of the pty."""
    master, slave = os.openpty()
    tty.setraw(slave)
    process = subprocess.Popen([sys.executable, "-c", RESPONDER, str(master), repr(answers)], pass_fds=[master])
    try:
        yield os.ttyname(slave)
    finally:
        process.kill()
        process.wait()
        os.close(master)
        os.close(slave)


def by_system_calls(name: str, command: bytes, answer: bytes) -> Callable[[], object]:
    """An exchange by the least that is needed: write, select, read until the prompt has come."""
    line = os.open(name, os.O_RDWR | os.O_NOCTTY)

    def exchange() -> None:
        os.write(line, command)
        came = b""
        while len(came) < len(answer):
            select.select([line], [], [])
            came += os.read(line, 65536)

    return exchange


def by_pyserial(name: str, command: bytes, answer: bytes) -> Callable[[], object]:
    """An exchange by pyserial, as most programs use it: read what is there, else the next byte."""
    port = serial.Serial(name, timeout=5)

    def exchange() -> None:
        port.write(command)
        came = b""
        while len(came) < len(answer):
            came += port.read(port.in_waiting or 1)

    return exchange


def by_fdspawn(name: str, command: bytes, answer: bytes) -> Callable[[], object]:
    """An exchange by pexpect: ``expect_exact`` of the answer's end."""
    spawn = pexpect.fdpexpect.fdspawn(os.open(name, os.O_RDWR | os.O_NOCTTY), timeout=5)

    def exchange() -> None:
        spawn.send(command)
        spawn.expect_exact(b"OK\r\n> ")

    return exchange


def by_ours(
    name: str, command: bytes, answer: bytes, sink: Callable[[list[str]], object] | None = None
) -> Callable[[], object]:
    """An exchange by the AT client over the serial link, as in a run. ``sink``: gets the lines of the transcript."""
    transcript = Transcript(Secrets(SECRETS, addresses=True), sink)
    at = ATClient(SerialLink(name, transcript))
    line = command.removesuffix(b"\r").decode()
    pending = PACKET[:1460] if answer == LONG else None
    asked = 0

    def exchange() -> None:
        nonlocal asked
        at.start(line, pending=pending)
        at.finish()
        asked += 1
        if asked % 100 == 0:  # as the end of a case does
            transcript.forget()
            at.answers.clear()

    return exchange


def by_ours_journalled(name: str, command: bytes, answer: bytes) -> Callable[[], object]:
    """The same with a journal: the operating system has each line of the transcript before the exchange continues."""
    folder = tempfile.TemporaryDirectory(prefix="bench.")
    journal = Journal(Path(folder.name) / "run.json")
    exchange = by_ours(name, command, answer, journal.add_lines)
    weakref.finalize(exchange, lambda: (journal.close(), folder.cleanup()))
    return exchange


WAYS = {
    "raw": by_system_calls,
    "pyserial": by_pyserial,
    "fdspawn": by_fdspawn,
    "ours": by_ours,
    "ours, journalled": by_ours_journalled,
}


def measure(rounds: int = 20, each: int = 100, more: Ways | None = None) -> dict[str, dict[str, list[float]]]:
    """By kind (``short``, ``long``) and way: microseconds of an exchange, the mean of each round.

    ``more``: makes the ways of other projects, for a command and its answer.
    """
    found: dict[str, dict[str, list[float]]] = {}
    for kind, answer in (("short", SHORT), ("long", LONG)):
        command = b"P0\r" if kind == "short" else b"R0\r"
        with more(command, answer) if more else nullcontext({}) as theirs:
            found[kind] = measure_kind(command, answer, rounds, each, theirs)
    return found


def measure_kind(
    command: bytes, answer: bytes, rounds: int, each: int, theirs: Mapping[str, Callable[[int], float]] = EMPTY
) -> dict[str, list[float]]:
    """Microseconds of an exchange by way, the mean of each round; the ways take turns.

    ``theirs``: ways that measure their time themselves. They do a tenth of the exchanges: pytest-embedded-serial
    needs some 40 ms for each.
    """
    with ExitStack() as stack:
        names = {way: stack.enter_context(responder({command: answer})) for way in WAYS}
        ways = {way: make(names[way], command, answer) for way, make in WAYS.items()}
        found: dict[str, list[float]] = {way: [] for way in (*ways, *theirs)}
        for _ in range(rounds):
            for way, exchange in ways.items():
                began = time.perf_counter()
                for _ in range(each):
                    exchange()
                found[way].append((time.perf_counter() - began) / each * 1e6)
            few = max(1, each // 10)
            for way, seconds in theirs.items():
                found[way].append(seconds(few) / few * 1e6)
    return found


def report(found: dict[str, dict[str, list[float]]]) -> str:
    """The medians, and the ratio of each way to the bare system calls."""
    lines = []
    for kind, ways in found.items():
        floor = statistics.median(ways["raw"])
        for way, values in ways.items():
            median = statistics.median(values)
            lines.append(f"{kind:<6} {way:<9} {median:8.1f} us  {median / floor:5.2f} of raw")
    return "\n".join(lines)


if __name__ == "__main__":
    print(report(measure()))
