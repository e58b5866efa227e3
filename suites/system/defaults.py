"""The default settings of a socket (UM)."""

from fixtures.drivers.line.at import ATClient
from suites.spec.profiles import Profile

SOCKETS = (0, 1, 2, 3)
CHANGED = {"P2": 6001, "P3": "10.1.2.3", "P4": 6002, "P8": 3, "R1": 10, "R2": 20, "S1": 30, "S2": 40}
FIELDS = {"P2": ("P?", 2), "P3": ("P?", 3), "P4": ("P?", 4), "P5": ("P?", 5), "P8": ("P?", 7)} | {
    "R1": ("R?", 0),
    "R2": ("R?", 1),
    "S1": ("S?", 0),
    "S2": ("S?", 1),
}
"""The query and the field that shows a setting."""


def documented(profile: Profile) -> dict[str, tuple[str, ...]]:
    """The acceptable defaults of each setting that a query shows."""
    fixed = {"P2": "5024", "P3": "0.0.0.0", "P4": "5025", "P5": "0", "R1": "1460", "R2": "5000"}
    one = {name: (value,) for name, value in (fixed | {"S1": "1460", "S2": "5000"}).items()}
    return one | {"P8": tuple(map(str, profile.forms.p8_default))}


def change_all(at: ATClient) -> None:
    """Set each setting of each socket to another value than its default; the last socket stays selected."""
    for socket in SOCKETS:
        at(f"P0={socket}")
        for name, value in CHANGED.items():
            at(f"{name}={value}")


def differing(at: ATClient, profile: Profile, socket: int) -> list[str]:
    """The settings of the selected ``socket`` that differ from the documents, each as ``name=value``."""
    at(f"P0={socket}")
    answers = {query: at(query).fields for query in ("P?", "R?", "S?")}
    shown = {name: answers[query][at_] for name, (query, at_) in FIELDS.items() if at_ < len(answers[query])}
    good = documented(profile)
    return [f"{name}={value}" for name, value in shown.items() if value not in good[name]]
