"""Latencies in the words of a report."""

import math
import statistics
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of ``values`` that ``share`` (0 to 1) of them do not exceed (nearest rank)."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def words(values: Sequence[float]) -> str:
    """``values`` (ms) as a report shows them."""
    return (
        f"n={len(values)} median={statistics.median(values):.1f} ms p95={percentile(values, 0.95):.1f} ms "
        f"max={max(values):.1f} ms"
    )
