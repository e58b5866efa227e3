"""What a case changes of the whole module is put back from what a query showed, on a scripted line."""

import contextlib

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.link import SerialLink
from fixtures.drivers.line.transcript import Transcript
from fixtures.errors import Nonconformity
from suites.steps.stored import put_back, require_shown
from tests.fixtures.line import Pty, ScriptedModule

OK = b"\r\n\r\nOK\r\n> "


@pytest.fixture
def talk():
    """``talk(script)`` gives a client of a module with that script; ``at.module`` has what it was sent."""
    ends = []

    def make(script):
        pty = Pty()
        module = ScriptedModule(pty, script)
        module.start()
        link = SerialLink(pty.name, Transcript())
        ends.extend([pty.vanish, link.close, module.end])
        at = ATClient(link)
        at.module = module
        return at

    yield make
    for end in reversed(ends):
        end()


def shows(*fields):
    return b"\r\n" + b",".join(fields) + b"\r\nOK\r\n> "


def test_setting_that_differs_is_sent_as_it_was_and_no_other(talk):
    script = {b"T?": shows(b"1.2.3.4", b"1", b"500"), b"T1=9.9.9.9": OK, b"T1=1.2.3.4": OK}
    at = talk(script)
    with contextlib.suppress(ZeroDivisionError), put_back(at, "T?", {"T1": 0, "T3": 2}):
        at("T1=9.9.9.9")
        script[b"T?"] = shows(b"9.9.9.9", b"1", b"500")
        raise ZeroDivisionError  # however the case ends
    assert at.module.seen == [one + b"\r" for one in (b"T?", b"T1=9.9.9.9", b"T?", b"T1=1.2.3.4")]


def test_setting_that_was_not_shown_is_left_alone(talk):
    at = talk({b"T?": shows(b"1.2.3.4"), b"T3=5": OK})
    with put_back(at, "T?", {"T3": 2}):
        at("T3=5")
    assert at.module.seen == [b"T?\r", b"T3=5\r", b"T?\r"]


def test_nothing_is_asked_where_nothing_was_changed(talk):
    at = talk({b"T?": shows(b"1.2.3.4", b"1", b"500"), b"T2=3": OK})
    with put_back(at, "T?", {"T3": 2}):
        at("T2=3")
    assert at.module.seen == [b"T?\r", b"T2=3\r"]


def test_secret_that_is_shown_as_asterisks_is_left_and_a_setting_of_another_form_sent_in_its_own(talk):
    script = {b"A?": shows(b"lab", b"********"), b"AS=0,new": OK, b"AS=0,lab": OK, b"A2=long enough": OK}
    at = talk(script)
    with put_back(at, "A?", {"AS": 0, "A2": 1}, {"AS": "AS=0,"}):
        at("AS=0,new")
        at("A2=long enough")
        script[b"A?"] = shows(b"new", b"***********")
    assert at.module.seen[-1] == b"AS=0,lab\r"


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({b"T3=100": b"\r\nERROR\r\n> "}, "OK to T3=100"),
        ({b"T3=100": OK, b"T?": shows(b"0.0.0.0", b"1", b"0")}, "100 in field 3 of T\\? after T3=100"),
        ({b"T3=100": OK, b"T?": shows(b"0.0.0.0")}, "100 in field 3 of T\\? after T3=100"),
    ],
)
def test_setting_that_is_refused_or_not_shown_breaks_its_requirement(talk, answers, said):
    with pytest.raises(Nonconformity, match=said) as caught:
        require_shown(Case(("PI-DELAY",)), "PI-DELAY", talk(answers), "T3=100", "T?", 2)
    assert caught.value.requirement == "PI-DELAY"


def test_setting_that_is_shown_is_good(talk):
    at = talk({b"T3=100": OK, b"T?": shows(b"0.0.0.0", b"1", b"100")})
    require_shown(Case(("PI-DELAY",)), "PI-DELAY", at, "T3=100", "T?", 2)
    assert at.answers[-1].ok
