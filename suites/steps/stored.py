"""Settings of the whole module, each with the field of a query that shows it; what a case changes is put back."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import MappingProxyType

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.frames import Answer
from fixtures.errors import ModuleFault

NO_FORMS: Mapping[str, str] = MappingProxyType({})
NETWORK_FIELDS = 15
"""Fields of C? (UM)."""


def fields_of(at: ATClient, query: str) -> list[str]:
    """The fields that ``query`` shows, without the blanks around them.

    The first field of C? is a name that may hold commas: the fields behind it are counted from the end.
    """
    fields = at(query).fields
    surplus = len(fields) - NETWORK_FIELDS if query == "C?" else 0
    return [",".join(fields[: surplus + 1]), *fields[surplus + 1 :]] if surplus > 0 else fields


def field_of(at: ATClient, query: str, place: int) -> str:
    """Field ``place`` of ``query``, counted from 0; "" where there are fewer."""
    return "".join(fields_of(at, query)[place : place + 1])


@contextmanager
def put_back(
    at: ATClient, query: str, places: Mapping[str, int], forms: Mapping[str, str] = NO_FORMS
) -> Iterator[list[str]]:
    """The fields of ``query`` before; afterwards each setting of ``places`` that differs is sent as it was.

    ``forms``: how the setting begins that is not sent as ``NAME=``. What was sent meanwhile tells whether any of them
    may differ. A module that refuses its own value has said so already where it was shown; nothing more can be done
    for it.
    """
    before = fields_of(at, query)
    began = at.history.count
    try:
        yield before
    finally:
        with suppress(ModuleFault):
            if at.history.may_have_changed(places, began):
                now = fields_of(at, query)
                for name, place in places.items():
                    if is_other(before[place : place + 1], now[place : place + 1]):
                        at(f"{forms.get(name, f'{name}=')}{before[place]}")


def is_other(before: Sequence[str], now: Sequence[str]) -> bool:
    """True where a field is known and differs now; a secret that is shown as asterisks is not known."""
    return bool(before) and set(before[0]) != {"*"} and before != now


def require_shown(
    case: Case, requirement: str, at: ATClient, setting: str, query: str, place: int, accepted: Sequence[str] = ()
) -> None:
    """``setting``, such as ``T3=100``, is accepted, and the query shows it; ``accepted``: as one of these."""
    answer = at(setting)
    case.require(requirement, answer.ok, f"OK to {setting}", answer)
    wanted = accepted or [setting.partition("=")[2]]
    got = field_of(at, query, place)
    expected = f"{' or '.join(wanted)} in field {place + 1} of {query} after {setting}"
    case.require(requirement, got in wanted, expected, got or at.answers[-1])


def each(requirements: Mapping[str, str], table: Mapping[str, Sequence[str]]) -> list[object]:
    """The pairs of ``table``, setting and value, each with the requirement of its setting."""
    return [
        pytest.param(name, value, id=f"{name}={value}", marks=pytest.mark.requirement(requirements[name]))
        for name, values in table.items()
        for value in values
    ]


def answer_line(answer: Answer) -> str:
    """An answer in the words of a record: OK or ERROR, and the beginning of the payload."""
    return f"{'OK' if answer.ok else 'ERROR' if answer.error else 'neither'} {answer.text.strip()[:80]}".strip()
