"""Sends shots and judges what the module makes of them: it lives, it is in step, and a command has one answer."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from fixtures.case import show
from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.bench.known import KNOWN
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.frames import Answer
from fixtures.drivers.replay.file import Step
from fixtures.drivers.replay.record import Recorder
from fixtures.errors import BenchError, ModuleFault, NoAnswer, OutOfStep
from suites.campaigns.fuzz.lines import BUFFER, PAYLOAD, is_command, is_harmless, names, waits_for_payload

T = TypeVar("T")
BRIEF_S = 1.0
"""A silence after which a line that is no command will not be answered: no document says that it must be."""
CALM_S = 0.3
LARGEST = 1461
"""Carriage returns that end any payload that a module may be waiting for."""
WAIT = {"R2": "100", "S2": "100"}
"""Short waits, so that a read without a client costs little."""
MOST_TRIALS = 80
"""Trials that making a finding shorter may take."""
DEAF, REFUSED, MIXED = "deaf", "refused", "mixed"
ONE_ANSWER, AFTER = "FR-ONE-ANSWER", "FR-AFTER-ERROR"


@dataclass(frozen=True)
class Complaint:
    """What a shot showed to be broken."""

    requirement: str
    expected: str
    got: str


@dataclass(frozen=True)
class Asked:
    """How a good command fared: "" well, ``DEAF`` not answered, ``REFUSED``, ``MIXED`` with what was not asked for."""

    how: str = ""
    came: str = ""


@dataclass
class Counts:
    """What was sent and how it was taken. ``more``: lines that are no commands and had other than one answer."""

    shots: int = 0
    commands: int = 0
    refused: int = 0
    silent: int = 0
    more: int = 0

    def __str__(self) -> str:
        return (
            f"{self.shots} shots, {self.commands} of them commands; {self.refused} answered by an error, "
            f"{self.silent} by nothing, {self.more} otherwise than once"
        )


@dataclass
class Range:
    """The module on the shooting range. ``recorder``: where a finding's steps are written, None while shooting."""

    bench: Bench
    counts: Counts = field(default_factory=Counts)
    recorder: Recorder | None = None
    _nonce: int = 0
    _failed: bool = False

    @property
    def at(self) -> ATClient:
        """The AT client."""
        return self.bench.at

    def open(self) -> None:
        """Short waits."""
        for name, value in WAIT.items():
            self.at(f"{name}={value}")

    def close(self) -> None:
        """Whatever the shots have set counts as unknown; the bench sets all of it."""
        self.at.history.forget()

    def shoot(self, shot: bytes) -> Complaint | None:
        """Send ``shot``; None where all is well after it."""
        assert is_harmless(shot), f"not to be sent: {shot!r}"
        self.at.answers.clear()
        self.counts.shots += 1
        self._failed, demanding = False, is_command(shot)
        try:
            complaint = self._command(shot) if demanding else self._line(shot)
            complaint = complaint or self._in_step(shot, demanding=demanding)
        except OutOfStep as babble:
            return Complaint(ONE_ANSWER, "one answer and then silence", str(babble))
        if complaint is None:
            self._restore(shot)
        return complaint

    def _command(self, shot: bytes) -> Complaint | None:
        self.counts.commands += 1
        try:
            self._heard(shot, self.at.exchange_bytes(shot))
        except NoAnswer as silence:
            self.at.reset_view()
            return Complaint(ONE_ANSWER, f"one answer to {show(shot)}", str(silence))
        return None

    def _line(self, shot: bytes) -> Complaint | None:
        """Rubbish may be answered once, more often, or not at all."""
        if shot.count(b"\r") > 1:
            came = self.at.collect(shot, timeout=BRIEF_S)
            if self.recorder:
                self.recorder.line(shot, came)
            self.counts.silent += not came
            return None
        try:
            self._heard(shot, self.at.exchange_bytes(shot, prompt_only=True, timeout=BRIEF_S))
        except NoAnswer:
            self.counts.silent += 1
            self.at.reset_view()
        return None

    def _heard(self, shot: bytes, answer: Answer) -> None:
        """``_failed``: it was one line that every module takes whole, and it has failed."""
        self.counts.refused += answer.error
        self._failed = answer.error and len(shot) <= BUFFER

    # --- after a shot ---------------------------------------------------------------------------------------------
    def _in_step(self, shot: bytes, *, demanding: bool) -> Complaint | None:
        first = None if waits_for_payload(shot) else self._asked()
        if first is not None and not first.how:
            return None
        for _ in range(2):
            self._calm(shot)
            after = self._asked()
            if not after.how:
                break
        if after.how or (first and self._failed and first.how != MIXED):
            got = after.came or (first.came if first else "")
            return Complaint(AFTER, f"after {show(shot)}: R1=n is executed, and R? shows n", got)
        if demanding and first:
            return Complaint(ONE_ANSWER, f"one answer to {show(shot)}, then silence", first.came)
        self.counts.more += first is not None
        return None

    def _asked(self) -> Asked:
        """Set R1 to what it was not, and ask for it."""
        self._nonce = self._nonce % 1460 + 1
        try:
            done = self.at(f"R1={self._nonce}")
            status = self.at("R?")
            self.at.drain()
            self.at.check_strays()
        except NoAnswer as problem:
            self.at.reset_view()
            return Asked(DEAF, str(problem))
        except OutOfStep as problem:
            self.at.reset_view()
            return Asked(MIXED, str(problem))
        shown = status.ok and [one.isdigit() for one in status.fields[:2]] == [True, True]
        if done.ok and shown and status.fields[0] == str(self._nonce):
            return Asked()
        came = f"to R1={self._nonce}: {show(done)}; to R?: {show(status)}"
        return Asked(REFUSED if shown else MIXED, came)

    def _calm(self, shot: bytes) -> None:
        """Let what is under way come to its end; a payload that may be waited for is given."""
        self.at.drain(quiet=CALM_S)
        self.at.reset_view()
        if waits_for_payload(shot):
            self.at.link.send(b"\r" * LARGEST)
            self.at.drain(quiet=CALM_S)
            self.at.reset_view()

    def _restore(self, shot: bytes) -> None:
        """What the shot may have set, back again; the socket first."""
        named = {one.decode() for one in names(shot) if one not in PAYLOAD}
        if "P0" in named:
            self.at("P0=0")
        for name, value in {**KNOWN, **WAIT}.items():
            if name in named:
                self.at(f"{name}={value}")
        if "MT" in named:
            self.at(f"MT={self.bench.probe.mt}")

    # --- findings -------------------------------------------------------------------------------------------------
    def bring_back(self) -> bool:
        """True where the module is in the known state again."""
        try:
            self.bench.recover()
            self.bench.make_known(everything=True)
            self.open()
        except (BenchError, ModuleFault):
            return False
        return True

    def shows(self, shots: Sequence[bytes], requirement: str) -> bool:
        """True where these shots, sent to a module in the known state, break the requirement again."""
        if not self.bring_back():
            return False
        complaints = (self.shoot(one) for one in shots)
        return next((True for one in complaints if one and one.requirement == requirement), False)

    def steps(self, shots: Iterable[bytes]) -> list[Step]:
        """What is sent and what comes, written down, to the first complaint."""
        self.bring_back()
        with Recorder(self.at).listening() as self.recorder:
            self.open()
            next((one for shot in shots if (one := self.shoot(shot))), None)
            steps = self.recorder.steps
        self.recorder = None
        return steps


def shorter(
    shots: Sequence[bytes], shows: Callable[[Sequence[bytes]], bool], trials: int = MOST_TRIALS
) -> tuple[list[bytes], bool]:
    """The shots, and the bytes of each, that are left when what is not needed is taken away; and whether they show it.

    The last shot alone is tried first, since most often it was the one. All that is tried is harmless.
    """
    left = [trials]

    def try_it(candidate: Sequence[bytes]) -> bool:
        left[0] -= 1
        return left[0] >= 0 and all(map(is_harmless, candidate)) and shows(candidate)

    best = list(shots[-1:])
    if not try_it(best):
        best = list(shots)
        if not try_it(best):
            return best, False
        best = without(best, try_it)
    for number, shot in enumerate(best):
        head, tail = best[:number], best[number + 1 :]
        body = without(list(shot[:-1]), lambda one: try_it([*head, bytes(one) + b"\r", *tail]))  # noqa: B023
        best[number] = bytes(body) + b"\r"
    return best, True


def without(items: list[T], still: Callable[[list[T]], bool]) -> list[T]:
    """``items`` less all that can go while ``still`` holds: ever smaller pieces, single ones to the last."""
    size = len(items)
    while size:
        before = len(items)
        at = len(items) - size
        while at >= 0:
            candidate = items[:at] + items[at + size :]
            if still(candidate):
                items = candidate
            at -= size
        if size > 1 or len(items) == before:
            size //= 2
    return items
