"""Modules by requirements: what a cell shows, the table, the page."""

from pathlib import Path

import pytest

from reports.formats.matrix import broken_table, matrix, matrix_path, page
from reports.record.record import build_record, now
from reports.record.status import ExitStatus
from suites.spec.catalogue import load_catalogue

CATALOGUE = load_catalogue(Path(__file__).with_name("sample") / "catalogue")
RUNS = [{"rig": {"name": name}, "module": {"firmware": "<C1>"}, "profile": {"name": "web"}} for name in ("a", "b")]


def recorded(*cases, runs=RUNS):
    status = ExitStatus.CONFORMING
    return build_record(runs, cases, CATALOGUE, status=status, started=now(), finished=now())


@pytest.mark.parametrize(
    ("verdicts", "shown"),
    [
        (["pass", "fail"], "fail"),
        (["pass", "error"], "error"),
        (["inconclusive", "pass"], "inconclusive"),
        (["pass", "observed"], "observed"),
        (["not_applicable", "pass"], "pass"),
        ([], ""),
    ],
)
def test_cell_shows_the_worst_of_its_cases(case, verdicts, shown):
    cases = [case(id=str(n), rig="a", verdict=one) for n, one in enumerate(verdicts)]
    rows = matrix(recorded(case(rig="b"), *cases))
    assert rows[0].cells["a"].verdict == shown


def test_case_that_broke_another_requirement_leaves_this_one_undecided(case):
    broken = case(rig="a", verdict="fail", requirements=["MA-NEXT", "MA-NOTICE"], broken=["MA-NOTICE"])
    cells = {row.requirement: row.cells["a"].verdict for row in matrix(recorded(broken))}
    assert cells == {"MA-NEXT": "inconclusive", "MA-NOTICE": "fail"}


def test_table_has_the_rows_that_are_broken_somewhere(case):
    cases = [case(rig="a", verdict="fail"), case(rig="b"), case(rig="a", requirements=["FR-EMPTY"])]
    head, row = broken_table(recorded(*cases))
    assert head.split() == ["a", "b"]
    assert row.split() == ["MA-NEXT", "FAIL", "pass"]
    assert broken_table(recorded(cases[1])) == []
    assert broken_table(recorded(cases[0], runs=RUNS[:1])) == [], "one rig needs no matrix"


def test_page_is_whole_by_itself_and_shows_every_requirement_in_the_order_of_the_catalogue(case):
    made = page(
        recorded(case(rig="a"), case(rig="b", requirements=["FR-EMPTY"]), case(requirements=["ZZ-NEW"])), CATALOGUE
    )
    assert made.index(">FR-EMPTY<") < made.index(">MA-NEXT<") < made.index(">ZZ-NEW<")
    assert "&lt;C1&gt;" in made
    assert "<C1>" not in made
    assert not [word for word in ("http", "src=", "href=") if word in made]


def test_page_lies_beside_the_record():
    assert matrix_path(Path("x/run.json")) == Path("x/run.matrix.html")


def test_page_calls_no_run_conforming_that_left_something_open(case):
    made = page(recorded(case(rig="a"), case(rig="b")), CATALOGUE)
    assert "nothing broken in" in made
    assert "conforming" not in made
