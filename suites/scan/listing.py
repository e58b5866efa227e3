"""What F0 lists: the lines, and the networks in them."""

import re
from dataclasses import dataclass

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.frames import Answer

LINE = re.compile(
    rb'#(?P<number>\d+), *"(?P<name>[^\r\n]*|.{0,32})", *'
    rb"(?P<bssid>[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}), *(?P<rssi>-?\d+), *"
    rb"(?P<rate>\d+(?:\.\d+)?), *(?P<type>[^,\r\n]+), *(?P<security>[^,\r\n]+), *(?P<band>[\d.]+ ?GHz), *"
    rb"(?P<channel>\d+) *",
    re.DOTALL,
)
"""A name may hold quotes, commas and, in its 32 bytes, line ends: the fields behind it are found from the end."""
BETWEEN = re.compile(rb"\r\n(?=#\d{3},)")
FORM = '#001,"name",08:86:3B:2B:7E:2E,-51,54.0,Infrastructure,WPA2 AES,2.4GHz,1'


@dataclass(frozen=True)
class Listed:
    """One network as a line of F0 shows it; texts are bytes."""

    number: bytes
    name: bytes
    type: bytes
    security: bytes
    band: bytes


def networks_of(answer: Answer) -> list[Listed] | None:
    """The networks in F0's answer; None where a line of it is none."""
    payload = answer.payload.strip(b"\r\n")
    matches = [LINE.fullmatch(one) for one in BETWEEN.split(payload)] if payload else []
    if not all(matches):
        return None
    names = ("number", "name", "type", "security", "band")
    return [Listed(*(one[name] for name in names)) for one in matches if one]


def scan(at: ATClient, case: Case, requirement: str = "SC-LINE") -> list[Listed]:
    """F0; every line has the documented form. Raises Nonconformity."""
    answer = at("F0")
    found = networks_of(answer)
    case.require(requirement, answer.ok and found is not None, f"lines such as {FORM}, and OK", answer)
    assert found is not None
    return found
