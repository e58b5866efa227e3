"""What our verdicts look like in the results that allure-pytest writes."""

import json
import re

import pytest

from reports.formats.allure.results import CATEGORIES, case_name, environment, page_categories

NAMES = {
    "pass": "p5 10 takes the next client",
    "fail": "notice names the clients port",
    "error": "a peer fails",
    "inconclusive": "a case cannot run here",
    "not_applicable": "a case does not apply",
    "observed": "p5 11 twice is observed [0]",
}


@pytest.fixture(scope="module")
def results(tmp_path_factory, project_in):
    project = project_in(tmp_path_factory.mktemp("allure"))
    project.add_sample("every_verdict")
    project.run(SAMPLE_PROBLEM="rig:the fuse is blown")
    return project


@pytest.fixture
def result(results):
    def find(verdict: str) -> dict:
        (found,) = [one for one in results.allure() if one["name"] == NAMES[verdict]]
        return found

    return find


def labels(result: dict, name: str) -> list[str]:
    return [one["value"] for one in result["labels"] if one["name"] == name]


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        ("pass", "passed"),
        ("observed", "passed"),
        ("fail", "failed"),
        ("error", "broken"),
        ("inconclusive", "unknown"),
        ("not_applicable", "skipped"),
    ],
)
def test_each_verdict_has_its_status_label_tag_and_parameter(result, verdict, status):
    found = result(verdict)
    assert found["status"] == status
    assert labels(found, "verdict") == [verdict]
    assert verdict in labels(found, "tag")
    assert {"name": "verdict", "value": verdict, "excluded": True} in found["parameters"]


def test_blame_and_attempts_are_shown(result):
    found = result("error")
    assert labels(found, "blame") == ["peer"]
    assert {"name": "attempts", "value": "2", "excluded": True} in found["parameters"]
    assert not labels(result("pass"), "blame")


def test_area_and_requirements_are_epic_feature_and_story(result):
    found = result("fail")
    assert labels(found, "epic") == ["eS-WiFi AT conformance"]
    assert labels(found, "feature") == ["Multi-accept server"]
    assert [one.partition(":")[0] for one in labels(found, "story")] == ["MA-NOTICE", "MA-NEXT"]
    assert "When a client connects to a waiting server" in labels(found, "story")[0]


def test_a_case_is_listed_once_under_what_it_broke(result):
    assert [one.partition(":")[0] for one in labels(result("fail"), "requirement")] == ["MA-NOTICE"]
    assert [one.partition(":")[0] for one in labels(result("pass"), "requirement")] == ["MA-NEXT"]


@pytest.mark.parametrize(
    ("verdict", "severity", "obligation"),
    [
        ("pass", "critical", "mandatory"),
        ("not_applicable", "normal", "documented"),
        ("observed", "trivial", "observed only"),
    ],
)
def test_the_obligation_is_the_severity(result, verdict, severity, obligation):
    assert labels(result(verdict), "severity") == [severity]
    assert labels(result(verdict), "obligation") == [obligation]


def test_sources_are_links_and_stand_in_the_description(result):
    found = result("fail")
    assert [one["name"] for one in found["links"]] == [
        "WEB transcript, line 13",
        "DS p17",
        "WEB multi-connection table",
    ]
    assert all(one["url"].startswith("https://www.inventeksys.com/") for one in found["links"])
    description = found["descriptionHtml"]
    assert "<h4>MA-NOTICE (mandatory, BROKEN)</h4>" in description
    assert "<h4>MA-NEXT (mandatory)</h4>" in description
    assert "Accepted &lt;ip&gt;:&lt;port&gt;" in description
    assert "ISM4343 data sheet, DOC-DS-20074-5.3" in description


def test_a_source_that_nobody_publishes_is_told_without_a_link(result):
    found = result("observed")
    assert "links" not in found
    assert "NOTES 5" in found["descriptionHtml"]
    assert "answer to the second P5=11: <code>ERROR</code>" in found["descriptionHtml"]


def test_the_message_is_the_cases_and_the_traceback_of_a_verdict_is_gone(result):
    details = result("fail")["statusDetails"]
    assert details["message"].startswith("Requirement broken: MA-NOTICE\n\nMA-NOTICE (mandatory)")
    assert "trace" not in details
    assert result("error")["statusDetails"]["message"].startswith("Error, blame: peer\n\nPeerError")
    assert "statusDetails" not in result("pass")


def test_the_transcript_is_attached_as_text(results, result):
    (attachment,) = [one for one in result("pass")["attachments"] if one["name"] == "transcript"]
    assert attachment["type"] == "text/plain"
    text = (results.out / "allure-results" / attachment["source"]).read_text(encoding="utf-8")
    assert text.splitlines()[0] == "    0.000000 host > module  P5=11\\r"


def test_the_docstring_of_a_case_begins_its_description(results):
    found = next(one for one in results.allure() if one["name"] == "empty success has ten bytes [P1=0]")
    assert found["descriptionHtml"].startswith("<p>The answer to a command without payload.</p>")


def test_a_problem_of_the_run_is_a_global_error(results):
    text = (results.out / "allure-results" / "run-globals.json").read_text(encoding="utf-8")
    assert [one["message"] for one in json.loads(text)["errors"]] == ["rig: the fuse is blown"]


def test_the_environment_tells_what_was_judged_and_how_it_ended(results):
    text = (results.out / "allure-results" / "environment.properties").read_text(encoding="utf-8")
    lines = text.splitlines()
    assert lines[0] == "outcome = not conforming: 1 requirement is broken; 1 case inconclusive"
    assert "verdicts = 3 pass, 1 fail, 1 inconclusive, 2 observed, 1 not applicable, 1 error" in lines
    assert "module.firmware = C3.5.2.5" in lines
    assert "misfit.fields.of.P? = declared 12, found 10" in lines
    assert not [one for one in lines if "MT" in one]


def test_nested_and_endless_values_are_left_out_of_the_environment():
    run = {"rig": {"name": "r", "list": [1], "long": "x" * 201, "rate": 115200, "none": None}}
    assert environment(run) == [("rig name", "r"), ("rig rate", "115200")]


@pytest.mark.parametrize("verdict", ["fail", "error", "inconclusive", "not_applicable"])
def test_both_forms_of_the_categories_gather_the_same_cases(results, result, verdict):
    found = result(verdict)
    text = (results.out / "allure-results" / "categories.json").read_text(encoding="utf-8")
    by_message = [
        one["name"]
        for one in json.loads(text)
        if found["status"] in one["matchedStatuses"]
        and re.fullmatch(one["messageRegex"], found["statusDetails"]["message"])
    ]
    by_label = [
        one["name"]
        for one in page_categories()
        if all(any(re.search(p, v) for v in labels(found, n)) for n, p in one["matchers"]["labels"].items())
    ]
    assert by_message
    assert by_message == by_label


@pytest.mark.parametrize("verdict", ["pass", "observed"])
def test_what_is_in_order_is_in_no_category(result, verdict):
    found = result(verdict)
    assert not [one for one in CATEGORIES if one.verdict in labels(found, "verdict")]


@pytest.mark.parametrize(
    ("title", "case_id", "name"),
    [
        ("next", "a::test_next", "next"),
        ("next", "a::test_next[6]", "next [6]"),
        ("next [6]", "a::test_next[6]", "next [6]"),
        ("p5 10 is next", "a::test_next[10]", "p5 10 is next [10]"),
        ("", "a::test_next[x-[y]]", "test_next[x-[y]]"),
    ],
)
def test_the_name_has_the_title_and_the_values_once(case, title, case_id, name):
    assert case_name(case(title=title, id=case_id)) == name


@pytest.mark.slow
def test_cases_whose_values_look_alike_are_told_apart(project):
    project.add(
        "test_one.py",
        """
import pytest
class Value:
    def __repr__(self):
        return "value"
@pytest.mark.case_result()
@pytest.mark.parametrize("value", [Value(), Value()])
def test_same(value):
    pass
""",
    )
    project.run()
    identities = {json.dumps([p for p in one["parameters"] if not p.get("excluded")]) for one in project.allure()}
    assert len(identities) == 2
