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
    """The option that names a rig on the saboteur's line: its reset line does not act, its power switch does."""
    rig = folder / "trouble.toml"
    rig.write_text(RIG.format(port=saboteur.port, orders=saboteur.orders) + more, encoding="utf-8")
    return f"--rig={rig}"


def project_with(folder, *cases):
    """A copy of the project with these files of cases and no other."""
    project = copy_project(folder / "project")
    for name in cases:
        shutil.copy(HERE / f"{name}.py", project / "suites" / "multi_accept" / f"test_{name}.py")
    (folder / "left").mkdir()
    return Run(folder / "left", project)


__all__ = ["impatient_profile", "project_with", "rig_of"]
