"""The HTML page: one file, whole, and silent."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from reports.formats.allure import html as allure_html
from reports.formats.allure.html import LOCK, finished_page, get_generator, main, make_page, without_tracker
from reports.formats.allure.node import Node, ToolError

TOOLS = Path(__file__).resolve().parents[2] / "reports" / "out" / "tools"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

HEAD = '<html><head>\n    <meta charset="utf-8">\n    <title>t</title></head><body>\n'
TRACKER = """
    <script async src="https://www.googletagmanager.com/gtag/js?id=G-LNDJ3J7WT0"></script>
    <script>
        window.dataLayer = window.dataLayer || [];
        function gtag(){dataLayer.push(arguments);}
        gtag('js', new Date());
        gtag('config', 'G-LNDJ3J7WT0', {"report": "awesome"});
    </script>
"""
DATA = """<script>d("data/test-results/1.json","aHR0cHM6Ly94");d("data/test-results/2.json","eA==")</script></body>"""


def test_the_tracker_is_cut_out_and_the_rest_stays():
    clean = without_tracker(HEAD + "<script>first()</script>" + TRACKER + DATA)
    assert "gtag" not in clean
    assert "googletagmanager" not in clean
    assert "<script>first()</script>" in clean
    assert DATA in clean


def test_a_page_that_loads_nothing_is_only_given_its_policy():
    clean = without_tracker(HEAD + DATA)
    policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', clean)
    assert policy
    assert "default-src 'none'" in policy[1]
    assert "http" not in policy[1]
    assert clean.replace(policy[0], "").replace("\n    \n", "\n") == HEAD + DATA


@pytest.mark.parametrize(
    "tag",
    [
        '<link rel="stylesheet" href="https://fonts.example/x.css">',
        '<img src="//example/x.png">',
        "<iframe src='http://example/'></iframe>",
        '<script type="module" src="//example/x.js"></script>',
    ],
)
def test_a_page_that_would_load_something_else_is_refused(tag):
    with pytest.raises(ToolError, match="would load something from elsewhere"):
        without_tracker(HEAD + tag + DATA)


def test_a_page_without_all_cases_is_refused():
    assert finished_page(HEAD + DATA, 2)
    with pytest.raises(ToolError, match="shows 2 cases where the results hold 3"):
        finished_page(HEAD + DATA, 3)


def test_the_lock_file_pins_everything_and_names_no_address():
    lock = json.loads((LOCK / "package-lock.json").read_text(encoding="utf-8"))
    wanted = json.loads((LOCK / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert lock["packages"]["node_modules/allure"]["version"] == wanted["allure"]
    parts = [part for path, part in lock["packages"].items() if path]
    assert all(part["integrity"].startswith("sha512-") for part in parts)
    assert "://" not in json.dumps(lock)


def test_an_npm_that_fails_leaves_nothing_half_done(tmp_path):
    failing = Node(("node",), ("false",))
    with pytest.raises(ToolError, match=r"(?s)npm could not bring the page generator \(status 1\).*registry"):
        get_generator(failing, tmp_path / "tools")
    assert list((tmp_path / "tools").iterdir()) == []


def test_a_failure_takes_the_former_page_away(tmp_path, monkeypatch):
    def fail(tools: Path) -> Node:
        raise ToolError("no node")

    monkeypatch.setattr(allure_html, "get_node", fail)
    page = tmp_path / "page.html"
    page.write_text("of a former run", encoding="utf-8")
    with pytest.raises(ToolError, match="no node"):
        make_page(tmp_path, page, tmp_path / "tools")
    assert not page.exists()


@pytest.fixture(scope="module")
def page(tmp_path_factory, project_in) -> Path:
    """A real page of a run with a case of every verdict and a problem of the run."""
    project = project_in(tmp_path_factory.mktemp("page"))
    project.add_sample("every_verdict")
    project.run(SAMPLE_PROBLEM="rig:the fuse is blown")
    made = project.out / "page.html"
    make_page(project.out / "allure-results", made, TOOLS, "eS-WiFi AT conformance: sample")
    return made


def test_a_real_page_is_one_file_with_all_cases_and_no_tracker(page):
    text = page.read_text(encoding="utf-8")
    assert text.count('d("data/test-results/') == 9
    assert "googletagmanager" not in text
    assert "<title> eS-WiFi AT conformance: sample </title>" in text
    assert not re.search(r"<(script|link|img|iframe)\b[^>]*(src|href)=.?(https?:)?//", text)


def browse(page: Path, tmp_path: Path, *options: str) -> str:
    quiet = "--disable-background-networking --disable-component-update --disable-sync --disable-quic --no-first-run"
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", *quiet.split()]
    command += ["--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={tmp_path / 'browser'}"]
    command += ["--virtual-time-budget=8000", *options, page.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=90, check=True).stdout


@pytest.mark.skipif(not CHROMIUM, reason="needs a Chromium on the machine")
def test_a_browser_shows_what_the_summary_says(page, tmp_path):
    shown = re.sub(r"<[^>]+>", " ", browse(page, tmp_path, "--dump-dom"))
    for wanted in [
        "eS-WiFi AT conformance: sample",
        "not conforming: 1 requirement is broken; 1 case inconclusive",
        "ISM43362-M3G-L44",
        "Multi-accept server",
        "Framing",
        "MA-NOTICE: When a client connects to a waiting server",
        "notice names the clients port",
    ]:
        assert wanted in shown
    assert re.search(r"Failed\s+1\b", shown)
    assert re.search(r"Global Errors\s+1\b", shown)


def test_no_percentage_is_shown_which_would_be_100_for_a_run_that_was_killed(page, chromium):
    opened = chromium.new_page()
    opened.goto(page.resolve().as_uri())
    opened.wait_for_selector("article svg path")
    legend = opened.locator("article > div", has_text=re.compile(r"^\s*[\d.]+%\s*$")).first
    assert legend.count() == 1, "Allure writes it elsewhere now"
    assert not legend.is_visible()
    opened.close()


@pytest.mark.skipif(not CHROMIUM, reason="needs a Chromium on the machine")
def test_a_browser_is_made_to_ask_nobody(page, tmp_path):
    log = tmp_path / "net.json"
    browse(page, tmp_path, "--dump-dom", f"--log-net-log={log}")
    asked = set(re.findall(r'"url":"(https?://[^/"]+)', log.read_text(encoding="utf-8")))
    # Chromium asks its maker for the time, updates and accounts by itself, whatever page it shows.
    own = re.compile(r"https?://([a-z0-9]+\.)*(google\.com|googleapis\.com|gvt1\.com)$")
    assert [one for one in asked if not own.match(one)] == []


def test_the_page_can_be_made_again_of_results_that_are_there(page, tmp_path, capsys):
    again = tmp_path / "again.html"
    assert main([str(page.parent / "allure-results"), str(again)]) == 0
    assert capsys.readouterr().out.strip() == str(again)
    assert again.read_text(encoding="utf-8").count('d("data/test-results/') == 9


def test_a_wrong_call_says_how_to_call(capsys):
    assert main([]) == 2
    assert "usage: python -m reports.formats.allure.html RESULTS PAGE" in capsys.readouterr().err


def test_results_that_are_not_there_are_told(tmp_path, capsys):
    assert main([str(tmp_path / "none"), str(tmp_path / "page.html")]) == 1
    assert "the page generator failed" in capsys.readouterr().err
