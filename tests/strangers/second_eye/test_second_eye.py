"""The second independent module is what its page says: a program that stands alone, and whose switches are all used."""

import ast
import json
import os
import re
import select
import subprocess
import sys
from pathlib import Path

import pytest

from tests.strangers.second_eye.switches import FAULTS, VARIANTS

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
COMMAND = (sys.executable, "-m", "tests.strangers.second_eye")
PARTS = [path for path in sorted(HERE.glob("*.py")) if path != Path(__file__)]


def say(device, line):
    """Send a line; the answer up to the prompt."""
    os.write(device, line)
    answer = b""
    while not answer.endswith(b"> "):
        assert select.select([device], [], [], 10)[0], answer
        answer += os.read(device, 4096)
    return answer


@pytest.fixture
def device(tmp_path, request):
    link = tmp_path / "module"
    command = [*COMMAND, "--link", str(link), *getattr(request, "param", ())]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as module:
        module.stdout.readline()
        opened = os.open(link, os.O_RDWR | os.O_NOCTTY)
        try:
            yield opened
        finally:
            os.close(opened)
            module.terminate()
    assert module.returncode == 0
    assert not link.is_symlink()


@pytest.mark.parametrize("path", PARTS, ids=lambda path: path.stem)
def test_part_imports_nothing_of_the_project_but_its_own_parts(path):
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module)
    foreign = {name for name in found if not name.startswith("tests.strangers.second_eye.")}
    assert {name.partition(".")[0] for name in foreign} <= sys.stdlib_module_names


@pytest.mark.parametrize("table", [FAULTS, VARIANTS], ids=["faults", "variants"])
def test_each_switch_is_asked_for_by_its_name(table):
    text = "".join(path.read_text(encoding="utf-8") for path in PARTS if path.stem != "switches")
    assert [name for name in table if f'"{name}"' not in text] == []


def test_each_name_that_is_asked_for_is_a_switch():
    text = "".join(path.read_text(encoding="utf-8") for path in PARTS)
    for kind, table in (("fault", FAULTS), ("variant", VARIANTS)):
        asked = {
            name for names in re.findall(rf'\.{kind}\(("[^)]*")\)', text) for name in re.findall(r'"([^"]+)"', names)
        }
        assert asked - set(table) == set()


@pytest.mark.parametrize(("option", "table"), [("--list-faults", FAULTS), ("--list-variants", VARIANTS)])
def test_list_has_a_line_for_each_switch(option, table):
    done = subprocess.run([*COMMAND, option], cwd=ROOT, capture_output=True, text=True, check=True)
    assert [json.loads(line)["name"] for line in done.stdout.splitlines()] == list(table)


def test_module_joins_and_serves_and_ends_at_sigterm(device):
    say(device, b"")  # the prompt of the start
    for line in (b"C1=EYE-1\r", b"P2=0\r"):
        assert say(device, line) == b"\r\n\r\nOK\r\n> "
    assert say(device, b"C0\r") == b"\r\n[JOIN   ] EYE-1,127.0.0.1,0,0\r\nOK\r\n> "
    assert b"[TCP TSK] Multi-Accept Setup\r\n[TCP SVR] Waiting on connection" in say(device, b"P5=11\r")
    assert say(device, b"P5=0\r") == b"\r\n[TCP TSK] Killed\r\nOK\r\n> "


@pytest.mark.parametrize("device", [("--variant=mt0", "--fault=mt-alone-ok")], indirect=True)
def test_module_has_the_variants_and_faults_that_are_named(device):
    say(device, b"")
    assert say(device, b"QQ\r") == b"\r\nERROR: Unknown command\r\nUsage: QQ <value>\r\n> "
    assert say(device, b"MT\r") == b"\r\n0\r\nOK\r\n> "


@pytest.mark.parametrize("device", [("--variant=o-overlong-once",)], indirect=True)
def test_freedom_acts_in_the_loop(device):
    say(device, b"")
    assert say(device, b"x" * 250) == b"\r\nERROR\r\n> "
    os.write(device, b"yyy\r")  # the rest of that line
    assert say(device, b"P2\r") == b"\r\n5024\r\nOK\r\n> "


@pytest.mark.parametrize(
    "device", [("--variant=mt0", "--variant=o-reason-number", "--variant=o-reason-usage")], indirect=True
)
def test_of_several_reasons_each_command_has_one(device):
    say(device, b"")
    said = [say(device, line) for line in (b"QQ\r", b"QR\r", b"QQ\r")]
    assert said[0] == said[2] == b"\r\nERROR: See Usage, ok?\r\nUsage: QQ <value>\r\n> "
    assert said[1] == b"\r\nERROR: -14\r\nUsage: QR <value>\r\n> "


@pytest.mark.parametrize("device", [("--fault=x-mt1-join-long",)], indirect=True)
def test_module_has_the_faults_of_the_third_round(device):
    say(device, b"")
    assert say(device, b"QQ\r") == b"\r\nERROR\r\n> "
    say(device, b"C1=other\r")
    assert b"\r\n[JOIN   ] Failed\r\nERROR: " in say(device, b"C0\r")


def test_unknown_switch_is_refused():
    done = subprocess.run([*COMMAND, "--fault", "nonsense"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "nonsense" in done.stderr
