"""The page of the hooks says what pytest says."""

import pytest

from tests import hooks


@pytest.mark.slow
def test_page_of_the_hooks_is_todays():
    assert hooks.HOOKS.is_fresh(), "run python -m tests.hooks"


def test_hook_of_which_nobody_says_when_it_is_called_is_named(monkeypatch):
    rows = {"pytest_configure": [["a.b", [], "Begin."]], "pytest_unheard_of": [["a.b", [], "Do."]]}
    monkeypatch.setattr(hooks, "hooks_of_a_run", lambda: rows)  # no plugin of the project has such a hook
    with pytest.raises(ValueError, match="pytest_unheard_of"):
        hooks.table()
