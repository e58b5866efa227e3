"""The page for driver authors says what is so."""

import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from reference_impl.cli import _parser
from reference_impl.core.outside import REQUESTS
from reference_impl.core.profile import load, shipped
from reference_impl.faults import FAULTS
from reference_impl.surroundings import make_world
from reference_impl.variants import VARIANTS
from tests.reference_impl.process import ROOT, Emulator, environment

PAGE = (Path(ROOT) / "docs" / "emulator.md").read_text(encoding="utf-8")


def test_the_table_of_options_is_the_parsers():
    documented = set(re.findall(r"^\| `(--[a-z0-9-]+)", PAGE, re.MULTILINE))
    known = {option for action in _parser()._actions for option in action.option_strings}
    assert documented == known - {"-h", "--help", "--list-variants", "--list-faults"}
    assert {"--list-variants", "--list-faults"} <= set(re.findall(r"--[a-z-]+", PAGE))


@pytest.mark.parametrize(("option", "table"), [("variant", VARIANTS), ("fault", FAULTS)])
def test_each_name_on_the_page_exists(option, table):
    named = re.findall(rf"--{option} ([a-z0-9-]+)", PAGE)
    assert named
    assert set(named) <= set(table)


def test_the_variants_named_beside_assumptions_exist():
    section = PAGE.partition("## What is assumed")[2].partition("\n## ")[0]
    named = re.findall(r"\(`([a-z-]+)`", section)
    assert named
    assert set(named) <= set(VARIANTS)


def test_the_example_runs(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    example = re.search(r"<!-- example: run by the tests -->\n```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(example.group(1), "docs/emulator.md", "exec"), {})


def test_table_of_requests_is_the_control_sockets():
    section = PAGE.partition("## The control socket")[2].partition("\n## ")[0]
    table = dict(re.findall(r"^\| `([a-z_]+)` \|([^|]*)\|", section, re.MULTILINE))
    assert set(table) - {"do"} == set(REQUESTS)
    for name, (_act, fields_) in REQUESTS.items():
        if name != "network":
            assert set(re.findall(r"`([a-z_]+)`", table[name])) == set(fields_), name


def test_file_of_the_surroundings_on_the_page_is_understood(tmp_path):
    section = PAGE.partition("## What is around the module")[2].partition("\n## ")[0]
    path = tmp_path / "around.toml"
    path.write_text("".join(line[4:] + "\n" for line in section.splitlines() if line.startswith("    ")))
    world = make_world(path, None, [])
    assert [one.ssid for one in world.networks] == [b"Office"]
    assert (world.names, world.hosts) == ({"time.example": "127.0.0.9"}, {"192.168.1.1": 12})


@pytest.mark.slow
def test_the_first_test_of_a_driver_author_passes_as_it_stands(tmp_path):
    files = re.findall(r"<!-- example: (tests/\S+) -->\n```python\n(.*?)```", PAGE, re.DOTALL)
    assert [name for name, _text in files] == ["tests/conftest.py", "tests/test_driver.py"]
    (tmp_path / "tests").mkdir()
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    for name, text in files:
        (tmp_path / name).write_text(text.replace("eswifi_emulator", "reference_impl"))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=100, check=False
    )
    assert (done.returncode, "2 passed" in done.stdout) == (0, True), done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("cc"), reason="no C compiler here; install the package gcc")
@pytest.mark.parametrize(("wanted", "status"), [("ISM43362", 0), ("ISM99999", 1)], ids=["right", "wrong"])
def test_the_driver_in_c_is_compiled_without_a_warning_and_tells_right_from_wrong(tmp_path, wanted, status):
    (text,) = re.findall(r"<!-- example: driver_test\.c -->\n```c\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "driver_test.c").write_text(text.replace("ISM43362", wanted))
    compiled = ["cc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-o", "driver_test", "driver_test.c"]
    done = subprocess.run(compiled, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    with Emulator() as module:
        run = subprocess.run([tmp_path / "driver_test", module.urls[0]], timeout=60, check=False)
    assert run.returncode == status


def rows():
    section = PAGE.partition("## Profiles")[2].partition("\n## ")[0]
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if "|" in line]
    names = [name.strip("`") for name in table[0][1:]]
    return names, {row[0]: dict(zip(names, row[1:], strict=True)) for row in table[2:]}


def expected(profile):
    limits, forms = profile.limits, profile.forms
    yes = {True: "yes", False: "no"}
    return {
        "fields of `P?`": str(limits.status_fields),
        "`P8` range, default": f"{limits.backlog_min}-{limits.backlog_max}, {limits.backlog_default}",
        "`P5=10`, `P5=11`": yes[limits.multi_accept],
        "`P7`": yes[limits.accept_loop],
        "`PK`": yes[limits.keep_alive],
        "`P1` up to": str(limits.protocol_max),
        "`MT` at first": str(limits.short_errors),
        "`MS` up to": str(limits.suppression_max),
        "ellipsis": f"`{forms.ellipsis}`" + (" (U+2026)" if "…" in forms.ellipsis else ""),
        "CR LF before an empty OK": "three" if forms.crlf_before_ok or forms.crlf_before_empty_ok else "two",
        "CR LF behind a datagram": "two" if forms.crlf_behind_datagram else "one",
        "`C0` answers": "one line" if profile.name == "web" else ("two" if forms.join_lines == 2 else "one"),
    }


@pytest.mark.recipe
def test_the_table_of_profiles_is_the_files():
    names, table = rows()
    assert sorted(names) == shipped(), "each profile has a column in docs/emulator.md"
    for name in names:
        shown = {row: cells[name] for row, cells in table.items()}
        assert shown == expected(load(name))


def test_the_table_of_profiles_shows_every_limit_that_differs():
    web = load("web").limits
    differing = {
        entry.name
        for name in shipped()
        for entry in fields(web)
        if getattr(load(name).limits, entry.name) != getattr(web, entry.name)
    }
    assert differing <= {
        *("status_fields", "backlog_min", "backlog_max", "backlog_default", "multi_accept", "accept_loop"),
        *("keep_alive", "protocol_max", "short_errors", "suppression_max"),
    }
