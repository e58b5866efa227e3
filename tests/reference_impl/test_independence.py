"""The emulator stands by itself: it shares nothing with the suites that judge it."""

import ast
import sys
from pathlib import Path

import pytest

ROOM = Path(__file__).resolve().parents[2] / "reference_impl"
FILES = sorted(ROOM.rglob("*.py"))
ALLOWED = {"reference_impl", "serial", *sys.stdlib_module_names}
NO_IO = {"socket", "select", "selectors", "time", "threading", "asyncio", "os", "subprocess", "serial", "signal"}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, path
            yield node.module


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOM)))
def test_a_file_imports_the_standard_library_pyserial_and_itself_only(path):
    allowed = ALLOWED | ({"pytest"} if path.name == "pytest_plugin.py" else set())
    assert {name.partition(".")[0] for name in imports(path)} <= allowed


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if "core" in path.parts or "faults" in path.parts],
    ids=lambda path: str(path.relative_to(ROOM)),
)
def test_the_core_and_the_faults_know_no_socket_no_clock_and_no_shell(path):
    names = set(imports(path))
    assert not {name.partition(".")[0] for name in names} & NO_IO
    assert not any(name.startswith("reference_impl.shells") for name in names)


def test_the_core_does_not_know_the_faults():
    for path in FILES:
        if "core" in path.parts:
            assert not any(name.startswith("reference_impl.faults") for name in imports(path)), path


def test_pyserial_is_imported_by_the_rfc_2217_side_alone():
    users = [path.name for path in FILES if any(name.startswith("serial") for name in imports(path))]
    assert users == ["rfc2217_line.py"]
