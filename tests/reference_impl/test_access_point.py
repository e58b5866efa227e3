"""The module's own access point, to the byte: its settings, its texts, who joins it, and what is reachable on it."""

import pytest

from reference_impl.core.outside import carry_out
from reference_impl.core.profile import Forms, Limits, Profile
from reference_impl.core.world import WirelessNetwork, World
from tests.reference_impl.core_bench import OK, PROMPT, CoreBench, payload

ERROR = b"\r\nERROR\r\n> "
SHORT = Limits(short_errors=1)
MAC = "AC:72:89:55:CE:36"
LEASE = b"[AP DHCP] Assigned AC:72:89:55:CE:36 has 192.168.10.2"
RUNNING = b"\r\n[AP     ] Already running\r\nERROR\r\n> "
STARTED = b"[AP     ] SSID: mine IP: 192.168.10.1\r\n[WEB SVR] Server started"


def quiet(forms=None, **options):
    """A module that has joined nothing, its access point named, not started."""
    bench = CoreBench(Profile(limits=SHORT, forms=forms or Forms()), joined=None, **options)
    assert bench.at("AS=0,mine") == OK
    return bench


def started(**options):
    bench = quiet(**options)
    bench.at("AD")
    return bench


def ask(bench, do, **fields):
    answer = carry_out([bench.module], {"do": do, **fields}, bench.now)
    bench.engine.advance(bench.now)
    bench._settle()
    return answer


# --- settings ------------------------------------------------------------------------------------------------
def test_eight_fields_show_what_was_set():
    bench = CoreBench(Profile(limits=SHORT), joined=None)
    assert bench.at("A?") == payload(b"eS-WiFi_AP_02E5571F0000,192.168.10.1,0,0,,1,24,0")
    for command in ("AS=0,Es-WiFi", "Z6=192.168.1.1", "AC=6", "A1=3", "A2=a key", "AL=1", "AT=2", "A7=255.255.0.0"):
        assert bench.at(command) == OK
    assert bench.at("A?") == payload(b"Es-WiFi,192.168.1.1,6,3,a key,1,1,0")


@pytest.mark.parametrize("command", ["AS=0, mine", "AS=0,mine", "AS=00,mine"])
def test_one_blank_behind_the_comma_is_not_part_of_the_name(command):
    bench = CoreBench(Profile(limits=SHORT))
    assert bench.at(command) == OK
    assert bench.at("A?").startswith(b"\r\nmine,")


def test_name_with_the_mac_behind_it_has_32_bytes_at_most():
    bench = CoreBench(Profile(limits=SHORT))
    assert bench.at("AS=1," + "x" * 30) == OK
    assert bench.at("A?").startswith(b"\r\n" + b"x" * 30 + b"_0,")


@pytest.mark.parametrize(
    "command",
    [
        *("A1=1", "A1=5", "A1=x", "AT=0", "AT=5", "AL=256", "AS=mine", "AS=2,mine", "AS=0,", "AC=12", "A7=255.255"),
        *("AS=0," + "x" * 33, "A2=" + "x" * 33),
    ],
)
def test_value_out_of_its_range_is_refused_and_changes_nothing(command):
    bench = quiet()
    before = bench.at("A?")
    assert bench.at(command) == ERROR
    assert bench.at("A?") == before


@pytest.mark.parametrize("command", ["A1=0", "A1=4", "A2=", "A2=" + "x" * 32, "AC=11", "AL=255", "AT=1", "AT=4"])
def test_value_in_its_range_is_taken(command):
    assert quiet().at(command) == OK


# --- starting and ending -------------------------------------------------------------------------------------
def test_access_point_starts_and_ends_and_starts_again():
    bench = quiet()
    for _ in range(2):
        text = b"[AP     ] SSID: mine IP: 192.168.10.1\r\n[WEB SVR] CSO Server started"
        assert bench.at("AD") == payload(text)
        assert bench.at("A?").endswith(b",24,1\r\nOK\r\n> ")
        assert bench.at("AE") == OK
        assert bench.at("A?").endswith(b",24,0\r\nOK\r\n> ")


@pytest.mark.parametrize(
    ("forms", "polled", "answer"),
    [
        (Forms(ap_started="empty"), True, OK),
        (Forms(ap_started="commas"), False, payload(b"[AP     ] mine,0,192.168.10.1")),
        (Forms(), True, payload(b"[AP     ] mine,0,192.168.10.1")),
    ],
)
def test_access_point_starts_with_the_lines_of_the_firmware(forms, polled, answer):
    assert quiet(forms, polled=polled).at("AD") == answer


def test_access_point_that_runs_is_not_started_again_and_goes_on():
    bench = started()
    assert bench.at("AD") == RUNNING
    assert bench.at("A0") == RUNNING
    assert bench.at("A?").endswith(b",1\r\nOK\r\n> ")


def test_end_of_none_is_ok_or_refused():
    assert quiet().at("AE") == OK
    assert quiet(Forms(ap_idle_refused=True)).at("AE") == ERROR


def test_no_access_point_without_a_radio_and_no_join_beside_one():
    bench = quiet()
    bench.at("ZP=3,0")
    assert [bench.at("AD"), bench.at("A0")] == [ERROR, ERROR]
    bench = started()
    bench.at("C1=LAB")
    assert bench.at("C0").endswith(b"[JOIN   ] Failed\r\nERROR\r\n> ")
    assert bench.at("A?").endswith(b",1\r\nOK\r\n> ")


def test_scan_goes_on_beside_it_and_a_reset_ends_it():
    bench = started()
    assert bench.at("F0").count(b"#") > 20
    bench.at("ZR", 1.0)
    assert bench.at("A?").endswith(b",0\r\nOK\r\n> ")


# --- stations ------------------------------------------------------------------------------------------------
def test_station_that_joins_is_told_once_and_listed():
    bench = started()
    assert bench.at("AR") == OK
    assert ask(bench, "station", mac=MAC) == {"ok": True, "mac": MAC, "ip": "192.168.10.2"}
    assert bench.run(0.1).take() == b"\r\n" + LEASE + PROMPT
    assert bench.run(5.0).take() == b""
    ask(bench, "station", mac="02:00:00:00:00:01", rssi=-70)
    bench.run(0.1).take()
    assert bench.at("AR") == payload(b"0,AC:72:89:55:CE:36,-40\r\n1,02:00:00:00:00:01,-70")
    assert bench.at("AA") == payload(b"AC:72:89:55:CE:36,192.168.10.2\r\n02:00:00:00:00:01,192.168.10.3")


def test_station_that_leaves_is_listed_no_more_and_gets_its_address_again():
    bench = started()
    ask(bench, "station", mac=MAC)
    ask(bench, "station", mac="02:00:00:00:00:01")
    assert ask(bench, "no_station", mac=MAC.lower()) == {"ok": True}
    bench.run(0.1).take()
    assert bench.at("AR") == payload(b"0,02:00:00:00:00:01,-40")
    assert ask(bench, "station", mac=MAC)["ip"] == "192.168.10.2"


def test_lease_text_comes_by_polling_on_spi():
    bench = started(polled=True)
    ask(bench, "station", mac=MAC)
    assert bench.run(1.0).take() == b""
    assert bench.at("MR") == payload(b"[SOMA]" + LEASE + b"[EOMA]")
    assert bench.at("MR") == payload(b"[SOMA][EOMA]")


def test_lease_text_is_suppressed():
    bench = started()
    bench.at("MS=1")
    ask(bench, "station", mac=MAC)
    assert bench.run(1.0).take() == b""
    assert bench.at("AR").count(b"AC:72") == 1


def test_lease_text_waits_for_a_command_that_is_being_typed():
    bench = started()
    bench.send(b"A")
    ask(bench, "station", mac=MAC)
    assert bench.take() == b""
    bench.send(b"R\r")
    assert bench.run(1.0).take() == payload(b"0,AC:72:89:55:CE:36,-40") + b"\r\n" + LEASE + PROMPT


def test_more_stations_than_at_says_are_kept_out():
    bench = started()
    bench.at("AT=1")
    assert ask(bench, "station", mac=MAC)["ok"]
    assert "takes 1 stations" in ask(bench, "station")["error"]
    assert ask(bench, "station", mac=MAC)["ok"]


def test_nobody_joins_what_does_not_run():
    assert "AD or A0" in ask(quiet(), "station")["error"]


# --- servers -------------------------------------------------------------------------------------------------
def test_server_is_reachable_on_the_access_point_and_ends_with_it():
    bench = started()
    bench.at("P5=11")
    client = bench.connect()
    assert bench.run(0.1).take() == b"\r\n[TCP SVR] Accepted 127.0.0.9:40001\r\n> "
    assert bench.at("AE") == OK
    assert client.closed
    assert bench.network.servers == {}
    assert bench.at("P5=1") == ERROR


def test_server_is_bound_to_an_address_of_this_machine():
    bench = quiet()
    for command in ("Z6=127.0.0.10", "AD", "P5=1"):
        bench.at(command)
    assert {server.local[0] for server in bench.network.servers.values()} == {"127.0.0.10"}
    for command in ("AE", "C1=LAB", "C0", "P5=1"):
        bench.at(command)
    assert {server.local[0] for server in bench.network.servers.values()} == {"127.0.0.1"}


# --- A0 ------------------------------------------------------------------------------------------------------
def page(**options):
    bench = quiet(**options)
    bench.send(b"A0\r").run(0.1)
    assert bench.take() == b"\r\n" + STARTED + PROMPT
    return bench


def test_page_blocks_tells_leases_and_ends_at_the_byte_11():
    bench = page()
    bench.send(b"P0\r").run(1.0)
    assert bench.take() == b""
    ask(bench, "station", mac=MAC)
    assert bench.run(1.0).take() == b"\r\n" + LEASE + PROMPT
    bench.send(b"\x11").run(0.1)
    assert bench.take() == payload(b"[AP     ] Shutdown") + payload(b"0")
    assert bench.at("A?").endswith(b",0\r\nOK\r\n> ")


@pytest.mark.parametrize(
    ("forms", "text"),
    [
        (Forms(), b"[JOIN   ] Home\r\n[DHCP   ] 127.0.0.1"),
        (Forms(ap_joined_line=True), b"[JOIN   ] Home,127.0.0.1,0,0"),
    ],
)
def test_network_chosen_on_the_page_is_joined(forms, text):
    home = WirelessNetwork(b"Home", "02:00:00:00:00:01", passphrase=b"right")
    bench = page(forms=forms, world=World([home]))
    assert ask(bench, "choose", ssid="Home", passphrase="wrong") == {"ok": True}
    assert bench.run(1.0).take() == b""
    ask(bench, "choose", ssid="Home", passphrase="right")
    assert bench.run(0.1).take() == payload(text)
    assert bench.at("CS") == payload(b"1")
    assert bench.at("A?").endswith(b",0\r\nOK\r\n> ")


def test_page_leaves_the_network_that_was_joined():
    bench = CoreBench(Profile(limits=SHORT))
    bench.at("A0")
    bench.send(b"\x11").run(0.1).take()
    assert bench.at("CS") == payload(b"0")


def test_network_is_chosen_on_a_page_alone():
    assert "A0 shows it" in ask(started(), "choose", ssid="Home")["error"]


def test_byte_11_outside_of_a0_is_a_byte_like_any_other():
    bench = started()
    assert bench.at(b"\x11P0") == ERROR
    assert bench.at("A?").endswith(b",1\r\nOK\r\n> ")
