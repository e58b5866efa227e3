"""The journal keeps a run that is killed."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from reports.record.journal import (
    Journal,
    JournalBusyError,
    await_end,
    journal_path,
    read_journal,
    read_journals,
    rebuild,
    record_of,
    worker_journal_path,
)
from reports.record.record import RecordError, complain
from reports.record.status import ExitStatus
from suites.spec.catalogue import load_catalogue

CATALOGUE = load_catalogue(Path(__file__).with_name("sample") / "catalogue")


@pytest.fixture
def journal(tmp_path) -> Iterator[Journal]:
    journal = Journal(journal_path(tmp_path / "out" / "run.json"))
    yield journal
    journal.close()


def test_the_journal_lies_beside_the_record(tmp_path):
    assert journal_path(tmp_path / "run.json") == tmp_path / "run.json.journal.jsonl"


def test_what_was_added_can_be_read_while_the_run_goes_on(journal, case):
    journal.add("run", {"rig": {"name": "r"}})
    journal.add("start", "a::b")
    journal.add("case", case(id="a::b"))
    journal.add("start", "a::c")
    content = read_journal(journal.path)
    assert content.runs == [{"rig": {"name": "r"}}]
    assert [one["id"] for one in content.cases] == ["a::b"]
    assert content.unfinished == [{"id": "a::c", "rig": "r", "transcript": []}]


def test_lines_of_the_transcript_can_be_read_as_soon_as_they_were_added(journal):
    journal.add("start", "a::b")
    journal.add_lines([])
    journal.add_lines(['C2="\\x00"', "ü\n"])
    assert read_journal(journal.path).unfinished[0]["transcript"] == ['C2="\\x00"', "ü\n"]


@pytest.mark.parametrize("lost", [1, 7, 40])
def test_a_last_line_that_was_cut_off_is_left_out(journal, lost, case):
    journal.add("case", case(id="a::whole"))
    journal.add("case", case(id="a::cut", message="ü" * 10))
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole[:-lost])
    ids = [one["id"] for one in read_journal(journal.path).cases]
    assert ids == (["a::whole", "a::cut"] if lost == 1 else ["a::whole"])


def test_rubbish_in_the_middle_is_told_with_its_line(journal):
    journal.close()
    with journal.path.open("a", encoding="utf-8") as file:
        file.write("rubbish\n{}\n")
    with pytest.raises(RecordError, match="line 2 is no journal entry"):
        read_journal(journal.path)


def test_a_file_that_is_no_journal_is_refused(tmp_path):
    (tmp_path / "x").write_text("", encoding="utf-8")
    with pytest.raises(RecordError, match="no journal"):
        read_journal(tmp_path / "x")
    with pytest.raises(RecordError, match="cannot be read"):
        read_journal(tmp_path / "y")


def test_a_record_is_rebuilt_with_all_finished_cases_and_the_running_one(journal, case):
    journal.add("run", {"rig": {"name": "r"}, "module": {"product": "p"}, "profile": {"name": "web"}})
    journal.add("case", case(id="a::done"))
    journal.add("problem", {"blame": "rig", "message": "hot"})
    journal.add("start", "a::running")
    journal.add_lines(["    0.100000 host      > module    P0\\r"])
    record = rebuild(record_of(journal.path), CATALOGUE)
    assert complain(record) is None
    assert record["finished"] is None
    transcript = ["    0.100000 host      > module    P0\\r"]
    assert record["unfinished"] == [{"id": "a::running", "rig": "r", "transcript": transcript}]
    assert [one["id"] for one in record["cases"]] == ["a::done"]
    assert record["status"]["code"] == ExitStatus.HARNESS
    assert [one["blame"] for one in record["problems"]] == ["rig", "harness"]
    assert "a::running" in record["problems"][1]["message"]


def test_a_broken_requirement_survives_the_kill(journal, case):
    journal.add("case", case(verdict="fail", blame="module", broken=["MA-NEXT"]))
    assert rebuild(record_of(journal.path), CATALOGUE)["status"]["code"] == ExitStatus.BROKEN


def test_a_journal_that_is_done_with_is_gone(journal):
    journal.discard()
    assert not journal.path.exists()


# --- several processes ---------------------------------------------------------------------------------------------


def test_what_only_a_worker_knew_is_not_lost_with_the_steering_process(journal, case):
    record = record_of(journal.path)
    journal.add("start", "a::both")
    journal.add("start", "a::running")
    journal.add("case", case(id="a::both", rig="r"))
    worker = Journal(worker_journal_path(record, "gw0"))
    worker.add("run", {"rig": {"name": "r"}})
    for name in ("a::both", "a::only"):
        worker.add("start", name)
        worker.add("case", case(id=name, rig="r"))
    worker.add("start", "a::running")
    worker.add_lines(["how far it came"])
    worker.close()
    content = read_journals(record)
    assert [one["id"] for one in content.cases] == ["a::both", "a::only"]
    assert content.unfinished == [{"id": "a::running", "rig": "r", "transcript": ["how far it came"]}]
    assert content.runs == [{"rig": {"name": "r"}}]


def test_the_same_case_of_two_rigs_is_two_cases(journal, case):
    record = record_of(journal.path)
    for rig in ("one", "two"):
        worker = Journal(worker_journal_path(record, rig))
        worker.add("run", {"rig": {"name": rig}})
        worker.add("start", "a::b")
        if rig == "one":
            worker.add("case", case(id="a::b", rig=rig))
        worker.close()
    content = read_journals(record)
    assert [(one["rig"], one["id"]) for one in content.cases] == [("one", "a::b")]
    assert [(one["rig"], one["id"]) for one in content.unfinished] == [("two", "a::b")]


def test_a_journal_that_is_being_written_is_nobody_elses(journal):
    with pytest.raises(JournalBusyError, match="another run"):
        Journal(journal.path)
    with pytest.raises(JournalBusyError, match="still going on"):
        await_end(record_of(journal.path), timeout=0.01)
    journal.close()
    await_end(record_of(journal.path), timeout=0.01)


def test_a_new_journal_replaces_a_former_one_only_with_all_that_it_begins_with(tmp_path, monkeypatch):
    path = journal_path(tmp_path / "run.json")
    Journal(path).close()
    former = path.read_bytes()

    def entries():
        yield "case", {"id": "a"}
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        Journal(path, former=entries())
    assert path.read_bytes() == former


class TakesLittle(io.FileIO):
    """A file of a system that takes seven bytes a time, as a system may that has little room."""

    def write(self, data):
        return super().write(data[:7])


def test_a_journal_is_whole_where_the_system_takes_a_part_of_what_is_written(journal):
    journal._file.close()
    journal._file = TakesLittle(journal.path, "a")
    journal.add("start", "a::b")
    journal.add_lines(["    0.100000 host      > module    P0\\r", "more"])
    lines = read_journal(journal.path).unfinished[0]["transcript"]
    assert lines == ["    0.100000 host      > module    P0\\r", "more"]


def test_a_journal_that_cannot_be_written_says_so_and_goes_on(journal):
    journal._file.close()
    journal._file = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115 - the journal closes it
    journal.add("case", {"id": "a"})
    journal.add_lines(["more"])
    assert "cannot be written: No space left on device" in journal.failed
