"""Several rigs in one run: a worker each, every case on all of them or shared out; a dead one holds nobody."""

import shutil
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from fixtures.drivers.lab.rig_lock import RigLock, key_of
from fixtures.errors import RigError
from fixtures.plugins.options import rigs_of
from reports.record.record import read_record
from reports.record.status import ExitStatus
from tests.fixtures.runs import Emulator, Run, copy_project, impatient_profile
from tests.runs.test_resume import results

SUITE = "suites/framing/test_on_rigs.py"
COUNT = 7
EMULATED = 'name = "{}"\nallow = ["reset"]\n[emulator]\n[network]\nssid = "LAB"\n'
WIRED = 'name = "{}"\n[serial]\nport = "{}"\n[limits]\nattempts = 1\n'


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = copy_project(tmp_path_factory.mktemp("project"))
    shutil.copy(Path(__file__).with_name("rig_cases.py"), folder / SUITE)
    return folder


@pytest.fixture
def rig_file(tmp_path):
    """Writes a rig file; the option that names it."""

    def write(text, *values):
        path = tmp_path / f"{values[0]}.toml"
        path.write_text(text.format(*values), encoding="utf-8")
        return f"--rig={path}"

    return write


def verdicts(record):
    return Counter((one["rig"], one["verdict"]) for one in record["cases"])


def test_every_case_is_run_on_each_rig_and_told_apart(project, rig_file, tmp_path):
    ended = Run(tmp_path, project)(SUITE, rig_file(EMULATED, "good"), rig_file(EMULATED, "bad"))
    record = read_record(tmp_path / "run.json")
    assert ended.status == ExitStatus.BROKEN, ended.output
    assert [one["name"] for one in record["rigs"]] in (["good", "bad"], ["bad", "good"])
    assert verdicts(record) == {("good", "pass"): COUNT, ("bad", "pass"): COUNT - 1, ("bad", "fail"): 1}
    (broken,) = record["summary"]["broken"]
    assert (broken["id"], broken["rigs"]) == ("MA-NEXT", ["bad"])
    assert len(list((tmp_path / "allure").glob("*-result.json"))) == 2 * COUNT
    page = (tmp_path / "run.matrix.html").read_text(encoding="utf-8")
    assert 'class="fail"' in page
    assert "http" not in page
    columns = [line.split() for line in ended.output.splitlines() if line.strip().startswith("MA-NEXT  ")]
    assert ["FAIL" in line and "pass" in line for line in columns if "FAIL" in line] == [True]
    assert "      on bad" in ended.output


def test_cases_of_a_rig_that_dies_are_run_by_the_others(project, rig_file, tmp_path):
    with Emulator("--joined", "LAB", "--tcp", "127.0.0.1:0") as module:
        run = Run(tmp_path, project, {"MORTAL": str(module.process.pid)})
        options = [rig_file(EMULATED, "good"), rig_file(WIRED, "mortal", module.url), "--dist-rigs=share"]
        ended = run(SUITE, *options, impatient_profile(tmp_path))
    record = read_record(tmp_path / "run.json")
    found = verdicts(record)
    assert found == {("good", "pass"): COUNT - 1, ("mortal", "error"): 1}, ended.output
    assert len(results(tmp_path / "allure")) == COUNT
    assert ended.status == ExitStatus.BENCH
    assert {one["blame"] for one in record["problems"]} == {"rig"}


def test_where_no_rig_is_left_each_case_says_why_it_was_not_run(project, rig_file, tmp_path):
    rigs = [rig_file(WIRED, name, f"/dev/no-such-{name}") for name in ("one", "two")]
    ended = Run(tmp_path, project)(SUITE, *rigs, "--dist-rigs=share")
    record = read_record(tmp_path / "run.json")
    assert ended.status == ExitStatus.BENCH, ended.output
    assert [one["verdict"] for one in record["cases"]] == ["inconclusive"] * COUNT
    assert all(one["message"].startswith("not run: there is no port /dev/no-such-") for one in record["cases"])
    assert sorted(one["id"] for one in record["cases"]) == sorted(record["planned"])


def rigs_named(*named, port=None):
    option = SimpleNamespace(
        dut_rig=list(named), dut_port=port, dut_baud=None, dut_emulator_option=[], dut_profile=None, dut_allow=[],
        dut_ssid=None, dut_module_address=None, dut_peer_address=None,
    )  # fmt: skip
    return rigs_of(SimpleNamespace(option=option))


def test_rig_that_is_named_twice_is_refused(rig_file):
    one, other = (rig_file(WIRED, name, "/dev/ttyS77").removeprefix("--rig=") for name in ("one", "other"))
    with pytest.raises(RigError, match="two rigs have the name 'one'"):
        rigs_named(one, one)
    with pytest.raises(RigError, match="'one' and 'other' are the same: both use /dev/ttyS77"):
        rigs_named(one, other)
    with pytest.raises(RigError, match="--port goes with one rig"):
        rigs_named(one, "emulator", port="/dev/ttyS78")
    assert [rig.name for rig in rigs_named(one, "emulator")] == ["one", "emulator"]


def test_number_of_processes_is_that_of_the_rigs(project, rig_file, tmp_path):
    ended = Run(tmp_path, project)(SUITE, "-n3", rig_file(EMULATED, "one"), rig_file(EMULATED, "two"))
    assert ended.status == ExitStatus.USAGE
    assert "2 rigs take 2 processes, one each: leave out -n 3" in ended.output


def test_rig_in_use_is_refused_with_its_holder(project, tmp_path):
    with Emulator("--joined", "LAB") as module:
        lock = RigLock(key_of(module.url), "the night's run")
        lock.acquire()
        ended = Run(tmp_path, project)(SUITE, f"--port={module.url}", "--wait-for-rig=0.1")
        lock.release()
    assert ended.status == ExitStatus.BENCH
    assert "is in use (waited 0.1 s): the night's run, process" in ended.output
