"""Two runs are compared, and a run is compared with the known breaches of its module."""

import copy
import json

import pytest

from reports.__main__ import main
from reports.formats.compared import RENDERINGS
from reports.formats.comparison import Comparison, beyond_noise
from reports.formats.view import View
from reports.record.expectations import as_toml, hold, load_expectation, status_of
from reports.record.record import RecordError, write_record
from reports.record.status import ExitStatus
from tests.reports import sample_runs
from tests.reports.sample_runs import HOSTILE, case_of, failing, record_of, with_cases

IDS = [one for one in with_cases() if one.obligation in "MD" and one.area == "multi_accept"][:6]

BROKEN = """
import pytest
@pytest.mark.case_result(verdict="fail", blame="module", message="no", requirements=["{0}"], broken=["{0}"])
def test_it():
    pass
"""


def run_with(*broken: int, expected="a", skipped=(), slow=1.0, reading="client"):
    cases = []
    for i, one in enumerate(IDS):
        case = case_of(one, i, "bench 1")
        case["transcript"] = [
            line
            for n in range(8)
            for line in (
                f"{n:12.6f} host      > module    P?\\r",
                f"{n + slow / 1000:12.6f} module    > host      0\\r\\n> ",
            )
        ]
        cases.append(failing(case, expected, "b") if i in broken else case)
    cases = [one for i, one in enumerate(cases) if i not in skipped]
    cases[-1]["observations"] = [{"requirement": "MA-NOTICE", "what": "port", "value": reading}]
    return record_of(cases)


def compared(old, new) -> Comparison:
    return Comparison(View(old), View(new))


def names(one: Comparison, key: str) -> list[str]:
    return [change.name for change in one.changes(key)]


def test_same_run_twice_has_changed_nothing():
    one = compared(run_with(1), run_with(1))
    assert [chapter.changes for chapter in one.chapters] == [()] * 6
    assert (one.sentence, one.status) == ("nothing has changed", ExitStatus.CONFORMING)


def test_newly_broken_and_repaired_are_told_by_their_requirements():
    one = compared(run_with(1), run_with(2, 3))
    assert names(one, "newly_broken") == [IDS[2].id, IDS[3].id]
    assert names(one, "repaired") == [IDS[1].id]
    assert one.status == ExitStatus.BROKEN


def test_same_requirement_broken_in_another_way_is_told():
    one = compared(run_with(1), run_with(1, expected="something else"))
    assert names(one, "otherwise") == [IDS[1].id]
    assert one.status == ExitStatus.BROKEN


def test_requirement_that_is_no_longer_decided_is_told():
    one = compared(run_with(), run_with(skipped=(2,)))
    assert names(one, "undecided") == [IDS[2].id]
    assert one.status == ExitStatus.INCOMPLETE


def test_changed_reading_is_told():
    one = compared(run_with(), run_with(reading="local"))
    (change,) = one.changes("readings")
    assert (change.name, change.was, change.now) == ("MA-NOTICE port", "client", "local")


@pytest.mark.parametrize(("was", "now", "slower"), [(1, 1.5, []), (1, 5.5, []), (20, 30, []), (10, 40, ["P?"])])
def test_timing_is_told_where_it_is_beyond_noise(was, now, slower):
    assert names(compared(run_with(slow=was), run_with(slow=now)), "timing") == slower


def test_noise_is_the_same_in_both_directions():
    assert beyond_noise(10, 40) == beyond_noise(40, 10)


@pytest.mark.parametrize("name", RENDERINGS)
def test_comparison_is_told_in_each_rendering_and_hostile_texts_stay_texts(name):
    new = run_with(2, expected=HOSTILE)
    text = RENDERINGS[name](compared(run_with(1), new))
    assert IDS[2].id.replace("-", "&#45;") in text or IDS[2].id in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    if name != "text":
        assert "<img" not in text
    else:
        assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize(("broken", "status"), [((1,), 0), ((1, 2), 1)])
def test_command_ends_with_a_status_for_ci(tmp_path, capsys, broken, status):
    for name, record in (("old", run_with(1)), ("new", run_with(*broken))):
        write_record(record, tmp_path / name / "run.json")
    assert main(["compare", str(tmp_path / "old"), str(tmp_path / "new")]) == status
    assert capsys.readouterr().out.strip()


def test_command_refuses_what_is_no_record(tmp_path, capsys):
    assert main(["compare", str(tmp_path / "a.json"), str(tmp_path / "b.json")]) == 4
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("command", [("compare", "{}", "{}"), ("expect", "{}"), ("render", "{}", "--format", "md")])
def test_each_command_says_in_one_line_that_its_result_cannot_be_written(tmp_path, capsys, command):
    write_record(run_with(1), tmp_path / "run.json")
    (tmp_path / "file").touch()
    words = [one.format(tmp_path) for one in command]
    assert main([*words, "--out", str(tmp_path / "file" / "below")]) == ExitStatus.HARNESS
    (line,) = capsys.readouterr().err.splitlines()
    assert "was not " in line
    assert str(tmp_path / "file") in line


# -- expected results ------------------------------------------------------------------------------------------------


@pytest.fixture
def known(tmp_path):
    path = tmp_path / "known.toml"
    path.write_text(as_toml(run_with(1, 2)), encoding="utf-8")
    return path


def held(record, path):
    result = hold(record, load_expectation(path))
    return result, status_of(record, result)


def test_what_is_expected_fails_no_job(known):
    result, status = held(run_with(1, 2), known)
    assert (result.unexpected, result.repaired, status) == ((), (), ExitStatus.CONFORMING)
    assert list(result.lines("known.toml")) == ["as expected by known.toml: 2 broken requirements, and nothing else"]


def test_what_is_not_expected_fails_the_job(known):
    result, status = held(run_with(1, 2, 3), known)
    assert [one.partition(":")[0] for one in result.unexpected] == [IDS[3].id]
    assert status == ExitStatus.BROKEN


def test_expected_requirement_broken_in_another_way_fails_the_job(known):
    result, status = held(run_with(1, 2, expected="something else"), known)
    assert len(result.unexpected) == 2
    assert status == ExitStatus.BROKEN


def test_repaired_breach_is_told_and_fails_nothing(known):
    result, status = held(run_with(1), known)
    assert (result.repaired, status) == ((IDS[2].id,), ExitStatus.CONFORMING)
    assert f"repaired, take the entry out of known.toml: {IDS[2].id}" in list(result.lines("known.toml"))


def test_bench_that_fails_is_no_expected_breach(known):
    record = copy.deepcopy(run_with(1, 2))
    record["cases"][5] = {**record["cases"][5], "verdict": "error", "blame": "rig"}
    assert held(record, known)[1] == ExitStatus.BENCH


def test_file_of_another_firmware_is_refused(known):
    record = copy.deepcopy(run_with(1))
    record["module"]["firmware"] = "C9"
    with pytest.raises(RecordError, match="is for the firmware"):
        held(record, known)


@pytest.mark.parametrize("text", ["broken = 3", "[[broken]]\nwhy = 'x'", "[[broken]]\nrequirement = 3", "x = 1", "x ="])
def test_file_that_is_wrong_is_refused_with_its_name(tmp_path, text):
    path = tmp_path / "known.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecordError, match=r"known\.toml"):
        load_expectation(path)


def test_file_may_name_a_requirement_alone_and_say_why(tmp_path):
    path = tmp_path / "known.toml"
    path.write_text(f'[[broken]]\nrequirement = "{IDS[1].id}"\nwhy = "ticket 17"\n', encoding="utf-8")
    assert held(run_with(1), path)[1] == ExitStatus.CONFORMING


@pytest.mark.slow
def test_command_writes_the_file_and_a_run_is_held_against_it(project, tmp_path):
    project.add("test_one.py", BROKEN.format("MA-NEXT"))
    assert project.run().returncode == 1
    file = project.folder / "known.toml"
    assert main(["expect", str(project.out), "--out", str(file)]) == 0
    done = project.run("--dut-expect", "known.toml")
    assert done.returncode == 0, done.stdout
    assert "as expected by known.toml: 1 broken requirement, and nothing else" in done.stdout
    assert project.record()["status"]["name"] == "broken"
    project.add("test_two.py", BROKEN.format("MA-NOTICE"))
    assert project.run("--dut-expect", "known.toml").returncode == 1
    assert project.run("--dut-expect", "nowhere.toml").returncode == 4


def test_sample_runs_are_not_changed_by_what_is_done_with_them():
    before = json.dumps(sample_runs.conforming(), sort_keys=True)
    View(sample_runs.conforming())
    assert json.dumps(sample_runs.conforming(), sort_keys=True) == before
