"""The README's picture shows the report as it looks now."""

from tests.reports.picture import PICTURE, ROOT, SHOWN, shown


def test_picture_is_as_new_as_what_it_shows():
    assert SHOWN.read_text(encoding="utf-8").strip() == shown(), "take it anew: python -m tests.reports.picture"


def test_picture_is_a_png_of_a_size_for_a_readme_which_shows_it():
    data = PICTURE.read_bytes()
    assert data.startswith(b"\x89PNG")
    assert len(data) < 400_000
    assert "docs/report.png" in (ROOT / "README.md").read_text(encoding="utf-8")
