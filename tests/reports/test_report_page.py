"""The conformance report in a real browser: it agrees with the record, is reached by links, and asks for nothing."""

import re
from pathlib import Path

import pytest

from reports.formats.compared import RENDERINGS
from reports.formats.comparison import Comparison
from reports.formats.registry import load_format
from reports.formats.view import View
from tests.reports import sample_runs

RUNS = {**sample_runs.RUNS, "many": sample_runs.many, "twenty_findings": sample_runs.twenty_findings}
ALIKE = ["conforming", "ten_faults", "killed", "two_rigs", "many"]
WIDTHS = {400: 800, 1200: 900, 2000: 1100}
pytestmark = pytest.mark.slow
WORST = ["ten_faults", "two_rigs", "killed"]


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    made: dict[tuple[str, str], Path] = {}

    def page_of(run: str, name: str = "html") -> Path:
        if (run, name) not in made:
            path = folder / f"{run}.{load_format(name).file}"
            path.write_bytes(load_format(name).render(View(RUNS[run]())))
            made[run, name] = path
        return made[run, name]

    return page_of


def number(text: str) -> int:
    return int(re.search(r"[\d,]+", text)[0].replace(",", ""))


def shown(page, selector: str) -> int:
    return page.locator(f"{selector}:visible").count()


# -- it agrees with the record ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("run", ALIKE)
def test_totals_agree_with_the_record(browser, pages, run):
    record = RUNS[run]()
    page = browser.open(pages(run))
    summary = record["summary"]
    assert shown(page, "article.finding") == len(summary["findings"])
    assert shown(page, "table.requirements tr[id]") == len(summary["requirements"])
    for key in page.locator(".legend a.key").all():
        outcome = key.get_attribute("href").rpartition("=")[2]
        count = sum(one["outcome"] == outcome for one in summary["requirements"])
        assert number(key.inner_text()) == count, outcome
    cases = len(record["cases"])
    assert page.locator("form[data-for=cases] output").inner_text() == f"{cases:,} of {cases:,}"


@pytest.mark.parametrize("run", ALIKE)
def test_each_verdict_has_as_many_cases_as_the_record(browser, pages, run):
    record = RUNS[run]()
    page = browser.open(pages(run))
    for verdict, count in record["summary"]["verdicts"].items():
        if count:
            page.select_option("form[data-for=cases] select[name=verdict]", verdict)
            assert number(page.locator("form[data-for=cases] output").inner_text()) == count
            assert page.locator("#case-list li").count() == min(count, 200)


def test_rigs_stand_side_by_side_and_what_differs_comes_first(browser, pages):
    page = browser.open(pages("two_rigs"), "#rigs")
    rows = page.locator("table.matrix tbody tr").all_inner_texts()
    assert ["fail" in one for one in rows[:3]] == [True, True, False]
    assert "Differing rows first: 2 of" in page.locator("#rigs").inner_text()


def test_a_killed_run_says_what_was_cut_off(browser, pages):
    page = browser.open(pages("killed"))
    assert "INCOMPLETE: 206 of 1,454 cases, no verdict" in page.locator("h1").inner_text()
    assert "the run was cut off" in page.locator("#bench").inner_text()


# -- filters and links ----------------------------------------------------------------------------------------------


def test_filter_stands_in_the_address_and_the_address_makes_the_filter(browser, pages):
    broken = sum(one["outcome"] == "broken" for one in sample_runs.ten_faults()["summary"]["requirements"])
    page = browser.open(pages("ten_faults"))
    page.locator(".legend a.key", has_text="broken").click()
    page.wait_for_function("document.querySelectorAll('table.requirements tr[id]:not([hidden])').length < 100")
    assert shown(page, "table.requirements tr[id]") == broken
    page.fill("form[data-for=requirements] input[name=q]", "client")
    address = page.evaluate("location.hash")
    assert address == "#requirements?q=client&outcome=broken"
    same = browser.open(pages("ten_faults"), address)
    assert shown(same, "table.requirements tr[id]") == shown(page, "table.requirements tr[id]")
    assert same.input_value("form[data-for=requirements] input[name=q]") == "client"


@pytest.mark.parametrize("words", ["MA-NOTICE", "P5", "WEB transcript", "UM 4.14", "single server"])
def test_search_finds_ids_commands_documents_sections_and_words(browser, pages, words):
    page = browser.open(pages("conforming"), f"#requirements?q={words.replace(' ', '%20')}")
    assert 0 < shown(page, "table.requirements tr[id]") < 150


def test_way_from_a_finding_to_its_case_and_back(browser, pages):
    page = browser.open(pages("ten_faults"))
    page.locator("article.finding .example a").first.click()
    page.wait_for_selector("#case h2")
    assert not page.locator("#findings").is_visible()
    page.go_back()
    page.wait_for_selector("#case", state="hidden")
    assert page.locator("#findings").is_visible()


def test_back_from_a_case_leads_to_the_same_filter(browser, pages):
    page = browser.open(pages("ten_faults"), "#cases?verdict=fail")
    first = page.locator("#case-list a").first
    title = first.inner_text()
    first.click()
    page.wait_for_selector("#case h2")
    assert title in page.locator("#case h2").inner_text()
    page.locator("#case .back a").click()
    page.wait_for_selector("#case", state="hidden")
    assert page.evaluate("location.hash") == "#cases?verdict=fail"
    assert number(page.locator("form[data-for=cases] output").inner_text()) == 10


def test_link_to_a_case_opens_it(browser, pages):
    case = sample_runs.many()["cases"][7777]
    page = browser.open(pages("many"), f"#case?id={case['id'].replace('[', '%5B').replace(']', '%5D')}&rig=bench%201")
    page.wait_for_selector("#case h2")
    assert case["title"] in page.locator("#case h2").inner_text()


def test_link_to_a_case_that_is_not_there_says_so(browser, pages):
    page = browser.open(pages("conforming"), "#case?id=suites%2Fnowhere.py")
    page.wait_for_selector("#case h2")
    assert "no such case" in page.locator("#case").inner_text()


# -- a case ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def failed(browser, pages):
    page = browser.open(pages("ten_faults"), "#cases?verdict=fail")
    page.locator("#case-list a").first.click()
    page.wait_for_selector("#case svg.chart .deviating")
    return page


def test_chart_has_a_lane_for_each_side_and_marks_loss_and_deviation(failed):
    assert failed.locator("#case .lanename").all_text_contents() == ["host", "module", "peer1"]
    assert failed.locator("#case .event.deviating").count() == 1
    assert "reset (RST)" in failed.locator("#case .event.loss").first.text_content()
    assert any("ms" in one or " s" in one for one in failed.locator("#case .gap").all_text_contents())
    assert "crc32" in failed.locator("#case").text_content(), "a long payload is folded to head, tail and hash"


def test_deviating_line_is_in_view(failed):
    failed.wait_for_function("document.querySelector('.transcript .scroll').scrollTop >= 0")
    frame = failed.locator(".transcript .scroll").bounding_box()
    line = failed.locator("#case .event.deviating .band").bounding_box()
    assert frame["y"] <= line["y"] <= frame["y"] + frame["height"]


def test_transcript_is_copied_as_the_record_has_it(failed):
    case = next(one for one in sample_runs.ten_faults()["cases"] if one["verdict"] == "fail")
    failed.locator("#case .tools button.copy").click()
    failed.wait_for_selector("#case .tools button.copy:has-text('copied')")
    assert failed.evaluate("navigator.clipboard.readText()") == "\n".join(case["transcript"]) + "\n"


def test_transcript_is_shown_as_lines_and_in_hexadecimal(failed):
    failed.locator("#case .tools button", has_text="lines").click()
    assert "R0\\r" in failed.locator("#case ol.lines").inner_text()
    failed.locator("#case .tools button", has_text="hex").click()
    assert "52 30 0d" in failed.locator("#case ol.lines").inner_text()


# -- looks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("run", WORST)
def test_first_screen_holds_sentence_facts_and_bar(browser, pages, run, width, dark):
    page = browser.open(pages(run), width=width, height=WIDTHS[width], dark=dark)
    for selector in (".head h1", ".head dl.facts", ".bar .strip", ".bar .legend"):
        box = page.locator(selector).bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= WIDTHS[width], f"{selector} is not on the first screen"
    assert page.evaluate("document.documentElement.scrollWidth") <= width


BROKEN_WORDS = """(selector) => [...document.querySelectorAll(selector)].filter((one) => {
  const range = document.createRange();
  range.selectNodeContents(one);
  return new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1;
}).map((one) => one.textContent)"""


@pytest.mark.parametrize("width", WIDTHS)
def test_no_id_is_broken_into_letters(browser, pages, width):
    page = browser.open(pages("two_rigs"), width=width, height=WIDTHS[width])
    assert page.evaluate(BROKEN_WORDS, ".scroll th[scope=row]") == []


@pytest.mark.parametrize("width", WIDTHS)
def test_comparison_of_two_runs_fits_and_breaks_no_outcome_into_letters(browser, tmp_path, width):
    comparison = Comparison(View(sample_runs.conforming()), View(sample_runs.ten_faults()))
    path = tmp_path / "compared.html"
    path.write_text(RENDERINGS["html"](comparison), encoding="utf-8")
    page = browser.open(path, width=width, height=WIDTHS[width])
    assert page.locator("#newly_broken table.changes tbody tr").count() == 10
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(BROKEN_WORDS, "#newly_broken table.changes td:nth-child(-n+3)") == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [400, 1200])
@pytest.mark.parametrize("at", ["", "#case"])
def test_page_has_no_axe_violation(browser, pages, width, dark, at):
    from axe_playwright_python.sync_playwright import Axe

    page = browser.open(pages("ten_faults"), width=width, height=WIDTHS[width], dark=dark)
    if at:
        page.locator("article.finding .example a").first.click()
        page.wait_for_selector("#case .transcript")
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200], one["nodes"][0]["failureSummary"][:300]) for one in found] == []


@pytest.mark.parametrize(
    ("run", "name"),
    [("ten_faults", "html"), ("conforming", "html"), ("twenty_findings", "summary"), ("conforming", "summary")],
)
def test_printed_it_has_four_to_eight_pages_with_verdict_findings_gaps_and_requirements(browser, pages, run, name):
    page = browser.open(pages(run, name))
    page.emulate_media(media="print")
    for selector in (".head", "#findings", "#not-tested", "#requirements", ".signoff"):
        assert page.locator(selector).is_visible(), selector
    if name == "html":
        assert not page.locator("#cases").is_visible()
        assert not page.locator("form[data-for=requirements]").is_visible()
    printed = page.pdf(prefer_css_page_size=True)
    assert 4 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) <= 8


def test_pdf_of_the_command_has_four_to_eight_pages(chromium, tmp_path):
    printed = load_format("pdf").render(View(sample_runs.ten_faults()))
    assert printed.startswith(b"%PDF-")
    assert 4 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) <= 8


def test_hostile_texts_stay_texts(browser, pages):
    page = browser.open(pages("hostile"))
    for one in page.locator("#case-list a").all()[:6]:
        page.goto(page.url.partition("#")[0] + one.get_attribute("href"))
        page.wait_for_selector("#case .transcript")
    assert page.locator("img").count() == 0
    assert page.locator("h1").count() == 1
    page.goto(page.url.partition("#")[0] + "#cases")
    assert "<img src=x onerror" in page.locator("#case-list").inner_text()
