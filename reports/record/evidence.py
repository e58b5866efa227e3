"""The origin of a record: the suite's version, the machine, and hashes that show a later change."""

import hashlib
import json
import platform
import subprocess
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import metadata
from typing import Any

from reports.places import ABOVE, ROOT

DISTRIBUTION = "eswifi-conformance"
GIT_S = 10
"""Seconds that git may take to answer."""


def record_sha256(record: Mapping[str, Any]) -> str:
    """SHA-256 over the record in canonical JSON (sorted keys, no blanks, UTF-8), without its own ``sha256``."""
    rest = {key: value for key, value in record.items() if key != "sha256"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def transcript_sha256(lines: Sequence[str]) -> str:
    """SHA-256 over the lines of a transcript, each with a newline behind it, in UTF-8."""
    return hashlib.sha256("".join(f"{one}\n" for one in lines).encode("utf-8", "backslashreplace")).hexdigest()


@cache
def suite_version() -> dict[str, str]:
    """``version`` of the suite and its git ``revision``; "" what the place of the suite does not say.

    A checkout has the version of ``pyproject.toml``, and its revision says the rest; ``+changed`` behind the revision:
    files of the suite differ from it. An installed suite has the version of its distribution, which counts the commits
    behind the tag; a repository around it is somebody else's.
    """
    if ABOVE:
        return {"version": metadata.version(DISTRIBUTION), "revision": ""}
    with (ROOT / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["tool"]["hatch"]["version"]["fallback-version"]
    revision = _git("rev-parse", "--short=12", "HEAD")
    changed = "+changed" if revision and _git("status", "--porcelain", "--untracked-files=no") else ""
    return {"version": version, "revision": revision + changed}


def _git(*words: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(ROOT), *words], capture_output=True, text=True, timeout=GIT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def host() -> dict[str, str]:
    """The machine that judged: its system and Python's version. Without its name, which concerns no reader."""
    return {
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
    }
