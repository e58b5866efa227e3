"""Where the time of a run went."""

import copy

import pytest

from reports.formats.registry import load_format
from reports.formats.view import View
from reports.record.account import Account, account_of, accounts_by_area, answering
from tests.reports import sample_runs

TRANSCRIPT = [
    "    1.000000 host      * case test_x: FR-PROMPT",
    r"    1.000000 host      > module    R0\r",
    r"    1.020000 module    > host      \r\nOK",
    r"    1.500000 module    > host      \r\n> ",
    r"    2.000000 peer      > module    hello",
    r"    3.000000 host      > module    S3=200\r",
    r"    3.000000 host      > module    more of it",
    r"    3.040000 module    > host      \r\n\r\nOK\r\n> ",
]


def test_commands_are_counted_and_the_module_has_the_time_until_the_first_byte():
    count, seconds = answering(TRANSCRIPT)
    assert count == 2
    assert round(seconds, 6) == 0.06


def test_account_of_a_record_without_accounts_is_by_the_transcripts():
    case = {"transcript": TRANSCRIPT, "duration_s": 2.5}
    account = account_of([case, case])
    assert (account.commands, round(account.module_s, 6), round(account.rest_s, 6)) == (4, 0.12, 4.88)
    assert account.line() == "4 commands; until the module answered 0.1 s, all else 4.9 s"


def account(**changed):
    values = {"commands": 600, "restoring": 70, "bytes": 9000, "module_s": 2.0, "protocol_s": 1.5, "line_s": 1.0}
    return {"account": {**values, "ours_s": 0.5, **changed}}


def test_account_is_the_sum_of_those_of_the_cases():
    total = account_of([account(), account(commands=634, line_s=0.0)])
    assert total == Account(1234, 140, 4.0, 3.0, 1.0, 1.0)
    commands, _, seconds = total.line().partition("; ")
    assert commands == "1,234 commands, 140 of them only to restore the known state"
    assert seconds == "module 4.0 s, waits 3.0 s, line 1.0 s, bench 1.0 s"


def test_area_that_took_the_most_time_is_first():
    cases = [{"area": "data", **account()}, {"area": "udp", **account(protocol_s=9.0)}, {"area": "data", **account()}]
    by_area = accounts_by_area(cases)
    assert list(by_area) == ["udp", "data"]
    assert (by_area["data"].commands, by_area["data"].seconds) == (1200, 10.0)


@pytest.mark.parametrize("name", ["html", "summary", "md"])
def test_pages_tell_the_account_of_the_run(name):
    record = copy.deepcopy(sample_runs.conforming())
    for one in record["cases"]:
        one["account"] = account()["account"]
    page = load_format(name).render(View(record)).decode()
    commands = 600 * len(record["cases"])
    assert f"{commands:,} commands" in page
    assert ("Where the time went" in page) == (name != "md")


def test_pages_of_a_record_without_accounts_tell_what_the_transcripts_show():
    record = copy.deepcopy(sample_runs.conforming())
    for one in record["cases"]:
        one.pop("account", None)
    view = View(record)
    assert view.accounts == []
    assert "all else" in load_format("html").render(view).decode()
