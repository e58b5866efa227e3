"""The modules that have faults to switch on, and the requirements that each fault breaks.

The map is the testers': neither the emulator nor an independent module knows a requirement of the catalogue.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


class MapError(Exception):
    """A fault is missing from the map, or the map names one that is not there."""


@dataclass(frozen=True)
class Fault:
    """One faulty module. ``requirements``: those that it breaks, any of which may catch it.

    ``equivalent``: why no document lets anybody tell it from a good one; "" where it must be caught.
    """

    name: str
    sentence: str
    command: tuple[str, ...]
    pytest_options: tuple[str, ...]
    requirements: tuple[str, ...] = ()
    equivalent: str = ""


class Emulator:
    """The reference emulator, started by the rig itself."""

    key = "emulator"

    def names(self) -> dict[str, str]:
        rows = run(sys.executable, "-m", "reference_impl", "--list-faults").splitlines()
        return {name: sentence for name, sentence, *_ in (row.split("\t") for row in rows if row)}

    def commands(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return (), (f"--emulator-option=--fault={name}",)

    def faults(self) -> list[Fault]:
        return mapped(self.key, self.names(), self.commands)


class FreshEye:
    """The independent module, started by the judge on a pty of its own."""

    key = "fresh_eye"

    def names(self) -> dict[str, str]:
        rows = run(sys.executable, "tests/strangers/fresh_eye/module.py", "--list-faults").splitlines()
        return {row["name"]: row["sentence"] for row in map(json.loads, rows)}

    def commands(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return (sys.executable, "tests/strangers/fresh_eye/module.py", "--joined", "--fault", name), ()

    def faults(self) -> list[Fault]:
        return mapped(self.key, self.names(), self.commands)


class SecondEye:
    """The second independent module, started in the same way; it joins the network that the judge names."""

    key = "second_eye"

    def names(self) -> dict[str, str]:
        rows = run(sys.executable, "-m", "tests.strangers.second_eye", "--list-faults").splitlines()
        return {row["name"]: row["sentence"] for row in map(json.loads, rows)}

    def commands(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return (sys.executable, "-m", "tests.strangers.second_eye", "--network=MUTANTS", "--fault", name), ()

    def faults(self) -> list[Fault]:
        return mapped(self.key, self.names(), self.commands)


MODULES: dict[str, Callable[[], Emulator | FreshEye | SecondEye]] = {
    one.key: one for one in (Emulator, FreshEye, SecondEye)
}


def mapped(
    key: str, names: dict[str, str], commands: Callable[[str], tuple[tuple[str, ...], tuple[str, ...]]]
) -> list[Fault]:
    """The faults with their requirements from ``KEY.toml``. Raises MapError."""
    path = HERE / f"{key}.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if missing := sorted(set(names) - set(table)):
        raise MapError(f"{path.name}: not mapped to a requirement: {', '.join(missing)}")
    if unknown := sorted(set(table) - set(names)):
        raise MapError(f"{path.name}: no such fault: {', '.join(unknown)}")
    for name, row in table.items():
        if bool(row.get("requirements")) == bool(row.get("equivalent")):
            raise MapError(f"{path.name}: {name}: either requirements or equivalent, and why")
    return [
        Fault(
            name,
            sentence,
            *commands(name),
            requirements=tuple(table[name].get("requirements", ())),
            equivalent=table[name].get("equivalent", ""),
        )
        for name, sentence in names.items()
    ]


def run(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
