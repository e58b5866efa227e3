"""Reset and power, one contract over all kinds: the module goes away and comes back, and who does not act is found out.

uhubctl and gpioset are small programs here that act on the emulator's process: there is no hub and no GPIO on a test
machine, and what is tested is what we say to them and what comes of it.
"""

import contextlib
import os
import threading

import pytest

from fixtures.drivers.lab.switches import KINDS, make_switch
from fixtures.drivers.lab.switches.hand import ask_on_terminal
from fixtures.drivers.lab.switches.http import FORMS
from fixtures.drivers.lab.switches.proof import prove
from fixtures.drivers.line.at import ATClient
from fixtures.errors import RigError
from fixtures.rigs import SwitchSettings
from tests.fixtures.line import Pty
from tests.rigs import mains as laboratory
from tests.rigs.conftest import linked
from tests.rigs.mains import Mains

PULSE = 0.05


@pytest.fixture(scope="module")
def mains(tmp_path_factory):
    made = Mains(tmp_path_factory.mktemp("mains"))
    yield made
    made.end()


@pytest.fixture
def powered(mains):
    """An AT client of the emulator that the mains feed."""
    mains.broken, mains.password = False, ""
    with linked(mains.link) as link:
        yield ATClient(link)


def uhubctl(mains, **more):
    return {"hub": "1-1.4", "port": 2, "program": mains.program("uhubctl", laboratory.UHUBCTL), **more}


def gpiod(mains, edition=laboratory.GPIOSET_2):
    return {"chip": "gpiochip0", "line": 17, "program": mains.program("gpioset", edition)}


def off_and_on(mains):
    program = mains.program("outlet", laboratory.RELAY)
    return {"off": [program, "off"], "on": [program, "on"]}


POWER = {
    "command, off and on": ("command", off_and_on),
    "command, all in one": ("command", lambda m: {"run": [m.program("cycle", "tell('off'); tell('on')")]}),
    "uhubctl": ("uhubctl", uhubctl),
    "http, Shelly of the first generation": ("http", lambda m: {"url": m.url, "form": "shelly1"}),
    "http, Shelly of the second generation": ("http", lambda m: {"url": m.url + "/"}),
    "http, Tasmota": ("http", lambda m: {"url": m.url, "form": "tasmota"}),
    "gpiod, second edition": ("gpiod", gpiod),
    "gpiod, first edition": ("gpiod", lambda m: gpiod(m, laboratory.GPIOSET_1)),
    "hand": ("hand", lambda _: {"wait": 20.0}),
}
"""Scenes of switches that cut the power: the kind, and its options."""
ON_THE_LINE = {"soft": {}, "dtr": {"held": "off"}, "rts": {}}
"""Switches that need the module's own line."""


class Person(threading.Thread):
    """Reads the question on the terminal, does it, and presses Enter."""

    def __init__(self, mains, terminal, *, does=True):
        super().__init__(daemon=True)
        self.mains, self.terminal, self.does = mains, terminal, does

    def run(self):
        text = b""
        while b"Enter" not in text:
            text += self.terminal.read(1)
        if self.does:
            self.mains.switch("off")
            self.mains.switch("on")
        self.terminal.write(b"\n")


@contextlib.contextmanager
def asked(mains, by, **how):
    """How a person is asked: on a terminal of his own, where the switch works by hand."""
    if by != "hand":
        yield lambda *_: pytest.fail("nobody is asked")
        return
    terminal = Pty()
    person = Person(mains, terminal, **how)
    person.start()
    try:
        yield lambda text, seconds: ask_on_terminal(text, seconds, terminal.name)
    finally:
        person.join(timeout=20)
        terminal.vanish()


@pytest.mark.recipe
def test_every_kind_of_switch_has_a_scene():
    assert {by for by, _ in POWER.values()} | set(ON_THE_LINE) == set(KINDS), "each kind has a scene in POWER"


@pytest.mark.parametrize("scene", POWER)
def test_switch_cuts_the_power_and_gives_it_back(mains, powered, scene):
    by, options = POWER[scene]
    with asked(mains, by) as ask:
        switch = make_switch(SwitchSettings(by, options(mains), PULSE), powered.link, ask)
        before = mains.cuts
        proof = prove(switch, powered)
    assert proof.acted, proof.why
    assert mains.cuts == before + 1
    assert switch.name in proof.why
    assert powered("R?").text.startswith("1460")


@pytest.mark.parametrize("scene", POWER)
def test_switch_that_says_it_cut_the_power_and_did_not_is_found_out(mains, powered, scene):
    mains.broken = True
    by, options = POWER[scene]
    with asked(mains, by, does=False) as ask:
        proof = prove(make_switch(SwitchSettings(by, options(mains), PULSE), powered.link, ask), powered, doubt_s=0.2)
    assert not proof.acted
    assert "did not act: R1=977 was set before and still is" in proof.why


@pytest.mark.parametrize("by", ON_THE_LINE)
def test_switch_on_the_line_resets_the_module(at, by):
    switch = make_switch(SwitchSettings(by, ON_THE_LINE[by], PULSE), at.link)
    proof = prove(switch, at)
    assert proof.acted, proof.why
    assert at("R?").text.startswith("1460")


@pytest.mark.parametrize("by", ["dtr", "rts"])
def test_line_that_is_not_wired_to_the_reset_is_found_out(by):
    other = "rts" if by == "dtr" else "dtr"
    with (
        laboratory.Emulator("--rfc2217", "127.0.0.1:0", "--reset-pin", other) as board,
        linked(board.urls[0]) as link,
    ):
        proof = prove(make_switch(SwitchSettings(by, {}, PULSE), link), ATClient(link), doubt_s=0.2)
    assert not proof.acted


# --- what goes wrong ----------------------------------------------------------------------------------------------


def refused(mains, by, options, ask=None):
    """What a switch says that cannot do it."""
    with linked(mains.link) as link, pytest.raises(RigError) as caught:
        make_switch(SwitchSettings(by, options, PULSE), link, ask or (lambda *_: False)).act()
    return str(caught.value)


def test_line_that_a_port_does_not_have_is_said(mains, powered):
    powered.link.close()
    assert "cannot set DTR" in refused(mains, "dtr", {})


def test_line_over_bare_tcp_is_said_with_the_cure():
    with (
        laboratory.Emulator("--tcp", "127.0.0.1:0") as emulator,
        linked(emulator.urls[0]) as link,
        pytest.raises(RigError, match="no RTS: offer the port by RFC 2217"),
    ):
        make_switch(SwitchSettings("rts"), link).act()


@pytest.mark.parametrize(
    ("by", "options", "said"),
    [
        ("command", {"run": ["no-such-program"]}, "there is no program 'no-such-program' here. Install it"),
        ("uhubctl", {"hub": "1-1.4", "port": 2, "program": "no-such-hub"}, "there is no program 'no-such-hub'"),
        ("gpiod", {"chip": "c", "line": 1, "program": "no-such-gpio"}, "there is no program 'no-such-gpio'"),
        ("command", {"run": ["sh", "-c", "echo burnt out >&2; exit 3"]}, "ended with status 3; it said: burnt out"),
        ("http", {"url": "http://127.0.0.1:1"}, "does not answer: ConnectionError. Is it on"),
        ("hand", {"wait": 0.1}, "nobody pressed Enter within 0.1 s of: Cut the module's power"),
        ("magic", {}, "no switch works by 'magic': expected one of soft, dtr"),
    ],
)
def test_switch_that_cannot_act_says_why(mains, powered, by, options, said):
    powered.link.close()
    assert said in refused(mains, by, options)


def test_hub_that_uhubctl_does_not_find_is_said(mains, powered):
    powered.link.close()
    assert "No compatible devices detected at location 1-9" in refused(mains, "uhubctl", uhubctl(mains, hub="1-9"))


def test_relay_of_another_form_is_said(mains, powered):
    powered.link.close()
    said = refused(mains, "http", {"url": mains.url + "/elsewhere", "form": "shelly1"})
    assert "answered with status 404; is its form 'shelly1'?" in said


@pytest.mark.parametrize("form", FORMS)
def test_relay_that_wants_a_password_gets_it_and_no_message_shows_it(mains, powered, monkeypatch, form):
    powered.link.close()
    mains.password = "open sesame"
    options = {"url": mains.url, "form": form, "password_env": "RELAY_KEY"}
    monkeypatch.delenv("RELAY_KEY", raising=False)
    assert "the environment variable RELAY_KEY holds no password" in refused(mains, "http", options)
    monkeypatch.setenv("RELAY_KEY", "open barley")
    said = refused(mains, "http", options)
    assert "wants a password" in said
    assert "barley" not in said
    monkeypatch.setenv("RELAY_KEY", "open sesame")
    before = mains.cuts
    with linked(mains.link) as link:
        make_switch(SwitchSettings("http", options, PULSE), link).act()
    assert mains.cuts == before + 1


def test_power_comes_back_where_cutting_it_fails_halfway(mains, powered):
    off = mains.program("half", "tell('off'); sys.exit('stuck')")
    with pytest.raises(RigError, match="it said: stuck"):
        make_switch(SwitchSettings("command", {**off_and_on(mains), "off": [off]}, PULSE), powered.link).act()
    powered.link.reopen()
    assert powered("R?").ok


def test_nobody_can_be_asked_without_a_terminal(tmp_path):
    with pytest.raises(RigError, match="there is no terminal"):
        ask_on_terminal("Do it.", 1.0, str(tmp_path / "none"))


def test_question_that_nobody_answers_ends_at_its_deadline():
    terminal = Pty()
    try:
        os.set_blocking(terminal.master, False)
        assert not ask_on_terminal("Do it.", 0.1, terminal.name)
        assert os.read(terminal.master, 100).startswith(b"Do it.")
    finally:
        terminal.vanish()
