"""Runs of pytest beside a saboteur."""

import shutil
from pathlib import Path

from tests.fixtures.runs import Run, copy_project, impatient_profile

HERE = Path(__file__).parent
RIG = """
name = "trouble"
allow = ["reset", "network"]

[serial]
port = "{port}"

[network]
ssid = "LAB"

[reset]
by = "command"
run = ["true"]

[power]
by = "command"
run = ["sh", "-c", "echo power > {orders}"]
seconds = 0.1
"""


def rig_of(saboteur, folder, more=""):
    """Write a rig file for the saboteur's line: the reset line has no effect, the power switch works; the option."""
    rig = folder / "trouble.toml"
    rig.write_text(RIG.format(port=saboteur.port, orders=saboteur.orders) + more, encoding="utf-8")
    return f"--rig={rig}"


def project_with(folder, *cases):
    """A run of a copy of the project that has the files ``cases`` and no other case."""
    project = copy_project(folder / "project")
    for name in cases:
        shutil.copy(HERE / f"{name}.py", project / "suites" / "multi_accept" / f"test_{name}.py")
    (folder / "left").mkdir()
    return Run(folder / "left", project)


__all__ = ["impatient_profile", "project_with", "rig_of"]
