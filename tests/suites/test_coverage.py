"""The coverage page and its gate: each gap between sources, catalogue and cases is named; the page is fresh."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from suites import coverage
from suites.coverage import Page, by_requirement, observed, plain, table
from suites.spec.catalogue import CatalogueError, load_catalogue
from suites.spec.sources import (
    breaches,
    load_sources,
    uncommanded,
    undecided,
    unrecorded,
    unreferred,
)

ROOT = Path(__file__).resolve().parents[2]

AREA = """
[area]
title = "An area"
section = "WEB, table"
order = 1

[requirement.XX-ONE]
statement = "When P5=1 is sent, the module is wet."
obligation = "M"
commands = ["P5"]
sources = [{document = "WEB", section = "table"}, {document = "UM", section = "1.4"}]

[requirement.XX-TWO]
statement = "When it rains, what the module does is recorded."
obligation = "O"
sources = [{document = "WEB", section = "table"}]
"""
PAGE = "Heading\n\nP5=1 Ok   Makes it wet. Or not.\n"
WEB = """
about = "The page."
verbatim = "page.txt"
commands = ["P5"]

[[section]]
name = "table"
rows = [
  {line = 1, text = "Heading", out_of_scope = "a heading"},
  {line = 3, text = "P5=1 Ok Makes it wet.", tested = ["XX-ONE"]},
  {line = 3, text = "Or not.", implied = ["XX-TWO"], why = "it is recorded"},
]
"""
UM = """
about = "The manual."

[[section]]
name = "1.4"
rows = [{text = "P5 makes it wet.", tested = ["XX-ONE"]}]
"""
CONTRADICTIONS = """
[[contradiction]]
number = 1
what = "wet or dry"
readings = ["wet", "dry"]
taken = "wet"
requirements = ["XX-ONE"]
recorded = ["XX-TWO"]
"""


@pytest.fixture
def world(tmp_path):
    """Writes a small catalogue with its sources, some texts changed; gives catalogue and sources."""

    def write(**changed):
        texts = {"area": AREA, "page": PAGE, "web": WEB, "um": UM, "contradictions": CONTRADICTIONS} | changed
        sources = tmp_path / "sources"
        sources.mkdir(exist_ok=True)
        (tmp_path / "area.toml").write_text(texts["area"], encoding="utf-8")
        (sources / "page.txt").write_text(texts["page"], encoding="utf-8")
        (sources / "WEB.toml").write_text(texts["web"], encoding="utf-8")
        (sources / "UM.toml").write_text(texts["um"], encoding="utf-8")
        (sources / "contradictions.toml").write_text(texts["contradictions"], encoding="utf-8")
        return load_catalogue(tmp_path), load_sources(sources)

    return write


def swapped(text, old, new):
    assert text.count(old) == 1
    return text.replace(old, new)


def found(catalogue, sources):
    """Everything that the gate says where both requirements have a case and XX-TWO is observed."""
    decided = observes = {"XX-ONE", "XX-TWO"}
    return [
        *breaches(catalogue, sources),
        *unreferred(catalogue, sources),
        *uncommanded(catalogue, sources),
        *undecided(catalogue, decided),
        *unrecorded(sources, observes),
    ]


def test_gate_passes_where_all_is_traced(world):
    assert found(*world()) == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("page", PAGE + "A new line.\n", ["WEB, line 4 is not classified: 'A new line.'"]),
        (
            "web",
            swapped(WEB, '  {line = 3, text = "Or not.", implied = ["XX-TWO"], why = "it is recorded"},\n', ""),
            [
                "WEB, line 3 is quoted as 'P5=1 Ok Makes it wet.': 'P5=1 Ok   Makes it wet. Or not.'",
                "XX-TWO: no line of a source refers to it",
            ],
        ),
        (
            "web",
            swapped(WEB, '{line = 1, text = "Heading"', '{line = 9, text = "Heading"'),
            ["WEB, line 1 is not classified: 'Heading'", "WEB, line 9 is quoted as 'Heading': ''"],
        ),
        (
            "um",
            swapped(UM, "XX-ONE", "XX-NONE"),
            [
                "UM, 1.4, 'P5 makes it wet.': there is no requirement XX-NONE",
                "XX-ONE: cites UM, and no line of UM refers to it",
            ],
        ),
        (
            "contradictions",
            swapped(CONTRADICTIONS, '["XX-ONE"]', '["XX-NONE"]'),
            ["contradiction 1: there is no requirement XX-NONE"],
        ),
        (
            "web",
            swapped(WEB, 'commands = ["P5"]', 'commands = ["P5", "P6"]'),
            ["command P6: no requirement is about it"],
        ),
        (
            "web",
            swapped(WEB, 'commands = ["P5"]\n', ""),
            ["XX-ONE: about the command P5, which is not in commands of any document"],
        ),
    ],
    ids=["new line", "lost sentence", "wrong line", "unknown id", "unknown id of a contradiction", "command", "other"],
)
def test_gap_between_sources_and_catalogue_is_named(world, name, text, said):
    lines = found(*world(**{name: text}))
    assert [one for one in said if one not in lines] == []
    assert len(lines) <= len(said)


def test_requirement_that_no_line_refers_to_is_named(world):
    alone = AREA + AREA[AREA.index("[requirement.XX-TWO]") :].replace("XX-TWO", "XX-THREE").replace("WEB", "LOG")
    catalogue, sources = world(area=alone)
    assert list(unreferred(catalogue, sources)) == ["XX-THREE: no line of a source refers to it"]


def test_requirement_without_a_case_is_named_unless_it_says_why(world):
    catalogue, _ = world()
    assert list(undecided(catalogue, {"XX-TWO"})) == ["XX-ONE (M): has no case; add one, or say why not (untested)"]
    excused, _ = world(area=AREA.replace('obligation = "M"', 'obligation = "M"\nuntested = "nobody can"'))
    assert list(undecided(excused, {"XX-TWO"})) == []


def test_contradiction_of_which_no_reading_is_recorded_is_named(world):
    _, sources = world()
    assert list(unrecorded(sources, {"XX-ONE"})) == ["contradiction 1 (wet or dry): no case records XX-TWO"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('tested = ["XX-ONE"]', 'testd = ["XX-ONE"]', "unknown key 'testd'"),
        (', tested = ["XX-ONE"]', "", "exactly one of tested, implied, not_testable, out_of_scope"),
        ('["XX-ONE"]', '["XX-ONE"], out_of_scope = "both"', "exactly one of"),
        ('tested = ["XX-ONE"]', "tested = []", "exactly one of"),
        ('tested = ["XX-ONE"]', 'out_of_scope = ""', "exactly one of"),
        ("tested", "implied", "says why these requirements imply it"),
        ('name = "1.4"\n', "", "a section has a name and rows"),
        ("about", "= about", "not TOML"),
    ],
)
def test_row_that_breaks_the_form_is_named_with_its_file(world, old, new, said):
    with pytest.raises(CatalogueError, match=rf"UM\.toml: .*{said}"):
        world(um=UM.replace(old, new))


@pytest.mark.parametrize(("old", "new"), [("taken", "tken"), ('taken = "wet"\n', ""), ("number = 1\n", "")])
def test_contradiction_with_a_wrong_or_missing_key_is_named(world, old, new):
    with pytest.raises(CatalogueError, match=r"contradictions\.toml: contradiction .*is missing or unknown"):
        world(contradictions=CONTRADICTIONS.replace(old, new))


def test_file_of_an_unknown_document_is_named(world, tmp_path):
    world()
    (tmp_path / "sources" / "HEARSAY.toml").write_text(UM, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"HEARSAY\.toml: there is no document HEARSAY"):
        load_sources(tmp_path / "sources")


def test_cases_are_counted_by_function_and_requirement():
    cases = [
        ("suites/a/test_x.py::test_one[1]", ("XX-ONE",)),
        ("suites/a/test_x.py::test_one[2]", ("XX-ONE", "XX-TWO")),
    ]
    place = ("suites/a/test_x.py", "test_one")
    assert by_requirement(cases) == {"XX-ONE": {place: 2}, "XX-TWO": {place: 1}}


def test_page_shows_each_line_with_its_requirements_and_their_cases(world):
    place = ("suites/area/test_x.py", "test_it_is_wet")
    text = Page(*world(), {"XX-ONE": {place: 3}, "XX-TWO": {place: 1}}, 4).text()
    assert "Of the vendor's page 2 of 2 lines that are not blank are classified (100%)" in text
    assert "| 3 | `P5=1 Ok Makes it wet.` | tested | [XX-ONE](#xx-one) (3) |" in text
    assert "| 3 | `Or not.` | implied | [XX-TWO](#xx-two) (1); it is recorded |" in text
    assert "| 1 | `Heading` | out of scope | a heading |" in text
    assert '<a id="xx-one"></a>XX-ONE' in text
    assert "[test_it_is_wet](../suites/area/test_x.py) × 3" in text
    assert "| M, mandatory | 1 | 1 | 0 |" in text


def test_marks_of_markdown_in_a_text_are_shown_as_they_stand():
    assert plain("a|b <c> [d] *e* \\r") == "a\\|b &lt;c&gt; \\[d\\] \\*e\\* \\\\r"
    assert table(["x", "y"], [[1, "a"]]) == "| x | y |\n| --- | --- |\n| 1 | a |"


@pytest.fixture
def page(tmp_path, monkeypatch):
    """The page's place, in a folder of its own; what is made is "today", and the gate finds what is in the list."""
    problems = []
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(coverage, "ROOT", tmp_path)
    monkeypatch.setattr(coverage, "PAGE", tmp_path / "docs" / "coverage.md")
    monkeypatch.setattr(coverage, "make_page", lambda: ("today\n", list(problems)))
    return coverage.PAGE, problems


def test_page_is_written_and_then_fresh(page):
    path, _ = page
    assert coverage.main([]) == 0
    assert path.read_text(encoding="utf-8") == "today\n"
    assert coverage.main(["--check"]) == 0


@pytest.mark.parametrize("before", [None, "of yesterday\n"])
def test_page_that_is_missing_or_stale_is_named_with_the_cure_and_left_alone(page, capsys, before):
    path, _ = page
    if before:
        path.write_text(before, encoding="utf-8")
    assert coverage.main(["--check"]) == 1
    assert capsys.readouterr().err == "docs/coverage.md is not what python -m suites.coverage would write: run it\n"
    assert (path.read_text(encoding="utf-8") if path.exists() else None) == before


@pytest.mark.parametrize("options", [[], ["--check"]])
def test_what_the_gate_finds_is_told_and_is_the_status(page, capsys, options):
    path, problems = page
    path.write_text("today\n", encoding="utf-8")
    problems.append("XX-ONE (M): has no case")
    assert coverage.main(options) == 1
    assert capsys.readouterr().err == "XX-ONE (M): has no case\n"


# -- what is shipped -----------------------------------------------------------------------------------------------


@pytest.mark.recipe
def test_shipped_sources_and_catalogue_have_no_gap_between_them():
    catalogue, sources = load_catalogue(), load_sources()
    assert [*breaches(catalogue, sources), *unreferred(catalogue, sources), *uncommanded(catalogue, sources)] == []


def test_every_line_of_the_vendors_page_is_classified():
    web = load_sources().documents["WEB"]
    lines = {number for number, line in enumerate(web.page, 1) if line.strip()}
    assert len(lines) > 70
    assert {row.line for row in web.rows} == lines


@pytest.mark.recipe
def test_reading_of_each_contradiction_is_recorded_by_a_case():
    sources = load_sources()
    assert [one.number for one in sources.contradictions] == list(range(1, len(sources.contradictions) + 1))
    assert list(unrecorded(sources, observed())) == []


@pytest.mark.recipe
@pytest.mark.slow
def test_coverage_page_is_fresh_and_its_gate_passes():
    done = subprocess.run(
        [sys.executable, "-m", "suites.coverage", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def copy(tmp_path):
    """A copy of what a collection needs."""
    ignored = shutil.ignore_patterns("out", "node_modules", "__pycache__")
    for room in ("suites", "fixtures", "reports"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=ignored)
    for name in ("conftest.py", "pytest.ini"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_line_of_the_page_without_a_class_stops_a_run(copy):
    page = copy / "suites" / "spec" / "sources" / "web-page.txt"
    page.write_text(page.read_text(encoding="utf-8") + "\nP5=12 starts something new\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "suites/timing"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "is not classified: 'P5=12 starts something new'" in done.stderr
