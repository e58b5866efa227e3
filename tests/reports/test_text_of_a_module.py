"""A module's text cannot steer a terminal."""

import json

import pytest

from reports.formats.visible import visible, visible_in

HOSTILE = "\x1b[31mred\x1b]0;title\x07 \u202egnp.exe \x9b0m \ufeff\x00"


def test_control_characters_are_shown_as_escapes():
    assert visible(HOSTILE) == "\\x1b[31mred\\x1b]0;title\\x07 \\u202egnp.exe \\x9b0m \\ufeff\\x00"


@pytest.mark.parametrize("text", ["two\nlines\tand a tab", "Ünïcödé 網路 …", "already \\x1b[31m"])
def test_other_text_stays(text):
    assert visible(text) == text


def test_every_string_of_a_tree_is_made_printable():
    values = {"module": {"product": "\x1bX"}, "list": ["\x07", 1, None, True], "\x1bkey": 0.5}
    assert visible_in(values) == {
        "module": {"product": "\\x1bX"},
        "list": ["\\x07", 1, None, True],
        "\\x1bkey": 0.5,
    }


CASE = """
def test_module_speaks(judged):
    judged({verdict!r}, message={text!r}, blame={blame!r})
"""


@pytest.mark.slow
def test_nothing_that_a_module_says_reaches_terminal_record_or_allure_as_a_control(project):
    project.add_sample("every_verdict")
    text = (project.folder / "conftest.py").read_text(encoding="utf-8")
    assert "product" in text
    hostile = text.replace('"product": "', '"product": "\\x1b[31m\\u202e')
    assert hostile != text
    (project.folder / "conftest.py").write_text(hostile, encoding="utf-8")
    done = project.run()
    assert "\\x1b[31m\\u202e" in done.stdout
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout
    assert "\u202e" not in json.dumps(project.record(), ensure_ascii=False)
