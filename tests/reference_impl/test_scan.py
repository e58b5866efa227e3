"""The networks that F0 lists, to the byte, and which of them each setting leaves."""

import re

import pytest

from reference_impl.core.profile import Forms, Limits, Profile
from reference_impl.core.world import WirelessNetwork, World, default_networks
from tests.reference_impl.core_bench import OK, CoreBench, payload

ERROR = b"\r\nERROR\r\n> "
SHORT = Limits(short_errors=1)
LINE = re.compile(
    rb'#(\d{3}),"(.*)",((?:[0-9A-F]{2}:){5}[0-9A-F]{2}),(-\d+),(\d+\.\d),Infrastructure,([A-Z0-9a-z ]+),'
    rb"(2\.4GHz|5GHz),(\d+)"
)
NEAR = WirelessNetwork(b"SSID", "08:86:3B:2B:7E:2E", -51, channel=1)
FAR = WirelessNetwork(b"far", "08:86:3B:2B:7E:2F", -80, 11.0, "Open", 149)
SHY = WirelessNetwork(b"shy", "08:86:3B:2B:7E:30", -60, hidden=True)


def bench_with(*networks, forms=None, **options):
    return CoreBench(Profile(limits=SHORT, forms=forms or Forms()), world=World(list(networks)), **options)


def names(answer):
    return [LINE.fullmatch(line)[2] for line in answer[2:-8].split(b"\r\n")] if answer != OK else []


def test_line_has_nine_fields_and_the_strongest_comes_first():
    assert bench_with(FAR, NEAR).at("F0") == payload(
        b'#001,"SSID",08:86:3B:2B:7E:2E,-51,54.0,Infrastructure,WPA2 AES,2.4GHz,1\r\n'
        b'#002,"far",08:86:3B:2B:7E:2F,-80,11.0,Infrastructure,Open,5GHz,149'
    )


@pytest.mark.parametrize("joined", [None, "LAB"])
def test_default_networks_are_more_than_twenty_and_of_every_kind(joined):
    answer = CoreBench(joined=joined).at("F0")
    found = [LINE.fullmatch(line) for line in answer[2:-8].split(b"\r\n")]
    assert [int(one[1]) for one in found] == list(range(1, len(found) + 1))
    assert len(found) == len(default_networks()) > 20
    names = {one[2] for one in found}
    assert {b"", b'say "hi"', b"one,two,three", b"exactly-thirty-two-bytes-of-name", b"\xff\xfe raw"} <= names
    assert b"out of sight" not in names
    assert {one[6] for one in found} == {b"Open", b"WEP", b"WPA", b"WPA2 AES", b"WPA WPA2", b"WPA2 TKIP"}
    assert max(len(name) for name in names) == 32


def test_no_network_is_an_empty_ok():
    assert bench_with().at("F0") == OK


def test_hidden_network_shows_no_name_until_it_is_called():
    bench = bench_with(SHY)
    assert names(bench.at("F0")) == [b""]
    bench.at("F5=shy")
    assert names(bench.at("F0")) == [b""]
    shut = bench_with(SHY, forms=Forms(hidden_left_out=True))
    assert shut.at("F0") == OK
    shut.at("F5=shy")
    assert names(shut.at("F0")) == [b""]


@pytest.mark.parametrize(
    ("command", "left"),
    [
        ("F3=1", [b"SSID"]),
        ("F3=2", []),
        ("F3=0", [b"SSID", b"far"]),
        ("F4=08:86:3B:2B:7E:2F", [b"far"]),
        ("F4=08.86.3b.2b.7e.2f", [b"far"]),
        ("F5=SSID", [b"SSID"]),
        ("F5=none", []),
        ("F6=0", [b"far"]),
        ("F6=1", [b"SSID"]),
        ("F7=far,149", [b"far"]),
        ("F7=far,36", []),
    ],
)
def test_setting_leaves_those_networks(command, left):
    bench = bench_with(NEAR, FAR)
    assert bench.at(command) == OK
    assert names(bench.at("F0")) == left


@pytest.mark.parametrize("setting", ["F5", "F7"])
def test_number_sign_clears_a_name(setting):
    bench = bench_with(NEAR)
    bench.at(f"{setting}=other,1" if setting == "F7" else f"{setting}=other")
    assert bench.at("F0") == OK
    assert bench.at(f"{setting}=#") == OK
    assert names(bench.at("F0")) == [b"SSID"]


@pytest.mark.parametrize(
    "command",
    ["F0=1", "F0=2", "F1=256", "F1=x", "F2=5001", "F3=15", "F4=xyz", "F5=" + "x" * 33, "F6=3", "F7=x", "FA=2", "F?=1"],
)
def test_value_out_of_its_range_is_refused(command):
    assert bench_with(NEAR).at(command) == ERROR


def test_scans_and_delay_show_and_take_their_time():
    bench = bench_with(NEAR, forms=Forms(scan_ms=100))
    assert bench.at("F?") == payload(b"1,1000")
    bench.at("F1=2")
    bench.at("F2=50")
    assert bench.at("F?") == payload(b"3,50")
    bench.send(b"F0\r")
    assert bench.run(0.39).take() == b""
    assert names(bench.run(0.02).take()) == [b"SSID"]


def test_repeated_scan_may_list_a_network_each_time():
    bench = bench_with(NEAR, forms=Forms(scan_repeats_list=True))
    bench.at("F1=1")
    bench.at("F2=0")
    assert names(bench.at("F0")) == [b"SSID", b"SSID"]


def test_step_by_step_on_spi_each_network_comes_by_mr_and_an_ok_ends_the_row():
    bench = bench_with(NEAR, FAR, polled=True)
    first, second = bench.at("F0")[2:-8].split(b"\r\n")
    assert bench.at("F0=2") == b"\r\n" + first + b"\r\n> "
    assert bench.at("P0") == payload(b"0")
    assert bench.at("MR") == b"\r\n" + second + b"\r\n> "
    assert bench.at("MR") == OK
    assert bench.at("MR") == payload(b"[SOMA][EOMA]")
    assert bench_with(polled=True).at("F0=2") == OK


def test_step_by_step_may_come_in_brackets():
    bench = bench_with(NEAR, polled=True, forms=Forms(scan_in_brackets=True))
    assert bench.at("F0=2").startswith(b'\r\n[SOMA]#001,"SSID",')


def test_radio_that_is_off_finds_nothing():
    bench = bench_with(NEAR, polled=True)
    bench.at("ZP=3,0")
    assert [bench.at("F0"), bench.at("F0=2")] == [ERROR, ERROR]


def test_scan_keeps_an_open_server_and_its_data():
    bench = bench_with(NEAR)
    bench.at("P5=1")
    client = bench.connect()
    bench.run(0.1).take()
    bench.arrive(client, b"kept")
    assert names(bench.at("F0")) == [b"SSID"]
    assert bench.at("R0") == payload(b"kept")


def test_human_mode_has_a_line_before_and_behind_the_list():
    bench = bench_with(NEAR)
    plain = bench.at("F0")[2:-8]
    bench.at("$$$")
    text = b"Waiting for scan results...\r\n" + plain + b"\r\nEnd of scan results"
    assert bench.at("F0") == b"F0\r" + payload(text)
