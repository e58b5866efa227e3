"""Every rendering of every kind of run: whole, of its size, and harmless whatever the module says."""

import csv
import html
import io
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from reports.__main__ import main
from reports.formats import as_csv, as_pdf, registry
from reports.formats.as_junit import properties
from reports.formats.measured import readings
from reports.formats.registry import MODULES, RenderError, formats, load_format
from reports.formats.terminal import closing_line, summary_lines
from reports.formats.view import NO_CASE, RESUME, View, differing
from reports.formats.visible import visible
from reports.record.evidence import record_sha256, transcript_sha256
from reports.record.record import read_record, write_record
from suites.spec import sources
from tests.reports import sample_runs
from tests.reports.conftest import make_case
from tests.reports.sample_runs import HOSTILE, RUNS

ROOT = Path(__file__).resolve().parents[2]
TEXTS = [one for one in MODULES if one != "pdf"]
DANGEROUS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@cache
def view_of(run: str) -> View:
    return View(RUNS[run]())


def rendered(name: str, run: str) -> str:
    return load_format(name).render(view_of(run)).decode("utf-8-sig")


# -- the registry --------------------------------------------------------------------------------------------------


@pytest.mark.recipe
def test_every_file_of_a_format_is_registered_and_the_other_way_round():
    files = {path.stem.removeprefix("as_") for path in Path(registry.__file__).parent.glob("as_*.py")}
    assert files == set(MODULES)


@pytest.mark.recipe
@pytest.mark.parametrize("name", MODULES)
def test_format_forgets_nothing(name):
    one = load_format(name)
    page = (ROOT / "docs" / "reports.md").read_text(encoding="utf-8")
    assert one.name == name
    assert one.what
    assert [other.name for other in formats() if other.file == one.file] == [name]
    assert f"| `{name}` | `{one.file}` | " in page, "docs/reports.md has a row for each format"


def test_main_job_writes_what_the_page_says():
    assert [one.name for one in formats() if one.by_default] == ["html", "junit", "md"]


# -- every run in every format -------------------------------------------------------------------------------------


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("name", TEXTS)
def test_rendering_is_whole_and_holds_no_character_that_does_something(name, run):
    text = rendered(name, run)
    assert text.strip()
    assert DANGEROUS.search(text) is None


class Tags(HTMLParser):
    """Notes the elements of a page, their handlers, and what would be loaded."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.wrong: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            inside = value and value.startswith(("#", "data:"))
            if name.startswith("on") or (name in ("src", "href") and not inside):
                self.wrong.append((tag, name, value))


@pytest.mark.parametrize("name", ["html", "summary"])
def test_hostile_text_is_text_in_the_pages(name):
    tags = Tags()
    page = rendered(name, "hostile")
    tags.feed(page)
    assert tags.wrong == []
    assert "img" not in tags.tags
    assert "&lt;/script&gt;&lt;img" in page
    assert "\\u202egnp" in page


def test_hostile_text_is_text_in_junit():
    root = ET.fromstring(rendered("junit", "hostile"))
    messages = [one.get("message") for one in root.iter("error")]
    assert visible(HOSTILE) in [one and one.removeprefix("rig: ") for one in messages]
    assert root.find(".//img") is None


def test_hostile_text_is_text_in_markdown():
    text = rendered("md", "hostile")
    outside = re.sub(r"</?(?:sub|code)>", "", text)
    assert "<" not in outside
    assert "onerror" in text
    assert "](" not in text
    assert "`c`" not in text


def test_hostile_text_is_text_in_the_badge():
    root = ET.fromstring(rendered("badge", "hostile"))
    assert root.tag.endswith("svg")


def test_hostile_text_is_no_formula_in_a_spreadsheet():
    rows = list(csv.reader(io.StringIO(rendered("csv", "hostile"))))
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))] == []
    assert as_csv.cell("=1+1") == "'=1+1"


def test_hostile_text_is_text_in_ctrf():
    document = json.loads(rendered("ctrf", "hostile"))
    assert visible(HOSTILE) in [one.get("message") for one in document["results"]["tests"]]


def test_hostile_text_is_text_on_the_terminal():
    lines = [line.text for line in summary_lines(sample_runs.hostile())]
    assert [line for line in [*lines, closing_line(sample_runs.hostile()).text] if DANGEROUS.search(line)] == []


# -- what each says ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("run", "sentence"),
    [
        ("conforming", "CONFORMING"),
        ("ten_faults", "NOT CONFORMING: {findings} findings break {broken} requirements"),
        ("killed", "INCOMPLETE: 206 of 1,454 cases, no verdict"),
    ],
)
def test_headline_is_one_sentence_without_a_percentage(run, sentence):
    head = View(RUNS[run]()).headline
    text = f"{head.word}: {head.sentence}"
    summary = RUNS[run]()["summary"]
    broken = sum(one["outcome"] == "broken" for one in summary["requirements"])
    assert text.startswith(sentence.format(findings=len(summary["findings"]), broken=broken))
    assert "%" not in text


@pytest.mark.parametrize("run", RUNS)
def test_junit_counts_as_the_record_does(run):
    record = RUNS[run]()
    root = ET.fromstring(rendered("junit", run))
    verdicts = record["summary"]["verdicts"]
    of_the_run = root.findall("testsuite[@name='the run as a whole']/testcase")
    assert int(root.get("tests")) == len(record["cases"]) + len(of_the_run)
    assert int(root.get("failures")) == verdicts["fail"]
    assert int(root.get("errors")) == verdicts["error"] + verdicts["inconclusive"] + len(of_the_run)
    assert int(root.get("skipped")) == verdicts["not_applicable"]


def test_junit_of_a_bench_that_did_not_start_has_an_error():
    record = sample_runs.record_of([], problems=[{"blame": "rig", "message": "the emulator did not start"}])
    root = ET.fromstring(load_format("junit").render(View(record)))
    assert (root.get("failures"), root.get("errors")) == ("0", "1")


def test_junit_tells_each_case_by_its_properties():
    root = ET.fromstring(rendered("junit", "ten_faults"))
    failed = next(one for one in root.iter("testcase") if one.find("failure") is not None)
    names = {one.get("name") for one in failed.iter("property")}
    assert {"requirement", "obligation", "verdict", "blame", "masked-by"} <= names
    masked = [one.get("value") for one in root.iter("property") if one.get("name") == "masked-by" and one.get("value")]
    assert len(masked) == 1


@pytest.mark.parametrize("run", RUNS)
def test_markdown_has_at_most_60_lines_and_begins_with_the_outcome(run):
    lines = rendered("md", run).splitlines()
    assert len(lines) <= 60
    assert lines[0].startswith("## ")


@pytest.mark.parametrize("run", RUNS)
def test_csv_has_a_row_for_each_requirement_with_its_outcome(run):
    rows = list(csv.DictReader(io.StringIO(rendered("csv", run))))
    outcomes = {one["id"]: one["outcome"].replace("_", " ") for one in RUNS[run]()["summary"]["requirements"]}
    assert {row["requirement"]: row["outcome"] for row in rows} == outcomes


def test_ctrf_counts_as_the_record_does():
    results = json.loads(rendered("ctrf", "ten_faults"))["results"]
    verdicts = sample_runs.ten_faults()["summary"]["verdicts"]
    summary = results["summary"]
    assert summary["tests"] == len(results["tests"]) == sum(verdicts.values())
    assert summary["failed"] == verdicts["fail"]
    assert summary["other"] == verdicts["error"] + verdicts["inconclusive"]


def test_report_quotes_the_vendors_page_word_by_word():
    case = sample_runs.case_of(sample_runs.CATALOGUE.requirements["MA-NEXT-ACCEPTS"], 1, "bench 1")
    page = load_format("html").render(View(sample_runs.record_of([sample_runs.failing(case, "a", "b")]))).decode()
    quotes = re.findall(r"<q>(.*?)</q> <cite>WEB, line \d+</cite>", page)
    vendor = (Path(sources.__file__).parent / "web-page.txt").read_text(encoding="utf-8")
    assert quotes
    assert [one for one in quotes if html.unescape(one) not in vendor] == []


# -- sizes and evidence --------------------------------------------------------------------------------------------


def test_program_of_the_report_has_at_most_150_kb():
    folder = Path(registry.__file__).parent / "page"
    assert sum((folder / name).stat().st_size for name in ("report.js", "report.css")) <= 150_000


@pytest.mark.parametrize("run", RUNS)
def test_summary_can_be_mailed(run):
    assert len(rendered("summary", run).encode()) <= 300_000


def test_first_screen_needs_at_most_500_kb():
    page = rendered("html", "ten_faults")
    assert len(page[: page.index('id="findings"')].encode()) <= 500_000


def test_record_says_when_it_was_changed():
    record = dict(sample_runs.conforming())
    assert record["sha256"] == record_sha256(record)
    assert [one.odd for one in View(record).facts if one.name == "Record SHA-256"] == [False]
    record["module"] = {**record["module"], "firmware": "C9"}
    (fact,) = [one for one in View(record).facts if one.name == "Record SHA-256"]
    assert fact.odd
    assert "the record was changed" in fact.value


def test_record_has_the_hash_of_each_transcript_and_tells_who_judged():
    record = sample_runs.conforming()
    assert [one["transcript_sha256"] for one in record["cases"]] == [
        transcript_sha256(one["transcript"]) for one in record["cases"]
    ]
    assert record["suite"]["version"]
    assert record["host"]["python"] == ".".join(map(str, sys.version_info[:3]))


def test_killed_run_is_gone_on_with_and_a_selection_is_widened():
    cures = {
        run: {one.cure for one in View(RUNS[run]()).gaps if one.reason == NO_CASE} for run in ("killed", "two_rigs")
    }
    assert cures["killed"] == {RESUME}
    assert all("run all cases" in one for one in cures["two_rigs"])


def test_requirements_stand_in_the_order_of_the_catalogues_areas():
    titles = [title for title, _ in View(sample_runs.conforming()).areas]
    assert titles == [one.title for one in sample_runs.CATALOGUE.areas.values() if one.title in titles]
    assert len(titles) > 5


def reading_of(**values: int):
    record = sample_runs.record_of([sample_runs.case_of(sample_runs.CATALOGUE.requirements["MA-NOTICE"], 0, "r")])
    record["summary"]["observed"] = [
        {"requirement": "MA-NOTICE", "what": "port", "readings": ["client", "local"], "values": values}
    ]
    (found,) = readings(record, sample_runs.CATALOGUE, View(record).sources)
    return found


@pytest.mark.parametrize(
    ("values", "taken", "differs"),
    [
        ({"client": 3}, (("port: client", 3),), False),
        ({"client": 3, "local": 1}, (("port: client", 3), ("port: local", 1)), True),
        (dict.fromkeys("abcde", 1), (("port: 5 different values, in the record", 5),), False),
    ],
)
def test_reading_differs_where_the_module_took_more_than_one(values, taken, differs):
    found = reading_of(**values)
    assert (found.taken, found.differs) == (taken, differs)


def test_differing_part_is_marked_on_both_sides():
    expected, got = differing('"\\r\\nOK\\r\\n> "', '"\\r\\nERROR\\r\\n> "')
    assert [one.text for one in expected if one.marked] == ["OK"]
    assert [one.text for one in got if one.marked] == ["ERROR"]
    assert [one.marked for one in (*differing("abc", "xyz")[0], *differing("abc", "xyz")[1])] == [False, False]


# -- the command ---------------------------------------------------------------------------------------------------


@pytest.fixture
def record(tmp_path) -> Path:
    write_record(sample_runs.ten_faults(), tmp_path / "run.json")
    return tmp_path / "run.json"


@pytest.mark.parametrize("name", TEXTS)
def test_command_renders_from_the_record_alone(record, capsys, name):
    assert main(["render", str(record.parent), "--format", name]) == 0
    place = record.with_name(load_format(name).file)
    assert capsys.readouterr().out == f"{place}\n"
    assert place.stat().st_size


def test_command_puts_the_rendering_where_it_is_told(record, tmp_path):
    assert main(["render", str(record), "--format", "md", "--out", str(tmp_path / "a" / "b.md")]) == 0
    assert (tmp_path / "a" / "b.md").read_text(encoding="utf-8").startswith("## ✗ NOT CONFORMING")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"schema": "eswifi-conformance/run/3", "rig"', "is no JSON"),
        ('{"schema": "other/1"}', "is no run record of this edition"),
        ('{"schema": "eswifi-conformance/run/3"}', "required property"),
        ('{"schema": "eswifi-conformance/run/2"}', "required property"),
        (None, "cannot be read"),
    ],
)
def test_broken_cut_or_foreign_record_is_one_clear_error(tmp_path, capsys, content, words):
    path = tmp_path / "run.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert main(["render", str(path), "--format", "html"]) == 4
    said = capsys.readouterr()
    assert words in said.err
    assert len(said.err.splitlines()) == 1
    assert not (tmp_path / "report.html").exists()


@pytest.mark.parametrize("name", TEXTS)
def test_old_edition_still_renders(tmp_path, name):
    record = json.loads(json.dumps(sample_runs.ten_faults()))
    record["schema"] = "eswifi-conformance/run/2"
    for key in ("suite", "host", "sha256"):
        del record[key]
    for case in record["cases"]:
        for key in ("decided", "masked", "masked_by", "differences", "transcript_sha256"):
            del case[key]
    for key in ("outcome", "findings", "requirements"):
        del record["summary"][key]
    path = tmp_path / "run.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    view = View(read_record(path))
    assert load_format(name).render(view)
    assert re.match(r"\d+ findings break \d+ requirements", view.headline.sentence)


def test_pdf_without_a_browser_says_what_to_do(record, capsys, monkeypatch):
    monkeypatch.setattr(as_pdf, "find_browser", lambda: None)
    assert main(["render", str(record), "--format", "pdf"]) == 3
    assert "no Chromium on this machine" in capsys.readouterr().err


def test_pdf_of_a_browser_that_fails_says_so(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/bin/false")
    with pytest.raises(RenderError, match="printed nothing"):
        as_pdf.render(View(sample_runs.conforming()))


@pytest.mark.slow
def test_render_needs_no_other_program(record):
    done = subprocess.run(
        [sys.executable, "-m", "reports", "render", str(record), "--format", "html"],
        cwd=ROOT, env={"PATH": "/nonexistent"}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_case_without_masking_has_an_empty_property():
    assert ("masked-by", "") in list(properties(make_case(masked_by=None)))
