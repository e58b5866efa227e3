"""Whether a series of measurements drifts: a robust slope and how sure it is.

The slope is Theil and Sen's, the median of the slopes between all pairs of points; its interval is Sen's (1968), from
the variance of Kendall's S. Outliers, of which a bench has many, move neither. It is some lines over ``statistics``:
the package that has it (scipy, with numpy) weighs more than all else that a bench must install.
"""

import itertools
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

MOST_BLOCKS = 200
FEWEST = 10
PER = 1000
"""Number of cycles for which the slope is given."""
SURE = statistics.NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class Drift:
    """By how much a measurement changes in ``PER`` cycles: ``slope``, and the interval that holds it in 95 of 100."""

    slope: float
    low: float
    high: float

    @property
    def shows(self) -> bool:
        """True where no drift at all is outside the interval."""
        return not self.low <= 0 <= self.high

    def words(self, unit: str) -> str:
        """The drift in the words of the report."""
        return f"{self.slope:+.3g} {unit} per 1,000 cycles, 95 % [{self.low:+.3g}, {self.high:+.3g}]"


def blocks(values: Sequence[float], most: int = MOST_BLOCKS) -> tuple[list[float], list[float]]:
    """The medians of at most ``most`` stretches of ``values``, and the middle of each, as a number of cycles."""
    size = max(1, -(-len(values) // most))
    starts = range(0, len(values), size)
    middles = [start + (min(size, len(values) - start) - 1) / 2 for start in starts]
    return middles, [statistics.median(values[start : start + size]) for start in starts]


def drift_of(values: Sequence[float]) -> Drift | None:
    """The drift of ``values``, one a cycle; None where there are too few to tell."""
    places, medians = blocks(values)
    count = len(places)
    if count < FEWEST:
        return None
    points = list(zip(places, medians, strict=True))
    slopes = sorted((b[1] - a[1]) / (b[0] - a[0]) for a, b in itertools.combinations(points, 2))
    spread = SURE * math.sqrt(count * (count - 1) * (2 * count + 5) / 18)
    low = max(0, math.floor((len(slopes) - spread) / 2))
    high = min(len(slopes) - 1, math.ceil((len(slopes) + spread) / 2))
    return Drift(*(one * PER for one in (statistics.median(slopes), slopes[low], slopes[high])))
