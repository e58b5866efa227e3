"""The catalogue's loader: each breach of its rules is named; and what the shipped catalogue must hold."""

import re
from collections import Counter

import pytest

from suites.spec.catalogue import CatalogueError, load_catalogue

AREA = '[area]\ntitle = "An area"\nsection = "WEB, table"\norder = 1\n'
ENTRY = """
[requirement.XX-ONE]
statement = "When it rains, the module is wet."
obligation = "M"
sources = [{document = "WEB", section = "table"}]
"""


@pytest.fixture
def folder(tmp_path):
    def write(text, name="area.toml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_requirement_is_read_with_its_area_and_sources(folder):
    catalogue = load_catalogue(folder(AREA + ENTRY))
    one = catalogue.requirements["XX-ONE"]
    assert (one.area, one.obligation, one.kind) == ("area", "M", "valid")
    assert [str(source) for source in one.sources] == ["WEB table"]
    assert catalogue.areas["area"].title == "An area"


def test_areas_are_in_report_order(folder):
    folder(AREA.replace("order = 1", "order = 9"), "first.toml")
    assert list(load_catalogue(folder(AREA, "second.toml")).areas) == ["second", "first"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("obligation", "oblgation", r"XX-ONE: unknown key \['oblgation'\]"),
        ("When it rains", "If it rains", "XX-ONE: the statement has the form"),
        ('"M"', '"X"', "XX-ONE: obligation is one of M, D, O"),
        ('obligation = "M"', 'obligation = "M"\nkind = "odd"', "XX-ONE: kind is one of valid, invalid, inopportune"),
        ('[{document = "WEB", section = "table"}]', "[]", "XX-ONE: names no source"),
        ('"WEB", section', '"HEARSAY", section', "XX-ONE: a source is"),
        ('section = "table"}', 'section = ""}', "XX-ONE: a source is"),
    ],
)
def test_breach_is_named_with_file_and_entry(folder, old, new, said):
    assert old in ENTRY
    with pytest.raises(CatalogueError, match=f"area.toml: requirement {said}"):
        load_catalogue(folder(AREA + ENTRY.replace(old, new, 1)))


def test_id_that_stands_twice_is_named_with_the_other_place(folder):
    folder(AREA + ENTRY, "a.toml")
    with pytest.raises(CatalogueError, match=r"b\.toml: XX-ONE stands in a already"):
        load_catalogue(folder(AREA + ENTRY, "b.toml"))


@pytest.mark.parametrize("text", ["= x", ENTRY, "[area]\ncolour = 1\n"])
def test_file_that_is_no_catalogue_is_named(folder, text):
    with pytest.raises(CatalogueError, match=r"area\.toml: not a catalogue file"):
        load_catalogue(folder(text))


@pytest.mark.recipe
def test_mandatory_requirement_cites_the_vendors_page():
    requirements = load_catalogue().requirements.values()
    wrong = [one.id for one in requirements if one.obligation == "M" and "WEB" not in {s.document for s in one.sources}]
    assert wrong == []


@pytest.mark.recipe
def test_documented_requirement_cites_a_document_of_the_vendors_or_the_modules_own_profile():
    requirements = load_catalogue().requirements.values()
    vendors = {"WEB", "UM", "QR20", "QR9", "DS"}
    wrong = [
        one.id
        for one in requirements
        if one.obligation == "D"
        and not vendors & {source.document for source in one.sources}
        and not any("profile's own declaration" in source.section for source in one.sources)
    ]
    assert wrong == []


@pytest.mark.recipe
def test_ids_of_the_shipped_catalogue_have_one_form():
    wrong = [one for one in load_catalogue().requirements if not re.fullmatch(r"[A-Z]{2,4}(-[A-Z0-9]+)+", one)]
    assert wrong == []


@pytest.mark.recipe
def test_areas_of_the_shipped_catalogue_have_places_of_their_own():
    orders = Counter(area.order for area in load_catalogue().areas.values())
    assert [f"two areas have order = {order}" for order, count in orders.items() if count > 1] == []
