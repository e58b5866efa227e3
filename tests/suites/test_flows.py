"""The shared moves and checks that need no module: what is a loss, what the page's lines, what a broken requirement."""

import pytest

from fixtures.case import Case
from fixtures.drivers.line.frames import Answer
from fixtures.errors import HarnessError, ModuleFault, Nonconformity, NotApplicable
from suites.steps.flows import KILLED, SETUP, WAITING, expect_ok, is_lost, lines_match
from suites.steps.servers import ODD, is_of_another


def answer(payload, *, error=False):
    return Answer(raw=payload, payload=payload, ok=not error, error=error)


@pytest.mark.parametrize("ellipsis", [b"\xe2\x80\xa6", b" \xe2\x80\xa6", b"...", b" ..."])
def test_every_ellipsis_of_the_documents_is_the_waiting_line(ellipsis):
    text = b"[TCP TSK] Multi-Accept Setup\r\n[TCP SVR] Waiting on connection" + ellipsis
    assert lines_match(answer(text), SETUP, WAITING)


@pytest.mark.parametrize(
    "text",
    [
        b"[TCP SVR] Waiting on connection ...\r\n[TCP TSK] Multi-Accept Setup",
        b"[TCP TSK] Multi-Accept Setup",
        b"[TCP TSK] Multi-Accept Setup\r\n[TCP SVR] Waiting on connection",
        b"[TCP TSK] Multi-Accept Setup\r\n[TCP SVR] Waiting on connection ...\r\nmore",
        b"",
    ],
)
def test_other_lines_or_another_order_do_not_match(text):
    assert not lines_match(answer(text), SETUP, WAITING)


def test_killed_line_is_matched_to_the_letter():
    assert lines_match(answer(b"[TCP TSK] Killed"), KILLED)
    assert not lines_match(answer(b"[TCP TSK] killed"), KILLED)


@pytest.mark.parametrize(
    ("got", "pending", "lost"),
    [
        (answer(b"-1", error=True), b"", True),
        (answer(b"-1"), b"", True),
        (answer(b"-1"), b"-1", False),
        (answer(b"-1", error=True), b"-1", True),
        (answer(b"-1 more"), b"", False),
        (answer(b""), b"", False),
    ],
)
def test_minus_one_is_a_loss_unless_the_peer_sent_it(got, pending, lost):
    assert is_lost(got, pending) is lost


def test_refusal_shows_what_was_asked_and_what_came():
    refused = Answer(raw=b"\r\nERROR\r\n> ", payload=b"", ok=False, error=True, command=b"P2=5024\r")
    with pytest.raises(ModuleFault, match=r'OK to "P2=5024\\r"\ngot:      "\\r\\nERROR\\r\\n> "'):
        expect_ok(refused)


def test_check_that_holds_is_silent_and_one_that_does_not_names_its_requirement():
    case = Case(("AA-ONE", "AA-TWO"))
    case.require("AA-ONE", True, "anything")
    with pytest.raises(Nonconformity) as caught:
        case.require("AA-TWO", False, "a prompt", b"\r\nOK\r\n")
    assert caught.value.requirement == "AA-TWO"
    assert str(caught.value) == 'expected: a prompt\ngot:      "\\r\\nOK\\r\\n"'


def test_list_of_acceptable_observations_is_in_the_message():
    case = Case(("AA-ONE",))
    case.require_one_of("AA-ONE", b"b", [b"a", b"b"])
    with pytest.raises(Nonconformity, match='expected: "a" or "b"\ngot:      "c"'):
        case.require_one_of("AA-ONE", b"c", [b"a", b"b"])


def test_requirement_that_the_marker_does_not_name_is_the_harness_fault():
    case = Case(("AA-ONE",))
    with pytest.raises(HarnessError, match="checks AA-TWO but its marker names AA-ONE"):
        case.require("AA-TWO", True, "anything")
    with pytest.raises(HarnessError, match="AA-TWO"):
        case.observe("AA-TWO", "what", "value")


def test_long_bytes_are_cut_in_messages_and_counted():
    case = Case(("AA-ONE",))
    case.observe("AA-ONE", "bytes", b"x" * 1000)
    assert case.observations[0].value == f'"{"x" * 240}" ... (1000 bytes)'


def test_case_that_does_not_apply_says_why():
    with pytest.raises(NotApplicable, match="no UDP"):
        Case(("AA-ONE",)).not_applicable("no UDP")


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        (b"[TCP SVR] accepted 10.0.0.7:1025", True),
        (b"[tcp svr] Accepted 10.0.0.7 1025", True),
        (b"Accepted 10.0.0.7:1025", True),
        (b"[UDP SVR] Accepted 10.0.0.7:1025", False),
        (b"[SOMA] a client was accepted", False),
        (b"[JOIN   ] lab,10.0.0.7,0,0", False),
    ],
)
def test_notice_in_another_form_is_known_and_no_other_text_is_taken_for_it(text, odd):
    assert bool(ODD.search(text)) is odd


@pytest.mark.parametrize(
    ("got", "of_another"),
    [
        (b"ever readserved", True),  # the rest of what the client before has sent, then the client's own
        (b"were never read", True),  # a piece of it alone
        (b"XXserved", False),
        (b"nevedserved", False),
        (b"serve", False),
        (b"never readand of one more", True),
        (b"were", False),  # may come by chance
        (b"", False),
    ],
)
def test_bytes_of_another_client_are_known_by_what_it_has_sent(got, of_another):
    assert is_of_another(got, b"served", [b"these were never read"]) is of_another
