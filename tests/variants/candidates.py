"""The conforming modules: every variant of the three software modules, the emulator's profiles, and combinations.

A variant is judged under the profile ``web``, unless the table of its module (``KEY.toml``) names another profile: one
of the suites' profiles or a file in ``profiles/``. A variant that passes under no profile has its reason in the table.
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
from tests.mutants.modules import output_of

HERE = Path(__file__).parent
FRESH_EYE = "tests/strangers/fresh_eye/module.py"
SECOND_EYE = "tests.strangers.second_eye"
PROFILES = HERE / "profiles"
WEB = "web"


class TableError(Exception):
    """A table names a variant or a profile that does not exist."""


@dataclass(frozen=True)
class Candidate:
    """One conforming module: its ``options``, and the ``profile`` under which it is judged. ``note``: why that profile.

    ``not_conforming``: why the module is not judged; "" where it is judged and no requirement may be blamed.
    """

    name: str
    options: tuple[str, ...]
    profile: str = WEB
    note: str = ""
    not_conforming: str = ""


@dataclass(frozen=True)
class Kind:
    """A module that has variants. ``asked``: the arguments of Python that run the module. ``name_of``: from a line of
    ``--list-variants`` to the name. ``reach``: from options of the module to the command that starts the module (empty
    where the rig starts it) and the options of pytest that reach the module."""

    key: str
    asked: tuple[str, ...]
    name_of: Callable[[str], str]
    reach: Callable[[tuple[str, ...]], tuple[tuple[str, ...], tuple[str, ...]]]

    def variants(self) -> list[str]:
        """The names of the variants, in the module's order."""
        return [self.name_of(row) for row in list_variants(self.asked).splitlines() if row]


@functools.cache
def list_variants(asked: tuple[str, ...]) -> str:
    """The output of ``--list-variants`` of a module. The module is asked once."""
    return output_of(sys.executable, *asked, "--list-variants")


def by_the_rig(options: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """How the emulator is reached: the rig starts it."""
    return (), tuple(f"--emulator-option={one}" for one in options)


def by_the_judge(options: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """How the first independent module is reached: the judge starts it on a pty of its own."""
    return (sys.executable, FRESH_EYE, "--joined", *options), ("--allow=reset,network,flash",)


def by_the_judge_with_network(options: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """How the second independent module is reached: the judge starts it, and the module joins the judge's network."""
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
            by_the_judge_with_network,
        ),
    )
}


def table_of(key: str) -> dict[str, Any]:
    """The table of module ``key``: variants, profiles, combinations."""
    return tomllib.loads((HERE / f"{key}.toml").read_text(encoding="utf-8"))


def alone(kind: Kind, table: dict[str, Any]) -> list[Candidate]:
    """The module without a variant, with each of its profiles, and with each variant alone. Raises TableError."""
    names, entries = kind.variants(), table.get("variants", {})
    if unknown := sorted(set(entries) - set(names)):
        raise TableError(f"{kind.key}.toml: no such variant: {', '.join(unknown)}")
    plain = [Candidate("plain", ())]
    profiles = [Candidate(f"profile-{one}", (f"--profile={one}",), one) for one in table.get("profiles", ())]
    return plain + profiles + [candidate(name, [name], entries.get(name, {})) for name in names]


def combined(kind: Kind, table: dict[str, Any]) -> list[Candidate]:
    """The combinations of variants that the table names. Raises TableError."""
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
    """The value of ``--profile`` for ``name``: a profile of the suites, or the path of a file in ``profiles/``.

    Raises TableError where there is neither.
    """
    path = PROFILES / f"{name}.toml"
    if path.is_file():
        return str(path)
    if name not in available():
        raise TableError(f"no profile {name!r}, neither of the suites nor in {PROFILES.name}/")
    return name


def forgotten(kind: Kind, table: dict[str, Any]) -> list[str]:
    """The conforming variants that stand in no combination."""
    together = {one for entry in table.get("combinations", {}).values() for one in entry["variants"]}
    excused = {name for name, entry in table.get("variants", {}).items() if entry.get("not_conforming")}
    return [name for name in kind.variants() if name not in together | excused]
