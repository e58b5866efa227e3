"""A temporary project with a test system that reads its verdicts from markers, run by a real pytest."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from reports.record.editions import whole_case
from reports.record.record import now
from tests.reports.browser import browser, chromium  # noqa: F401 - fixtures

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = Path(__file__).with_name("sample")

PYTEST_INI = """
[pytest]
strict = true
addopts = --import-mode=importlib -p no:randomly -p no:cacheprovider -p no:hypothesispytest
filterwarnings = error
conformance_catalogue = catalogue
"""


@dataclass
class Project:
    """A folder with a suite in it."""

    folder: Path

    def add(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def add_sample(self, name: str) -> None:
        shutil.copy(SAMPLE / f"{name}.py", self.folder / f"test_{name}.py")

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "pytest", *arguments]

    def environment(self, **more: str) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
        return {**inherited, "PYTHONPATH": str(ROOT), "COLUMNS": "120", **more}

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    @property
    def out(self) -> Path:
        return self.folder / "reports" / "out"

    def record(self) -> dict:
        return json.loads((self.out / "run.json").read_text(encoding="utf-8"))

    def allure(self, folder: str = "allure-results") -> list[dict]:
        found = [json.loads(path.read_text(encoding="utf-8")) for path in (self.out / folder).glob("*-result.json")]
        return sorted(found, key=lambda result: result["name"])


@pytest.fixture
def case() -> Callable[..., dict]:
    return make_case


def make_case(**more) -> dict:
    """A case as the record has it; what ``more`` does not tell of its decisions follows from verdict and broken."""
    case = {
        "id": "suites/multi_accept/test_flow.py::test_next[6]",
        "rig": "r",
        "title": "next [6]",
        "area": "multi_accept",
        "requirements": ["MA-NEXT"],
        "obligation": "M",
        "verdict": "pass",
        "blame": None,
        "message": "",
        "broken": [],
        "observations": [],
        "started": now(),
        "duration_s": 0.125,
        "transcript": ["    0.001234 host > module  P5=10\\r"],
        "attempts": 1,
        "earlier": [],
        "recoveries": [],
        **more,
    }
    return whole_case(case, "r")


def make_project(folder: Path) -> Project:
    shutil.copytree(SAMPLE / "catalogue", folder / "catalogue")
    shutil.copy(SAMPLE / "bench.py", folder / "conftest.py")
    (folder / "pytest.ini").write_text(PYTEST_INI, encoding="utf-8")
    return Project(folder)


@pytest.fixture(scope="session")
def project_in() -> Callable[[Path], Project]:
    return make_project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path)
