"""Bytes that cross the module: read, sent, and the loss of the connection. Each move names the step that it is."""

import time

from fixtures.case import Case, resting_on, show
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.frames import Answer
from fixtures.drivers.peers import TcpPeer
from fixtures.errors import ModuleFault
from suites.steps.answers import differs, is_lost
from suites.steps.pace import PAUSE_S, pause_behind

TELLING = 64
"""Bytes from which on two pieces do not look alike by chance, nor since they are words of the same case."""
SOON_S = 0.5
"""Seconds within which bytes arrive that the module has sent before it answered an error."""


def read_exactly(at: ATClient, stream: bytes, timeout: float, *, step: str = "DA-READ") -> list[Answer]:
    """R0 until all of ``stream`` is read; each answer a piece of it, in order. Raises ModuleFault.

    A module may give fewer bytes than are there, and none while they are on their way; it may not give others. Where
    an answer has more bytes than R1, or the right bytes but for some that are changed, that is what is broken.
    """
    answers: list[Answer] = []
    rest = stream
    quiet_since = time.monotonic()
    while rest:
        answer = at.read(rest)
        answers.append(answer)
        done = len(stream) - len(rest)
        if is_lost(answer, rest) or not answer.ok:
            text = f"expected: bytes {done} to {len(stream)} of the peer's\ngot:      {show(answer)}"
            raise ModuleFault(text, step=step)
        most = _longest_read(at)
        if most is not None and len(answer.payload) > most and answer.payload.startswith(rest[: len(answer.payload)]):
            text = f"expected: at most R1={most} bytes a time\ngot:      {len(answer.payload)} bytes: {show(answer)}"
            raise ModuleFault(text, "DA-READ-R1")
        if not rest.startswith(answer.payload):
            fault = differs(f"the peer's bytes from {done} on:", rest, answer.payload, step=step)
            fault.requirement = "DA-READ" if step.startswith("DA-") and is_changed(rest, answer.payload) else None
            raise fault
        rest = rest[len(answer.payload) :]
        if answer.payload:
            quiet_since = time.monotonic()
        elif time.monotonic() - quiet_since > timeout:
            text = f"expected: bytes {done} to {len(stream)} within {timeout:g} s\ngot:      only {done}"
            raise ModuleFault(text, step=step)
        pause_behind(at, answer)
    return answers


def _longest_read(at: ATClient) -> int | None:
    """R1 as it was last set for the selected socket; None where nobody knows."""
    value = None if at.history.forgetful else at.history.value_of("R1")
    return int(value) if value and value.isdigit() else None


def is_changed(wanted: bytes, got: bytes) -> bool:
    """True where ``got`` is the beginning of ``wanted`` but for some bytes: none is missing, and it is no other's."""
    pairs = list(zip(wanted, got, strict=False))
    return len(pairs) >= TELLING and 4 * sum(one == other for one, other in pairs) >= 3 * len(pairs)


def read_until_lost(
    at: ATClient, timeout: float, pending: bytes = b"", *, step: str = "MA-LOST-R0"
) -> tuple[bytes, Answer]:
    """Send R0 until R0 answers -1: the bytes before, and this answer. Raises ModuleFault."""
    deadline = time.monotonic() + timeout
    data = b""
    while True:
        answer = at.read(pending[len(data) :])
        if is_lost(answer, pending[len(data) :]):
            return data, answer
        if not answer.ok:
            raise ModuleFault(f"expected: -1 or the rest of the bytes\ngot:      {show(answer)}", step=step)
        data += answer.payload
        if time.monotonic() > deadline:
            raise ModuleFault(f"expected: -1 within {timeout:g} s of the loss\ngot:      {show(answer)}", step=step)
        pause_behind(at, answer)


def send_until_lost(at: ATClient, timeout: float, payload: bytes = b"x", *, step: str = "MA-LOST-S3") -> Answer:
    """Send S3 until it answers -1. The first may count bytes: TCP learns of a loss late. Raises ModuleFault."""
    deadline = time.monotonic() + timeout
    while True:
        answer = at.send(payload)
        if answer.payload == b"-1":
            return answer
        if time.monotonic() > deadline:
            raise ModuleFault(f"expected: -1 within {timeout:g} s of the loss\ngot:      {show(answer)}", step=step)
        at.drain(quiet=PAUSE_S)


def send_exactly(
    at: ATClient, peer: TcpPeer, payload: bytes, timeout: float, *, count: str = "DA-SEND-COUNT", step: str = "DA-SEND"
) -> Answer:
    """S3 with ``payload``; the count is right and the peer has received just these bytes. Raises ModuleFault.

    A wrong count breaks ``count`` where the bytes have arrived all the same, and else rests on ``step``. What comes
    behind the bytes is looked for without waiting: a byte too many is mostly in the same packet.
    """
    answer = at.send(payload)
    if not answer.ok or answer.payload != str(len(payload)).encode():
        text = f"expected: the count {len(payload)} and OK\ngot:      {show(answer)}"
        arrived = _arrives(peer, payload, min(timeout, SOON_S) if answer.error else timeout)
        raise ModuleFault(text, count if arrived else None, step=step)
    got = receive_exactly(peer, len(payload), timeout, step=step)
    if got != payload:
        raise differs("the peer receives", payload, got, step=step)
    if more := peer.receive_available(0):
        text = f"expected: nothing behind the {len(payload)} bytes of S3\ngot:      {show(more)}"
        raise ModuleFault(text, step=step)
    return answer


def receive_exactly(peer: TcpPeer, count: int, timeout: float, *, step: str = "DA-SEND") -> bytes:
    """The ``count`` bytes that ``peer`` gets of the module within ``timeout`` seconds. Raises ModuleFault."""
    with resting_on(step):
        return peer.receive(count, timeout)


def counts(case: Case, answer: Answer, size: int) -> None:
    """S3 with ``size`` bytes was taken; a wrong count is charged, and the case goes on. Raises ModuleFault."""
    counted = answer.payload != b"-1" and answer.payload.isdigit()
    case.step("DA-SEND-COUNT" if counted else "DA-SEND", counted and answer.ok, f"a count and OK to S3={size}", answer)
    case.charge("DA-SEND-COUNT", answer.payload == b"%d" % size, f"the count {size} and OK", answer)


def _arrives(peer: TcpPeer, payload: bytes, timeout: float) -> bool:
    try:
        return peer.receive(len(payload), timeout) == payload
    except ModuleFault:
        return False


def await_close(peer: TcpPeer, timeout: float, *, step: str) -> bytes:
    """Wait until the module has closed the connection of ``peer``; the bytes that came before. Raises PeerTimeout."""
    with resting_on(step):
        return peer.wait_closed(timeout)


def read_some(at: ATClient, stream: bytes, timeout: float) -> bytes:
    """R0 until it gives bytes, which must begin ``stream``; may be fewer than are there. Raises ModuleFault."""
    deadline = time.monotonic() + timeout
    while True:
        answer = at.read(stream)
        if is_lost(answer, stream) or not answer.ok or not stream.startswith(answer.payload):
            raise ModuleFault(f"expected: the peer's bytes: {show(stream)}\ngot:      {show(answer)}", step="DA-READ")
        if answer.payload:
            return answer.payload
        if time.monotonic() > deadline:
            raise ModuleFault(f"expected: the peer's bytes within {timeout:g} s\ngot:      none", step="DA-READ")
        pause_behind(at, answer)
