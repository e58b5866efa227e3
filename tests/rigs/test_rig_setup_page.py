"""docs/rig-setup.md: its commands work, and it tells of every check, switch and key."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.bench_tools.doctor import CHECKS
from fixtures.drivers.lab.switches import KINDS
from fixtures.rigs.check import SCHEMA
from tests.reference_impl.process import Emulator

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "rig-setup.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"<!-- (run by the tests|not run: [^\n]+) -->\n```sh\n(.*?)```", re.DOTALL)


def environment(home, port):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "DUT_", "COV_"))}
    secret = {"DUT_PASSPHRASE": "not a real passphrase"}
    return {**inherited, **secret, "HOME": str(home), "PORT": port, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


def test_commands_of_the_page_take_a_module_from_the_box_to_a_report(tmp_path):
    script = "set -e\n" + "".join(body for kind, body in BLOCK.findall(PAGE) if kind == "run by the tests")
    with Emulator("--rfc2217", "127.0.0.1:0", "--reset-pin", "dtr", joined=None) as module:
        surroundings = environment(tmp_path, module.urls[0])
        done = subprocess.run(
            ["sh", "-c", script], cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=110, check=False
        )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-5000:]
    assert "ISM43362-M3G-L44-UART,C6.2.1.7" in said
    assert re.search(r"^ok   reset +line DTR acted: R1 was 977 before and is 1460 now", said, re.MULTILINE), said
    assert re.search(r"^\d+ ok, 0 failed", said, re.MULTILINE)
    assert "not a real passphrase" not in said
    verdicts = [case["verdict"] for case in json.loads((tmp_path / "bench" / "first.json").read_text())["cases"]]
    assert len(verdicts) >= 3
    assert set(verdicts) == {"pass"}


def test_every_block_of_commands_is_run_or_says_why_not():
    assert PAGE.count("```sh") == len(BLOCK.findall(PAGE))
    assert sum(kind == "run by the tests" for kind, _ in BLOCK.findall(PAGE)) >= 4


@pytest.mark.recipe
@pytest.mark.parametrize("name", [check.name for check in CHECKS])
def test_check_of_the_doctor_has_its_row(name):
    row = re.search(rf"^\| [^|]*`{name}`[^|]* \| \S", PAGE, re.MULTILINE)
    assert row, "docs/rig-setup.md has a row for each check of the doctor"


@pytest.mark.recipe
@pytest.mark.parametrize("name", KINDS)
def test_switch_has_its_row_with_its_keys(name):
    row = re.search(rf"^\| [^|]*`{name}`[^|]* \|([^|]*)\|", PAGE, re.MULTILINE)
    branches = json.loads(SCHEMA.read_text(encoding="utf-8"))["$defs"]["switch"]["allOf"]
    own = next((one["then"]["properties"] for one in branches if one["if"]["properties"]["by"]["const"] == name), None)
    assert own is not None, "the keys of each kind stand in `allOf` of rig.schema.json"
    assert row is not None, "docs/rig-setup.md has a row for each kind of switch"
    hidden = {"by", "seconds", "program"}
    assert [key for key in own if key not in hidden and f"`{key}`" not in row[1]] == []


@pytest.mark.recipe
def test_kind_of_switch_in_the_schema_is_one_that_there_is():
    properties = json.loads(SCHEMA.read_text(encoding="utf-8"))["$defs"]["switch"]["properties"]
    assert set(properties["by"]["enum"]) == set(KINDS), "each kind of KINDS stands in `by` of rig.schema.json"


@pytest.mark.recipe
def test_example_of_a_rig_file_names_every_key():
    """Also those that are commented out."""
    example = (ROOT / "fixtures" / "rigs" / "bench.example.toml").read_text(encoding="utf-8")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))["properties"]
    own = ("serial", "network", "expect", "limits")
    missing = [
        f"{room}.{key}" for room in own for key in schema[room]["properties"] if not re.search(rf"\b{key} =", example)
    ]
    assert [one for one in missing if one != "serial.rts"] == []
