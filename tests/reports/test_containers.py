"""Allure results of fixtures: those that tell nothing are not written."""

import pytest
from allure_commons import model2

from reports.formats.allure.guard import is_bare

WELL = model2.TestBeforeResult(name="at", status=model2.Status.PASSED)
ENDED = model2.TestAfterResult(name="at::<lambda>")


@pytest.mark.parametrize(
    "telling",
    [
        model2.TestBeforeResult(name="at", status=model2.Status.BROKEN),
        model2.TestBeforeResult(
            name="at", status=model2.Status.PASSED, attachments=[model2.Attachment(name="log", source="1.txt")]
        ),
        model2.TestBeforeResult(name="at", status=model2.Status.PASSED, steps=[model2.TestStepResult(name="join")]),
    ],
)
def test_fixture_that_has_something_to_tell_is_written(telling):
    assert is_bare(model2.TestResultContainer(befores=[WELL], afters=[ENDED]))
    assert not is_bare(model2.TestResultContainer(befores=[WELL, telling], afters=[ENDED]))
    assert not is_bare(model2.TestResultContainer(befores=[WELL], afters=[ENDED, telling]))
