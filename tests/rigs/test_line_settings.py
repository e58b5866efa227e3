"""The line is set as the rig says, and opening it does not reset the board."""

import contextlib
import os
import termios

import pytest

from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.link import SerialLink
from fixtures.drivers.line.transcript import Transcript
from fixtures.errors import LinkLost, NoAnswer, RigError
from fixtures.rigs import SerialSettings
from tests.fixtures.line import Pty
from tests.reference_impl.process import Emulator
from tests.rigs.conftest import linked


@pytest.fixture
def pty():
    made = Pty()
    yield made
    made.vanish()


@contextlib.contextmanager
def opened(port, **settings):
    link = SerialLink.of(SerialSettings(port=port, **settings), Transcript())
    try:
        yield link
    finally:
        link.close()


def attributes(pty):
    return termios.tcgetattr(pty.master)


def test_settings_of_the_rig_reach_the_port(pty):
    with opened(pty.name, baudrate=9600, stopbits=2, xonxoff=True):
        input_modes, _, control_modes, _, speed, _, _ = attributes(pty)
        assert control_modes & termios.CSTOPB
        assert input_modes & termios.IXON
        assert speed == termios.B9600


def test_setting_that_a_port_cannot_have_is_said(pty):
    with pytest.raises(RigError, match="cannot be opened"), opened(pty.name, parity="X"):
        pass


def test_closing_the_line_does_not_hang_up(pty):
    """With HUPCL the system drops DTR and RTS at the last close, which resets a board that has its reset there."""
    slave = os.open(pty.name, os.O_RDWR | os.O_NOCTTY)
    modes = termios.tcgetattr(slave)
    modes[2] |= termios.HUPCL
    termios.tcsetattr(slave, termios.TCSANOW, modes)
    os.close(slave)
    with opened(pty.name):
        assert not attributes(pty)[2] & termios.HUPCL


def alive(link, seconds=20.0):
    at = ATClient(link)
    at.drain(quiet=0.2)
    at.reset_view()
    try:
        return at("R?", timeout=seconds).ok
    except NoAnswer:
        return False


@pytest.fixture(scope="module")
def reset_board():
    with Emulator("--rfc2217", "127.0.0.1:0", "--reset-pin", "dtr") as emulator:
        yield emulator.urls[0]


def test_opening_and_closing_the_line_leaves_a_held_reset_alone(reset_board):
    """The emulator is dead while DTR is off: only who sets the line can bring it back."""
    with linked(reset_board, dtr="off") as link:
        assert not alive(link, 0.4)
    with linked(reset_board) as link:
        assert not alive(link, 0.4)
    with linked(reset_board, rts="off") as link:
        assert not alive(link, 0.4)
    with linked(reset_board, dtr="on") as link:
        assert alive(link)


def test_opening_the_line_again_does_not_reset_the_board(reset_board):
    with linked(reset_board, dtr="on") as link:
        alive(link)
        ATClient(link)("R1=977")
    with linked(reset_board) as link:
        link.reopen()
        assert alive(link)
        assert ATClient(link)("R?").text.startswith("977")


def test_line_that_is_not_touched_can_be_set_later(reset_board):
    with linked(reset_board, dtr="on") as link:
        alive(link)
        link.set_line("dtr", False)
        assert not alive(link, 0.4)
        link.set_line("dtr", True)
        assert alive(link)


def test_line_of_a_closed_port_cannot_be_set(pty):
    with opened(pty.name) as link:
        link.close()
        with pytest.raises(LinkLost, match="is closed"):
            link.set_line("dtr", True)
