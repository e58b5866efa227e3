"""Latencies: measured, and compared with a declared limit."""

from collections.abc import Callable
from typing import Literal

from fixtures.drivers.line.frames import Answer

BUDGET_S = 1.5
MOST = 20
FEWEST = 3


def measure(exchange: Callable[[], Answer], pace: float) -> list[float]:
    """Latencies of ``exchange`` in milliseconds; as many as a module of that ``pace`` bears, 3 to 20."""
    count = min(MOST, max(FEWEST, int(BUDGET_S / max(pace, 1e-6))))
    return [exchange().latency * 1000 for _ in range(count)]


def against(p95: float, limit: float, band: float) -> Literal["within", "marginal", "over"]:
    """How ``p95`` stands to ``limit``: up to ``band`` above it a measurement decides nothing. All in ms."""
    if p95 <= limit:
        return "within"
    return "marginal" if p95 <= limit + band else "over"
