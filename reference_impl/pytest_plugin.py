"""Fixtures of pytest for driver authors: `emulator` is a running module, one for each test.

In a `conftest.py`:

    pytest_plugins = ["reference_impl.pytest_plugin"]

and where a module must be otherwise, a fixture of one's own that returns the arguments of `Emulator`:

    @pytest.fixture
    def emulator_arguments():
        return {"serial": "tcp", "profile": "c3.5.2.5", "variants": ["dribble"]}
"""

from collections.abc import Iterator
from typing import Any

import pytest

from reference_impl.emulator import Emulator


@pytest.fixture
def emulator_arguments() -> dict[str, Any]:
    """The arguments of `Emulator`: none. Define a fixture of this name to give some."""
    return {}


@pytest.fixture
def emulator(emulator_arguments: dict[str, Any]) -> Iterator[Emulator]:
    """A running module, ended with the test."""
    with Emulator(**emulator_arguments) as running:
        yield running
