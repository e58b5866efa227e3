"""What the module lets be set: which values it takes, in which answer it shows them, and what they govern.

A case that fails because a setting was refused, or taken as another value, says nothing of what the setting governs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from suites.spec.rests import bases_of


@dataclass(frozen=True)
class Setting:
    """``low``, ``high``: the documented range of its number; ``before``: what stands before the number.

    ``form``: what it looks like where it is no number.

    ``taken``: the requirement that the module takes it; ``shown``: that it shows it, in ``query`` from the field
    ``place`` on, counted from 0. ``query`` is "" where no answer shows it as it was sent.
    """

    taken: str
    low: int = 0
    high: int = 0
    form: str = ""
    before: str = ""
    shown: str = ""
    query: str = ""
    place: int = 0

    def is_documented(self, value: str, declared: tuple[int, int] | None = None) -> bool:
        """True where the documents, and the range that the profile has ``declared``, let the module take ``value``."""
        if self.form:
            return re.fullmatch(self.form, value) is not None
        low, high = declared or (self.low, self.high)
        number = re.fullmatch(rf"{self.before}(0|[1-9]\d*)", value)
        return number is not None and max(low, self.low) <= int(number[1]) <= min(high, self.high)


def _shown(letter: str, place: int, low: int, high: int) -> Setting:
    return Setting(f"SE-{letter}{place + 1}", low, high, shown=f"SE-SHOWN-{letter}", query=f"{letter}?", place=place)


SETTINGS: dict[str, Setting] = {
    "P1": Setting("SE-P1", 0, 3),
    "P2": Setting("SE-P2", 0, 65535, shown="SE-SHOWN-P", query="P?", place=2),
    "P3": Setting("SE-P3", form=r"\d{1,3}(?:\.\d{1,3}){3}", shown="SE-SHOWN-P", query="P?", place=3),
    "P4": Setting("SE-P4", 0, 65535, shown="SE-SHOWN-P", query="P?", place=4),
    "P8": Setting("SE-P8", 0, 6, shown="SE-SHOWN-P", query="P?", place=7),
    "PK": Setting("SE-PK-RANGE", 250, 7200000, before="[01],", shown="SE-SHOWN-P", query="P?", place=10),
    "R1": _shown("R", 0, 1, 1460),
    "R2": _shown("R", 1, 0, 30000),
    "S1": _shown("S", 0, 1, 1460),
    "S2": _shown("S", 1, 0, 30000),
    "MT": Setting("SE-MT", 0, 1),
    "C1": Setting("NW-C1", form=".{1,32}"),
    "C2": Setting("NW-C2", form=".{8,63}"),
    "C3": Setting("NW-C3", 0, 5),
    "C4": Setting("NW-C4", 0, 1),
}
"""The settings of the page and of the manual's tables of ranges, by command (UM 4; WEB)."""
_OF_P = ("P1", "P2", "P3", "P4", "P8", "PK")
_OF_R = ("R1", "R2")
_OF_S = ("S1", "S2")

GOVERNED_BY: Mapping[str, tuple[str, ...]] = {
    "MA-QUEUE": ("P8",),
    **dict.fromkeys(("MA-LISTENS", "MA-RESTART"), ("P2",)),
    "CL-CONNECT": ("P1", "P3", "P4"),
    "UD-CLIENT": ("P1", "P3", "P4"),
    "UD-SERVER": ("P1", "P2"),
    **dict.fromkeys(("KA-STARTS", "KA-IDLE", "KA-LOST-R0"), ("PK",)),
    **dict.fromkeys(("DA-READ-R1", "DA-READ-REST"), ("R1",)),
    **dict.fromkeys(("DA-READ-WAITS", "DA-READ-TIMEOUT"), ("R2",)),
    **dict.fromkeys(("DA-S0", "DA-S0-SHORT"), _OF_S),
    **dict.fromkeys(("FR-ERROR-MT0", "FR-ERROR-MT1"), ("MT",)),
    "SE-SHOWN-P": _OF_P,
    "SE-SHOWN-R": _OF_R,
    "SE-SHOWN-S": _OF_S,
    "SE-PER-SOCKET": _OF_P,
    **dict.fromkeys(("SE-SURVIVES", "CL-SURVIVES"), (*_OF_P, *_OF_R, *_OF_S)),
    "NW-SHOW-SETTINGS": ("C1", "C2", "C3", "C4"),
    "NW-JOIN": ("C1", "C2", "C3"),
}
"""By which settings a thing is governed: where one of them was refused or is another one, it cannot be as it should."""


def taken_by(command: str, ranges: Mapping[str, tuple[int, int]]) -> str | None:
    """The requirement that says that the module takes ``command``, such as P2=5024; None where the documents do not.

    ``ranges``: those that the profile declares.
    """
    name, equals, value = command.partition("=")
    if not equals or name not in SETTINGS or not SETTINGS[name].is_documented(value, ranges.get(name)):
        return None
    return "SE-PK" if command == "PK=1,3000" else SETTINGS[name].taken


def governing(requirement: str) -> set[str]:
    """The settings that govern ``requirement``, or what it rests on."""
    return {name for one in (requirement, *bases_of(requirement)) for name in GOVERNED_BY.get(one, ())}
