"""Failures with one cause are one finding; what the run says of each requirement; the sentence with its numbers."""

from pathlib import Path

import pytest

from reports.record.findings import differences_of, findings_of, normal_form
from reports.record.states import outcome_of, states_of, undecided
from reports.record.status import ExitStatus
from reports.record.summary import time_spared
from suites.spec.catalogue import load_catalogue

CATALOGUE = load_catalogue(Path(__file__).with_name("sample") / "catalogue")


def failed(case, key, expected, got, **more):
    difference = {"requirement": key, "expected": expected, "got": got, "normal": normal_form(expected, got)}
    return case(**{"verdict": "fail", "blame": "module", "broken": [key], "differences": [difference], **more})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("[TCP SVR] Accepted 127.0.0.1:34489", "[TCP SVR] Accepted 10.0.0.7:1024"),
        ("an answer within 1500 ms", "an answer within 1.5 s"),
        ("C4:7F:51:00:00:01", "00:01:02:aa:bb:cc"),
        ("the count 1460 and OK", "the count 3 and OK"),
        (f'"{"a" * 60}"', f'"{"b" * 90}" ... (400 bytes)'.replace(" ... (400 bytes)", "")),
    ],
)
def test_normal_form_leaves_out_what_varies(one, other):
    assert normal_form(one, one) == normal_form(other, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("P2=5024 accepted", "P5=5024 accepted"), ('"\\r\\nOK\\r\\n> "', '"\\r\\nERROR\\r\\n> "'), ("R0", "R1")],
)
def test_normal_form_keeps_what_tells_causes_apart(one, other):
    assert normal_form(one, "") != normal_form(other, "")


def test_failures_with_one_cause_are_one_finding_with_its_smallest_case(case):
    big = failed(case, "MA-NEXT", "port 1", "port 2", id="x::big", transcript=["a", "b"])
    small = failed(case, "MA-NEXT", "port 7", "port 8", id="x::small[a b]", transcript=["a"])
    (one,) = findings_of([big, small], CATALOGUE)
    assert (one["id"], one["cases"], one["example"]) == ("F1", ["x::big", "x::small[a b]"], "x::small[a b]")
    assert one["command"] == "tox -e conformance -- 'x::small[a b]'"
    assert (one["expected"], one["normal"]) == ("port 7", "port <n> | port <n>")


def test_one_difference_under_several_requirements_is_told_under_the_one_of_which_all_cases_fail(case):
    about = [failed(case, "MA-NEXT", "OK", "odd 7", id=f"x::{n}", requirements=["MA-NEXT"]) for n in range(2)]
    besides = failed(case, "MA-KILLED", "OK", "odd 7", id="x::3", requirements=["MA-KILLED"])
    good = [case(id=f"x::good{n}", requirements=["MA-KILLED"]) for n in range(5)]
    (one,) = findings_of([besides, *about, *good], CATALOGUE)
    assert (one["requirement"], one["masks"], len(one["cases"])) == ("MA-NEXT", ["MA-KILLED"], 3)
    outcomes = states([besides, *about, *good])
    assert (outcomes["MA-NEXT"]["outcome"], outcomes["MA-KILLED"]["outcome"]) == ("broken", "masked")
    assert outcomes["MA-KILLED"]["masked_by"] == ["MA-NEXT"]


def test_two_differences_of_two_requirements_are_two_findings(case):
    first = failed(case, "MA-NEXT", "a line", "ERROR", id="x::1", requirements=["MA-NEXT"])
    second = failed(case, "MA-NOTICE", "a notice", "none", id="x::2", requirements=["MA-NOTICE"])
    assert {one["requirement"] for one in findings_of([first, second], CATALOGUE)} == {"MA-NEXT", "MA-NOTICE"}


def test_what_rests_on_another_finding_is_part_of_it(case):
    base = failed(case, "DA-READ", "abc", "abd", id="x::1", requirements=["DA-READ"])
    resting = failed(case, "CL-READ", "the remote's bytes", "others", id="x::2", requirements=["CL-READ"])
    (one,) = findings_of([resting, base], CATALOGUE)
    assert (one["requirement"], one["masks"]) == ("DA-READ", ["CL-READ"])


def stumbling(case, key, step, **more):
    judged = failed(case, key, "bytes", f"what {key} shows", **{"requirements": [key], **more})
    return {**judged, "differences": [{**judged["differences"][0], "step": step}]}


def test_what_stumbled_at_a_step_that_goes_wrong_by_itself_is_part_of_it(case):
    base = [failed(case, "DA-READ", "abc", "abd", id=f"x::{n}", requirements=["DA-READ"]) for n in range(3)]
    late = stumbling(case, "SK-REUSE", "MA-READ", id="x::9")
    (one,) = findings_of([late, *base], CATALOGUE)
    assert (one["requirement"], one["masks"]) == ("DA-READ", ["SK-REUSE"])


def test_what_mostly_fails_is_not_explained_by_a_step_that_seldom_does(case):
    good = [case(id=f"x::good{n}", requirements=["DA-READ"]) for n in range(40)]
    base = failed(case, "DA-READ", "abc", "abd", id="x::1", requirements=["DA-READ"])
    late = [stumbling(case, "SK-REUSE", "DA-READ", id=f"x::late{n}") for n in range(3)]
    assert {one["requirement"] for one in findings_of([*late, base, *good], CATALOGUE)} == {"DA-READ", "SK-REUSE"}


def selecting(case, at, **more):
    lines = [f"{at:12.6f} host      > module    P0=2\\r", "    9.000000 module    > host      \\r\\n3"]
    message = "FR-HUMAN: ...\nexpected: 2\ngot:      9\ntranscript (its end):\n  9.000000 module    > host      3"
    judged = failed(case, "FR-HUMAN", "P0 shows 2", "0", requirements=["FR-HUMAN"], transcript=lines, **more)
    return {**judged, "message": message}


@pytest.mark.parametrize(("at", "found"), [(1.0, {"SE-P0"}), (10.0, {"SE-P0", "FR-HUMAN"})])
def test_what_had_selected_another_socket_rests_on_p0(case, at, found):
    base = [failed(case, "SE-P0", "2", "0", id=f"x::{n}", requirements=["SE-P0"]) for n in range(3)]
    findings = findings_of([*base, selecting(case, at, id="x::human")], CATALOGUE)
    assert {one["requirement"] for one in findings} == found


@pytest.mark.parametrize(("at", "found"), [(1.0, {"SK-TOGETHER"}), (10.0, {"SK-TOGETHER", "FR-HUMAN"})])
def test_what_had_selected_another_socket_rests_on_the_sockets_being_apart(case, at, found):
    base = [failed(case, "SK-TOGETHER", "2", "0", id=f"x::{n}", requirements=["SK-TOGETHER"]) for n in range(3)]
    findings = findings_of([*base, selecting(case, at, id="x::human")], CATALOGUE)
    assert {one["requirement"] for one in findings} == found


@pytest.mark.parametrize(
    ("sent", "good", "found"),
    [
        ("R?", 0, {"SE-SHOWN-R"}),
        ("R1=7", 0, {"SE-SHOWN-R", "SE-DEFAULTS"}),
        ("R?", 5, {"SE-SHOWN-R", "SE-DEFAULTS"}),
    ],
    ids=["the query", "a setting", "it passes elsewhere"],
)
def test_few_cases_that_read_an_answer_which_is_always_wrong_rest_on_it(case, sent, good, found):
    always = [failed(case, "SE-SHOWN-R", "1", f"odd {n}", id=f"x::{n}", requirements=["SE-SHOWN-R"]) for n in range(12)]
    passed = [case(id=f"x::good{n}", requirements=["SE-SHOWN-R"]) for n in range(good)]
    lines = [f"    1.000000 host      > module    {sent}\\r"]
    few = failed(case, "SE-DEFAULTS", "R1 is 1460", "5000", id="x::d", requirements=["SE-DEFAULTS"], transcript=lines)
    findings = findings_of([*always, *passed, few], load_catalogue())
    assert {one["requirement"] for one in findings} == found


def test_effect_that_seldom_fails_rests_on_the_setting_that_mostly_does(case):
    setting = [failed(case, "SE-P8", "OK", "ERROR", id=f"x::{n}", requirements=["SE-P8"]) for n in range(4)]
    good = [case(id=f"x::good{n}", requirements=["MA-QUEUE"]) for n in range(9)]
    effect = [failed(case, "MA-QUEUE", "3 wait", f"{n} do", id=f"x::q{n}", requirements=["MA-QUEUE"]) for n in range(9)]
    assert {one["requirement"] for one in findings_of([*setting, *good, effect[0]], CATALOGUE)} == {"SE-P8"}
    assert {one["requirement"] for one in findings_of([*setting, *effect], CATALOGUE)} == {"SE-P8", "MA-QUEUE"}


def test_effect_that_a_setting_has_masked_elsewhere_rests_on_the_setting(case):
    masked = {"requirements": ["DA-S0-SHORT"], "masked": ["DA-S0-SHORT"], "masked_by": "SE-SHOWN-S"}
    setting = failed(case, "SE-SHOWN-S", "500 in S?", "2000", id="x::s", **masked)
    shown = failed(case, "SE-SHOWN-S", "500 in S?", "2000", id="x::s2", requirements=["SE-SHOWN-S"])
    effect = [failed(case, "DA-S0-SHORT", "", f"{n}", id=f"x::{n}", requirements=["DA-S0-SHORT"]) for n in "ab"]
    assert [one["requirement"] for one in findings_of([setting, *effect], load_catalogue())] == ["SE-SHOWN-S"]
    found = {one["requirement"] for one in findings_of([shown, *effect], load_catalogue())}
    assert found == {"SE-SHOWN-S", "DA-S0-SHORT"}


def test_difference_of_the_answers_form_is_told_under_the_form(case):
    form = failed(case, "SC-QUERY", "two numbers", "an odd 1", id="x::1", requirements=["SC-QUERY"])
    shown = [
        failed(case, "SC-DELAY", "1 in field 2", "an odd 1", id=f"x::s{n}", requirements=["SC-DELAY"]) for n in range(5)
    ]
    (one,) = findings_of([*shown, form], CATALOGUE)
    assert (one["requirement"], one["masks"]) == ("SC-QUERY", ["SC-DELAY"])


REFUSED = '"\\r\\nERROR: Out of range\\r\\nUsage: S3\\r\\n> "'


def test_error_that_tells_its_usage_is_known_again_and_told_under_the_base(case):
    bulk = [failed(case, "DA-BULK", "1460", REFUSED, id=f"x::b{n}", requirements=["DA-BULK"]) for n in range(2)]
    base = [failed(case, "DA-SEND", "the count", REFUSED, id=f"x::s{n}", requirements=["DA-SEND"]) for n in range(2)]
    good = [case(id=f"x::good{n}", requirements=["DA-SEND"]) for n in range(60)]
    zeros = failed(case, "DA-SEND-ZEROS", "5 and OK", REFUSED, id="x::zeros", requirements=["DA-SEND-ZEROS"])
    (one,) = findings_of([*bulk, *base, zeros, *good], CATALOGUE)
    assert (one["requirement"], one["masks"]) == ("DA-SEND", ["DA-BULK", "DA-SEND-ZEROS"])


def test_base_is_not_told_where_only_cases_about_both_charge_it(case):
    lead = [failed(case, "UD-OVER-R1", "7 bytes", "odd 1", id=f"x::{n}", requirements=["UD-OVER-R1"]) for n in range(3)]
    both = ["UD-OVER-R1", "UD-READ"]
    base = [failed(case, "UD-READ", "7 bytes", "odd 1", id=f"x::b{n}", requirements=both) for n in range(6)]
    good = [case(id=f"x::good{n}", requirements=["UD-READ"]) for n in range(90)]
    (one,) = findings_of([*lead, *base, *good], CATALOGUE)
    assert one["requirement"] == "UD-OVER-R1"


def at_step(case, key, step, got, number, about):
    """A case about ``about`` that failed at a step, and was charged to ``key``."""
    made = failed(case, key, "OK", got, id=f"x::{key}{number}", requirements=[about])
    return {**made, "differences": [{**made["differences"][0], "step": step}]}


def test_few_failures_at_a_broken_step_do_not_hide_the_step(case):
    """Of several faults none may swallow another one: the notice is always wrong, and the server starts only once."""
    notice = [failed(case, "MA-NOTICE", "port 1", "port 2", id=f"x::n{n}", requirements=["MA-NOTICE"])
              for n in range(30)]  # fmt: skip
    start = [at_step(case, "MA-OK-FIRST", "MA-OK-FIRST", "odd refusal", n, "MA-ORDER") for n in range(6)]
    stray = at_step(case, "MA-NOTICE", "MA-OK-FIRST", "odd refusal", 99, "MA-NOTICE")
    found = {one["requirement"]: len(one["cases"]) for one in findings_of([*notice, *start, stray], load_catalogue())}
    assert found == {"MA-NOTICE": 30, "MA-OK-FIRST": 7}


def test_requirement_that_most_of_many_failures_charge_is_told_and_not_one_that_fails_once(case):
    """The server starts once and not again: the only case of a small requirement fails for that, and fails always."""
    restart = [at_step(case, "MA-RESTART", "MA-OK-FIRST", "odd refusal", n, "MA-RESTART") for n in range(9)]
    good = [case(id=f"x::good{n}", requirements=["MA-RESTART"]) for n in range(20)]
    once = at_step(case, "MA-SETUP", "MA-OK-FIRST", "odd refusal", 99, "MA-SETUP")
    (one,) = findings_of([*restart, *good, once], load_catalogue())
    assert one["requirement"] == "MA-RESTART"


def test_requirement_that_its_own_cases_find_kept_does_not_lead(case):
    """The start is charged in many cases about something else, and kept in its own: what fails is the second start."""
    restart = [at_step(case, "MA-RESTART", "MA-OK-FIRST", "odd refusal", n, "MA-RESTART") for n in range(6)]
    start = [at_step(case, "MA-OK-FIRST", "MA-OK-FIRST", "odd refusal", n, "MA-ORDER") for n in range(40)]
    kept = [case(id=f"x::kept{n}", requirements=["MA-OK-FIRST"]) for n in range(3)]
    (one,) = findings_of([*restart, *start, *kept], load_catalogue())
    assert (one["requirement"], len(one["cases"])) == ("MA-RESTART", 46)


def test_requirement_that_mostly_fails_at_a_step_keeps_its_failures(case):
    restart = [at_step(case, "MA-RESTART", "MA-OK-FIRST", "odd refusal", n, "MA-RESTART") for n in range(9)]
    start = [at_step(case, "MA-OK-FIRST", "MA-OK-FIRST", "odd refusal", n, "MA-ORDER") for n in range(6)]
    (one,) = findings_of([*restart, *start], load_catalogue())
    assert one["requirement"] == "MA-RESTART"


def test_many_effects_do_not_rest_on_a_setting_that_explains_one_of_them(case):
    """Two faults: one value of the port is shown wrong, and the server listens at a wrong port whatever the value."""
    masked = {"requirements": ["UD-SERVER"], "masked": ["UD-SERVER"], "masked_by": "SE-SHOWN-P"}
    setting = failed(case, "SE-SHOWN-P", "65535", "32767", id="x::0", **masked)
    effects = [failed(case, "UD-SERVER", "data", "odd", id=f"x::{n}", requirements=["UD-SERVER"]) for n in range(1, 30)]
    assert {one["requirement"] for one in findings_of([setting, *effects], load_catalogue())} == {
        "SE-SHOWN-P",
        "UD-SERVER",
    }


def test_cases_that_ended_early_are_about_what_the_finding_masks(case):
    broken = failed(case, "MA-NOTICE", "a notice", "none", id="x::1", requirements=["MA-NOTICE"])
    ended = case(id="x::2", verdict="inconclusive", requirements=["MA-NEXT"], decided=[], masked=["MA-NEXT"],
                 masked_by="MA-NOTICE", message="masked by MA-NOTICE: ...")  # fmt: skip
    (one,) = findings_of([broken, ended], CATALOGUE)
    assert (one["masks"], one["cases"]) == (["MA-NEXT"], ["x::1"])
    repeated = {**ended, "duration_s": 0.5}
    assert time_spared([{**broken, "duration_s": 2.0}, repeated, repeated]) == {"MA-NOTICE": (2, 3.0)}


def test_finding_that_masks_more_comes_first(case):
    plain = [failed(case, "MA-NEXT", "a", "b", id=f"x::{n}") for n in range(3)]
    masking = failed(case, "MA-NOTICE", "c", "d", masked=["MA-NEXT"], masked_by="MA-NOTICE")
    assert [one["requirement"] for one in findings_of([*plain, masking], CATALOGUE)] == ["MA-NOTICE", "MA-NEXT"]


def test_difference_is_read_from_the_message_where_nothing_better_is_told(case):
    (one,) = differences_of(
        case(verdict="fail", broken=["MA-NEXT"], message="MA-NEXT (mandatory): ...\nexpected: 5\ngot:      6\nmore")
    )
    assert (one["expected"], one["got"], one["normal"]) == ("5", "6", "<n> | <n>")


def states(cases, profile=None):
    return {one["id"]: one for one in states_of(cases, CATALOGUE, profile or {})}


def test_requirement_of_a_masked_case_is_masked_and_not_broken(case):
    outcomes = states([failed(case, "MA-NOTICE", "a", "b", requirements=["MA-NEXT"], masked=["MA-NEXT"],
                          masked_by="MA-NOTICE", decided=[])])  # fmt: skip
    assert outcomes["MA-NOTICE"]["outcome"] == "broken"
    assert (outcomes["MA-NEXT"]["outcome"], outcomes["MA-NEXT"]["masked_by"]) == ("masked", ["MA-NOTICE"])
    assert outcomes["FR-EMPTY"]["outcome"] == "not_tested"
    assert outcomes["FR-EMPTY"]["reason"] == "no case of it was run"


def test_requirement_that_another_case_decided_is_not_masked(case):
    masked = failed(case, "MA-NOTICE", "a", "b", masked=["MA-NEXT"], masked_by="MA-NOTICE", decided=[])
    assert states([masked, case()])["MA-NEXT"]["outcome"] == "kept"


def test_conforming_is_said_only_where_all_that_binds_was_judged(case):
    every = [one for one in CATALOGUE.requirements if not CATALOGUE.requirements[one].untested]
    for cases, word in (([case(requirements=every)], "conforming"), ([case()], "incomplete")):
        found = states_of(cases, CATALOGUE, {})
        outcome = outcome_of(cases, ["a", "b", "c"], found, [], CATALOGUE, ExitStatus.CONFORMING)
        assert outcome["word"] == word
        assert bool(undecided(found, CATALOGUE)) == (word == "incomplete")
    assert outcome["sentence"] == "nothing broken in 1 of 4 cases; 3 of 4 requirements not judged"


def test_run_that_was_killed_tells_how_many_cases_it_judged(case):
    found = states_of([case()], CATALOGUE, {})
    outcome = outcome_of([case()], [case()["id"], "b", "c"], found, [], CATALOGUE, ExitStatus.HARNESS)
    assert outcome["sentence"].endswith("; 1 of 3 cases were judged")
