"""A record or a journal of odd shape is refused in words; what is taken makes a record that the schema takes."""

import json
import random

import pytest

from reports.record.journal import Journal, journal_path, read_journals, rebuild
from reports.record.record import RecordError, build_record, complain, read_record, write_record
from reports.record.status import ExitStatus
from reports.run.resume import load_former, rest_of
from suites.spec.catalogue import load_catalogue
from tests.reports.conftest import SAMPLE, make_case

CATALOGUE = load_catalogue(SAMPLE / "catalogue")
RUN = {
    "rig": {"name": "r", "line": "/dev/ttyS9"},
    "module": {"product": "P"},
    "profile": {"name": "web"},
    "probe": [{"what": "MT", "declared": 0, "found": 1, "fits": False}],
    "started": "2026-01-02T03:04:05.678+00:00",
}
ODD = (None, True, 0, -1.5, 1e308, "", "x", "\ud800", [], {}, [[]], {"x": {}}, [None], ["a", 1], {"": [0]})
"""Values that a place of a document does not have."""


def deep(levels=100_000):
    return "[" * levels + "]" * levels


def valid_record():
    cases = [
        make_case(),
        make_case(id="b", verdict="fail", blame="module", broken=["MA-NEXT"], message="m"),
        make_case(id="c", verdict="inconclusive", message="not run: gone"),
    ]
    unfinished = [{"id": "d", "rig": "r", "transcript": ["    0.5 host > module  P5=1\\r"]}]
    return build_record(
        [RUN],
        cases,
        CATALOGUE,
        status=ExitStatus.BROKEN,
        started=RUN["started"],
        finished=None,
        problems=[{"blame": "rig", "message": "m"}],
        planned=["a", "b", "c", "d"],
        unfinished=unfinished,
    )


def write_journal(path):
    journal = Journal(journal_path(path), results="")
    journal.add("run", RUN)
    journal.add("planned", ["a", "b"])
    journal.add("start", "a")
    journal.add_lines(["    0.5 host > module  P5=1\\r"])
    journal.add("case", make_case(id="a"))
    journal.add("problem", {"blame": "rig", "message": "m"})
    journal.add("start", "b")
    journal.close()


def places(document):
    """Every container of the document with each of its keys."""
    if isinstance(document, (dict, list)):
        for key in list(document) if isinstance(document, dict) else range(len(document)):
            yield document, key
            yield from places(document[key])


def spoil(document, dice):
    """Put an odd value in one place, or take the place away."""
    container, key = dice.choice(list(places(document)))
    if dice.random() < 0.2:
        del container[key]
    else:
        container[key] = dice.choice(ODD)


def take(path):
    """Read and use the file in each way that there is. Returns whether it was taken."""
    try:
        former = load_former(path)
        rest_of(former, "r")
        list(former.entries())
        if journal_path(path).exists():
            assert complain(rebuild(path, CATALOGUE)) is None
        else:
            assert complain(read_record(path)) is None
    except RecordError as refusal:
        if str(path.parent) not in str(refusal):
            raise
        return False
    return True


@pytest.mark.parametrize("seed", range(40))
def test_spoilt_record_is_refused_or_read(tmp_path, seed):
    dice = random.Random(seed)
    text = json.dumps(valid_record())
    for _ in range(8):
        document = json.loads(text)
        for _ in range(dice.choice([1, 1, 3])):
            spoil(document, dice)
        path = tmp_path / "run.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        take(path)


@pytest.mark.parametrize("seed", range(40))
def test_spoilt_journal_is_refused_or_makes_a_whole_record(tmp_path, seed):
    dice = random.Random(seed)
    path = tmp_path / "run.json"
    write_journal(path)
    lines = journal_path(path).read_text(encoding="utf-8").splitlines()
    for _ in range(8):
        spoilt = list(lines)
        number = dice.randrange(len(spoilt))
        entry = json.loads(spoilt[number])
        spoil(entry, dice)
        spoilt[number] = dice.choice(
            [json.dumps(entry), "7", "null", '{"case": 3}', '{"what": 1, "else": 2}', deep(9000)]
        )
        journal_path(path).write_text("\n".join(spoilt) + "\n", encoding="utf-8")
        take(path)


def test_journal_as_it_is_makes_a_record(tmp_path):
    write_journal(tmp_path / "run.json")
    assert take(tmp_path / "run.json")
    assert [one["id"] for one in read_journals(tmp_path / "run.json").cases] == ["a"]


def test_record_as_it_is_is_read(tmp_path):
    write_record(valid_record(), tmp_path / "run.json")
    assert take(tmp_path / "run.json")


@pytest.mark.parametrize("text", [deep(), '{"schema": ' + deep() + "}", "\x00", "\ufeff{}", "NaN", "{" * 9, ""])
def test_file_that_is_no_document_is_refused_in_words(tmp_path, text):
    path = tmp_path / "run.json"
    path.write_text(text, encoding="utf-8")
    assert not take(path)
