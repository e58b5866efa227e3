"""Where the time of a run went."""

from reports.record.account import Account, account_of, answering

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


def test_account_is_of_all_cases():
    case = {"transcript": TRANSCRIPT, "duration_s": 2.5}
    told = account_of([case, case])
    assert (told.commands, told.in_all_s, round(told.answered_s, 6)) == (4, 5.0, 0.12)


def test_rest_is_what_the_module_did_not_take():
    told = Account(1200, 10.0, 4.0).line()
    assert told == "1,200 commands; until the module answered 4.0 s, all else 6.0 s"
