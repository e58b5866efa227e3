"""Whole runs over a blocked network: for a while, from the start, by a link that is down. No module is blamed."""

import os
import subprocess
import sys

from reports.record.status import ExitStatus
from tests.fixtures.runs import ROOT, STRICT, Ended
from tests.trouble.runs import project_with
from tests.trouble.test_controls import DROP, namespaces

pytestmark = namespaces
UNBLOCK = "nft delete table t"
SERVERS = "tcp dport 10000-31999 "
HERE = (
    "ip link set lo up; "
    "{python} -m reference_impl --address 127.0.0.9 > ready & module=$!; "
    "until [ -s ready ]; do sleep 0.05; done; {first}; {run}; status=$?; kill $module; exit $status"
)
"""The module is a program of this machine."""
AWAY = (
    "ip link set lo up; unshare -n sleep 80 & inner=$!; "
    "until [ $(readlink /proc/$inner/ns/net) != $(readlink /proc/self/ns/net) ]; do sleep 0.05; done; "
    "ip link add v0 type veth peer name v1 netns $inner; ip addr add 10.9.0.1/24 dev v0; ip link set v0 up; "
    "nsenter -t $inner -n sh -c 'ip addr add 10.9.0.2/24 dev v1; ip link set v1 up; ip link set lo up'; "
    "nsenter -t $inner -n {python} -m reference_impl --address 10.9.0.2 > ready & module=$!; "
    "until [ -s ready ]; do sleep 0.05; done; {first}; {run}; status=$?; kill $module $inner; exit $status"
)
"""The module is behind a link of its own; its serial line is a terminal."""
RUN = (
    "{python} -m pytest -p no:cacheprovider {strict} --run-record=run.json --alluredir=allure --ssid=LAB {more} "
    "--profile=short.toml {cases}"
)
PORT = '--port=$({python} -c \'import json; print(json.load(open("ready"))["ports"][0]["url"])\')'


def run(folder, script, *, first="true", **environment):
    project = project_with(folder, "blocked_cases").project
    profile = (ROOT / "suites" / "spec" / "profiles" / "web.toml").read_text(encoding="utf-8")
    (project / "short.toml").write_text(profile + "[limits]\nnotice = 1200\n", encoding="utf-8")
    command = RUN.format(python=sys.executable, strict=" ".join(STRICT), more=PORT, cases="suites/multi_accept")
    script = script.format(python=sys.executable, first=first, run=command.format(python=sys.executable))
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "DUT_", "COV_"))}
    done = subprocess.run(
        ["unshare", "-n", "bash", "-c", script],
        cwd=project,
        env={**inherited, "PYTHONDONTWRITEBYTECODE": "1", "RETURN_S": "10", **environment},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    return Ended(done.returncode, done.stdout + done.stderr, project, 0.0)


def held_up(ended):
    """The case during which the network was blocked; all cases are judged, and none against the module."""
    assert ended.status == ExitStatus.CONFORMING, ended.output
    assert {case["verdict"] for case in ended.cases.values()} == {"pass"}
    return ended.cases["test_blocked"]


def test_firewall_that_drops_for_a_while_is_waited_for_and_no_module_is_blamed(tmp_path):
    block = {"BLOCK": DROP + SERVERS + "drop", "UNBLOCK": UNBLOCK, "BLOCKED_S": "2.5"}
    case = held_up(run(tmp_path, HERE, **block))
    assert [one["blame"] for one in case["earlier"]] == ["network"]
    assert "Does a firewall stand between?" in case["earlier"][0]["message"]


def test_link_of_the_bench_that_is_down_is_waited_for_and_no_module_is_blamed(tmp_path):
    block = {"BLOCK": "ip link set v0 down", "UNBLOCK": "ip link set v0 up", "BLOCKED_S": "1.5"}
    case = held_up(run(tmp_path, AWAY, **block))
    assert [one["blame"] for one in case["earlier"]] == ["network"]


def test_link_that_stays_down_makes_the_rig_a_sick_one(tmp_path):
    block = {"BLOCK": "ip link set v0 down", "UNBLOCK": "true", "BLOCKED_S": "0", "RETURN_S": "0.2"}
    ended = run(tmp_path, AWAY, **block)
    assert ended.status == ExitStatus.BENCH, ended.output
    assert {case["verdict"] for case in ended.cases.values()} <= {"pass", "error", "inconclusive"}
    assert "the rig is sick" in ended.problem["message"]


def test_firewall_that_rejects_from_the_start_fails_no_case(tmp_path):
    ended = run(tmp_path, HERE, first=DROP + SERVERS + "reject", RETURN_S="0.5")
    assert ended.status == ExitStatus.BENCH, ended.output
    outcomes = {name: (case["verdict"], case["blame"]) for name, case in ended.cases.items()}
    assert outcomes["test_before"] == outcomes["test_blocked"] == ("error", "network")
    assert "fail" not in {verdict for verdict, _ in outcomes.values()}
