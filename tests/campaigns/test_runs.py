"""Campaigns from the command line: what runs, what is found, what is left behind, and how they end."""

import json
import signal

import pytest

from reports.conformance import joined, workers
from reports.record.status import ExitStatus
from tests.fixtures.runs import Run, wait_for

FUZZ, ENDURANCE = "suites/campaigns/fuzz", "suites/campaigns/endurance"
CASES = {"fuzz": "test_module_lives_and_is_in_step_after_every_malformed_line",
         "endurance": "test_every_client_of_a_long_run_is_served_as_the_first"}  # fmt: skip


@pytest.fixture
def run(tmp_path):
    return Run(tmp_path)


def observed(case):
    return {one["what"]: one["value"] for one in case["observations"]}


def attached(ended):
    """Names of what is attached to the case in the Allure results."""
    results = [json.loads(path.read_text()) for path in (ended.folder / "allure").glob("*-result.json")]
    return [one["name"] for result in results for one in result.get("attachments", ())]


# --- what is selected ---------------------------------------------------------------------------------------------
def test_campaigns_are_not_selected_without_their_option_and_nothing_else_with_it(run):
    ended = run("--collect-only", "-q", FUZZ, ENDURANCE, "suites/framing/test_success.py")
    assert not [name for name in CASES.values() if name in ended.output]
    assert "test_empty_success" in ended.output
    ended = run("--collect-only", "-q", "--fuzz=5", FUZZ, ENDURANCE, "suites/framing/test_success.py")
    assert CASES["fuzz"] in ended.output
    assert "test_empty_success" not in ended.output
    assert CASES["endurance"] not in ended.output


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--fuzz=soon", FUZZ], "expected such as 90s, 10m, 8h or 1d"),
        (["--endurance=5", "-n2", ENDURANCE], "leave out -n"),
        (["--fuzz=5", "suites/framing/test_success.py"], "is not among those that you name"),
    ],
    ids=["no duration", "several processes", "another folder"],
)
def test_wrong_use_is_told_with_the_cure(run, options, words):
    ended = run(*options)
    assert ended.status == ExitStatus.USAGE
    assert words in ended.output
    assert "Traceback" not in ended.output


# --- fuzzing ------------------------------------------------------------------------------------------------------
def test_faulty_module_is_found_by_fuzzing_and_the_finding_can_be_sent_again(run):
    fault = "--emulator-option=--fault=error-sticks"
    ended = run("--fuzz=2s", "--fuzz-seed=3", fault, FUZZ)
    assert ended.status == ExitStatus.BROKEN, ended.output
    assert ended.cases[CASES["fuzz"]]["broken"] == ["FR-AFTER-ERROR"]
    assert "--fuzz-seed=3" in ended.output
    found = ended.folder / "run.fuzz.1.replay.jsonl"
    steps = [json.loads(line) for line in found.read_text(encoding="utf-8").splitlines()]
    assert len(steps[3]["send"]) <= 4, steps
    assert "finding 1" in attached(ended)
    assert run(f"--replay={found}", fault).status == 0
    assert run(f"--replay={found}").status == 1


def test_good_module_is_not_blamed_by_fuzzing(run):
    ended = run("--fuzz=2s", "--fuzz-seed=1", FUZZ)
    assert ended.status == ExitStatus.CONFORMING, ended.output
    assert "seed 1" in observed(ended.cases[CASES["fuzz"]])["fuzzing"]
    assert list(ended.folder.glob("*.replay.jsonl")) == []


# --- endurance ----------------------------------------------------------------------------------------------------
def test_module_that_fails_after_some_clients_is_found_and_the_plot_shows_how_long_it_held(run):
    ended = run("--endurance=12s", "--endurance-seed=5", "--emulator-option=--fault=client-closed-after-16", ENDURANCE)
    assert ended.status == ExitStatus.BROKEN, ended.output
    (case,) = ended.cases.values()
    assert case["broken"] == ["MA-READ"]
    assert "in cycle 17" in case["message"]
    assert "95 %" in observed(case)["drift of accept"]
    assert (ended.folder / "run.endurance.svg").read_text(encoding="utf-8").startswith("<svg")
    assert {"plot", "numbers"} <= set(attached(ended))


def test_interrupted_campaign_ends_in_order_with_what_it_has_measured(run):
    journal = run.folder / "run.json.journal.jsonl"
    run.start("--endurance=1h", ENDURANCE, own_session=True)
    wait_for(lambda: journal.is_file() and "cycles, accept" in journal.read_text(encoding="utf-8"), "the first clients")
    run.process.send_signal(signal.SIGINT)
    ended = run.end()
    assert ended.status == ExitStatus.INTERRUPTED, ended.output
    (case,) = ended.cases.values()
    assert case["verdict"] == "pass"
    assert " of 3600 s" in observed(case)["served"]
    assert " errors" in observed(case)["served"]
    assert (ended.folder / "run.endurance.csv").read_text(encoding="utf-8").count("\n") > 1


# --- the front door -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("words", [["--fuzz", "10s"], ["--endurance", "1d"], ["--fuzz=10s", "--fuzz-seed", "3"]])
def test_front_door_starts_one_process_and_keeps_the_durations_with_their_options(words):
    assert workers(words) == []
    assert all("=" in word for word in joined(words))
