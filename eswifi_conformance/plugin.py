"""``-p eswifi_conformance.plugin``: the test system in a suite of a user's own (docs/your-own-cases.md).

It is loaded where it is asked for, never by itself.
"""

import pytest

from fixtures.plugins import ORDER
from fixtures.plugins import __name__ as plugins
from fixtures.plugins.names import give_short_names, taken_names
from reports import __name__ as reports
from suites.steps import __name__ as steps

pytest_plugins = [*(f"{plugins}.{one}" for one in ORDER), f"{reports}.run.plugin", f"{steps}.given"]
MARKERS = (
    "requirement(*ids): the requirements of the catalogue that the case decides (every case has at least one)",
    "needs(*capabilities): what the module's profile must declare for the case to apply",
    "risk(kind): what the case does that a bench must allow first: reset, network or flash",
)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser) -> None:
    """Give our options their short names, once all plugins that are installed have theirs."""
    give_short_names(parser, early_config.pluginmanager)


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest our markers; in the suites themselves its configuration file does."""
    for one in MARKERS:
        config.addinivalue_line("markers", one)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Which short names are another plugin's here."""
    others = sorted(taken_names(config).items())
    return [f"eswifi-conformance: {name} is {owner}'s, ours is --dut-{name[2:]}" for name, owner in others]
