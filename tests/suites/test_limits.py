"""What a module may take in place of a number beyond a limit."""

from dataclasses import replace

import pytest

from suites.settings.limits import limits_beside, nearest, ranges_of_the_page
from suites.spec.profiles import load_profile

WEB = load_profile("web")


@pytest.mark.parametrize(
    ("name", "value", "taken"),
    [
        ("P2", "65536", {"65535"}),
        ("P2", "-1", {"0"}),
        ("P0", "9", {"3", "4"}),  # a document counts four sockets, another one five
        ("R1", "-1", {"0", "1"}),
        ("P8", "200", {"6", "17", "30"}),
        ("PK", "1,7200001", {"1,7200000"}),
        ("PK", "2,3000", {"1,3000"}),
        ("PK", "-1,3000", {"0,3000"}),
        ("PK", "1,-1", {"1,0", "1,1", "1,250"}),
        ("PK", "a,3000", set()),
        ("P2", "port", set()),
        ("S1", "a", set()),
        ("P5", "12", set()),  # a command, and no number that is kept
    ],
)
def test_limit_on_the_side_of_the_value_may_be_taken(name, value, taken):
    assert limits_beside(name, value, WEB) == taken


def test_limit_that_the_profile_declares_may_be_taken_too():
    declared = replace(WEB, ranges={**WEB.ranges, "P8": (1, 12)})
    assert limits_beside("P8", "200", declared) == {"6", "12", "17", "30"}
    assert limits_beside("P8", "-1", declared) == {"0", "1"}


def test_number_within_the_limits_is_taken_as_it_is():
    assert nearest(("0", "65535"), "5024") == {"5024"}
    assert nearest(("0 1", "6 17 30"), "30") == {"30"}


def test_ranges_of_the_page_are_those_of_its_profile():
    assert ranges_of_the_page() == WEB.ranges
