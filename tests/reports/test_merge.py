"""Records of many runs and machines are merged: in any order, in parts, and twice."""

import json
import random

import pytest

from reports.__main__ import main
from reports.record.merging import canonical, merge
from reports.record.record import complain, read_record, write_record
from tests.reports.sample_runs import CATALOGUE, cases, failing, record_of, run_on

RUNS, RIGS, CASES = 200, 40, 6


def record_number(number):
    """A run of some cases on one of the rigs, at a time of its own; each seventh finds a fault."""
    rig = f"place {number % RIGS}"
    own = [
        {**one, "started": f"2026-03-{1 + number % 28:02}T10:{number % 60:02}:00.000+00:00"}
        for one in cases(CASES, rig)
    ]
    if number % 7 == 0:
        own[number % CASES] = failing(own[number % CASES], "OK", f"ERROR {number}")
    return record_of(own, run_on(rig, address=f"192.168.10.{number}"))


@pytest.fixture(scope="module")
def records():
    return [record_number(number) for number in range(RUNS)]


@pytest.fixture(scope="module")
def merged(records):
    return merge(records, CATALOGUE)


def test_every_rig_and_its_latest_results_are_in_the_merged_record(records, merged):
    assert complain(json.loads(json.dumps(merged))) is None
    assert len(merged["rigs"]) == RIGS
    assert len(merged["cases"]) == RIGS * CASES
    latest = {}
    for one in (case for record in records for case in record["cases"]):
        key = one["rig"], one["id"]
        latest[key] = max(latest.get(key, ""), one["started"])
    assert {(one["rig"].partition("@")[0], one["id"]): one["started"] for one in merged["cases"]} == latest


def test_order_does_not_matter(records, merged):
    shuffled = list(records)
    random.Random(7).shuffle(shuffled)
    assert canonical(merge(shuffled, CATALOGUE)) == canonical(merged)


def test_parts_and_repetitions_do_not_matter(records, merged):
    halves = [merge(records[:90], CATALOGUE), merge(records[60:], CATALOGUE)]
    assert canonical(merge([*halves, halves[0], records[3]], CATALOGUE)) == canonical(merged)
    assert canonical(merge([merged, merged], CATALOGUE)) == canonical(merged)


def test_rigs_of_one_name_and_different_modules_stay_apart():
    two = [record_of(list(cases(3)), run_on("bench 1", firmware=firmware)) for firmware in ("C3.5.2.5", "C6.2.1.7")]
    merged = merge(two, CATALOGUE)
    assert sorted(one["module"]["firmware"] for one in merged["rigs"]) == ["C3.5.2.5", "C6.2.1.7"]
    assert len(merged["cases"]) == 6
    assert {one["rig"] for one in merged["cases"]} == {one["name"] for one in merged["rigs"]}


def test_run_that_was_cut_off_leaves_the_whole_unfinished():
    whole, cut = record_of(list(cases(2))), record_of(list(cases(3)), finished=False)
    assert merge([whole, cut], CATALOGUE)["finished"] is None
    assert merge([whole], CATALOGUE)["finished"] == whole["finished"]


def test_command_writes_the_record_and_ends_with_its_status(tmp_path, capsys):
    for number in (7, 8):
        write_record(record_number(number), tmp_path / str(number) / "run.json")
    places = [str(tmp_path / "7"), str(tmp_path / "8" / "run.json")]
    out = tmp_path / "all" / "run.json"
    assert main(["merge", *places, "--out", str(out)]) == 1
    assert f"{2 * CASES} cases on 2 rigs" in capsys.readouterr().out
    first = read_record(out)
    assert main(["merge", str(out), *places[::-1], "--out", str(out)]) == 1
    assert read_record(out) == first


def test_what_is_no_record_is_said_and_nothing_is_written(tmp_path, capsys):
    (tmp_path / "run.json").write_text("{}")
    assert main(["merge", str(tmp_path), "--out", str(tmp_path / "all.json")]) == 4
    assert "is no run record" in capsys.readouterr().err
    assert not (tmp_path / "all.json").exists()
