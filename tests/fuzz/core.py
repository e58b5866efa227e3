"""The emulator's core under rubbish, in virtual time: no exception, no growth, always back in step.

``live`` reads a program: bytes of the host whole or split, time, clients, events for handles that are gone, the reset
pin. ``Life`` is one module and can live through as many programs as wanted.
"""

import gc
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType

from reference_impl.core import effects as ask
from reference_impl.core import events as tell
from reference_impl.core.profile import Limits, Profile
from reference_impl.core.reader import BACKLOG_LIMIT
from reference_impl.variants import VARIANTS, vary
from tests.fuzz.rubbish import Cursor, programs
from tests.reference_impl.core_bench import OK, CoreBench, PaperNetwork, payload

PAUSES = (0.0, 0.001, 0.01, 0.2, 1.0, 6.0, 31.0)
STEPS = (None, 1, 2, 3, 7)
MOST_CLIENTS = 12
LONGEST_WAIT = 200.0
"""Virtual seconds after which whatever was begun has ended: R2, S2 and a connection under way take less."""
SETTLE_EVERY = 5
"""Programs of a long life after which the module is asked whether it is in step."""
DRESSED = {"echo", "crlf-before-ok", "banner"}
"""Variants with which the answer that shows the step looks otherwise."""


class ThriftyNetwork(PaperNetwork):
    """Forgets what was closed, so that a long life shows the module's growth and not the table's."""

    def perform(self, effect: ask.Effect) -> list[tell.Event]:
        events = super().perform(effect)
        self.log.clear()
        self.accepted.clear()
        return events

    def _close(self, effect: ask.Close) -> None:
        super()._close(effect)
        self.links.pop(effect.handle, None)


class Life:
    """One module on the table. ``lines``: carriage returns that it was given."""

    def __init__(self, variants: tuple[str, ...] = (), *, polled: bool = False) -> None:
        self.variant = ", ".join([*variants, *["polled"] * polled]) or "plain"
        profile = vary(Profile(limits=Limits(short_errors=1)), variants)
        self.bench = CoreBench(profile, power=False, polled=polled)
        self.bench.network = ThriftyNetwork()
        self.bench.engine.power_on(self.bench.now)
        self.bench._settle()
        self.clients: list[object] = []
        self.lines = 0
        self.step: int | None = None
        self._does: tuple[Callable[[Cursor], None], ...] = (
            *(self._send,) * 8, *(self._end_line,) * 3, self._wait, self._client, self._arrive, self._go, self._odd,
        )  # fmt: skip

    def live(self, program: bytes) -> None:
        """Do what the program says. Whatever that is, the module raises nothing and keeps within its bounds."""
        cursor = Cursor(program)
        self.step = STEPS[cursor.number(len(STEPS))]
        while cursor:
            self._does[cursor.number(len(self._does))](cursor)
        self.bench.output = b""
        self.bench.pieces.clear()
        self.check_bounds()

    def settle(self) -> None:
        """All that is under way ends, a line begun is ended: then the module is in step."""
        self.bench.run(LONGEST_WAIT)
        for line in ("", "", "---"):
            self.bench.at(line, 60.0)
        said = self.bench.at("P0=0", 10.0) + self.bench.at("MT=1", 10.0)
        assert said.count(OK) == 2, f"out of step: {said!r}"
        said = self.bench.at("P0", 10.0)
        assert said.endswith(payload(b"0")), f"out of step: {said!r}"
        self.bench.pieces.clear()
        self.check_quiet()

    def check_bounds(self) -> None:
        module = self.bench.module
        assert len(module.reader) <= BACKLOG_LIMIT
        assert module.notices.messages <= len(module.sockets)
        assert len(module.notices) <= MOST_CLIENTS * len(module.sockets)
        assert not module.effects

    def check_quiet(self) -> None:
        """Nothing waits any more, and nothing is open that no socket knows."""
        module, network = self.bench.module, self.bench.network
        assert not len(module.reader)
        assert not module.posted
        assert not module.mail
        assert not module.notices
        held = {socket.link.handle for socket in module.sockets if socket.link}
        assert set(network.links) == held, "a connection that no socket knows is open"
        assert set(network.servers) == {socket.server.handle for socket in module.sockets if socket.server}

    # --- what a program may do ----------------------------------------------------------------------------------
    def _send(self, cursor: Cursor) -> None:
        self._give(cursor.piece())

    def _end_line(self, _cursor: Cursor) -> None:
        self._give(b"\r")
        self.bench.run(0.01)

    def _give(self, data: bytes) -> None:
        self.lines += data.count(b"\r")
        self.bench.send(data, self.step)

    def _wait(self, cursor: Cursor) -> None:
        self.bench.run(PAUSES[cursor.number(len(PAUSES))])

    def _client(self, cursor: Cursor) -> None:
        servers = sorted(self.bench.network.servers)
        self.clients = [one for one in self.clients if not (one.closed or one.ended or one.reset)][-MOST_CLIENTS:]
        if servers and len(self.clients) < MOST_CLIENTS:
            server = servers[cursor.number(len(servers))]
            self.clients.append(self.bench.connect(("127.0.0.9", 1 + cursor.number(256)), server))

    def _arrive(self, cursor: Cursor) -> None:
        if self.clients:
            link = self.clients[cursor.number(len(self.clients))]
            if data := cursor.piece():
                self.bench.arrive(link, data)

    def _go(self, cursor: Cursor) -> None:
        if self.clients:
            self.bench.end(self.clients.pop(cursor.number(len(self.clients))), reset=bool(cursor.number(2)))

    def _odd(self, cursor: Cursor) -> None:
        """An event for a handle that is gone or never was, or the reset pin."""
        handle = -1 - cursor.number(3)
        odd = (
            tell.Lost(handle, "late"), tell.Received(handle, b"late"), tell.Writable(handle), tell.Blocked(handle),
            tell.Opened(handle, ("127.0.0.1", 1)), tell.Failed(handle, "late"), tell.Transmitted(handle, 3),
        )  # fmt: skip
        which = cursor.number(len(odd) + 1)
        if which < len(odd):
            self.bench.tell(odd[which])
            return
        for held in (True, False):
            self.bench.engine.reset_pin(held, self.bench.now)
            self.bench._settle()
        self.clients.clear()


def life_of(choice: int) -> Life:
    """A module with one of the emulator's variants, or none: ``choice`` picks it."""
    names = sorted(set(VARIANTS) - DRESSED)
    variants = (names[choice % len(names)],) if choice % 3 else ()
    return Life(variants, polled=choice % 7 == 6)


def check(program: bytes) -> None:
    """One program in a module of its own: the target of the coverage-guided fuzzer and of the corpus."""
    life = life_of(program[0] if program else 0)
    life.live(program[1:])
    life.settle()


@dataclass
class Long:
    """What a long life was like. ``growth``: bytes by which the module was larger at its end than at a fifth of it."""

    variant: str
    lines: int = 0
    programs: int = 0
    settled: int = 0
    growth: int = 0


def long_life(choice: int, lines: int, seed: int, beat: Callable[[int], object] = lambda _: None) -> Long:
    """One module that is given ``lines`` lines and never restarted. Raises what goes wrong, with the program.

    ``beat`` gets the number of lines since the last call.
    """
    life = life_of(choice)
    work = Long(life.variant)
    weight, measured = 0, False
    for program in programs(seed, 400):
        before = life.lines
        try:
            life.live(program)
            if work.programs % SETTLE_EVERY == 0:
                life.settle()
                work.settled += 1
        except Exception as problem:
            problem.add_note(f"seed {seed}, life {choice} ({life.variant}), program {work.programs}: {program!r}")
            raise
        work.programs += 1
        beat(life.lines - before)
        if not measured and life.lines >= lines / 5:
            measured, weight = True, weigh(life)
        if life.lines >= lines:
            break
    work.lines, work.growth = life.lines, weigh(life) - weight
    return work


def weigh(life: Life) -> int:
    """Bytes of all that hangs on the module, once it is at rest with nothing open and nothing saved."""
    life.settle()
    for line in ("C0", *(f"P0={one}\rP5=0\rP6=0" for one in range(4)), "Z2", "Z0", "ZR"):
        life.bench.at(line, LONGEST_WAIT)
    return weigh_objects(life.bench.engine)


def weigh_objects(root: object) -> int:
    """Bytes of ``root`` and of everything that it leads to, classes and functions and modules left out."""
    seen: dict[int, object] = {}
    left = [root]
    while left:
        one = left.pop()
        if id(one) in seen or isinstance(one, (type, ModuleType, FunctionType, BuiltinFunctionType, CodeType)):
            continue
        seen[id(one)] = one
        left += gc.get_referents(one)
    return sum(map(sys.getsizeof, seen.values()))
