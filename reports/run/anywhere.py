"""Runs the suites from any directory, for an installed project: no path means all of them.

A path that is not there below the caller's directory, and is there in the package, is the package's:
``suites/multi_accept`` names the cases of that area from everywhere, as the reports name them.
"""

from pathlib import Path

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Before pytest looks for conftest files: complete the paths that the command line names."""
    named: list[str] = early_config.known_args_namespace.file_or_dir
    if not named:
        args.append(str(early_config.rootpath / "suites"))
        named.append(args[-1])
    for index, one in enumerate(named):
        whole = place_of(one, early_config.invocation_params.dir, early_config.rootpath)
        args[:] = [whole if word == one else word for word in args]
        named[index] = whole


def place_of(named: str, here: Path, root: Path) -> str:
    """The path or node id that ``named`` means."""
    path, colons, rest = named.partition("::")
    if (here / path).exists() or not (root / path).exists():
        return named
    return f"{root / path}{colons}{rest}"
