"""Measures the readers of answers: a packet that comes byte by byte, and babble without an end.

``measure`` gives seconds by kind and number of bytes; where the cost is linear, twice the bytes need twice the seconds.
"""

import time
from collections.abc import Callable, Iterator

from fixtures.drivers.line.frames import AnswerReader, Expectation, IdleReader

PACKET = bytes(range(32, 122)) * 20
MIB = 1 << 20
NOTICE = b"\r\n[TCP SVR] Accepted 127.0.0.1:34489\r\n> "
BABBLE = {
    "bytes": bytes(range(128, 256)),
    "prompts": b"> ",
    "empty lines with prompts": b"\r\n> ",
    "notices": NOTICE,
    "brackets": b"[WLAN] x",
    "errors without an end": b"\r\nERROR",
    "half an answer": b"\r\n0\r\nOK\r\n>",
}


def pieces(line: bytes, size: int) -> Iterator[bytes]:
    """The pieces of ``line``, ``size`` bytes each, as reads bring them."""
    return (line[start : start + size] for start in range(0, len(line), size))


def read_answer(line: bytes, size: int, expectation: Expectation) -> int:
    """Read ``line`` in pieces until an answer is found. Returns the number of its bytes, 0 where none is found."""
    reader, came = AnswerReader(expectation), bytearray()
    for piece in pieces(line, size):
        came += piece
        if found := reader.read(came):
            return found[1]
    return 0


def read_idle(line: bytes, size: int) -> int:
    """Give ``line`` in pieces to the idle reader. Returns the number of bytes that it holds back at the end."""
    reader, held = IdleReader(), b""
    for piece in pieces(line, size):
        held += piece
        held = held[reader.take(held)[2] :]
    return len(held)


def seconds(action: Callable[[], object]) -> float:
    """Seconds of processor time that ``action`` takes: other work of the machine does not count."""
    began = time.process_time()
    action()
    return time.process_time() - began


def measure(sizes: tuple[int, ...] = (MIB // 4, MIB)) -> dict[str, dict[int, float]]:
    """Seconds by kind and number of bytes: a packet byte by byte, and each kind of babble in reads of 256 bytes."""
    known = Expectation(b"R0\r", pending=PACKET[:1460])
    packet = b"\r\n" + PACKET[:1460] + b"\r\nOK\r\n> "
    found = {"packet byte by byte": {len(packet): seconds(lambda: read_answer(packet, 1, known))}}
    for kind, piece in BABBLE.items():
        for count in sizes:
            line = (piece * (count // len(piece) + 1))[:count]
            answer, idle = f"babble for an answer: {kind}", f"babble on an idle line: {kind}"
            found.setdefault(answer, {})[count] = seconds(lambda line=line: read_answer(line, 256, known))
            found.setdefault(idle, {})[count] = seconds(lambda line=line: read_idle(line, 256))
    return found


def report(found: dict[str, dict[int, float]]) -> str:
    """One line for each kind: milliseconds by number of bytes."""
    return "\n".join(
        f"{kind:<55}" + "  ".join(f"{count:>8} bytes {took * 1000:8.1f} ms" for count, took in by_size.items())
        for kind, by_size in found.items()
    )


if __name__ == "__main__":
    print(report(measure()))
