"""The page of commands names each one, and says of it what is so."""

import re
from pathlib import Path

import pytest

from reference_impl.core.commands import COMMANDS
from reference_impl.core.profile import Limits, Profile
from tests.reference_impl.core_bench import CoreBench
from tests.reference_impl.process import ROOT

PAGE = (Path(ROOT) / "docs" / "commands.md").read_text(encoding="utf-8")
ERROR = b"\r\nERROR\r\n> "


def table():
    """Each command of the page, and the word behind it."""
    words = {}
    for commands, word in re.findall(r"^\| (`[^|]*`) \| ([a-z ]+) \|", PAGE, re.MULTILINE):
        for name in re.findall(r"`([^`]+)`", commands):
            assert name not in words, f"{name} stands twice"
            words[name] = word.strip()
    return words


WORDS = table()


@pytest.mark.recipe
def test_page_has_every_command_of_the_emulator():
    assert {name for name, word in WORDS.items() if word != "left out"} == set(COMMANDS)


def test_each_word_is_explained():
    assert set(WORDS.values()) == set(re.findall(r"^- \*\*([a-z ]+)\*\*", PAGE, re.MULTILINE))


@pytest.mark.parametrize("name", sorted(name for name, word in WORDS.items() if word == "left out"))
@pytest.mark.parametrize("value", ["", "=0", "=0,0", "=1,0"])
def test_command_that_is_left_out_is_refused(name, value):
    assert CoreBench(Profile(limits=Limits(short_errors=1))).at(name + value) == ERROR


@pytest.mark.parametrize("name", sorted(name for name, word in WORDS.items() if word == "shows"))
def test_query_is_answered_and_changes_nothing(name):
    bench = CoreBench(Profile(limits=Limits(short_errors=1)))
    bench.at("G4=0,3")
    before = dict(bench.module.config)
    assert bench.at("G2=0,3" if name == "G2" else name).endswith(b"OK\r\n> ")
    assert bench.module.config == before
