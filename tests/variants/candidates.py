"""The conforming modules: every variant of the three software modules, the emulator's profiles, and combinations.

A variant is judged under the profile ``web`` unless the table of its module, ``KEY.toml``, names another: one of the
suites' own or a file in ``profiles/``. A variant that no profile lets pass stands there with its argument.
"""

import functools
import json
import sys
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from suites.spec.profiles import available
from tests.mutants.modules import run

HERE = Path(__file__).parent
FRESH_EYE = "tests/strangers/fresh_eye/module.py"
SECOND_EYE = "tests.strangers.second_eye"
PROFILES = HERE / "profiles"
WEB = "web"


class TableError(Exception):
    """A table names a variant or a profile that is not there, or combines what cannot be combined."""


@dataclass(frozen=True)
class Candidate:
    """One conforming module: ``options`` of its own, judged under ``profile``.

    ``not_conforming``: why it is not judged after all; "" where no requirement may be blamed.
    """

    name: str
    options: tuple[str, ...]
    profile: str = WEB
    note: str = ""
    not_conforming: str = ""


@dataclass(frozen=True)
class Kind:
    """A module that has variants. ``reach``: options of the module to the command that starts it (empty where the
    rig does) and the options of pytest that reach it."""

    key: str
    asked: tuple[str, ...]
    name_of: Callable[[str], str]
    reach: Callable[[tuple[str, ...]], tuple[tuple[str, ...], tuple[str, ...]]]

    def variants(self) -> list[str]:
        """The names of the variants, in the module's order."""
        return [self.name_of(row) for row in list_variants(self.asked).splitlines() if row]


@functools.cache
def list_variants(asked: tuple[str, ...]) -> str:
    """What the module says of its variants; it is asked once."""
    return run(sys.executable, *asked, "--list-variants")


def by_the_rig(options: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The emulator, which the rig starts itself."""
    return (), tuple(f"--emulator-option={one}" for one in options)


def by_the_judge(options: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The independent module, on a pty of its own."""
    return (sys.executable, FRESH_EYE, "--joined", *options), ("--allow=reset,network,flash",)


def by_the_judge_again(options: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The second independent module, which joins the network that the judge names."""
    command = (sys.executable, "-m", SECOND_EYE, "--network=VARIANTS", *options)
    return command, ("--allow=reset,network,flash",)


KINDS = {
    one.key: one
    for one in (
        Kind("emulator", ("-m", "reference_impl"), lambda row: row.split("\t")[0], by_the_rig),
        Kind(
            "fresh_eye",
            (FRESH_EYE,),
            lambda row: str(json.loads(row)["name"]),
            by_the_judge,
        ),
        Kind(
            "second_eye",
            ("-m", SECOND_EYE),
            lambda row: str(json.loads(row)["name"]),
            by_the_judge_again,
        ),
    )
}


def table_of(key: str) -> dict[str, Any]:
    """The table of module ``key``: variants, profiles, combinations."""
    return tomllib.loads((HERE / f"{key}.toml").read_text(encoding="utf-8"))


def alone(kind: Kind, table: dict[str, Any]) -> list[Candidate]:
    """The plain module, each profile of its own, and each variant by itself. Raises TableError."""
    names, entries = kind.variants(), table.get("variants", {})
    if unknown := sorted(set(entries) - set(names)):
        raise TableError(f"{kind.key}.toml: no such variant: {', '.join(unknown)}")
    plain = [Candidate("plain", ())]
    profiles = [Candidate(f"profile-{one}", (f"--profile={one}",), one) for one in table.get("profiles", ())]
    return plain + profiles + [candidate(name, [name], entries.get(name, {})) for name in names]


def combined(kind: Kind, table: dict[str, Any]) -> list[Candidate]:
    """The combinations, each of variants that do not exclude one another. Raises TableError."""
    names = set(kind.variants())
    entries = table.get("combinations", {})
    for name, entry in entries.items():
        if unknown := sorted(set(entry["variants"]) - names):
            raise TableError(f"{kind.key}.toml: combination {name}: no such variant: {', '.join(unknown)}")
    return [candidate(name, entry["variants"], entry) for name, entry in entries.items()]


def candidate(name: str, variants: Sequence[str], entry: dict[str, Any]) -> Candidate:
    """The candidate that an entry of a table describes. Raises TableError for an unknown profile."""
    options = tuple(f"--variant={one}" for one in variants) + tuple(entry.get("options", ()))
    profile = profile_of(entry.get("profile", WEB))
    return Candidate(name, options, profile, entry.get("note", ""), entry.get("not_conforming", ""))


def profile_of(name: str) -> str:
    """What ``--profile`` is given for ``name``: one of the suites' own, or the path of a file in ``profiles/``."""
    path = PROFILES / f"{name}.toml"
    if path.is_file():
        return str(path)
    if name not in available():
        raise TableError(f"no profile {name!r}, neither of the suites nor in {PROFILES.name}/")
    return name


def forgotten(kind: Kind, table: dict[str, Any]) -> list[str]:
    """The conforming variants that no combination has."""
    together = {one for entry in table.get("combinations", {}).values() for one in entry["variants"]}
    excused = {name for name, entry in table.get("variants", {}).items() if entry.get("not_conforming")}
    return [name for name in kind.variants() if name not in together | excused]
