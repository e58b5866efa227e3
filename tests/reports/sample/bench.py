"""A test system that reads its verdicts from markers: copied as conftest.py into a temporary project by the tests."""

import datetime
import os

import pytest

pytest_plugins = ["reports.run.plugin"]

RUN = {
    "rig": {"name": "sample rig", "line": "/dev/ttySAMPLE", "allow": ["reset"]},
    "module": {"product": "ISM43362-M3G-L44", "firmware": "C3.5.2.5", "address": "127.0.0.1"},
    "profile": {"name": "web", "title": "The vendor's page"},
    "probe": [
        {"what": "fields of P?", "declared": 12, "found": 10, "fits": False},
        {"what": "MT", "declared": 0, "found": 0, "fits": True},
    ],
    "started": "2026-01-02T03:04:05.678+00:00",
}


class Specs:
    @pytest.hookspec
    def pytest_conformance_run(self, config, run):
        """As in the test system."""

    @pytest.hookspec
    def pytest_conformance_problem(self, config, problem):
        """As in the test system."""


def pytest_addhooks(pluginmanager):
    pluginmanager.add_hookspecs(Specs)


def pytest_configure(config):
    config.addinivalue_line("markers", "case_result(**case): what the case's result says")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session):
    config = session.config
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        return None
    config.hook.pytest_conformance_run(config=config, run=RUN)
    for word in filter(None, os.environ.get("SAMPLE_PROBLEM", "").split(";")):
        blame, _, message = word.partition(":")
        config.hook.pytest_conformance_problem(config=config, problem={"blame": blame, "message": message})
    if not os.environ.get("SAMPLE_NO_CASES"):
        return None
    session.shouldstop = "there is no bench"
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    marker = item.get_closest_marker("case_result")
    if report.when == "teardown" and marker:
        report.conformance = {"case": result_of(item, dict(marker.kwargs)), "run": RUN}
    return report


def result_of(item, values):
    requirements = values.pop("requirements", ["MA-NOTICE"])
    return {
        "id": item.nodeid,
        "title": item.name.partition("[")[0].removeprefix("test_").replace("_", " "),
        "area": "framing" if requirements[0].startswith("FR") else "multi_accept",
        "requirements": requirements,
        "obligation": "M",
        "verdict": "pass",
        "blame": None,
        "message": "",
        "broken": [],
        "observations": [],
        "started": datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds"),
        "duration_s": 0.25,
        "transcript": [
            "    0.000000 host > module  P5=11\\r",
            "    0.001234 module > host  \\r\\n[TCP TSK] Multi-Accept Setup\\r\\nOK\\r\\n> ",
        ],
        "attempts": 1,
        **values,
    }
