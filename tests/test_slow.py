"""``tox -e quick`` leaves out the files of the list and no others, and each of them exists."""

import configparser
from pathlib import Path

import pytest

from tests.conftest import HERE, SLOW

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("one", SLOW)
def test_each_slow_file_or_folder_is_there(one):
    assert (HERE / one).exists()


def test_quick_runs_style_types_and_all_tests_but_the_slow_ones():
    tox = configparser.ConfigParser()
    tox.read(ROOT / "tox.ini")
    commands = tox["testenv:quick"]["commands"]
    assert [word in commands for word in ("ruff check", "ruff format", "mypy", '-m "not slow"')] == [True] * 4


def test_ci_runs_all_tests():
    assert "not slow" not in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    tox = configparser.ConfigParser()
    tox.read(ROOT / "tox.ini")
    assert "not slow" not in tox["testenv:tests"]["commands"]
