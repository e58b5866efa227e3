"""The report of runs that are made here: the real suites judge the real emulator, and a real browser opens the page.

``test_report_page.py`` looks at every detail, on made-up runs. Here a few cases of the suites are run for each kind of
run: a good module, one with ten faults, a run that was killed, and two rigs. Ten thousand cases are made up there.
"""

import re
import signal

import pytest

from reports.formats.registry import load_format
from reports.formats.view import View
from reports.record.record import read_record
from reports.run.rebuild import rebuild_run
from tests.fixtures.runs import Run
from tests.reports.sample_runs import CATALOGUE
from tests.reports.test_report_page import WIDTHS, number

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
FAULTS = {
    "protocol-3-refused": "SE-P1",
    "backlog-0-refused": "SE-P8",
    "keep-alive-250-refused": "SE-PK-RANGE",
    "read-timeout-30000-refused": "SE-R2",
    "retries-above-5-refused": "AD-RETRIES",
    "country-shown-as-number": "AD-COUNTRY",
    "filter-80-refused": "AD-FILTER",
    "access-point-channel-11-refused": "AP-CHANNEL",
    "access-point-4-clients-refused": "AP-CLIENTS",
    "port-65536-taken": "SE-RANGE",
}
"""Faults of the emulator that single commands show, each with the requirement that it breaks."""
SOME = ("SE-P1", "SE-P8", "SE-R2")
LOOKS = {400: True, 2000: False}
"""Widths at which each page is looked at, and whether it is dark; the page is opened at 1200 pixels besides."""
RIG = 'name = "{name}"\nallow = ["reset"]\n[emulator]\noptions = [{options}]\n[network]\nssid = "LAB"\n'


def wanted(requirements):
    return [f"--requirement={one}" for one in requirements]


def conforming(folder):
    return Run(folder)("suites", *wanted(SOME))


def ten_faults(folder):
    faults = [f"--emulator-option={word}" for name in FAULTS for word in ("--fault", name)]
    return Run(folder)("suites", *wanted(FAULTS.values()), *faults)


def killed(folder):
    run = Run(folder).start("suites", "--requirement=SE-RANGE")
    run.wait_for_cases(3)
    run.process.send_signal(signal.SIGKILL)
    ended = run.end()
    rebuild_run(folder / "run.json", folder / "allure", CATALOGUE)
    return ended


def two_rigs(folder):
    rigs = {"good": "", "bad": '"--fault", "protocol-3-refused"'}
    for name, options in rigs.items():
        (folder / f"{name}.toml").write_text(RIG.format(name=name, options=options), encoding="utf-8")
    return Run(folder)("suites", *wanted(SOME[:1]), *(f"--rig={folder / name}.toml" for name in rigs))


@pytest.fixture
def opened(browser, tmp_path):
    """Makes a run, opens its report, and looks at what every report must have. Gives page and record."""

    def open_report(make):
        ended = make(tmp_path)
        assert (tmp_path / "run.json").exists(), ended.output
        record = read_record(tmp_path / "run.json")
        path = tmp_path / "report.html"
        path.write_bytes(load_format("html").render(View(record)))
        page = browser.open(path)
        assert_it_agrees(page, record)
        for width, dark in LOOKS.items():
            assert_first_screen(browser.open(path, width=width, height=WIDTHS[width], dark=dark), width, WIDTHS[width])
        return page, record

    return open_report


def assert_it_agrees(page, record):
    """The totals of the page are those of the record."""
    summary, cases = record["summary"], len(record["cases"])
    assert page.locator("article.finding:visible").count() == len(summary["findings"])
    for key in page.locator(".legend a.key").all():
        outcome = key.get_attribute("href").rpartition("=")[2]
        assert number(key.inner_text()) == sum(one["outcome"] == outcome for one in summary["requirements"])
    assert page.locator("form[data-for=cases] output").inner_text() == f"{cases:,} of {cases:,}"
    assert record["sha256"] in page.locator(".head dl.facts").inner_text()


def assert_first_screen(page, width, height):
    """Sentence, facts and bar are on it, and nothing is cut at its side."""
    for selector in (".head h1", ".head dl.facts", ".bar .strip", ".bar .legend"):
        box = page.locator(selector).bounding_box()
        assert 0 <= box["y"] <= box["y"] + box["height"] <= height, selector
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def assert_no_axe_violation(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []


def assert_printed(page):
    page.emulate_media(media="print")
    for selector in (".head", "#findings", "#not-tested", "#requirements", ".signoff"):
        assert page.locator(selector).is_visible(), selector
    pages = re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(prefer_css_page_size=True))
    page.emulate_media(media="screen")
    assert 4 <= len(pages) <= 8


def test_report_of_a_good_module(opened):
    page, record = opened(conforming)
    assert record["status"]["name"] == "conforming"
    assert "INCOMPLETE: nothing broken in" in page.locator("h1").inner_text()
    page.fill("form[data-for=cases] input[name=q]", "p1")
    assert page.evaluate("location.hash") == "#cases?q=p1"
    page.locator("#case-list a").first.click()
    page.wait_for_selector("#case svg.chart")
    page.go_back()
    page.wait_for_selector("#case", state="hidden")


def test_report_of_a_module_with_ten_faults(opened):
    page, record = opened(ten_faults)
    found = {one["requirement"] for one in record["summary"]["findings"]}
    assert found == set(FAULTS.values())
    words = page.locator("h1").inner_text()
    assert words.startswith(f"✗ NOT CONFORMING: {len(found)} findings break ")
    page.locator("article.finding .example a").first.click()
    page.wait_for_selector("#case svg.chart .deviating")
    assert_no_axe_violation(page)
    page.go_back()
    page.wait_for_selector("#case", state="hidden")
    assert_printed(page)


def test_report_of_a_run_that_was_killed(opened):
    page, record = opened(killed)
    done, planned = len(record["cases"]), len(record["planned"])
    assert 0 < done < planned
    assert f"INCOMPLETE: {done} of {planned} cases, no verdict" in page.locator("h1").inner_text()
    assert "%" not in page.locator("h1").inner_text()
    assert record["unfinished"] == [] or record["unfinished"][0]["id"] in page.locator("#bench").inner_text()


def test_report_of_two_rigs(opened):
    page, record = opened(two_rigs)
    assert sorted(one["name"] for one in record["rigs"]) == ["bad", "good"]
    first = page.locator("table.matrix tbody tr").first.inner_text()
    assert "SE-P1" in first
    assert "fail" in first
    assert "pass" in first
