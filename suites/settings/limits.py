"""The limits of the settings: what a module may take in place of a number beyond them.

No document says that such a number is refused (docs/decisions/readings.md).
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from suites.spec.profiles import Profile, load_profile

LIMITS = {
    "P0": ("0", "3 4"),
    "P1": ("0", "3 4"),
    "P2": ("0", "65535"),
    "P4": ("0", "65535"),
    "P8": ("0 1", "6 17 30"),
    "R1": ("0 1", "1460"),
    "R2": ("0", "30000"),
    "R3": ("0", "1"),
    "S1": ("1", "1460"),
    "S2": ("0", "30000"),
    "MT": ("0", "1"),
}
"""The lowest and the highest values of each setting, in each document."""
ENABLE, IDLE_MS = ("0", "1"), ("0 1 250", "7200000")
"""The same for the two fields of PK."""


def limits_beside(name: str, value: str, profile: Profile) -> set[str]:
    """The limits that a module may take in place of ``value``, a number beyond them; none where it is no number."""
    if name == "PK":
        enable, _, idle = value.partition(",")
        pairs = [(one, other) for one in nearest(ENABLE, enable) for other in nearest(IDLE_MS, idle)]
        return {",".join(pair) for pair in pairs}
    declared = [str(one) for one in profile.ranges.get(name, ())]
    return nearest(LIMITS[name], value, declared) if name in LIMITS else set()


def nearest(limits: tuple[str, str], value: str, declared: Sequence[str] = ()) -> set[str]:
    """``value`` where it lies within the limits, else the limits on its side; none where it is no number.

    ``declared``: the limits of the profile, which count beside those of the documents.
    """
    if re.fullmatch(r"-?\d+", value) is None:
        return set()
    low, high = ({*side.split(), *declared[place : place + 1]} for place, side in enumerate(limits))
    if int(value) < min(map(int, low)):
        return low
    return high if int(value) > max(map(int, high)) else {value}


@cache
def ranges_of_the_page() -> Mapping[str, tuple[int, int]]:
    """The ranges of the vendor's page, by setting: a module that has the page's range has declared nothing."""
    return load_profile("web").ranges
