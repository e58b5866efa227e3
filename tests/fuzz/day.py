"""A day of clients through the emulator's core, in virtual time: each is accepted, spoken with, and sent on its way."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.fuzz.core import LONGEST_WAIT, Life, weigh
from tests.reference_impl.core_bench import payload

SECONDS = 86_400.0
PACE = 0.25
"""Virtual seconds from one arrival to the next, on average; one to six clients arrive at once."""
NOTICE = b"[TCP SVR] Accepted 127.0.0.9:"


@dataclass
class Day:
    """What the day was like. ``slowest``: seconds of the slowest accept. ``growth``: bytes since its first tenth."""

    cycles: int = 0
    bytes: int = 0
    slowest: float = 0.0
    growth: int = 0

    def __str__(self) -> str:
        return (
            f"{self.cycles} clients served in their order, {self.bytes} bytes each way, slowest accept "
            f"{self.slowest * 1000:.0f} ms, the module grew by {self.growth} bytes"
        )


def day_of(
    seconds: float, seed: int = 1, life: Life | None = None, beat: Callable[[float], object] = lambda _: None
) -> Day:
    """Clients for so many virtual ``seconds``. Raises AssertionError at the first that is not served as it should."""
    dice = random.Random(seed)
    life = life or Life()
    work, bench = Day(), life.bench
    weight = 0
    start_server(life)
    end = bench.now + seconds
    while bench.now < end:
        before = bench.now
        serve(life, work, dice)
        bench.run(dice.uniform(0, max(0.0, 2 * (PACE - (bench.now - before)))))
        beat(bench.now - before)
        if not weight and bench.now > end - 0.9 * seconds:
            before = bench.now
            weight = weigh(life)
            start_server(life)
            end += bench.now - before
    work.growth = weigh(life) - weight
    return work


def start_server(life: Life) -> None:
    """Multi-accept on socket 0, after whatever ``weigh`` has left."""
    for line in ("C1=LAB", "C0", "MT=1", "P0=0", "R2=100", "P8=6"):
        life.bench.at(line, LONGEST_WAIT)
    assert life.bench.at("P5=11", 1.0).endswith(b"\r\nOK\r\n> ")


def serve(life: Life, work: Day, dice: random.Random) -> None:
    """One client, or several that wait: accept in order, bytes both ways, next."""
    bench = life.bench
    peers = [("127.0.0.9", dice.randint(1024, 65535)) for _ in range(dice.choice((1, 1, 1, 2, 6)))]
    links = [bench.connect(peer) for peer in peers]
    for peer, link in zip(peers, links, strict=True):
        waited = await_notice(life, b"%s%d\r\n" % (NOTICE, peer[1]))
        work.slowest = max(work.slowest, waited)
        up, down = dice.randbytes(dice.randint(1, 1460)), dice.randbytes(dice.randint(1, 1460))
        bench.arrive(link, up)
        assert bench.at("R0", 0.01) == payload(up), f"client {work.cycles}"
        assert bench.at(b"S3=%d\r%s" % (len(down), down), 0.01).startswith(payload(b"%d" % len(down)))
        assert link.got == down, f"client {work.cycles}"
        assert bench.at("P5=10", 0.0).endswith(b"OK\r\n> ")
        assert link.closed, f"client {work.cycles}"
        work.cycles, work.bytes = work.cycles + 1, work.bytes + len(up)
    bench.pieces.clear()


def await_notice(life: Life, text: bytes) -> float:
    """Virtual seconds until the notice is there."""
    bench = life.bench
    began, said = bench.now, b""
    while text not in said:
        assert bench.now - began < 5.0, f"no {text!r} in 5 s; instead {said!r}"
        bench.run(0.005)
        said += bench.take()
    return bench.now - began
