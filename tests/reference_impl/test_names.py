"""Names, to the byte: what D0 finds in a table, and the mDNS services that C0 tells."""

import pytest

from reference_impl.core.profile import Limits, Profile
from reference_impl.core.world import World
from tests.reference_impl.core_bench import OK, CoreBench, payload

ERROR = b"\r\nERROR\r\n> "
TABLE = {"time.example": "127.0.0.9"}


def bench_with(names=TABLE, any_name=False, **options):
    world = World(names=dict(names), any_name=any_name)
    return CoreBench(Profile(limits=Limits(short_errors=1)), world=world, **options)


def remote(bench):
    return bench.at("P?")[2:-8].split(b",")[3]


@pytest.mark.parametrize("name", ["time.example", "TIME.Example"])
def test_name_of_the_table_is_found_and_kept_for_the_selected_socket(name):
    bench = bench_with()
    bench.at("P0=2")
    assert bench.at(f"D0={name}") == payload(b"127.0.0.9")
    assert remote(bench) == b"127.0.0.9"
    bench.at("P0=0")
    assert remote(bench) == b"0.0.0.0"


@pytest.mark.parametrize("name", ["other.example", "x.invalid", "x" * 65])
def test_name_that_is_not_in_the_table_is_not_found_and_changes_nothing(name):
    bench = bench_with()
    bench.at("P3=10.0.0.1")
    answer = bench.at(f"D0={name}")
    assert answer.endswith(ERROR[2:])
    assert b"OK" not in answer
    assert remote(bench) == b"10.0.0.1"


def test_name_of_64_characters_is_the_longest():
    bench = bench_with({}, any_name=True)
    assert bench.at("D0=" + "x" * 64) == payload(b"127.0.0.1")
    assert b"OK" not in bench.at("D0=" + "x" * 65)


def test_without_a_table_any_name_is_this_machine():
    assert bench_with({}, any_name=True).at("D0=any.example") == payload(b"127.0.0.1")


@pytest.mark.parametrize(
    ("command", "states"),
    [
        ("D2=0,web_service,_web_service._tcp.local,80,60", b"1,0"),
        ("D2=0,1,web_service,_web_service._tcp.local,80,60", b"1,0"),
        ("D2=0,0,web_service,_web_service._tcp.local,80,60", b"0,0"),
        ("D2=1,web,_web._tcp.local,80,60", b"0,1"),
        ("D2=1,1", b"0,1"),
        ("D2=1,0", b"0,0"),
    ],
)
def test_states_of_the_services_are_told_by_the_join(command, states):
    bench = bench_with()
    assert bench.at("D1=1,istest") == OK
    assert bench.at(command) == OK
    assert bench.at("C0") == payload(b"[JOIN   ] LAB,127.0.0.1," + states)


@pytest.mark.parametrize("command", ["D1=1,name", "D1=0,name", "D1=0", "D1=1," + "x" * 32])
def test_device_name_is_taken(command):
    assert bench_with().at(command) == OK


@pytest.mark.parametrize(
    "command",
    [
        *("D1=2,x", "D1=1", "D1=1," + "x" * 33, "D1=x,x", "D2=2,a,b,80,60", "D2=0", "D2=0,a,b,80", "D2=0,2"),
        *("D2=0,,b,80,60", "D2=0,a,,80,60", "D2=0,a,b,65536,60", "D2=0,a,b,80,x", "D2=0," + "x" * 33 + ",b,80,60"),
    ],
)
def test_what_is_out_of_its_range_is_refused(command):
    assert bench_with().at(command) == ERROR
