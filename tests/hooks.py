"""Lists the hooks of a run in their order: ``python -m tests.hooks`` writes them into docs/hooks.md.

The order is asked of pytest itself: a run that ends before its bench is opened tells who has registered for each hook,
and in which order pytest calls them. ``--check`` writes nothing; exit status 1: the page is out of date.
"""

import inspect
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.pages import ROOT, Part, write_or_check

ROOMS = ("fixtures", "reports", "suites")
PHASES = {
    "The run begins": (
        "pytest_addhooks",
        "pytest_addoption",
        "pytest_plugin_registered",
        "pytest_cmdline_main",
        "pytest_configure",
        "pytest_conformance_benches",
        "pytest_conformance_taken",
        "pytest_sessionstart",
        "pytest_configure_node",
        "pytest_xdist_make_scheduler",
    ),
    "The cases are collected": (
        "pytest_collectreport",
        "pytest_collection_modifyitems",
        "pytest_collection_finish",
        "pytest_xdist_node_collection_finished",
    ),
    "The bench is opened": (
        "pytest_runtestloop",
        "pytest_conformance_sink",
        "pytest_conformance_refuse",
        "pytest_conformance_run",
        "pytest_conformance_planned",
    ),
    "For each case": (
        "pytest_runtest_protocol",
        "pytest_runtest_logstart",
        "pytest_runtest_setup",
        "pytest_runtest_call",
        "pytest_runtest_teardown",
        "pytest_runtest_makereport",
        "pytest_conformance_attempt",
        "pytest_conformance_handed_back",
        "pytest_runtest_logreport",
        "pytest_report_teststatus",
    ),
    "When something is wrong with the run": (
        "pytest_conformance_problem",
        "pytest_internalerror",
        "pytest_keyboard_interrupt",
        "pytest_testnodedown",
    ),
    "The run ends": ("pytest_sessionfinish", "pytest_terminal_summary", "pytest_unconfigure"),
}
"""The hooks in the order in which a run comes to them, by phase."""


class Listener:
    """A plugin of the run that is asked: at the end of collecting it writes the order into a file."""

    def __init__(self, path: str) -> None:
        self._path = path

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Write down for each hook who is called: place, options, first line of its text. Then end the run."""
        manager = session.config.pluginmanager
        names = [name for name in vars(manager.hook) if name.startswith("pytest_")]
        found = {name: list(self._ours(getattr(manager.hook, name))) for name in names}
        Path(self._path).write_text(json.dumps({name: rows for name, rows in found.items() if rows}), encoding="utf-8")
        pytest.exit("the order of the hooks is known", returncode=0)

    @staticmethod
    def _ours(caller: Any) -> Any:
        for one in reversed(caller.get_hookimpls()):
            module, _, inside = f"{one.function.__module__}:{one.function.__qualname__}".partition(":")
            if module.split(".")[0] in ROOMS:
                how = [name for name in ("wrapper", "tryfirst", "trylast") if getattr(one, name)]
                owner = inside.rpartition(".")[0]
                text = (inspect.getdoc(one.function) or "").split("\n")[0].replace("``", "`")
                yield [f"{module}{'.' if owner else ''}{owner}", how, text]


def hooks_of_a_run() -> dict[str, list[list[Any]]]:
    """For each hook those of the project that pytest calls, in order: place, options of the hook, what is done."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hooks.json"
        code = (
            "import sys, pytest; from tests.hooks import Listener\n"
            "sys.exit(pytest.main(sys.argv[2:], plugins=[Listener(sys.argv[1])]))"
        )
        options = ["-c", "pytest.ini", "--rootdir", folder, "-p", "no:cacheprovider", "suites/framing"]
        done = subprocess.run(
            [sys.executable, "-c", code, str(path), *options],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        if not path.exists():
            raise RuntimeError(f"the run that is asked has failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return dict(json.loads(path.read_text(encoding="utf-8")))


def table() -> str:
    """The hooks by phase, one row for each of those that are called."""
    found = hooks_of_a_run()
    known = {hook for hooks in PHASES.values() for hook in hooks}
    if left := sorted(set(found) - known):
        raise ValueError(f"PHASES of tests/hooks.py does not say when these hooks are called: {', '.join(left)}")
    lines: list[str] = []
    for phase, hooks in PHASES.items():
        lines += [f"### {phase}", "", "| hook | called, in this order | what it does |", "|---|---|---|"]
        for hook in hooks:
            for place, (owner, how, text) in enumerate(found.get(hook, ())):
                lines.append(
                    f"| {'' if place else f'`{hook}`'} | {called(owner, how)} | {text.replace('|', chr(92) + '|')} |"
                )
        lines.append("")
    return "\n".join(lines)


def called(owner: str, how: list[str]) -> str:
    """The place of a hook in the page, with the options that decide its order."""
    return f"`{owner}`" + (f" ({', '.join(how)})" if how else "")


HOOKS = Part(ROOT / "docs" / "hooks.md", "hooks", "tests.hooks", table)


if __name__ == "__main__":
    sys.exit(write_or_check(__doc__, HOOKS))
