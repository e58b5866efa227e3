"""The parts of pages that scripts write are today's, and a stale page is named."""

import re
import subprocess
import sys

import pytest

from reference_impl.faults import FAULTS
from tests import numbers, pages
from tests.pages import Part, write_or_check


@pytest.mark.recipe
@pytest.mark.parametrize("part", [numbers.THINGS, numbers.FAULTS], ids=["README", "mutants"])
def test_numbers_of_the_page_are_todays(part):
    assert part.is_fresh(), "run python -m tests.numbers"


@pytest.mark.recipe
def test_every_fault_of_the_emulator_is_counted_once():
    assert f"| all areas | {len(FAULTS)} |" in numbers.FAULTS.page.read_text(encoding="utf-8")


@pytest.fixture
def part(tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    page = tmp_path / "page.md"
    made = Part(page, "sums", "tests.sums", lambda: "1 + 1 = 2\n")
    page.write_text(f"before\n{made.begin}\n1 + 1 = 3\n\n{made.end}\nbehind\n")
    return made


def test_stale_page_is_named_and_stays_as_it_is(part, monkeypatch, capsys):
    former = part.page.read_text()
    monkeypatch.setattr(sys, "argv", ["sums", "--check"])
    assert write_or_check("", part) == 1
    assert capsys.readouterr().err == "page.md is out of date: run python -m tests.sums\n"
    assert part.page.read_text() == former


def test_stale_page_is_written_and_then_fresh(part, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["sums"])
    assert write_or_check("", part) == 0
    assert part.page.read_text() == f"before\n{part.begin}\n1 + 1 = 2\n\n{part.end}\nbehind\n"
    monkeypatch.setattr(sys, "argv", ["sums", "--check"])
    assert write_or_check("", part) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("marker", ["begin", "end"])
def test_page_without_a_marker_is_refused(part, marker):
    text = part.page.read_text().replace(getattr(part, marker), "")
    with pytest.raises(ValueError, match="must have the markers"):
        part.fresh(text)


def test_table_of_contributing_has_the_commands_that_write_pages():
    page = (pages.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `python -m ([a-z.]+)` \|", page, re.MULTILINE) == list(pages.COMMANDS)


def test_all_pages_are_checked_by_one_command_and_the_worst_status_counts(monkeypatch):
    """The commands are not run here: the test of each page runs its own."""
    calls = []
    monkeypatch.setattr(sys, "argv", ["pages", "--check"])
    monkeypatch.setattr(
        subprocess, "call", lambda command, cwd: calls.append(command[2:]) or "tests.numbers" in command
    )
    assert pages.write_all() == 1
    assert calls == [[one, "--check"] for one in pages.COMMANDS]
