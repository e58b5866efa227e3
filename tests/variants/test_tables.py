"""The tables name every variant, and the record of a run gives the right verdict."""

import json

import pytest

from reference_impl.core.profile import shipped
from suites.spec.profiles import available, load_profile
from tests.variants.candidates import (
    KINDS,
    PROFILES,
    WEB,
    TableError,
    alone,
    candidate,
    combined,
    forgotten,
    table_of,
)
from tests.variants.judge import Verdict, read
from tests.variants.table import page, summary, write_table

every_module = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
CASE = {"id": "a", "broken": [], "verdict": "pass", "message": ""}


def record(tmp_path, *cases):
    path = tmp_path / "run.json"
    path.write_text(json.dumps({"cases": cases}))
    return path


@every_module
@pytest.mark.recipe
def test_every_conforming_variant_is_in_a_combination(kind):
    assert forgotten(kind, table_of(kind.key)) == []


@every_module
@pytest.mark.recipe
def test_every_variant_is_judged_alone_or_excused_with_an_argument(kind):
    known = alone(kind, table_of(kind.key))
    assert set(kind.variants()) <= {one.name for one in known}
    assert all(len(one.not_conforming) > 40 for one in known if one.not_conforming)


@pytest.mark.recipe
def test_every_profile_of_the_emulator_that_the_suites_have_is_judged():
    both = set(shipped()) & set(available())
    assert set(table_of("emulator")["profiles"]) == both - {WEB}, "each has its name in profiles of emulator.toml"


@every_module
def test_excused_variants_are_in_no_combination(kind):
    excused = {f"--variant={one.name}" for one in alone(kind, table_of(kind.key)) if one.not_conforming}
    assert not [one.name for one in combined(kind, table_of(kind.key)) if excused & set(one.options)]


@pytest.mark.parametrize("path", sorted(PROFILES.glob("*.toml")), ids=lambda one: one.stem)
def test_profile_of_a_variant_is_valid_and_named_as_its_file(path):
    assert load_profile(str(path)).name == path.stem


def test_unknown_variant_in_a_table_is_an_error():
    with pytest.raises(TableError, match="no such variant: nonsense"):
        alone(KINDS["emulator"], {"variants": {"nonsense": {}}})
    with pytest.raises(TableError, match="no such variant: nonsense"):
        combined(KINDS["emulator"], {"combinations": {"x": {"variants": ["nonsense"]}}})


def test_unknown_profile_in_a_table_is_an_error():
    with pytest.raises(TableError, match="no profile 'nonsense'"):
        candidate("x", ["echo"], {"profile": "nonsense"})


def test_run_without_blame_is_good(tmp_path):
    assert read(record(tmp_path, CASE), "", "").good


@pytest.mark.parametrize(
    ("case", "note", "said"),
    [
        (CASE | {"broken": ["MA-NEXT"], "verdict": "fail"}, "", "MA-NEXT"),
        (CASE | {"verdict": "error"}, "", "a"),
        (CASE | {"verdict": "inconclusive", "message": "not run: gone"}, "", "1 cases not run"),
        (CASE, "cut off after 9 s", "cut off after 9 s"),
    ],
    ids=["a requirement blamed", "an error of the bench's", "a case not run", "cut off"],
)
def test_run_that_holds_something_against_the_module_is_bad(tmp_path, case, note, said):
    verdict = read(record(tmp_path, CASE, case), note, "")
    assert not verdict.good
    assert summary(verdict) == said


def test_run_without_a_record_or_without_a_case_is_bad(tmp_path):
    assert not read(tmp_path / "none.json", "status 4", "no").good
    assert not read(record(tmp_path), "", "").good


def test_journal_of_a_run_that_was_cut_off_is_read(tmp_path):
    broken = CASE | {"broken": ["MA-STOP"], "message": "why"}
    (tmp_path / "run.json.journal.jsonl").write_text(json.dumps({"run": {}}) + "\n" + json.dumps({"case": broken}))
    assert read(tmp_path / "run.json", "cut off after 9 s", "").blamed == {"MA-STOP": "a\nwhy"}


def test_table_shows_the_blamed_and_the_excused(tmp_path, capsys):
    good, bad = (candidate(name, [], {}) for name in ("good", "bad"))
    excused = candidate("excused", [], {"not_conforming": "the page says otherwise"})
    verdicts = {"good": Verdict(True, 5, 1.0), "bad": Verdict(False, 5, 1.0, {"MA-NEXT": "x"})}
    lines = page([good, bad, excused], verdicts)
    assert lines[-3:] == [
        "| good | web | 5 | 1 | nothing |",
        "| bad | web | 5 | 1 | **MA-NEXT** |",
        "| excused | web | | | not conforming: the page says otherwise |",
    ]
    assert write_table(tmp_path, [good, bad], verdicts) == ["bad"]
    assert json.loads((tmp_path / "table.json").read_text())["bad"]["blamed"] == {"MA-NEXT": "x"}
    assert "1 of 2 conforming modules without blame" in capsys.readouterr().out
