"""Emulators with a reset pin, and links to them."""

import contextlib

import pytest

from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.link import SerialLink
from fixtures.drivers.line.transcript import Transcript
from tests.reference_impl.process import Emulator


@contextlib.contextmanager
def linked(url, **settings):
    link = SerialLink(url, Transcript(), **settings)
    try:
        yield link
    finally:
        link.close()


@pytest.fixture(scope="module")
def board():
    """An emulator whose DTR and RTS are its reset pin."""
    with Emulator("--rfc2217", "127.0.0.1:0") as emulator:
        yield emulator


@pytest.fixture
def at(board):
    with linked(board.urls[0], dtr="on", rts="on") as link:
        client = ATClient(link)
        client.drain(quiet=0.2)
        client.reset_view()
        yield client
