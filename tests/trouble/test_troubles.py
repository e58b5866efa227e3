"""Faults that a run survives: the verdict of each, and that the case behind it finds all well.

One run of all of them over a pty whose device is a link, with a saboteur between bench and module.
"""

import json

import pytest

from tests.trouble.runs import impatient_profile, project_with, rig_of
from tests.trouble.saboteur import Saboteur

SURVIVED = [
    ("unplugged", "rig", "went away while in use", "re-open the line"),
    ("unplugged_with_its_power", "rig", "went away while in use", "join again"),
    ("noise_of_1_in_100", "rig", "the line garbles bytes", None),
    ("noise_of_1_in_1000", "rig", "the line garbles bytes", None),
    ("network_lost", "network", "no longer in the network", "join again"),
    ("address_changed", "network", "address has changed from 127.0.0.1 to 127.0.0.77", "join again"),
    ("no_port_left_for_a_peer", "peer", "cannot be made on this machine", None),
]
"""Faults that are not the module's: case, blame of the first attempt, words of the message, the rung that helped."""
FAILED = [
    ("reboots", "expected: OK", "join again"),
    ("starts_anew_at_its_end", "the module has started anew by itself", "join again"),
    ("hangs", "no complete answer", "soft reset (ZR)"),
    ("hangs_while_it_is_only_observed", "after it the module no longer answered", "soft reset (ZR)"),
    ("babbles", "", "soft reset (ZR)"),
    ("prompt_lost", "expected: the prompt", None),
    ("half_an_answer", "no complete answer", None),
    ("says_more_than_it_should", "neither an answer to a command nor a notice", "power"),
    ("dies", "no complete answer", "power"),
]
"""Faults of the module: the case, words of its message, the rung that helped."""


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    folder = tmp_path_factory.mktemp("troubled")
    run = project_with(folder, "troubled_cases")
    with Saboteur(folder) as saboteur:
        return run("suites/multi_accept", rig_of(saboteur, folder), impatient_profile(folder))


@pytest.fixture
def case(ended, name):
    return ended.cases[f"test_{name}"]


def helped(case):
    return [one["rung"] for one in case["recoveries"] if one["helped"]]


@pytest.mark.parametrize(("name", "blame", "said", "rung"), SURVIVED)
def test_what_is_not_the_modules_is_tried_again_and_both_attempts_show(case, blame, said, rung):
    assert (case["verdict"], case["blame"], case["attempts"]) == ("pass", None, 2), case["message"]
    (earlier,) = case["earlier"]
    assert (earlier["verdict"], earlier["blame"]) == ("error", blame)
    assert said in earlier["message"]
    assert earlier["transcript"]
    assert rung in (None, *helped(case))


@pytest.mark.parametrize(("name", "said", "rung"), FAILED)
def test_what_is_the_modules_fails_the_case_that_was_running_and_is_not_tried_again(case, said, rung):
    assert (case["verdict"], case["blame"], case["attempts"]) == ("fail", "module", 1), case["message"]
    assert said in case["message"]
    assert rung in (None, *helped(case))


@pytest.mark.parametrize("name", [one[0] for one in SURVIVED + FAILED])
def test_the_case_after_it_finds_all_well(ended, name):
    case = ended.cases[f"test_good_after_{name}"]
    assert (case["verdict"], case["attempts"], case["recoveries"]) == ("pass", 1, []), case["message"]


def test_module_that_leaves_the_network_in_the_same_case_each_time_has_left_it_by_itself(ended):
    case = ended.cases["test_leaves_the_network_whenever_it_runs"]
    assert (case["verdict"], case["blame"], case["attempts"]) == ("fail", "module", 2), case["message"]
    assert [one["blame"] for one in case["earlier"]] == ["network"]
    assert "no longer in the network" in case["message"]
    assert "at no other time" in case["message"]
    assert ended.cases["test_good_after_leaves_the_network_whenever_it_runs"]["attempts"] == 1


def test_slip_of_the_harness_is_not_tried_again(ended):
    case = ended.cases["test_slip_of_ours"]
    assert (case["verdict"], case["blame"], case["attempts"]) == ("error", "harness", 1)


def test_honest_failure_is_not_tried_again_and_needs_no_rung(ended):
    case = ended.cases["test_fails_honestly"]
    assert (case["verdict"], case["attempts"], case["recoveries"]) == ("fail", 1, [])


def test_switch_that_does_not_act_is_found_out_and_not_used_again(ended):
    found_out = ended.cases["test_says_more_than_it_should"]
    assert "reset line" in [one["rung"] for one in found_out["recoveries"]]
    assert any("reset line is not used again: R1=977 was set" in line for line in found_out["transcript"])
    assert "reset line" not in [one["rung"] for one in ended.cases["test_dies"]["recoveries"]]


def test_lost_line_is_opened_again_before_anything_else_is_tried(ended):
    assert [one["rung"] for one in ended.cases["test_unplugged"]["recoveries"]] == ["re-open the line"]


def test_module_that_babbles_is_not_asked_what_it_cannot_hear(ended):
    assert [one["rung"] for one in ended.cases["test_babbles"]["recoveries"]] == ["soft reset (ZR)"]


def test_every_rung_is_timed_and_told_in_the_transcript(ended):
    for case in ended.record["cases"]:
        lines = [line for line in case["transcript"] if "recovery: " in line]
        for one in case["earlier"]:
            lines += [line for line in one["transcript"] if "recovery: " in line]
        for rung in case["recoveries"]:
            assert any(f"recovery: {rung['rung']} " in line for line in lines)
            assert rung["seconds"] >= 0


def test_rig_that_is_troubled_now_and_then_is_not_sick(ended):
    assert ended.record["problems"] == []


def test_attempts_are_retries_in_the_allure_results(ended):
    results = [json.loads(path.read_text()) for path in (ended.folder / "allure").glob("*-result.json")]
    ours = sorted(
        (one for one in results if one["fullName"].endswith("#test_unplugged")),
        key=lambda one: one["start"],
    )
    assert [one["status"] for one in ours] == ["broken", "passed"]
    assert len({one["historyId"] for one in ours}) == 1
    assert all(any(file["name"] == "transcript" for file in one["attachments"]) for one in ours)
