"""The settings as the queries show them."""

from fixtures.drivers.line.at import ATClient

FIELDS = {"P1": 0, "P2": 2, "P3": 3, "P4": 4, "P8": 7}
"""The fields of P? that show a setting, counted from 0."""


def shown(at: ATClient, socket: int) -> dict[str, str]:
    """What P? shows of the settings of ``socket``; of PK where it has fields for it."""
    at(f"P0={socket}")
    fields = at("P?").fields
    names = {"TCP": "0", "UDP": "1"}
    found = {name: names.get(fields[at_], fields[at_]) for name, at_ in FIELDS.items() if at_ < len(fields)}
    return found | ({"PK": ",".join(fields[10:12])} if len(fields) >= 12 else {})


def all_shown(at: ATClient) -> tuple[dict[str, str], list[str], list[str]]:
    """The settings of socket 0, as P?, R? and S? show them."""
    return shown(at, 0), at("R?").fields[:2], at("S?").fields[:2]
