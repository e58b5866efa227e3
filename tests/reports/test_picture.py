"""The README's picture shows the report as it looks now."""

import shutil

import pytest

from tests.reports import picture
from tests.reports.picture import PICTURE, ROOT, SHOWN, shown


def test_picture_is_as_new_as_what_it_shows():
    assert SHOWN.read_text(encoding="utf-8").strip() == shown(), "take it anew: python -m tests.reports.picture"


@pytest.mark.parametrize("name", ["report.html.j2", "parts.html.j2", "report.css", "report.js"])
def test_picture_is_older_once_a_file_of_the_page_changes(tmp_path, monkeypatch, name):
    before = shown()
    shutil.copytree(picture.PAGE, tmp_path / "page")
    with (tmp_path / "page" / name).open("a", encoding="utf-8") as file:
        file.write(" ")
    monkeypatch.setattr(picture, "PAGE", tmp_path / "page")
    assert shown() != before


def test_picture_is_older_once_the_version_changes(monkeypatch):
    before = shown()
    monkeypatch.setattr(picture, "suite_version", lambda: {"version": "99.0.0"})
    assert shown() != before


def test_picture_is_a_png_of_a_size_for_a_readme_which_shows_it():
    data = PICTURE.read_bytes()
    assert data.startswith(b"\x89PNG")
    assert len(data) < 400_000
    assert "docs/report.png" in (ROOT / "README.md").read_text(encoding="utf-8")
