"""Latencies: measured, put into words, and compared with a declared limit."""

import math
import statistics
from collections.abc import Callable, Sequence
from typing import Literal

from fixtures.drivers.line.frames import Answer

BUDGET_S = 1.5
MOST = 20
FEWEST = 3


def measure(exchange: Callable[[], Answer], pace: float) -> list[float]:
    """Latencies of ``exchange`` in milliseconds; as many as a module of that ``pace`` bears, 3 to 20."""
    count = min(MOST, max(FEWEST, int(BUDGET_S / max(pace, 1e-6))))
    return [exchange().latency * 1000 for _ in range(count)]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of ``values`` that ``share`` (0 to 1) of them do not exceed (nearest rank)."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def words(values: Sequence[float]) -> str:
    """``values`` (ms) as a report shows them."""
    return (
        f"n={len(values)} median={statistics.median(values):.1f} ms p95={percentile(values, 0.95):.1f} ms "
        f"max={max(values):.1f} ms"
    )


def against(p95: float, limit: float, band: float) -> Literal["within", "marginal", "over"]:
    """How ``p95`` stands to ``limit``: up to ``band`` above it a measurement decides nothing. All in ms."""
    if p95 <= limit:
        return "within"
    return "marginal" if p95 <= limit + band else "over"
