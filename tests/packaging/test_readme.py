"""Every command that README shows is one that there is, with options that it takes; those without hardware are run.

The main job, the tests and the documentation are run by continuous integration itself, the installed commands by
``test_wheels.py``. The rest is held here: environment, module, command and options by what the programs themselves say.
"""

import configparser
import re
import shlex
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from suites.spec.profiles import available

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAMS = ("tox", "python", "pytest", "pipx", "uvx", "eswifi-conformance", "eswifi-bench", "eswifi-report")
SHELL = ("export", "python3")
"""Lines of the two commands and of the passphrase: the first are the main job's, run by continuous integration."""


def commands():
    """Each command of README: indented lines, and what a table or a sentence has in backquotes."""
    blocks = [line.strip().partition("  #")[0] for line in README.splitlines() if line.startswith("    ")]
    inline = [one for one in re.findall(r"`([^`]+)`", README) if one.split()[0] in PROGRAMS and " " in one]
    return sorted({*blocks, *inline})


def environments():
    tox = configparser.ConfigParser()
    tox.read(ROOT / "tox.ini")
    return {one.removeprefix("testenv:") for one in tox.sections()} | {f"py3{minor}" for minor in (11, 12, 13, 14)}


@cache
def help_of(*command):
    done = subprocess.run(
        [sys.executable, "-m", *command, "--help"],
        cwd=ROOT, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def options_of(words):
    return [word.partition("=")[0] for word in words if word.startswith("--")]


def unknown_to_pytest(words):
    """Options that pytest with our test system does not take."""
    text = help_of("pytest", "-p", "no:cacheprovider")
    return [one for one in options_of(words) if f" {one}" not in text and f" --dut-{one[2:]}" not in text]


def programs_help(words):
    """The help of the module that a command starts."""
    scripts = {"eswifi-bench": "fixtures", "eswifi-report": "reports", "eswifi-emulator": "reference_impl"}
    name = scripts.get(words[0], words[2] if words[1:2] == ["-m"] else "")
    rest = words[1:] if words[0] in scripts else words[3:]
    has_commands = name in ("fixtures", "reports") and rest and not rest[0].startswith("-")
    return help_of(name, rest[0]) if has_commands else help_of(name)


@pytest.mark.parametrize("command", commands())
def test_command_is_there_and_takes_its_options(command):
    words = shlex.split(command)
    if words[0] in SHELL:
        return
    assert words[0] in PROGRAMS, f"README shows {words[0]}, and nothing here looks whether that works"
    if words[0] == "tox":
        assert_tox_has(words)
    elif words[0] in ("pytest", "eswifi-conformance"):
        assert unknown_to_pytest(words) == []
    elif words[0] == "pipx":
        assert re.fullmatch(r"dist/eswifi_\w+-\*\.whl", words[2])
    elif words[0] == "uvx":
        assert [one for one in options_of(words[4:]) if one not in help_of("reference_impl")] == []
    else:
        assert [one for one in options_of(words) if one not in programs_help(words)] == []


def assert_tox_has(words):
    named = words[words.index("-e") + 1].split(",")
    assert set(named) <= environments()
    ours = words[words.index("--") + 1 :] if "--" in words else []
    if named == ["conformance"]:
        assert unknown_to_pytest(ours) == []
        assert [one for one in ours if one.startswith("suites/") and not (ROOT / one).exists()] == []
    elif ours:
        assert [one for one in options_of(ours) if one not in help_of(module_of(named[0]))] == []


def module_of(environment):
    """The module that an environment of tox runs with the caller's arguments."""
    tox = configparser.ConfigParser()
    tox.read(ROOT / "tox.ini")
    command = tox[f"testenv:{environment}"]["commands"]
    return re.search(r"python -m (?P<module>[\w.]+).*\{posargs", command)["module"]


def test_commands_of_the_wheels_are_those_that_readme_shows():
    with (ROOT / "pyproject.toml").open("rb") as file:
        scripts = tomllib.load(file)["project"]["scripts"]
    shown = {shlex.split(one)[0] for one in commands()}
    assert set(scripts) <= shown
    assert any("eswifi-emulator" in one for one in commands())


@pytest.mark.recipe
def test_every_profile_is_named():
    assert [one for one in available() if f"`{one}`" not in README] == []


def test_release_has_one_version_in_every_place():
    """CONTRIBUTING, "How a release is made"."""
    first = re.search(r"^## (\d+\.\d+\.\d+) - \d{4}-\d{2}-\d{2}$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert first
    found = [re.search(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text(), re.MULTILINE)[1]]
    for name in ("pyproject.toml", "distributions/emulator/pyproject.toml"):
        with (ROOT / name).open("rb") as file:
            found.append(tomllib.load(file)["tool"]["hatch"]["version"]["fallback-version"])
    assert found == [first[1]] * 3
