"""The modules whose faults can be switched on, and the requirements that each fault breaks.

The map belongs to the tests: neither the emulator nor an independent module knows the requirements of the catalogue.
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
    """The map lacks a fault, or names a fault that the module does not have."""


@dataclass(frozen=True)
class Fault:
    """One faulty module. ``requirements``: the requirements that it breaks. A case of any of them may catch the fault.

    ``equivalent``: why no document calls the module wrong; "" where the fault must be caught. ``command`` starts the
    module, and is empty where the rig starts it; ``pytest_options`` reach it.
    """

    name: str
    sentence: str
    command: tuple[str, ...]
    pytest_options: tuple[str, ...]
    requirements: tuple[str, ...] = ()
    equivalent: str = ""


class Emulator:
    """The reference emulator. The rig starts it."""

    key = "emulator"

    def names(self) -> dict[str, str]:
        """The names of the module's faults, each with the sentence that it breaks."""
        rows = output_of(sys.executable, "-m", "reference_impl", "--list-faults").splitlines()
        return {name: sentence for name, sentence, *_ in (row.split("\t") for row in rows if row)}

    def commands(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The command that starts the module with the fault ``name``, and the options of pytest that reach it."""
        return (), (f"--emulator-option=--fault={name}",)

    def faults(self) -> list[Fault]:
        """The module's faults with their requirements. Raises MapError."""
        return map_faults(self.key, self.names(), self.commands)


class FreshEye:
    """The first independent module. The judge starts it on a pty of its own."""

    key = "fresh_eye"

    def names(self) -> dict[str, str]:
        rows = output_of(sys.executable, "tests/strangers/fresh_eye/module.py", "--list-faults").splitlines()
        return {row["name"]: row["sentence"] for row in map(json.loads, rows)}

    def commands(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return (sys.executable, "tests/strangers/fresh_eye/module.py", "--joined", "--fault", name), ()

    def faults(self) -> list[Fault]:
        return map_faults(self.key, self.names(), self.commands)


class SecondEye:
    """The second independent module. The judge starts it in the same way, and the module joins the judge's network."""

    key = "second_eye"

    def names(self) -> dict[str, str]:
        rows = output_of(sys.executable, "-m", "tests.strangers.second_eye", "--list-faults").splitlines()
        return {row["name"]: row["sentence"] for row in map(json.loads, rows)}

    def commands(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return (sys.executable, "-m", "tests.strangers.second_eye", "--network=MUTANTS", "--fault", name), ()

    def faults(self) -> list[Fault]:
        return map_faults(self.key, self.names(), self.commands)


MODULES: dict[str, Callable[[], Emulator | FreshEye | SecondEye]] = {
    one.key: one for one in (Emulator, FreshEye, SecondEye)
}


def map_faults(
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


def output_of(*command: str) -> str:
    """What ``command`` writes to its standard output. Raises subprocess.CalledProcessError."""
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
