"""Profiles: what a module declares of itself (the ICS of ISO/IEC 9646). One TOML file a firmware.

A profile says which forms, ranges and capabilities the module claims, which readings of a contradiction it
takes, and how long it may need. What it does not say is what the vendor's page says.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema

FOLDER = Path(__file__).parent
SCHEMA = FOLDER / "profile.schema.json"


class ProfileError(Exception):
    """A profile is unknown or breaks its schema. The message names file, key and what is expected."""


@dataclass(frozen=True)
class Forms:
    """How the module writes. A tuple lists what it may do; the module shows one of them.

    ``notices``: ``inline`` or ``mr``. ``accepted_port``: whose port the notice names, ``client`` or ``local``.
    ``lost_tail``: what ends the answer of R0 on a lost connection.
    """

    notices: str = "inline"
    accepted_port: str = "client"
    extra_crlf_before_ok: bool = False
    p_query_fields: tuple[int, ...] = (9, 10, 12)
    r_query_fields: tuple[int, ...] = (2, 3)
    mt_default: tuple[int, ...] = (0, 1)
    p8_default: tuple[int, ...] = (1, 8)
    lost_tail: tuple[str, ...] = ("ERROR", "OK")


@dataclass(frozen=True)
class Limits:
    """How long the module may need, in milliseconds, where no document says.

    ``answer``: silence before an answer. ``notice``: from a client's connect to its notice. ``close``: from the
    command to the end of the connection. ``lost``: from the client's leaving to the first -1.
    ``read_margin``: what R0 may need beyond R2. ``keepalive``: from the end of the idle time to the first -1.
    ``ready``: from a reset to the prompt. ``transfer``: for a packet to cross the network.
    ``latency``: for 95 of 100 answers to a short command; 0: the module declares none. ``latency_band``: above
    it a measurement decides nothing.
    """

    answer: int = 5000
    notice: int = 5000
    close: int = 5000
    lost: int = 5000
    read_margin: int = 1500
    keepalive: int = 30000
    ready: int = 20000
    transfer: int = 5000
    latency: int = 0
    latency_band: int = 50


@dataclass(frozen=True)
class Waiver:
    """A known breach that the maker has accepted: it must still fail, and in the same way."""

    requirement: str
    reason: str
    reference: str
    firmware: str
    expires: str
    message: str


@dataclass(frozen=True)
class Profile:
    """What a module declares. ``ranges``: lowest and highest accepted value of a setting."""

    name: str
    title: str
    firmware: str = ""
    capabilities: frozenset[str] = frozenset()
    forms: Forms = field(default_factory=Forms)
    limits: Limits = field(default_factory=Limits)
    ranges: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    obligations: Mapping[str, str] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()

    def seconds(self, limit: str) -> float:
        """The limit of that name in seconds."""
        return float(getattr(self.limits, limit)) / 1000


def available() -> list[str]:
    """The names of the profiles that come with the suites."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load_profile(name: str) -> Profile:
    """The profile ``name``, or the one in the file of that path. Raises ProfileError."""
    path = Path(name) if name.endswith(".toml") else FOLDER / f"{name}.toml"
    if not path.is_file():
        raise ProfileError(
            f"unknown profile {name!r}. Known: {', '.join(available())}; or give the path of a .toml file"
        )
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ProfileError(f"{path}: not TOML: {problem}") from problem
    _validate(path, data)
    return _build(data)


def _validate(path: Path, data: dict[str, Any]) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    problems = sorted(validator.iter_errors(data), key=lambda one: list(map(str, one.path)))
    if problems:
        lines = [f"{path}: {'.'.join(map(str, one.path)) or 'top level'}: {one.message}" for one in problems]
        raise ProfileError("\n".join(lines))


def _build(data: dict[str, Any]) -> Profile:
    forms: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in data.get("forms", {}).items()
    }
    return Profile(
        name=data["name"],
        title=data["title"],
        firmware=data.get("firmware", ""),
        capabilities=frozenset(data.get("capabilities", ())),
        forms=Forms(**forms),
        limits=Limits(**data.get("limits", {})),
        ranges={key: (low, high) for key, (low, high) in data.get("ranges", {}).items()},
        obligations=data.get("obligations", {}),
        waivers=tuple(Waiver(**one) for one in data.get("waivers", ())),
    )
