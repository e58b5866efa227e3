"""The saboteur speaks to a module without the host, and host and module stay in step."""

import os
import select
import socket

import pytest

from tests.fixtures.runs import Emulator, wait_for
from tests.trouble.behind import ask, read_what_was_asked, settings_of
from tests.trouble.saboteur import Saboteur

ANSWERS = {
    b"P?\r": b"\r\n0,0.0.0.0,5024,0.0.0.0,5025,0,0,1,0,0,0,7200000\r\nOK\r\n> ",
    b"R?\r": b"\r\n1460,5000,0\r\nOK\r\n> ",
}


@pytest.fixture(scope="module")
def line():
    with Emulator("--tcp", "127.0.0.1:0", "--address", "127.0.0.77") as module:
        host, port = module.url.removeprefix("socket://").split(":")
        with socket.create_connection((host, int(port))) as line:
            yield line


@pytest.mark.parametrize("second", ANSWERS)
def test_what_the_host_has_asked_is_not_taken_for_an_answer_to_the_saboteur(line, second):
    line.sendall(b"P0\r" + second)
    assert read_what_was_asked(line) == b"\r\n0\r\nOK\r\n> " + ANSWERS[second]
    assert ask(line, b"P0\r") == b"0"
    assert b"P2=5024" in settings_of(line, ord("0"))


def test_settings_are_asked_again_where_something_else_is_answered(line):
    line.sendall(b"R?\r")
    assert select.select([line], [], [], 10.0)[0]
    settings = settings_of(line, ord("0"))
    assert {b"P2=5024", b"R1=1460", b"S1=1460"} <= set(settings)
    assert ask(line, b"P0\r") == b"0"


def test_module_moves_when_the_host_has_asked_two_things_and_both_are_answered(tmp_path):
    with Saboteur(tmp_path) as saboteur:
        host = os.open(saboteur.port, os.O_RDWR | os.O_NOCTTY)
        os.write(host, b"P0\rR?\r")
        saboteur.do("move")
        got = b""
        while got.count(b"\r\n> ") < 2 and select.select([host], [], [], 10.0)[0]:
            got += os.read(host, 65536)
        assert got == b"\r\n0\r\nOK\r\n> " + ANSWERS[b"R?\r"]
        wait_for(lambda: saboteur.done == ["move"], "the other module")
        assert saboteur.is_alive()
        os.close(host)
