"""Allure used well: steps that tell the case, findings as categories, a registry that is not there."""

import json
import sys
import xml.etree.ElementTree as ET

import pytest

from reports.formats.allure import html as allure_html
from reports.formats.allure.chart import MOST_AFTER, MOST_EVENTS, chart_of
from reports.formats.allure.html import HISTORY, finished_page, page_config, reach_registry
from reports.formats.allure.naming import name_findings
from reports.formats.allure.node import Node, ToolError
from reports.formats.allure.results import page_categories, write_end
from reports.formats.allure.steps import MOST_STEPS, steps_of
from reports.formats.allure.whole import complete_results
from reports.record.expectations import as_toml, expected_cases, load_expectation
from tests.reports import sample_runs
from tests.reports.sample_runs import CATALOGUE, HOSTILE


def case_with(*lines: str, **more):
    transcript = [f"{n:12.6f} {line}" for n, line in enumerate(lines)]
    return sample_runs.make_case(transcript=transcript, started="2026-03-01T09:30:00.000+00:00", **more)


def test_steps_tell_the_case_as_the_vendors_page_does():
    case = case_with(
        "host      * case test_next: MA-NEXT",
        "host      > module    P5=11\\r",
        "module    > host      \\r\\nOK\\r\\n> ",
        "peer1     * connected from 127.0.0.1:4 to 127.0.0.1:5",
        "host      > module    P2=5024\\r",
        "host      > module    R0\\r",
        "peer1     > module    abc",
    )
    steps = steps_of(case)
    assert [one.name for one in steps] == [
        "P5=11: start multi-accept",
        "peer1: connected from 127.0.0.1:4 to 127.0.0.1:5",
        "P2=5024: select the local port",
        "R0: read data",
        "peer1 sends abc",
    ]
    assert [one.stop - one.start for one in steps] == [2000, 1000, 1000, 1000, 0]


@pytest.mark.parametrize(("verdict", "status"), [("fail", "failed"), ("error", "broken"), ("pass", "passed")])
def test_last_step_of_a_failed_case_is_its_failure(verdict, status):
    steps = steps_of(case_with("host      > module    P0=1\\r", "host      > module    P1=0\\r", verdict=verdict))
    assert [one.status for one in steps] == ["passed", status]


def test_long_case_shows_its_last_steps():
    steps = steps_of(case_with(*(f"host      > module    P2={n}\\r" for n in range(MOST_STEPS + 5))))
    assert len(steps) == MOST_STEPS
    assert steps[-1].name == f"P2={MOST_STEPS + 4}: select the local port"


def test_hostile_text_is_text_in_a_step():
    (step,) = steps_of(case_with(f"peer1     > module    {HOSTILE}"))
    assert "\x1b" not in step.name
    assert "\u202e" not in step.name


@pytest.fixture
def results(tmp_path):
    complete_results(tmp_path, sample_runs.ten_faults(), CATALOGUE)
    return tmp_path


def test_failed_cases_are_gathered_by_their_finding(results):
    labels = [
        one["value"]
        for path in results.glob("*-result.json")
        for one in json.loads(path.read_text(encoding="utf-8"))["labels"]
        if one["name"] == "finding"
    ]
    assert len(labels) == 10
    assert {one.split()[0] for one in labels} == {one["id"] for one in sample_runs.ten_faults()["summary"]["findings"]}
    (broken,) = [one for one in page_categories() if one["name"] == "Requirement broken"]
    assert broken["groupBy"] == [{"label": "finding"}]


def test_finding_is_told_once_however_often_the_run_ends(results):
    before = {path: path.read_bytes() for path in results.glob("*-result.json")}
    name_findings(results, sample_runs.ten_faults())
    assert {path: path.read_bytes() for path in results.glob("*-result.json")} == before
    for path in before:
        labels = [one["name"] for one in json.loads(path.read_text(encoding="utf-8"))["labels"]]
        assert labels.count("finding") <= 1


def test_case_is_told_under_its_finding_and_not_under_what_it_charges(tmp_path):
    base, resting = "MA-NEXT", "MA-STATUS"
    about = [told_under(base, f"x::{n}") for n in range(3)]
    besides = told_under(resting, "x::besides")
    good = [sample_runs.make_case(id=f"x::good{n}", requirements=[resting]) for n in range(5)]
    record = sample_runs.record_of([*about, besides, *good])
    assert [one["requirement"] for one in record["summary"]["findings"]] == [base]
    complete_results(tmp_path, record, CATALOGUE)
    results = map(json.loads, (path.read_text(encoding="utf-8") for path in tmp_path.glob("*-result.json")))
    (result,) = [one for one in results if one["parameters"][0]["value"] == "x::besides"]
    labels = {one["name"]: one["value"] for one in result["labels"]}
    assert labels["requirement"].startswith(f"{base}: ")
    assert labels["finding"].startswith(f"F1 {base}: ")
    headline = result["statusDetails"]["message"].splitlines()[0]
    assert headline == f"Requirement broken: {base} (what this case charges follows from that: {resting})"
    assert "BROKEN" not in result["descriptionHtml"]
    assert f"follows from {base}" in result["descriptionHtml"]


def told_under(key, name):
    case = sample_runs.make_case(id=name, requirements=[key])
    return sample_runs.failing(case, "OK", "odd 7")


def results_of(folder):
    return [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*-result.json")]


def expecting(folder, record, number: int):
    """A file that expects the first ``number`` breaches of ``record``."""
    head, *entries = as_toml(record).split("\n\n")
    file = folder / "known.toml"
    file.write_text("\n\n".join([head, *(f'{one}\nwhy = "ticket 17"\n' for one in entries[:number])]), encoding="utf-8")
    return load_expectation(file)


def test_expected_breach_is_a_known_issue_with_its_reason(tmp_path):
    record = sample_runs.ten_faults()
    expected = expected_cases(record, expecting(tmp_path, record, 2))
    assert len(expected) == 2
    folder = tmp_path / "results"
    complete_results(folder, record, CATALOGUE)
    for _ in range(2):  # a run that goes on ends again
        write_end(folder, record, expected)
    known = [one for one in results_of(folder) if (one.get("statusDetails") or {}).get("known")]
    assert len(known) == 2
    for one in known:
        (label,) = [label["value"] for label in one["labels"] if label["name"] == "known"]
        assert label.endswith("expected by known.toml: ticket 17")
        assert one["status"] == "failed"
        assert one["statusDetails"]["message"].startswith(f"Known issue: {label}\nRequirement broken")
        assert one["statusDetails"]["message"].count("Known issue") == 1


def test_case_with_one_more_breach_than_expected_is_no_known_issue(tmp_path):
    record = sample_runs.ten_faults()
    (case,) = list(expected_cases(record, expecting(tmp_path, record, 1)))
    both = [one for one in record["cases"] if one["verdict"] == "fail"][:2]
    joined = {**both[0], "differences": [*both[0]["differences"], *both[1]["differences"]]}
    cases = [joined if one["id"] == case else one for one in record["cases"]]
    assert expected_cases({**record, "cases": cases}, expecting(tmp_path, record, 1)) == {}


def test_waived_breach_is_a_known_issue(tmp_path):
    seen = {"requirement": "MA-NEXT", "what": "waived", "value": "fixed in C6.3 (BUG-7)"}
    case = case_with("host      > module    P0=1\\r", verdict="observed", observations=[seen], message="what came")
    complete_results(tmp_path, sample_runs.record_of([case]), CATALOGUE)
    (found,) = results_of(tmp_path)
    message = "Known issue: MA-NEXT waived by the profile: fixed in C6.3 (BUG-7)\n\nwhat came"
    assert (found["status"], found["statusDetails"]["message"]) == ("failed", message)
    assert found["statusDetails"]["known"] is True
    assert page_categories()[0]["name"] == "Known issue"
    assert [one["name"] for one in found["attachments"]] == ["transcript", "sequence chart"]


def failing_case(before: int, after: int):
    """A case that failed at an answer, with so many events before and behind it."""
    lines = [f"host      > module    P2={n}\\r" for n in range(before)]
    case = case_with(*lines, "module    > host      \\r\\nwrong\\r\\n> ", *lines[:after], verdict="fail")
    return {**case, "message": f"MA-NEXT\ntranscript (its end):\n{case['transcript'][before]}"}


def test_steps_of_a_failed_case_end_where_the_case_ended():
    assert [one.name[:4] for one in steps_of(failing_case(2, 30))] == ["P2=0", "P2=1"]


def test_chart_is_an_svg_with_a_lane_for_each_side_and_the_end_marked():
    drawn = ET.fromstring(chart_of(failing_case(3, 2)))
    texts = [one.text for one in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert [one for one in texts if one in ("host", "module")] == ["host", "module"]
    assert [one.get("class") for one in drawn.iter("{http://www.w3.org/2000/svg}rect")] == ["paper", "end"]


def test_chart_of_a_long_case_is_cut_and_says_so():
    drawn = chart_of(failing_case(5000, 60))
    assert len(drawn) < 60_000
    assert f"{MOST_EVENTS + MOST_AFTER} of 5061 events" in drawn


@pytest.mark.parametrize("verdict", ["pass", "observed", "not_applicable"])
def test_case_that_nobody_looks_into_has_no_chart(verdict):
    assert chart_of(case_with("host      > module    P0=1\\r", verdict=verdict)) == ""


def test_hostile_text_is_text_in_a_chart():
    drawn = chart_of(case_with(f"peer1     > module    {HOSTILE}", verdict="error"))
    assert ET.fromstring(drawn).find(".//{*}img") is None
    assert "\x1b" not in drawn
    assert "\u202e" not in drawn


def test_page_shows_only_charts_that_say_something_and_no_timeline(tmp_path):
    options = page_config("t", tmp_path / HISTORY)["plugins"]["awesome"]["options"]
    assert options["sections"] == ["charts"]
    assert {one["type"] for one in options["charts"]} >= {"statusDynamics", "durationDynamics"}


def test_page_keeps_the_runs_before_for_its_trend(tmp_path):
    assert page_config("t", tmp_path / HISTORY)["historyPath"] == str(tmp_path / HISTORY)


def test_page_stays_at_its_top():
    page = finished_page('<meta charset="utf-8"><body><script>d("data/test-results/1.json","")</script></body>', 1)
    assert page.count("scrollTop=0") == 1
    assert page.index("scrollTop=0") < page.index("</body>")


def npm_saying(text: str) -> Node:
    return Node(("node",), (sys.executable, "-c", f"print({text!r})"))


@pytest.mark.parametrize(
    "settings",
    [
        "registry=http://127.0.0.1:9/\nhttps-proxy=null\nproxy=null",
        "registry=https://registry.example/\nhttps-proxy=http://127.0.0.1:9\nproxy=null",
    ],
)
def test_registry_that_is_out_of_reach_is_told_at_once(settings, monkeypatch):
    monkeypatch.setattr(allure_html, "REACH_S", 5)
    with pytest.raises(ToolError, match=r"npm cannot reach its registry: 127\.0\.0\.1:9: .*refused"):
        reach_registry(npm_saying(settings))


def test_npm_that_never_answers_is_given_up(monkeypatch):
    monkeypatch.setattr(allure_html, "ASK_S", 0.5)
    with pytest.raises(ToolError, match=r"npm could not bring the page generator: .*timed out after 0\.5 seconds"):
        reach_registry(Node(("node",), (sys.executable, "-c", "import signal; signal.pause()")))
