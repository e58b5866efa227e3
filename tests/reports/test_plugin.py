"""The plugin in a real pytest: record, Allure results, summary and exit status of whole runs."""

import os
import signal
import subprocess

import pytest

from reports.record.journal import read_journal
from reports.record.record import read_record
from suites.spec.catalogue import load_catalogue

PASS = """
import pytest
@pytest.mark.case_result(requirements=["MA-NEXT"])
def test_next():
    pass
"""


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_every_verdict_is_in_the_record(project, workers):
    project.add_sample("every_verdict")
    done = project.run(*workers)
    record = read_record(project.out / "run.json")
    assert done.returncode == record["status"]["code"] == 1, done.stdout
    assert record["summary"]["verdicts"] == {
        "pass": 3,
        "fail": 1,
        "inconclusive": 1,
        "observed": 2,
        "not_applicable": 1,
        "error": 1,
    }
    assert record["module"] == {"product": "ISM43362-M3G-L44", "firmware": "C3.5.2.5", "address": "127.0.0.1"}
    assert record["profile"]["name"] == "web"
    assert record["rig"]["name"] == "sample rig"
    assert record["unfinished"] == []
    assert [one["id"] for one in record["summary"]["broken"]] == ["MA-NOTICE"]
    (failed,) = [one for one in record["cases"] if one["verdict"] == "fail"]
    assert failed["id"] == "test_every_verdict.py::test_notice_names_the_clients_port"
    assert failed["transcript"][0] == "    0.000000 host > module  P5=11\\r"


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_the_journal_is_gone_when_the_record_lies(project, workers):
    project.add("test_one.py", PASS)
    assert project.run(*workers).returncode == 0
    assert sorted(one.name for one in project.out.iterdir()) == ["allure-results", "latest", "run.json", "runs"]


def test_the_summary_says_what_a_person_asks(project):
    project.add_sample("every_verdict")
    said = project.run().stdout
    summary = said[said.index("= conformance =") :]
    for wanted in [
        "module    ISM43362-M3G-L44 C3.5.2.5 at 127.0.0.1",
        "profile   web",
        "rig       sample rig (/dev/ttySAMPLE)",
        "profile does not fit: fields of P?: declared 12, found 10",
        "Framing                 1 of 1      2      -",
        "Multi-accept server     3 of 4      1      1      1      2      1      1",
        "1 finding in 1 failed case",
        "F1 MA-NOTICE (mandatory; 1 case)",
        "When a client connects to a waiting server, the module sends [TCP SVR] Accepted",
        "tox -e conformance -- test_every_verdict.py::test_notice_names_the_clients_port",
        "inconclusive (rig): no packet filter here",
        "error (peer): PeerError: the peer's port range is used up",
        "MA-TWICE  answer to the second P5=11: ERROR (2x)",
        "record    reports/out/run.json",
        "results   reports/out/allure-results",
        "not conforming: 1 requirement is broken; 1 case inconclusive (exit status 1)",
    ]:
        assert wanted in summary, summary
    counts = "1 failed, 3 passed, 1 error, 2 observed, 1 inconclusive, 1 not applicable"
    assert sorted(counts.split(", ")) == sorted(
        said.rstrip().splitlines()[-1].strip("= ").partition(" in ")[0].split(", ")
    )


def test_last_line_of_pytest_counts_what_the_record_counts_on_several_processes_too(project):
    project.add_sample("every_verdict")
    project.add("test_plain.py", "def test_plain():\n    pass\n")
    said = project.run("-n", "2").stdout
    last = said.rstrip().splitlines()[-1]
    verdicts = project.record()["summary"]["verdicts"]
    assert f"{verdicts['observed']} observed" in last
    assert f"{verdicts['inconclusive']} inconclusive" in last
    assert f"{verdicts['not_applicable']} not applicable" in last
    assert "skipped" not in last


def test_a_verdict_is_told_by_its_message_and_not_by_a_traceback(project):
    project.add_sample("every_verdict")
    said = project.run().stdout
    assert "got:      [TCP SVR] Accepted 127.0.0.1:5024" in said
    assert "(fail, blame: module; MA-NOTICE)" in said
    assert "the traceback of a verdict" not in said
    assert "the traceback of a peer" not in said


def test_a_difference_is_printed_once_however_many_cases_show_it(project):
    project.add(
        "test_many.py",
        """
import pytest
@pytest.mark.case_result(
    verdict="fail", blame="module", broken=["MA-NOTICE"], message="MA-NOTICE\\nexpected: 5\\ngot:      6"
)
@pytest.mark.parametrize("number", range(30))
def test_notice(number):
    assert False
""",
    )
    said = project.run("-rN").stdout
    assert said.count("(fail, blame: module; MA-NOTICE)") == 1
    assert "1 finding in 30 failed cases" in said
    assert "30 failed in" in said


FAILS_IN_A_FIXTURE = """
import pytest
@pytest.fixture
def server(number):
    raise AssertionError("the module refuses P5=11")
@pytest.mark.case_result(
    verdict="fail", blame="module", broken=["MA-NOTICE"],
    message="MA-NOTICE (mandatory): ...\\nexpected: OK to P5=11\\ngot:      an error",
)
@pytest.mark.parametrize("number", range(3))
def test_case(server):
    pass
"""


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_a_case_that_fails_in_its_fixture_is_shown_as_a_failure_once(project, workers):
    project.add("test_one.py", FAILS_IN_A_FIXTURE)
    said = project.run(*workers).stdout
    assert said.count("got:      an error\n(fail, blame: module; MA-NOTICE)") == 1
    assert "ERROR at setup" not in said
    assert "3 failed in" in said


def test_a_failure_of_the_harness_keeps_its_traceback(project):
    project.add(
        "test_one.py",
        """
import pytest
@pytest.mark.case_result(verdict="error", blame="harness", message="ValueError: a bug of ours")
def test_bug():
    raise ValueError("a bug of ours")
""",
    )
    done = project.run()
    assert done.returncode == 3
    assert 'raise ValueError("a bug of ours")' in done.stdout
    (result,) = project.allure()
    assert result["status"] == "broken"
    assert "raise ValueError" in result["statusDetails"]["trace"]


def test_a_conforming_module_ends_with_0(project):
    project.add("test_one.py", PASS)
    done = project.run()
    assert done.returncode == 0
    assert "nothing broken in 1 of 1 cases; 3 of 4 requirements not judged (exit status 0)" in done.stdout
    assert project.record()["status"]["name"] == "conforming"
    assert project.record()["summary"]["outcome"]["word"] == "incomplete"


def test_a_release_job_asks_that_all_was_judged(project):
    project.add("test_one.py", PASS)
    assert project.run("--dut-require=all").returncode == 8
    assert project.record()["status"]["name"] == "incomplete"
    every = list(load_catalogue(project.folder / "catalogue").requirements)
    project.add("test_one.py", PASS.replace("""["MA-NEXT"]""", str(every)))
    done = project.run("--dut-require=all")
    assert done.returncode == 0
    assert "conforming: none of the 4 binding requirements is broken (exit status 0)" in done.stdout


@pytest.mark.parametrize(
    ("blame", "status", "workers"),
    [
        ("rig", 6, ()),
        ("rig", 6, ("-n", "1")),
        ("network", 6, ()),
        ("module", 6, ()),
        ("harness", 3, ()),
        ("usage", 4, ()),
    ],
)
def test_a_problem_of_the_run_has_its_status(project, blame, status, workers):
    project.add("test_one.py", PASS)
    done = project.run(*workers, SAMPLE_PROBLEM=f"{blame}:plug in the cable", SAMPLE_NO_CASES="1")
    assert done.returncode == status, done.stdout
    assert f"{blame}: plug in the cable" in done.stdout
    assert project.record()["problems"] == [{"blame": blame, "message": "plug in the cable"}]
    (text,) = [one.read_text(encoding="utf-8") for one in (project.out / "allure-results").glob("*-globals.json")]
    assert "plug in the cable" in text


def test_the_same_problem_of_two_workers_is_told_once(project):
    project.add("test_one.py", PASS + PASS.replace("test_next", "test_other"))
    project.run("-n", "2", SAMPLE_PROBLEM="rig:hot")
    assert project.record()["problems"] == [{"blame": "rig", "message": "hot"}]


def test_no_case_at_all_ends_with_5(project):
    project.add("test_one.py", "")
    assert project.run().returncode == 5
    assert project.record()["status"]["name"] == "nothing_judged"


def test_cases_that_all_do_not_apply_have_judged_nothing(project):
    project.add(
        "test_one.py",
        """
import pytest
@pytest.mark.case_result(verdict="not_applicable")
def test_skipped():
    pytest.skip("no")
""",
    )
    assert project.run().returncode == 5


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one process", "a worker"])
def test_a_test_without_a_verdict_that_fails_is_the_harnesss(project, workers):
    project.add("test_one.py", PASS + "def test_foreign():\n    assert 1 == 2\n")
    done = project.run(*workers)
    assert done.returncode == 3
    (problem,) = project.record()["problems"]
    assert problem["blame"] == "harness"
    assert "test_one.py::test_foreign failed without a verdict" in problem["message"]


def test_a_malformed_result_is_the_harnesss(project):
    project.add("test_one.py", PASS.replace("case_result(", "case_result(attempts=0, "))
    assert project.run().returncode == 3
    assert "a malformed result: attempts" in project.record()["problems"][0]["message"]


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["one process", "a worker"])
def test_a_file_that_cannot_be_loaded_is_the_harnesss(project, workers):
    project.add("test_one.py", PASS)
    project.add("test_two.py", "import nothing_of_this_name")
    done = project.run(*workers)
    assert done.returncode == 3, done.stdout
    assert "test_two.py cannot be loaded: ModuleNotFoundError" in project.record()["problems"][0]["message"]


def test_an_unknown_option_ends_with_4_and_touches_nothing(project):
    project.add("test_one.py", PASS)
    project.run()
    before = project.record()
    assert project.run("--no-such-option").returncode == 4
    assert project.record() == before


def test_a_broken_catalogue_ends_with_4(project):
    project.add("test_one.py", PASS)
    (project.folder / "catalogue" / "bad.toml").write_text("[area]\n", encoding="utf-8")
    done = project.run()
    assert done.returncode == 4
    assert "the catalogue: bad.toml" in done.stderr


def test_the_plugins_own_failure_is_an_internal_error_that_is_told(project):
    project.add("test_one.py", PASS)
    with (project.folder / "conftest.py").open("a", encoding="utf-8") as file:
        file.write("\ndef pytest_runtest_protocol(item):\n    raise RuntimeError('a broken plugin')\n")
    done = project.run()
    assert done.returncode == 3
    assert "harness: internal error" in done.stdout
    assert "a broken plugin" in project.record()["problems"][0]["message"]


INTERRUPT = (
    PASS
    + """
def test_somebody_presses_ctrl_c():
    raise KeyboardInterrupt
"""
)


@pytest.mark.parametrize(
    ("verdict", "status"), [('"pass"', 2), ('"fail", blame="module"', 1)], ids=["nothing broken", "something broken"]
)
def test_an_interrupted_run_keeps_what_it_has(project, verdict, status):
    project.add("test_one.py", INTERRUPT.replace("case_result(", f"case_result(verdict={verdict}, "))
    done = project.run()
    assert done.returncode == status
    record = project.record()
    assert [one["id"] for one in record["cases"]] == ["test_one.py::test_next"]
    assert [one["id"] for one in record["unfinished"]] == ["test_one.py::test_somebody_presses_ctrl_c"]


@pytest.mark.parametrize("hook", ["logstart(nodeid)", "call(item)"], ids=["before its first step", "later"])
def test_allure_has_no_result_of_a_case_that_was_cut_off_but_ours(project, hook):
    project.add("test_one.py", PASS)
    with (project.folder / "conftest.py").open("a", encoding="utf-8") as file:
        file.write(f"\ndef pytest_runtest_{hook}:\n    raise KeyboardInterrupt\n")
    assert project.run().returncode == 2
    cut_off = [one["id"] for one in project.record()["unfinished"]]
    shown = [[named["value"] for named in one["parameters"] if named["name"] == "case"] for one in project.allure()]
    assert shown == [[one] for one in cut_off]


def test_a_run_that_a_plugin_stops_because_of_the_rig_is_not_called_interrupted(project):
    project.add("test_one.py", PASS)
    with (project.folder / "conftest.py").open("a", encoding="utf-8") as file:
        file.write("\ndef pytest_runtest_call(item):\n    pytest.exit('the rig is sick')\n")
    assert project.run(SAMPLE_PROBLEM="rig:sick").returncode == 6
    assert project.run().returncode == 2


def test_a_killed_run_leaves_its_finished_cases_in_the_journal(project):
    project.add(
        "test_one.py",
        PASS + "def test_killed():\n    import os, signal\n    os.kill(os.getpid(), signal.SIGKILL)\n",
    )
    done = project.run()
    assert done.returncode == -signal.SIGKILL
    content = read_journal(project.out / "run.json.journal.jsonl")
    assert [one["id"] for one in content.cases] == ["test_one.py::test_next"]
    assert [one["id"] for one in content.unfinished] == ["test_one.py::test_killed"]
    assert content.runs[0]["rig"]["name"] == "sample rig"
    assert [one["name"] for one in project.allure()] == ["next"]


def test_a_worker_that_dies_is_the_harnesss_and_the_other_cases_count(project):
    project.add(
        "test_one.py",
        "def test_killed():\n    import os, signal\n    os.kill(os.getpid(), signal.SIGKILL)\n" + PASS,
    )
    done = project.run("-n", "1")
    assert done.returncode == 3, done.stdout
    record = project.record()
    assert [one["id"] for one in record["cases"]] == ["test_one.py::test_next"]
    assert any("crashed" in one["message"] for one in record["problems"])
    assert [one["id"] for one in record["unfinished"]] == ["test_one.py::test_killed"]
    assert [one["status"] for one in project.allure()] == ["passed", "unknown"]


def test_the_user_names_the_places(project):
    project.add("test_one.py", PASS)
    (project.folder / "mine").mkdir()
    (project.folder / "mine" / "kept.txt").write_text("kept", encoding="utf-8")
    done = project.run("--dut-run-record", "here/r.json", "--alluredir", "mine")
    assert done.returncode == 0
    assert read_record(project.folder / "here" / "r.json")["cases"]
    names = {one.name for one in (project.folder / "mine").iterdir()}
    assert {"kept.txt", "categories.json", "environment.properties"} <= names
    assert not project.out.exists()


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_the_results_of_a_former_run_are_cleared(project, workers):
    project.add_sample("every_verdict")
    project.run(*workers)
    assert len(project.allure()) == 9
    (project.folder / "test_every_verdict.py").unlink()
    project.add("test_one.py", PASS)
    project.run(*workers)
    assert [one["name"] for one in project.allure()] == ["next"]


@pytest.mark.parametrize("option", ["--collect-only", "--fixtures", "--help", "--setup-plan", "--markers"])
def test_looking_on_leaves_everything_as_it_is(project, option):
    project.add("test_one.py", PASS)
    left = [project.out / "run.json", project.out / "allure-results" / "1-result.json"]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("of a former run", encoding="utf-8")
    assert project.run(option).returncode == 0
    assert sorted(path for path in project.out.rglob("*") if path.is_file()) == sorted(left)
    assert {path.read_text(encoding="utf-8") for path in left} == {"of a former run"}


def test_it_works_without_allure(project):
    project.add("test_one.py", PASS)
    done = project.run("-p", "no:allure_pytest")
    assert done.returncode == 0, done.stderr
    assert sorted(one.name for one in project.out.iterdir()) == ["latest", "run.json", "runs"]


def test_it_works_without_a_terminal(project):
    project.add("test_one.py", PASS)
    done = project.run("-p", "no:terminal")
    assert (done.returncode, done.stdout) == (0, "")
    assert project.record()["status"]["code"] == 0


def test_a_record_that_cannot_be_written_is_told_and_the_journal_stays(project):
    project.add("test_one.py", PASS)
    with (project.folder / "conftest.py").open("a", encoding="utf-8") as file:
        file.write(
            "\n@pytest.hookimpl(tryfirst=True)\ndef pytest_sessionfinish(session):\n"
            "    import pathlib\n    def full(self, target):\n        raise OSError(28, 'No space left on device')\n"
            "    pathlib.Path.replace = full\n"
        )
    done = project.run()
    assert done.returncode == 3, done.stdout
    assert "the run record cannot be written: [Errno 28] No space left on device; the journal is" in done.stdout
    assert [one["id"] for one in read_journal(project.out / "run.json.journal.jsonl").cases] == [
        "test_one.py::test_next"
    ]


def test_nothing_of_the_environment_gets_into_what_a_run_leaves(project):
    project.add_sample("every_verdict")
    secret = "s3cret-Väl=ue:of*the?environment"
    done = project.run("-n", "2", DUT_PASSPHRASE=secret, SAMPLE_UNRELATED=secret)
    left = [path.read_bytes() for path in project.out.rglob("*") if path.is_file()]
    assert left
    assert not [one for one in [*left, done.stdout.encode()] if secret.encode() in one]


def test_ctrl_c_at_the_terminal_ends_the_run_in_order(project):
    os.mkfifo(project.folder / "ready")
    project.add(
        "test_one.py",
        PASS + "def test_waits():\n    import signal\n    open('ready', 'w').close()\n    signal.pause()\n",
    )
    run = subprocess.Popen(
        project.command(), cwd=project.folder, env=project.environment(), stdout=subprocess.PIPE, text=True
    )
    (project.folder / "ready").read_text(encoding="utf-8")
    run.send_signal(signal.SIGINT)
    said, _ = run.communicate(timeout=60)
    assert run.returncode == 2, said
    assert "not finished: test_one.py::test_waits" in said
    assert [one["id"] for one in project.record()["unfinished"]] == ["test_one.py::test_waits"]
    assert {one["name"]: one["status"] for one in project.allure()} == {"next": "passed", "test_waits": "unknown"}


def test_a_full_disk_ends_the_run_in_order_and_keeps_what_it_has(project):
    project.add_sample("every_verdict")
    with (project.folder / "conftest.py").open("a", encoding="utf-8") as file:
        file.write(
            "\n@pytest.hookimpl(tryfirst=True)\ndef pytest_runtest_setup(item):\n"
            "    reports = item.config.pluginmanager.get_plugin('conformance-reports')\n"
            "    reports._collector.journal._file = open('/dev/full', 'wb', buffering=0)\n"
        )
    done = project.run("-W", "ignore::ResourceWarning", "-W", "ignore::pytest.PytestUnraisableExceptionWarning")
    record = project.record()
    assert [one["verdict"] for one in record["cases"]] == ["pass"], done.stdout
    assert [one["blame"] for one in record["problems"]] == ["rig"]
    assert "No space left on device" in record["problems"][0]["message"]
    assert done.returncode == 6


def test_attempts_and_recoveries_are_shown(project):
    attempt = {"verdict": "error", "blame": "rig", "message": "the cable <b>", "duration_s": 0.5}
    recovery = {"rung": "reset line", "seconds": 0.25, "helped": True}
    result = f"case_result(attempts=2, earlier=[{attempt}], recoveries=[{recovery}], "
    project.add("test_one.py", PASS.replace("case_result(", result))
    done = project.run()
    assert "cases tried more than once: 1" in done.stdout
    assert "reset line: 1x, helped 1x, 0.2 s in all" in done.stdout
    (result,) = project.allure()
    assert "Error, blame: rig, after 0.500 s: the cable &lt;b&gt;" in result["descriptionHtml"]
    assert "reset line: helped, 0.250 s" in result["descriptionHtml"]
    environment = (project.out / "allure-results" / "environment.properties").read_text(encoding="utf-8")
    assert "recoveries = reset line 1x (helped 1x)" in environment


def test_a_record_that_has_no_place_is_wrong_usage(project):
    project.add("test_one.py", PASS)
    done = project.run("--dut-run-record", "test_one.py/run.json")
    assert done.returncode == 4, done.stderr
    assert "cannot be written" in done.stderr
    assert "name another with --run-record" in done.stderr
