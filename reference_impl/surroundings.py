"""The files that say what is around the module: TOML or JSON, with the tables `networks`, `names` and `hosts`.

[[networks]]
ssid = "Office"             # or ssid_hex = "4f66"
channel = 6
security = "WPA2 AES"
passphrase = "open sesame"  # left out: any is good

[names]
"time.example" = "127.0.0.9"

[hosts]
"192.168.1.1" = 12          # milliseconds of a ping's answer, -1: none
"""

import json
import time
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from reference_impl.core.world import World, WorldError, read_hosts, read_names, read_networks
from reference_impl.shells.errors import SetupError

TABLES = {"networks", "names", "hosts"}


def make_world(networks: Path | None, names: Path | None, pairs: Iterable[tuple[str, str]]) -> World:
    """What is around. A file of networks is the whole list; a table of names is all the names. Raises SetupError."""
    world = World(utc=time.time() - time.monotonic())
    for option, path in (("--networks", networks), ("--names", names)):
        if path is not None:
            _take(world, option, path)
    world.names.update({name.lower(): where for name, where in pairs})
    world.any_name = not world.names and names is None
    return world


def _take(world: World, option: str, path: Path) -> None:
    tables = _read(option, path)
    try:
        if option == "--networks" or "networks" in tables:
            world.networks, world.listed_only = read_networks(tables.get("networks", [])), True
        world.names.update(read_names(tables.get("names", {})))
        world.hosts.update(read_hosts(tables.get("hosts", {})))
    except WorldError as error:
        raise SetupError(f"{option} {path}: {error}") from None


def _read(option: str, path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        tables = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise SetupError(f"{option} {path}: {error.strerror}; name a file of TOML or JSON") from None
    except ValueError as error:
        raise SetupError(f"{option} {path}: {error}; expected TOML, or JSON in a file that ends in .json") from None
    if not isinstance(tables, dict) or set(tables) - TABLES:
        raise SetupError(f"{option} {path}: expected the tables {', '.join(sorted(TABLES))} and no other")
    return tables
