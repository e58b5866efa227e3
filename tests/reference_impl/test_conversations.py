"""Every public driver gets through: what it says is answered as it needs, over each kind of line and on each bus."""

import contextlib

import pytest

from reference_impl import Control
from reference_impl.core.commands import COMMANDS, parse
from tests.reference_impl.authority import Authority
from tests.reference_impl.conversations import VERBS, Player, conversations
from tests.reference_impl.process import Emulator

CONVERSATIONS = conversations()
SERIAL = {"pty": [], "tcp": ["--tcp", "127.0.0.1:0"]}
DRIVERS = {"ST", "CMSIS", "Zephyr", "mbed", "stm32duino", "Mongoose", "nano256", "Rust", "VPY"}


def plays():
    return [
        pytest.param(name, serial, bus, profile, id=f"{name}-{serial}-{bus}-{profile}")
        for name, one in CONVERSATIONS.items()
        for bus in one["buses"]
        for profile in one["profiles"]
        for serial in SERIAL
    ]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    known, other = (Authority(tmp_path_factory.mktemp(name), name) for name in ("known", "other"))
    return {"root": known.root, "known": known.sign(), "unknown": other.sign()}


@pytest.mark.parametrize(("name", "serial", "bus", "profile"), plays())
def test_driver_gets_through(name, serial, bus, profile, pairs):
    talk = CONVERSATIONS[name]
    options = [*SERIAL[serial], "--profile", profile, "--control", "tcp:0", *talk.get("options", [])]
    options += ["--notices", "mr"] if bus == "mr" else []
    with (
        Emulator(*options, joined=talk.get("joined")) as emulator,
        emulator.host() as host,
        Control(emulator.ready["control"]) as control,
    ):
        emulator.control = lambda request: control.ask(**request)
        player = Player(emulator, host, bus, pairs)
        try:
            host.in_step()
            for place, step in enumerate(talk["steps"]):
                play(player, place, step)
        finally:
            player.close()


def play(player, place, step):
    try:
        player.play(step)
    except AssertionError as error:
        raise AssertionError(f"step {place + 1}, {step}: {error}") from error


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_conversation_says_who_says_what_and_where_it_was_seen(name):
    talk = CONVERSATIONS[name]
    assert {"driver", "task", "source", "buses", "profiles", "steps"} <= set(talk)
    assert set(talk["buses"]) <= {"uart", "mr"}
    for step in talk["steps"]:
        assert len(set(VERBS) & set(step)) == 1, step
        if {"say", "raw"} & set(step):
            assert len({"ok", "payload", "error", "any", "bytes"} & set(step)) == 1, step


def test_every_public_driver_is_there():
    assert {one["driver"].split()[0] for one in CONVERSATIONS.values()} == DRIVERS


def test_what_a_driver_would_miss_is_told(pairs):
    with (
        Emulator() as emulator,
        emulator.host() as host,
        contextlib.closing(Player(emulator, host, "uart", pairs)) as player,
    ):
        host.in_step()
        for step in ({"say": "P0", "payload": "1"}, {"say": "P9=9", "ok": True}, {"say": "P0", "error": "ERROR"}):
            with pytest.raises(AssertionError):
                player.play(step)
        player.close()


def test_emulator_knows_every_command_that_a_driver_sends():
    said = [step["say"].encode() for talk in CONVERSATIONS.values() for step in talk["steps"] if "say" in step]
    assert {parse(one).name for one in said} - set(COMMANDS) == set()
