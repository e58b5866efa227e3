"""Runs of a place: each is kept, the last one has the plain names, and a run that judges nothing destroys nothing."""

import json

import pytest

from reports.run.history import KEPT, Aside, keep_more, keep_record

pytestmark = pytest.mark.slow
ONE = """
import pytest
@pytest.mark.case_result(requirements=["MA-NEXT"])
def test_next():
    pass
"""


def test_run_is_kept_in_its_dated_folder_and_latest_points_there(project):
    project.add("test_one.py", ONE)
    project.run()
    (folder,) = (project.out / "runs").iterdir()
    record = project.record()
    assert folder.name.startswith(record["started"][:10])
    assert json.loads((folder / "run.json").read_text(encoding="utf-8")) == record
    assert (project.out / "latest").resolve() == folder
    project.run()
    assert len(list((project.out / "runs").iterdir())) == 2
    assert (project.out / "latest").resolve() != folder
    assert (project.out / "latest" / "run.json").samefile(project.out / "run.json")


def test_record_that_is_placed_elsewhere_is_kept_there_alone(project):
    project.add("test_one.py", ONE)
    project.run("--dut-run-record", "here/r.json")
    assert (project.folder / "here" / "r.json").exists()
    assert not (project.out / "runs").exists()


def test_run_that_judges_nothing_destroys_nothing(project):
    project.add("test_one.py", ONE)
    project.run()
    (project.out / "report.html").write_text("the report", encoding="utf-8")
    before = {path: path.read_bytes() for path in sorted(project.out.rglob("*")) if path.is_file()}
    done = project.run("-k", "nothing")
    assert done.returncode == 5
    assert "nothing was judged: the reports of the run before stay as they are" in done.stdout
    assert {path: path.read_bytes() for path in sorted(project.out.rglob("*")) if path.is_file()} == before


def test_stale_page_does_not_lie_beside_a_new_record(project):
    project.add("test_one.py", ONE)
    project.run()
    pages = [project.out / name for name in ("report.html", "summary.html", "conformance.html", "junit.xml")]
    for page in pages:
        page.write_text("of the run before", encoding="utf-8")
    assert project.run().returncode == 0
    assert [page for page in pages if page.exists()] == []
    assert [path.name for path in project.out.iterdir() if path.name.startswith(".")] == []


def test_first_run_that_judges_nothing_has_a_record(project):
    assert project.run().returncode == 5
    assert project.record()["status"]["name"] == "nothing_judged"


def test_pytests_own_junit_has_the_properties_of_ours(project):
    project.add(
        "test_one.py", ONE.replace("case_result(", 'case_result(verdict="fail", blame="module", message="no", ')
    )
    project.run("--junitxml=junit.xml")
    text = (project.folder / "junit.xml").read_text(encoding="utf-8")
    for name, value in (("requirement", "MA-NEXT"), ("verdict", "fail"), ("blame", "module"), ("masked-by", "")):
        assert f'<property name="{name}" value="{value}"' in text


def test_only_the_last_runs_are_kept(tmp_path):
    record = tmp_path / "run.json"
    for number in range(KEPT + 3):
        record.write_text(str(number), encoding="utf-8")
        keep_record(record, f"2026-01-01T00:00:{number:02}.000+00:00")
    kept = sorted(path.name for path in (tmp_path / "runs").iterdir())
    assert len(kept) == KEPT
    assert kept[0] == "2026-01-01_000003.000Z"


def test_renderings_that_come_later_are_kept_with_their_run(tmp_path):
    record = tmp_path / "run.json"
    record.write_text("one", encoding="utf-8")
    keep_record(record, "2026-01-01T00:00:00.000+00:00")
    (tmp_path / "report.html").write_text("page", encoding="utf-8")
    keep_more(record)
    assert (tmp_path / "latest" / "report.html").read_text(encoding="utf-8") == "page"
    record.unlink()
    record.write_text("another", encoding="utf-8")
    (tmp_path / "report.html").write_text("another page", encoding="utf-8")
    keep_more(record)
    assert (tmp_path / "latest" / "run.json").read_text(encoding="utf-8") == "one"


def test_what_was_set_aside_comes_back_over_what_this_run_wrote(tmp_path):
    record, results = tmp_path / "run.json", tmp_path / "results"
    record.write_text("former", encoding="utf-8")
    results.mkdir()
    (results / "a").write_text("a", encoding="utf-8")
    aside = Aside(record)
    aside.take([results])
    assert not record.exists()
    results.mkdir()
    (results / "b").write_text("b", encoding="utf-8")
    aside.put_back()
    assert record.read_text(encoding="utf-8") == "former"
    assert [path.name for path in results.iterdir()] == ["a"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["results", "run.json"]
