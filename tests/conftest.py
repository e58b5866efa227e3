"""Which of the project's own tests are slow: those that start whole runs, or wait for a process, a line or a tool.

``tox -e quick`` leaves the slow tests out, ``tox -e tests`` runs all. A single slow test elsewhere carries the marker
itself. A test with the marker ``recipe`` is never slow, whatever its file: the test names what a change lacks.
"""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
SLOW = (
    "bench",
    "campaigns/test_runs.py",
    "fixtures/test_runs.py",
    "labgrid",
    "model/test_replay.py",
    "model/test_walks.py",
    "packaging",
    "reference_impl/test_control.py",
    "reference_impl/test_conversations.py",
    "reference_impl/test_driver_runs.py",
    "reference_impl/test_emulator.py",
    "reference_impl/test_life.py",
    "reference_impl/test_options.py",
    "reference_impl/test_serial_sides.py",
    "reference_impl/test_tls.py",
    "reports/test_allure_html.py",
    "reports/test_allure_use.py",
    "reports/test_conformance.py",
    "reports/test_interrupt.py",
    "reports/test_node.py",
    "reports/test_plugin.py",
    "reports/test_progress.py",
    "reports/test_report_page.py",
    "rigs",
    "runs",
    "strangers",
    "trouble",
)
"""Folders and files of this folder whose tests are all slow."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the slow tests their marker."""
    slow = [HERE / one for one in SLOW]
    for item in items:
        if not item.get_closest_marker("recipe") and any(item.path.is_relative_to(one) for one in slow):
            item.add_marker(pytest.mark.slow)
