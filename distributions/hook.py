"""Hatchling's hook for the wheel of eswifi-conformance: the rooms of the checkout below the package of that name."""

import importlib.util
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "eswifi_conformance"
ROOMS = ("suites", "fixtures", "reference_impl", "reports", "conftest")
FILES = ("requirements/constraints.txt",)
"""What the rooms read outside themselves, at its place below the package."""


class RoomsHook(BuildHookInterface[Any]):
    """Lays the package out in a folder for the time of the build."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before the build of a wheel; an editable install and a source distribution have the checkout's folders."""
        self._folder: Path | None = None
        if version == "editable" or self.target_name != "wheel":
            return
        root = Path(self.root)
        self._folder = Path(tempfile.mkdtemp(prefix="eswifi-wheel."))
        rooms = {room: f"{PACKAGE}.{room}" for room in ROOMS}
        _rooms_of(root).lay_out(root, {**rooms, PACKAGE: PACKAGE}, self._folder)
        _write_configuration(root, self._folder / PACKAGE)
        build_data["force_include"][str(self._folder / PACKAGE)] = PACKAGE

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - as hatchling has it
        """After the build: the folder goes."""
        if self._folder:
            shutil.rmtree(self._folder)


def _write_configuration(root: Path, package: Path) -> None:
    """Pytest's configuration without the path of a checkout, and the files beside the rooms."""
    lines = (root / "pytest.ini").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = "".join(line for line in lines if not line.startswith("pythonpath"))
    (package / "pytest.ini").write_text(kept, encoding="utf-8")
    for name in FILES:
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, package / name)


def _rooms_of(root: Path) -> Any:
    """``distributions/rooms.py``; a hook is run by its file, so it cannot import its neighbour by name."""
    spec = importlib.util.spec_from_file_location("rooms", root / "distributions" / "rooms.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
