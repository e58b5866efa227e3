"""The summary on the terminal, from a record alone."""

from pathlib import Path

import pytest

from reports.formats.terminal import MOST_OBSERVATIONS, closing_line, summary_lines
from reports.record.record import build_record, now
from reports.record.status import ExitStatus, decide
from suites.spec.catalogue import load_catalogue

CATALOGUE = load_catalogue(Path(__file__).with_name("sample") / "catalogue")


def summary(*cases: dict, width: int = 100, **more) -> list[str]:
    return [line.text for line in summary_lines(recorded(*cases, **more), width)]


def recorded(*cases: dict, problems=(), unfinished=(), run=None) -> dict:
    status = decide(cases, problems)
    return build_record(
        [run] if run else [],
        cases,
        CATALOGUE,
        status=status,
        started=now(),
        finished=now(),
        problems=problems,
        unfinished=unfinished,
    )


def seen(requirement: str, what: str, value: str) -> dict:
    return {"requirement": requirement, "what": what, "value": value}


def test_a_run_that_never_reached_a_module_says_so():
    lines = summary(problems=[{"blame": "rig", "message": "/dev/ttyUSB0: no such port\nplug it in"}])
    assert lines[:3] == ["module    unknown", "profile   unknown", "rig       unknown"]
    assert "  rig: /dev/ttyUSB0: no such port" in lines
    assert "      plug it in" in lines


@pytest.mark.parametrize(
    ("rig", "line"),
    [
        ({"name": "bench", "line": "/dev/ttyUSB0"}, "rig       bench (/dev/ttyUSB0)"),
        ({"name": "emulator", "line": "emulator"}, "rig       emulator"),
        ({"name": "bench"}, "rig       bench"),
    ],
)
def test_the_rig_is_named_with_its_line(rig, line):
    assert line in summary(run={"rig": rig})


def test_areas_stand_in_the_order_of_the_catalogue(case):
    lines = summary(
        case(area="zoo", requirements=["X"]), case(), case(area="framing", requirements=["FR-EMPTY"], verdict="error")
    )
    heads = [line.split("  ")[0] for line in lines if " of " in line]
    assert heads == ["Framing", "Multi-accept server", "zoo"]


def failed(case, number, key="MA-NEXT", got="none", **more) -> dict:
    return case(
        **{
            "id": f"x::{number}",
            "verdict": "fail",
            "blame": "module",
            "requirements": [key],
            "broken": [key],
            "message": f"{key}\nexpected: a line\ngot:      {got}",
            **more,
        }
    )


def test_many_failures_of_one_cause_are_one_finding(case):
    lines = summary(*(failed(case, number) for number in range(719)))
    at = lines.index("1 finding in 719 failed cases")
    assert lines[at + 1] == "  F1 MA-NEXT (mandatory; 719 cases)"
    assert lines[at + 2].startswith("      When P5=10 is sent")
    assert lines[at + 4 : at + 8] == [
        "      expected: a line",
        "      got:      none",
        "      tox -e conformance -- x::0",
        "",
    ]


def test_finding_tells_what_it_masks(case):
    about = ["MA-NEXT", "MA-TWICE"]
    masked = {"requirements": about, "masked": about, "masked_by": "MA-NOTICE", "decided": []}
    lines = summary(failed(case, 1, "MA-NOTICE", **masked))
    assert "  F1 MA-NOTICE (mandatory; 1 case, masks 2)" in lines
    lines = summary(failed(case, 1, "MA-NOTICE", **masked), case(id="x::good", requirements=["MA-TWICE"]))
    assert "  F1 MA-NOTICE (mandatory; 1 case, masks 1)" in lines, "another case has decided MA-TWICE"


def test_verdict_findings_and_areas_fit_the_last_forty_lines_of_80_columns(case):
    words = ("abcdefghijklmnopqrstuvwxyz"[n % 26] * (n // 26 + 1) for n in range(60))
    many = [failed(case, n, key=f"XX-{n}", got=f"{word} " + "y" * 300) for n, word in enumerate(words)]
    seen_there = [seen("MA-TWICE", f"what {n:03}", "x" * 100) for n in range(40)]
    record = recorded(case(observations=seen_there, area="a" * 60), *many)
    lines = [line.text for line in summary_lines(record, 76)]
    assert max(map(len, lines)) <= 76
    door = 8  # record, results, verdict, pytest's own line, Allure's page and three reports stand below
    rows = [piece for line in lines for piece in [line] * (1 + line.startswith("      tox "))]  # a command may take two
    assert "60 findings in 60 failed cases" in rows[-(40 - door) :]
    assert "  and 52 more in the record" in lines[-3:]


def test_finding_without_an_expectation_says_what_came(case):
    words = {"message": "XX\ngot:      something odd"}
    many = [failed(case, n, key=f"XX-{n}", got="word" + "abcdefghi"[n] * (n + 4)) for n in range(4)]
    assert not [line for line in summary(*many, failed(case, 9, key="YY", **words)) if line.endswith("expected ")]


def test_cases_that_fail_with_the_same_words_stand_together(case):
    lines = summary(*(case(id=f"x::{n}", verdict="error", blame="peer", message="no port\nleft") for n in range(3)))
    at = lines.index("  error (peer): no port")
    assert lines[at + 1] == "      in x::0 and 2 more"


def test_readings_of_a_contradiction_are_shown_and_other_observations_counted(case):
    lines = summary(
        case(observations=[seen("MA-TWICE", "answer", "OK"), seen("MA-NEXT", "latency", "3 ms")]),
        case(observations=[seen("MA-TWICE", "answer", "OK")]),
    )
    assert "  MA-TWICE  answer: OK (2x)" in lines
    assert "  and 1 more in the run record" in lines
    assert not [line for line in lines if "latency" in line]


def test_a_module_that_answers_now_so_now_so_is_shown(case):
    cases = [case(observations=[seen("MA-NEXT", "form", value)]) for value in ("a", "b", "a")]
    assert "  MA-NEXT  form: a (2x), b (1x)" in summary(*cases)


def test_endless_observations_are_cut(case):
    cases = [case(observations=[seen("MA-TWICE", f"what {n:03}", "x" * 100)]) for n in range(MOST_OBSERVATIONS + 5)]
    lines = summary(*cases)
    assert len([line for line in lines if line.startswith("  MA-TWICE")]) == MOST_OBSERVATIONS
    assert "  and 5 more in the run record" in lines
    assert max(map(len, lines)) < 120


def test_a_waived_breach_is_never_hidden(case):
    waived = case(verdict="observed", observations=[seen("MA-KILLED", "waived", "fixed in C6.3 (BUG-7)")])
    record = recorded(case(), waived)
    lines = [line.text for line in summary_lines(record)]
    assert "  MA-KILLED  fixed in C6.3 (BUG-7)" in lines
    assert "broken, but waived by the profile" in lines
    assert "1 requirement waived by the profile" in closing_line(record).text


@pytest.mark.parametrize(
    ("verdict", "blame", "text"),
    [
        ("pass", None, "nothing broken in 1 of 1 cases; 3 of 4 requirements not judged (exit status 0)"),
        ("fail", "module", "not conforming: 1 requirement is broken (exit status 1)"),
        ("error", "rig", "the bench failed: rig, peer or network; this says nothing of the module (exit status 6)"),
    ],
)
def test_the_last_line_is_the_outcome(case, verdict, blame, text):
    line = closing_line(recorded(case(verdict=verdict, blame=blame)))
    assert line.text == text
    assert line.style["green"] == (verdict == "pass")


def test_cases_without_an_end_are_named():
    assert "  not finished: x::hangs" in summary(unfinished=[{"id": "x::hangs", "rig": "r", "transcript": []}])


def test_long_statements_are_folded_to_the_width(case):
    lines = summary(case(verdict="fail", blame="module", broken=["MA-NOTICE"], requirements=["MA-NOTICE"]), width=60)
    at = next(number for number, line in enumerate(lines) if line.startswith("  F1 MA-NOTICE"))
    assert lines[at + 1].startswith("      When a client connects")
    assert all(len(line) <= 60 for line in lines[at + 1 : at + 3])


def test_the_status_of_the_record_is_that_of_the_cases(case):
    assert recorded(case(verdict="fail", blame="module"))["status"]["code"] == ExitStatus.BROKEN
