"""The page of faults names tests and rungs that there are; the unattended run knows right from wrong."""

import ast
import re
from pathlib import Path

import pytest

from fixtures.drivers.bench.recovery import RUNGS
from tests.trouble.unattended import Done, complaint

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "trouble.md").read_text(encoding="utf-8")
FAULTS = PAGE.partition("## Faults that a run survives")[2].partition("## ")[0]


def names_of_tests():
    files = (
        path for room in ("trouble", "fixtures", "rigs", "runs") for path in (ROOT / "tests" / room).glob("test_*.py")
    )
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield node.name


def rows(text):
    return [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")][1:]


def test_every_fault_of_the_page_names_a_test_that_there_is():
    named = [re.fullmatch(r"`(test_\w+)`", row[-1]) for row in rows(FAULTS)]
    assert len(named) > 15
    assert all(named)
    assert {one[1] for one in named} - set(names_of_tests()) == set()


def test_page_shows_the_ladder_as_it_is():
    ladder = rows(PAGE.partition("## The ladder")[2].partition("## ")[0])
    assert [row[0] for row in ladder] == [rung.name for rung in RUNGS]


def case(verdict, blame=None, *, began="2026-01-01T00:00:10+00:00", earlier=()):
    return {
        "started": began,
        "duration_s": 2.0,
        "verdict": verdict,
        "blame": blame,
        "message": "why",
        "earlier": [{"verdict": "error", "blame": one, "message": "why", "duration_s": 1.0} for one in earlier],
    }


AT = 1767225610.0  # 2026-01-01T00:00:10+00:00
DONE = [Done("unplug", AT, AT + 20), Done("hang", AT + 100, AT + 120)]
LATER = "2026-01-01T00:01:55+00:00"
MUCH_LATER = "2026-01-01T01:00:00+00:00"


@pytest.mark.parametrize(
    ("judged", "right"),
    [
        (case("pass"), True),
        (case("pass", earlier=["rig"]), True),
        (case("error", "rig", earlier=["rig"]), True),
        (case("error", "network"), False),
        (case("fail", "module"), False),
        (case("inconclusive"), False),
        (case("fail", "module", began=LATER), True),
        (case("error", "rig", began=LATER), False),
        (case("fail", "module", began=MUCH_LATER), False),
        (case("pass", earlier=["peer"]), False),
        (case("observed"), False),
    ],
)
def test_unattended_run_knows_a_right_verdict_from_a_wrong_one(judged, right):
    assert (complaint(judged, "pass", DONE) == "") is right
