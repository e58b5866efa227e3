"""Allure used well: steps that tell the case, findings as categories, a registry that is not there."""

import json
import sys

import pytest

from reports.formats.allure import html as allure_html
from reports.formats.allure.html import HISTORY, finished_page, page_config, reach_registry
from reports.formats.allure.node import Node, ToolError
from reports.formats.allure.results import page_categories
from reports.formats.allure.steps import MOST_STEPS, steps_of
from reports.formats.allure.told import tell_findings
from reports.formats.allure.whole import complete_results
from tests.reports import sample_runs
from tests.reports.sample_runs import CATALOGUE, HOSTILE


def case_with(*lines: str, **more):
    told = [f"{n:12.6f} {line}" for n, line in enumerate(lines)]
    return sample_runs.make_case(transcript=told, started="2026-03-01T09:30:00.000+00:00", **more)


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
    tell_findings(results, sample_runs.ten_faults())
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
