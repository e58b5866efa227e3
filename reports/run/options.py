"""The options of the reports on pytest's command line."""

import pytest


def add_options(parser: pytest.Parser) -> None:
    """Options of the reports. Where the Allure results go is allure-pytest's own ``--alluredir``."""
    group = parser.getgroup("conformance reports")
    group.addoption(
        "--dut-run-record",
        metavar="PATH",
        default=None,
        help="where the record of the run goes, one JSON document (default: run.json where all output goes)",
    )
    group.addoption(
        "--dut-resume",
        metavar="RUN",
        default=None,
        help="go on with a run that ended too early: the path of its record, or of its journal",
    )
    group.addoption(
        "--dut-require",
        choices=("all",),
        default=None,
        help="all: end with status 8 where a requirement that binds the module was not judged",
    )
    group.addoption(
        "--dut-expect",
        metavar="FILE",
        default=None,
        help="what the module is known to break (the command expect writes the file): only what differs fails the job",
    )
    parser.addini("conformance_catalogue", "folder of the catalogue (default: the suites' own)", type="paths")
