"""Ping, to the byte: who answers, how often, how long it takes, and what ends it."""

import pytest

from reference_impl.core.profile import Forms, Limits, Profile
from reference_impl.core.world import World
from tests.reference_impl.core_bench import OK, CoreBench, payload

ERROR = b"\r\nERROR\r\n> "
SHORT = Limits(short_errors=1)


def pinging(target="192.168.1.1", forms=None, **hosts):
    world = World(hosts={"192.168.1.1": 12, "192.168.1.2": None})
    bench = CoreBench(Profile(limits=SHORT, forms=forms or Forms()), world=world)
    assert bench.at(f"T1={target}") == OK
    return bench


@pytest.mark.parametrize(
    ("target", "line"),
    [
        ("192.168.1.1", b"192.168.1.1,12ms"),
        ("127.0.0.1", b"127.0.0.1,1ms"),
        ("127.9.9.9", b"127.9.9.9,1ms"),
        ("192.168.1.2", b"192.168.1.2,Timeout"),
        ("8.8.8.8", b"8.8.8.8,Timeout"),
    ],
)
def test_host_answers_as_the_surroundings_say_and_nothing_is_sent(target, line):
    bench = pinging(target)
    assert bench.at("T0", 2.0) == payload(line)
    assert bench.network.log == []


@pytest.mark.parametrize("repeats", [0, 1, 2, 5])
def test_one_ping_and_the_repeats_in_one_answer(repeats):
    bench = pinging()
    bench.at(f"T2={repeats}")
    assert bench.at("T?") == payload(b"192.168.1.1,%d,0" % (repeats + 1))
    assert bench.at("T0", 2.0) == payload(b"\r\n".join([b"192.168.1.1,12ms"] * (repeats + 1)))


def test_repeats_may_be_the_number_of_pings():
    bench = pinging(forms=Forms(ping_counts_repeats=True))
    bench.at("T2=5")
    assert bench.at("T?") == payload(b"192.168.1.1,5,0")
    assert bench.at("T0", 2.0).count(b"12ms") == 5


def test_each_line_goes_out_in_its_time():
    bench = pinging()
    for command in ("T2=1", "T3=500"):
        bench.at(command)
    bench.send(b"T0\r")
    assert bench.run(0.4).take() == b""
    assert bench.run(0.113).take() == b"\r\n192.168.1.1,12ms"
    assert bench.run(0.012).take() == b"\r\n192.168.1.1,12ms\r\nOK\r\n> "


def test_settings_are_these_at_first_and_keep_their_ranges():
    bench = CoreBench(Profile(limits=SHORT))
    assert bench.at("T?") == payload(b"0.0.0.0,1,0")
    for command in ("T1=1.2.3", "T1=300.1.1.1", "T2=65536", "T2=x", "T3=5001", "T3=-1"):
        assert bench.at(command) == ERROR
    assert bench.at("T?") == payload(b"0.0.0.0,1,0")


def test_without_a_network_or_a_target_ping_is_refused():
    bench = pinging()
    assert CoreBench(Profile(limits=SHORT)).at("T0") == ERROR
    bench.at("CD")
    assert bench.at("T0") == ERROR


def test_endless_ping_ends_at_the_byte_3_and_what_was_typed_is_carried_out():
    bench = pinging()
    for command in ("T2=65535", "T3=100"):
        bench.at(command)
    bench.send(b"T0\r")
    said = bench.run(1.0).take()
    assert said.count(b"\r\n192.168.1.1,12ms") == 8
    assert b"OK" not in said
    bench.send(b"T?\r").run(0.5)
    assert b"OK" not in bench.take()
    bench.send(b"\x03").run(0.5)
    assert bench.take() == b"\r\n192.168.1.1,12ms\r\nOK\r\n> " + payload(b"192.168.1.1,65536,100")


def test_open_server_lives_through_a_ping():
    bench = pinging()
    bench.at("P5=1")
    client = bench.connect()
    bench.run(0.1).take()
    assert bench.at("T0", 2.0) == payload(b"192.168.1.1,12ms")
    bench.arrive(client, b"kept")
    assert bench.at("R0") == payload(b"kept")


def test_human_mode_has_words():
    bench = pinging()
    bench.at("T2=1")
    bench.at("$$$")
    text = b"Pinging: 192.168.1.1\r\nPing Reply 12ms\r\nPing Reply 12ms"
    assert bench.at("T0", 2.0) == b"T0\r" + payload(text)
