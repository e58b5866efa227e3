"""What a bench does by hand, as requests: what changes for the module, and what is refused with a reason."""

import random

import pytest

from reference_impl.core.outside import REQUESTS, carry_out
from reference_impl.core.profile import Limits, Profile
from reference_impl.core.world import World
from tests.reference_impl.core_bench import OK, CoreBench, payload

LOST = b"\r\n-1\r\nERROR\r\n> "


def fresh(joined="LAB", **options):
    return CoreBench(Profile(limits=Limits(short_errors=1)), joined=joined, **options)


def ask(bench, do, **fields):
    answer = carry_out([bench.module], {"do": do, **fields}, bench.now)
    bench.engine.advance(bench.now)
    bench._settle()
    return answer


def test_state_tells_what_a_test_waits_for():
    assert ask(fresh(world=World([])), "state") == {
        "ok": True,
        "joined": True,
        "ssid": "LAB",
        "address": "127.0.0.1",
        "networks": 0,
        "access_point": "",
        "stations": [],
        "pins": {},
    }


def test_network_appears_changes_and_vanishes():
    bench = fresh(None, world=World([]))
    where = ask(bench, "network", ssid="Office", rssi=-51, channel=11, security="Open")
    assert where["ok"]
    line = f'#001,"Office",{where["bssid"]},-51,54.0,Infrastructure,Open,2.4GHz,11'
    assert bench.at("F0") == payload(line.encode())
    ask(bench, "network", ssid="Office", rssi=-70)
    assert bench.at("F0").count(b"#") == 1
    assert b",-70," in bench.at("F0")
    assert ask(bench, "no_network", ssid="Office") == {"ok": True, "removed": 1}
    assert bench.at("F0") == OK
    bench.at("C1=Office")
    assert b"Failed" in bench.at("C0")


def test_name_that_is_no_text_is_given_in_digits():
    bench = fresh(world=World([]))
    assert ask(bench, "network", ssid_hex="ff00")["ok"]
    assert b'#001,"\xff\x00",' in bench.at("F0")


def test_network_that_vanishes_takes_connections_with_it():
    bench = fresh()
    bench.at("P5=11")
    client = bench.connect()
    bench.run(0.1).take()
    bench.send(b"R0\r")
    ask(bench, "no_network", ssid="LAB")
    assert bench.run(0.1).take() == LOST
    assert client.closed
    assert bench.at("CS") == payload(b"0")
    assert b"Failed" in bench.at("C0")
    ask(bench, "network", ssid="LAB")
    assert bench.at("C0").startswith(b"\r\n[JOIN   ] LAB,")


@pytest.mark.parametrize(("mode", "joined"), [(0, b"0"), (1, b"0"), (2, b"1"), (3, b"1")])
def test_module_joins_again_when_the_link_is_back_where_it_is_told_to(mode, joined):
    bench = fresh()
    bench.at(f"CC={mode}")
    assert ask(bench, "link", up=False) == {"ok": True, "joined": False}
    assert bench.at("CS") == payload(b"0")
    ask(bench, "link", up=True)
    assert bench.at("CS") == payload(joined)


def test_network_out_of_reach_is_not_joined():
    bench = fresh()
    ask(bench, "link", up=False)
    assert b"Failed" in bench.at("C0")
    ask(bench, "link", up=True)
    assert bench.at("C0").startswith(b"\r\n[JOIN   ] LAB,")


def test_module_that_has_left_by_itself_does_not_join_again():
    bench = fresh()
    for command in ("CC=2", "CD"):
        bench.at(command)
    ask(bench, "link", up=False)
    assert ask(bench, "link", up=True) == {"ok": True, "joined": False}


def test_signal_of_the_joined_network_shows():
    bench = fresh()
    ask(bench, "network", ssid="LAB", rssi=-60)
    assert bench.at("CR") == payload(b"-60")
    assert ask(bench, "signal", rssi=-77) == {"ok": True}
    assert bench.at("CR") == payload(b"-77")
    assert "no such network" in ask(bench, "signal", ssid="other", rssi=-1)["error"]


def test_list_is_put_in_place_whole():
    bench = fresh(None)
    rows = [{"ssid": "a"}, {"ssid": "b"}]
    assert ask(bench, "networks", networks=rows, listed_only=True) == {"ok": True, "networks": 2}
    bench.at("C1=LAB")
    assert b"Failed" in bench.at("C0")
    bench.at("C1=a")
    assert bench.at("C0").startswith(b"\r\n[JOIN   ] a,")
    assert ask(bench, "networks")["networks"] > 20


def test_names_and_hosts_change():
    bench = fresh()
    ask(bench, "name", name="Time.example", address="127.0.0.7")
    assert bench.at("D0=time.example") == payload(b"127.0.0.7")
    ask(bench, "name", name="time.example", address=None)
    assert b"Host not found" in bench.at("D0=time.example") or bench.at("D0=time.example").endswith(b"ERROR\r\n> ")
    bench.at("T1=10.1.1.1")
    ask(bench, "host", address="10.1.1.1", ms=7)
    assert bench.at("T0") == payload(b"10.1.1.1,7ms")
    ask(bench, "host", address="10.1.1.1")
    assert bench.at("T0", 2.0) == payload(b"10.1.1.1,Timeout")


def test_button_is_pressed():
    bench = fresh(None)
    ask(bench, "wps", ssid="Home")
    assert b"SSID Home" in bench.at("CW=1")
    ask(bench, "wps", ssid=None)
    assert b"No access point found" in bench.at("CW=1")


def test_pin_is_moved():
    bench = fresh()
    assert "G4 gives it one" in ask(bench, "pin", pin=3, level=1)["error"]
    bench.at("G4=3,2")
    ask(bench, "pin", pin=3, level=1)
    assert bench.at("G2=3,2") == payload(b"1")
    assert ask(bench, "state")["pins"] == {"3": 1}


def test_request_goes_to_the_module_that_it_names():
    benches = [fresh(), fresh(serial=1)]
    modules = [bench.module for bench in benches]
    assert carry_out(modules, {"do": "link", "up": False, "module": 1}, 1000.0)["ok"]
    assert [bench.at("CS") for bench in benches] == [payload(b"1"), payload(b"0")]


WRONG = [
    (None, "a request is an object"),
    ([], "a request is an object"),
    ({}, "do must be one of state"),
    ({"do": "nonsense"}, "do must be one of state"),
    ({"do": ["state"]}, "do must be one of state"),
    ({"do": "state", "x": 1}, "state has no x; it takes nothing"),
    ({"do": "state", "module": 1}, "module must be a number below 1"),
    ({"do": "state", "module": True}, "module must be a number below 1"),
    ({"do": "network"}, "needs ssid"),
    ({"do": "network", "ssid_hex": "xx"}, "needs ssid"),
    ({"do": "network", "ssid": "x" * 33}, "33 bytes"),
    ({"do": "network", "ssid": "x", "bssid": "y"}, "six pairs"),
    ({"do": "network", "ssid": "\ud800"}, "needs ssid"),
    ({"do": "no_network", "ssid": "\ud800"}, "surrogates"),
    ({"do": "network", "ssid": "x", "security": "WPA9"}, "security must be one of Open"),
    ({"do": "network", "ssid": "x", "rssi": "loud"}, "rssi must be of type int"),
    ({"do": "network", "ssid": "x", "channel": True}, "channel must be of type int"),
    ({"do": "networks", "networks": 5}, "networks must be a list"),
    ({"do": "networks", "networks": [5]}, "network 1 must be a table"),
    ({"do": "networks", "networks": [{"ssid": "x", "speed": 1}]}, "speed is unknown"),
    ({"do": "no_network"}, "needs ssid, a text"),
    ({"do": "signal"}, "needs rssi, a number from -120 to 0"),
    ({"do": "signal", "rssi": 1}, "needs rssi"),
    ({"do": "name", "name": "x", "address": "y"}, "must have an IPv4 address"),
    ({"do": "host", "address": "x"}, "must be an IPv4 address"),
    ({"do": "host", "address": "1.2.3.4", "ms": "slow"}, "milliseconds"),
    ({"do": "station"}, "no access point runs"),
    ({"do": "no_station", "mac": "x"}, "no such station"),
    ({"do": "choose", "ssid": "x"}, "A0 shows it"),
    ({"do": "pin", "pin": 10, "level": 1}, "from 0 to 9"),
    ({"do": "wps", "ssid": 5}, "needs ssid, a text"),
]


@pytest.mark.parametrize(("request_", "reason"), WRONG, ids=lambda value: repr(value)[:40])
def test_request_that_cannot_be_is_answered_with_the_reason_and_changes_nothing(request_, reason):
    bench = fresh()
    before = ask(bench, "state")
    answer = carry_out([bench.module], request_, bench.now)
    assert not answer["ok"]
    assert reason in answer["error"]
    assert ask(bench, "state") == before


def test_station_needs_a_mac_that_is_one():
    bench = fresh()
    bench.at("AD")
    assert "six pairs" in ask(bench, "station", mac="x")["error"]


@pytest.mark.slow
def test_more_stations_than_addresses_come_and_go():
    bench = fresh()
    bench.at("AD")
    addresses = set()
    for number in range(600):
        name = f"02:00:00:00:{number >> 8:02X}:{number & 0xFF:02X}"
        addresses.add(ask(bench, "station", mac=name)["ip"])
        assert ask(bench, "no_station", mac=name)["ok"]
    assert len(addresses) == 253
    assert "192.168.10.1" not in addresses


@pytest.mark.parametrize("seed", range(40))
def test_no_request_makes_the_emulator_raise(seed):
    dice = random.Random(seed)
    values = [None, True, -1, 0, 5, 70000, 1.5, "", "x", "\ud800", "LAB", "1.2.3.4", "02:00:00:00:00:01", [], [{}], {}]
    keys = sorted({key for _act, keys in REQUESTS.values() for key in keys} | {"module"})
    bench = fresh()
    bench.at("AD")
    for _ in range(200):
        name = dice.choice(sorted(REQUESTS))
        fields = {key: dice.choice(values) for key in dice.sample(keys, dice.randint(0, 3))}
        for key in REQUESTS[name][1]:
            if dice.random() < 0.7:
                fields[key] = dice.choice(values)
        assert ask(bench, name, **fields)["ok"] in (True, False)
    bench.run(5.0).take()
    assert bench.at("I?").endswith(b"OK\r\n> ")
    assert bench.at("F0", 2.0).endswith(b"OK\r\n> ")
