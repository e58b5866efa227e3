"""Hatchling's hook for eswifi-emulator: the room ``reference_impl`` of the checkout as a package of its own.

The source distribution has the package laid out already, so that a wheel can be built from it without a checkout.
"""

import importlib.util
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "eswifi_emulator"


class EmulatorHook(BuildHookInterface[Any]):
    """Lays the package out in a folder for the time of the build."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - as hatchling has it
        """Before the build."""
        self._folder: Path | None = None
        if (Path(self.root) / PACKAGE).is_dir():  # unpacked from the source distribution
            return
        checkout = Path(self.root).parents[1]
        self._folder = Path(tempfile.mkdtemp(prefix="eswifi-emulator."))
        _rooms_of(checkout).lay_out(checkout, {"reference_impl": PACKAGE}, self._folder)
        build_data["force_include"][str(self._folder / PACKAGE)] = PACKAGE
        if self.target_name == "sdist":
            build_data["force_include"][str(checkout / "LICENSE")] = "LICENSE"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - as hatchling has it
        """After the build: the folder goes."""
        if self._folder:
            shutil.rmtree(self._folder)


def _rooms_of(checkout: Path) -> Any:
    """``distributions/rooms.py``; a hook is run by its file, so it cannot import its neighbour by name."""
    spec = importlib.util.spec_from_file_location("rooms", checkout / "distributions" / "rooms.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
