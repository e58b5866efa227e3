"""The answers to C0 and C?."""

import re

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.frames import Answer

TAG = rb"\[JOIN {3}\] "
ADDRESS = rb"(?P<address>\d{1,3}(?:\.\d{1,3}){3})"


def judge_join(case: Case, answer: Answer, ssid: str) -> str:
    """C0's answer has one of the documented forms (UM, QR9); the address in it. Raises Nonconformity."""
    form = "two lines" if len(answer.lines) == 2 else "one line"
    name = re.escape(octets(ssid))
    line = TAG + name + rb"," + ADDRESS + rb",0,0"
    two = TAG + name + rb"[^\r\n]*\r\n" + TAG + rb"(?:[^\r\n]*,)?" + ADDRESS + rb"(?:,0,0)?"
    match = re.fullmatch(two if form == "two lines" else line, b"\r\n".join(answer.lines))
    expected = f"[JOIN   ] {ssid},<address>,0,0 (on C1.x after a line with the name) and OK"
    case.require("NW-JOIN", answer.ok and match, expected, answer)
    case.observe("NW-JOIN", "form", form)
    assert match is not None
    return str(match["address"], "ascii")


def octets(name: str) -> bytes:
    """A network's name as the octets that it has, which need not be UTF-8 (surrogateescape)."""
    return name.encode("utf-8", "surrogateescape")


def fields_of(answer: Answer, ssid: str) -> list[str]:
    """The fields of C?'s ``answer``, without the blanks around them; ``ssid`` may have commas of its own."""
    if not answer.payload.startswith(octets(ssid) + b","):
        return answer.fields
    rest = answer.payload.removeprefix(octets(ssid) + b",").decode("latin-1")
    return [ssid, *(one.strip() for one in rest.split(","))]


def shown(at: ATClient, ssid: str) -> list[str]:
    """The fields of C?, without the blanks around them; ``ssid``: the network's name."""
    return fields_of(at("C?"), ssid)


def own_address(at: ATClient, ssid: str) -> str:
    """Field 6 of C?, the module's address."""
    return "".join(shown(at, ssid)[5:6])
