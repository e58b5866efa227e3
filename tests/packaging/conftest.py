"""Both wheels, built once for all tests here, each installed where a test needs it."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 540.0
NOBODY = 65534


@dataclass(frozen=True)
class Wheels:
    """The built distributions."""

    conformance: Path
    emulator: Path
    emulator_source: Path


@pytest.fixture(scope="session")
def wheels(tmp_path_factory) -> Wheels:
    """Built from the checkout; the processes of pytest-xdist share them."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    folder = shared / "dist"
    with FileLock(shared / "dist.lock"):
        if not folder.exists():
            build(ROOT, "-t", "wheel", "-d", str(folder))
            build(ROOT / "distributions" / "emulator", "-d", str(folder))
    (conformance,), (emulator,) = folder.glob("eswifi_conformance-*.whl"), folder.glob("eswifi_emulator-*.whl")
    (source,) = folder.glob("eswifi_emulator-*.tar.gz")
    return Wheels(conformance, emulator, source)


def build(project: Path, *options: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", *options],
        cwd=project, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@dataclass(frozen=True)
class Place:
    """An empty environment and a directory of a user, who is not root where the tests are."""

    folder: Path
    environment: Path

    def install(self, *what: str | Path) -> None:
        """With pip, in the exact versions that the project is tested with."""
        pip = [self.program("python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        done = subprocess.run(
            [*pip, "-c", str(ROOT / "requirements" / "constraints.txt"), *map(str, what)],
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    def program(self, name: str) -> str:
        return str(self.environment / "bin" / name)

    def run(self, *command: str, here: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        """A command as the user, in the user's directory."""
        return subprocess.run(
            command, cwd=here or self.folder, env=self.variables(**more), capture_output=True, text=True,
            timeout=PATIENCE, check=False, **user(),
        )  # fmt: skip

    def variables(self, **more: str) -> dict[str, str]:
        """The environment of the user: nothing of pytest, a home of the user's own."""
        inherited = {key: os.environ[key] for key in ("PATH", "LANG", "TMPDIR") if key in os.environ}
        pip = {key: value for key, value in os.environ.items() if key.lower().startswith(("pip_", "npm_", "uv_"))}
        return {**inherited, **pip, "HOME": str(self.folder), "COLUMNS": "120", "PYTHONDONTWRITEBYTECODE": "1", **more}


def user() -> dict:
    """Who runs a command: nobody, where root runs the tests."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": ()} if os.geteuid() == 0 else {}


@pytest.fixture
def place() -> Iterator[Place]:
    """In a path with spaces and with letters beyond ASCII."""
    with tempfile.TemporaryDirectory(prefix="Prüf stand é ") as name:
        root = Path(name)
        root.chmod(0o755)
        folder, environment = root / "Benutzer", root / "leere Umgebung ü"
        folder.mkdir()
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        subprocess.run([interpreter(), "-m", "venv", str(environment)], check=True, timeout=PATIENCE)
        yield Place(folder, environment)


def interpreter() -> str:
    """One that the user can run: root's own may lie where nobody else may look."""
    for one in (sys.executable, "/usr/bin/python3"):
        with contextlib.suppress(OSError):
            found = subprocess.run([one, "-c", "import ensurepip"], timeout=PATIENCE, check=False, cwd="/", **user())
            if found.returncode == 0:
                return one
    pytest.skip("no Python with venv that a user who is not root can run")
