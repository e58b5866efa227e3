"""The record of a run: its schema, its writing and its reading."""

import copy
import json
from pathlib import Path
from typing import get_type_hints

import jsonschema
import pytest

from reports.formats import as_html, as_md
from reports.formats.view import View
from reports.record import model
from reports.record.record import (
    SCHEMA,
    SCHEMA_FILE,
    RecordError,
    build_record,
    complain,
    complain_of_case,
    now,
    read_record,
    write_atomically,
    write_record,
)
from reports.record.status import ExitStatus
from reports.record.summary import line_in_words
from suites.spec.catalogue import Catalogue, load_catalogue

SHAPES = {
    "case": model.Case,
    "attempt": model.Attempt,
    "recovery": model.Recovery,
    "line_quality": model.LineQuality,
    "probe": model.Probe,
    "problem": model.Problem,
    "rig_run": model.RigRun,
    "resumption": model.Resumption,
    "unfinished": model.Unfinished,
    "difference": model.Difference,
    "finding": model.Finding,
    "requirement_state": model.RequirementState,
    "outcome": model.Outcome,
}
"""The definitions of the schema, and the types that say the same."""
CATALOGUE = Path(__file__).with_name("sample") / "catalogue"


@pytest.fixture
def catalogue() -> Catalogue:
    return load_catalogue(CATALOGUE)


@pytest.fixture
def record(catalogue, case) -> dict:
    run = {
        "rig": {"name": "r"},
        "module": {"product": "p"},
        "profile": {"name": "web"},
        "probe": [{"what": "MT", "declared": 0, "found": 1, "fits": False}],
        "started": "2026-01-02T03:04:05.678+00:00",
    }
    seen = {"requirement": "MA-TWICE", "what": "answer", "value": "OK"}
    cases = [
        case(),
        case(id="x::fails", verdict="fail", blame="module", message="m", broken=["MA-NEXT"]),
        case(id="x::looks", verdict="observed", obligation="O", requirements=["MA-TWICE"], observations=[seen]),
    ]
    return build_record(
        [run],
        cases,
        catalogue,
        status=ExitStatus.BROKEN,
        started=now(),
        finished=now(),
        problems=[{"blame": "rig", "message": "tired"}],
        planned=["x::fails", "x::looks", "x::hangs"],
        unfinished=[{"id": "x::hangs", "rig": "r", "transcript": ["0.1 host > module  P0\\r"]}],
    )


def test_a_record_comes_back_as_it_was_written(record, tmp_path):
    write_record(record, tmp_path / "deep" / "run.json")
    assert read_record(tmp_path / "deep" / "run.json") == record


def test_a_record_has_the_documented_keys(record):
    wanted = {"schema", "rig", "module", "profile", "started", "finished", "cases", "status", "problems", "summary"}
    assert wanted <= set(record)
    assert record["schema"] == SCHEMA
    assert record["started"] == "2026-01-02T03:04:05.678+00:00"
    assert record["status"] == {
        "code": 1,
        "name": "broken",
        "meaning": "not conforming: a requirement is broken",
    }


def test_the_schema_is_a_schema_and_its_types_are_those_of_the_code():
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    for name, shape in SHAPES.items():
        assert set(schema["$defs"][name]["properties"]) == set(get_type_hints(shape)), name
    entries = schema["$defs"]["summary"]["properties"]
    assert set(entries) == set(get_type_hints(model.Summary))
    assert set(entries["recoveries"]["items"]["properties"]) == set(get_type_hints(model.RungCount))
    assert set(entries["broken"]["items"]["properties"]) == set(get_type_hints(model.BrokenRequirement))
    assert set(schema["properties"]) == set(get_type_hints(model.Record))
    assert schema["properties"]["schema"] == {"const": SCHEMA}
    case_properties = schema["$defs"]["case"]["properties"]
    assert set(case_properties["verdict"]["enum"]) == set(model.VERDICTS)
    assert set(case_properties["blame"]["enum"]) == {*model.BLAMES, None}
    known = schema["properties"]["status"]["properties"]["code"]["enum"]
    assert known == [int(one) for one in ExitStatus if one is not ExitStatus.NO_PAGE]


def test_a_record_of_a_run_that_was_cut_off_has_no_end(record):
    record["finished"] = None
    assert complain(record) is None


@pytest.mark.parametrize(
    ("damage", "place"),
    [
        (lambda r: r.pop("cases"), "'cases' is a required property"),
        (lambda r: r["cases"][0].update(verdict="passed"), "cases[0].verdict"),
        (lambda r: r["cases"][1].update(blame="cable"), "cases[1].blame"),
        (lambda r: r["cases"][0].update(duration_s=-1), "cases[0].duration_s"),
        (lambda r: r["cases"][0].update(started="yesterday"), "cases[0].started"),
        (lambda r: r["cases"][0].update(requirements="MA-NEXT"), "cases[0].requirements"),
        (lambda r: r["cases"][0].update(colour="red"), "colour"),
        (lambda r: r["status"].update(code=9), "status.code"),
        (lambda r: r["problems"][0].update(blame="moon"), "problems[0].blame"),
        (lambda r: r["module"].update(product=1), "module.product"),
        (lambda r: r["cases"][0].update(transcript=["a line", 7]), "cases[0].transcript[1]"),
        (lambda r: r["cases"][0].update(transcript="a line"), "cases[0].transcript"),
    ],
)
def test_a_damaged_record_is_refused_with_its_place(record, tmp_path, damage, place):
    damaged = copy.deepcopy(record)
    damage(damaged)
    path = tmp_path / "run.json"
    path.write_text(json.dumps(damaged), encoding="utf-8")
    with pytest.raises(RecordError) as caught:
        read_record(path)
    assert place in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "is no JSON"),
        ("[]", "schema is 'list'"),
        ('{"schema": "eswifi-conformance/run/9"}', "expected 'eswifi-conformance/run/3'"),
    ],
)
def test_another_document_is_refused(tmp_path, text, complaint):
    path = tmp_path / "run.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecordError, match=r"run\.json") as caught:
        read_record(path)
    assert complaint in str(caught.value)


def test_a_missing_record_is_told(tmp_path):
    with pytest.raises(RecordError, match=r"none\.json: cannot be read"):
        read_record(tmp_path / "none.json")


def test_a_write_that_fails_leaves_the_former_file_whole(tmp_path, monkeypatch):
    path = tmp_path / "run.json"
    write_atomically(path, "former")

    def refuse(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, "newer")
    assert path.read_text(encoding="utf-8") == "former"
    assert [one.name for one in tmp_path.iterdir()] == ["run.json"]


def test_a_case_is_checked_by_itself(case):
    assert complain_of_case(case()) is None
    assert complain_of_case(None) is not None
    assert "attempts" in complain_of_case(case(attempts=0))


def test_the_summary_counts_cases_areas_and_requirements(record):
    summary = record["summary"]
    assert summary["verdicts"] == {
        "pass": 1,
        "fail": 1,
        "inconclusive": 0,
        "observed": 1,
        "not_applicable": 0,
        "error": 0,
    }
    (area,) = summary["areas"]
    assert (area["title"], area["requirements"], area["decided"]) == ("Multi-accept server", 4, 2)
    assert summary["broken"] == [
        {
            "id": "MA-NEXT",
            "statement": "When P5=10 is sent, the module closes the client and takes the next one.",
            "obligation": "M",
            "sources": ["WEB multi-connection table"],
            "cases": ["x::fails"],
            "rigs": ["r"],
        }
    ]
    assert summary["observed"] == [
        {"requirement": "MA-TWICE", "what": "answer", "readings": ["OK", "ERROR"], "values": {"OK": 1}}
    ]


def test_a_requirement_that_the_catalogue_lacks_is_counted_all_the_same(catalogue, case):
    unknown = case(area="elsewhere", requirements=["XX-1"], verdict="fail", blame="module")
    record = build_record(
        [], [unknown], catalogue, status=ExitStatus.BROKEN, started=now(), finished=now(), problems=[], unfinished=[]
    )
    assert complain(record) is None
    assert record["summary"]["areas"][0]["title"] == "elsewhere"
    assert record["summary"]["broken"][0]["statement"] == "(not in the catalogue)"


def test_recoveries_are_counted_by_their_rung(catalogue, case):
    reset, drain = ({"rung": rung, "seconds": 0.25, "helped": rung == "reset"} for rung in ("reset", "drain"))
    cases = [case(recoveries=[drain, reset], attempts=2), case(id="x::other", recoveries=[drain])]
    summary = build_record([], cases, catalogue, status=ExitStatus.CONFORMING, started=now(), finished=now())["summary"]
    assert summary["retried"] == 1
    assert summary["recoveries"] == [
        {"rung": "drain", "tried": 2, "helped": 0, "seconds": 0.5},
        {"rung": "reset", "tried": 1, "helped": 1, "seconds": 0.25},
    ]


@pytest.mark.parametrize(
    ("garbled", "said"),
    [
        ((0, 0), "no byte of 24,000 was garbled on the line"),
        ((4, 5), "the line garbles about one byte in 2,666 (9 answers in 24,000 bytes); the bound is one in 1,000"),
        ((0, 48), "(48 answers in 24,000 bytes): this line cannot judge data, the bound is one in 1,000"),
    ],
)
def test_error_rate_of_the_line_is_added_up_and_told(catalogue, case, garbled, said):
    lines = [{"bytes": 12_000, "garbled": count, "bound": 1000} for count in garbled]
    cases = [case(id=f"x::{place}", line=one) for place, one in enumerate(lines)]
    cases.append(case(id="x::not_doubted"))
    record = build_record([], cases, catalogue, status=ExitStatus.CONFORMING, started=now(), finished=now())
    assert complain(record) is None
    assert record["summary"]["line"] == {"bytes": 24_000, "garbled": sum(garbled), "bound": 1000}
    assert line_in_words(record["summary"]).endswith(said)
    assert (b"cannot judge data" in as_md.render(View(record))) is ("cannot judge data" in said)
    assert said.encode() in as_html.render(View(record))


def test_line_that_was_not_proven_has_no_error_rate(catalogue, case):
    record = build_record([], [case()], catalogue, status=ExitStatus.CONFORMING, started=now(), finished=now())
    assert "line" not in record["summary"]
    assert line_in_words(record["summary"]) == ""


NEW_OF_A_CASE = ("decided", "masked", "masked_by", "differences")


def former_edition(record, number):
    former = copy.deepcopy(record)
    former["schema"] = f"eswifi-conformance/run/{number}"
    for key in ("outcome", "findings", "requirements"):
        del former["summary"][key]
    for entry in former["cases"]:
        for key in NEW_OF_A_CASE:
            del entry[key]
    return former


def expected_of(record):
    """What is known of a former edition's run: its record does not list the requirements one by one."""
    record["summary"]["requirements"] = []
    record["summary"]["outcome"].update(binding=0, undecided=0)
    return record


def test_a_record_of_the_second_edition_is_brought_up_to_this_one(record, tmp_path):
    (tmp_path / "run.json").write_text(json.dumps(former_edition(record, 2)), encoding="utf-8")
    assert read_record(tmp_path / "run.json") == expected_of(record)


def test_a_record_of_the_first_edition_is_brought_up_to_this_one(record, tmp_path):
    former = former_edition(record, 1)
    former["unfinished"] = ["x::hangs"]
    for key in ("rigs", "resumed", "planned"):
        del former[key]
    for key in ("retried", "recoveries"):
        del former["summary"][key]
    for entry in former["summary"]["broken"]:
        del entry["rigs"]
    for entry in former["cases"]:
        for key in ("rig", "earlier", "recoveries"):
            del entry[key]
    (tmp_path / "run.json").write_text(json.dumps(former), encoding="utf-8")
    read = read_record(tmp_path / "run.json")
    record["planned"], record["unfinished"][0]["transcript"] = [], []
    record["summary"]["outcome"]["planned"] = 3
    assert read == expected_of(record)


def test_a_former_record_that_is_not_whole_is_refused(record, tmp_path):
    former = former_edition(record, 2)
    del former["status"]
    (tmp_path / "run.json").write_text(json.dumps(former), encoding="utf-8")
    with pytest.raises(RecordError, match="is not whole"):
        read_record(tmp_path / "run.json")
