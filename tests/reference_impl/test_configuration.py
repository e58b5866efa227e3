"""What configures the whole module, to the byte: joining, identity, flash, power, pins, the serial line, MQTT."""

import pytest

from reference_impl.core.commands import COMMANDS
from reference_impl.core.profile import Forms, Limits, Profile
from reference_impl.core.world import WirelessNetwork, World
from tests.reference_impl.core_bench import OK, CoreBench, payload

ERROR = b"\r\nERROR\r\n> "
SHORT = Profile(limits=Limits(short_errors=1))
FIELDS = ("C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "CA", "CB", "CC", "CE", "CN", "CS")
"""C?'s fields by the command that sets each; the last one is the status."""

ACCEPTED = {
    "C5": ["0"],
    "C6": ["10.0.0.9"],
    "C9": ["8.8.8.8"],
    "CB": ["0", "1", "10"],
    "CC": ["0", "3"],
    "CE": ["1"],
    "CF": ["00", "01", "40", "80", "c3"],
    "CJ": ["1,224.0.0.5", "0,224.0.0.5"],
    "CM": ["1,01:00:5E:00:00:05"],
    "CN": ["FR", "US/0"],
    "CT": ["3,1", "#"],
    "CY": ["1"],
    "CZ": ["C", "0", "1", "1,6,02:00:5E:00:00:01"],
    "Z4": ["02:00:00:00:00:09", "2:0:0:0:0:9"],
    "Z6": ["192.168.1.1"],
    "Z7": ["87654321"],
    "ZN": ["x", "y" * 32],
    "ZT": ["0123456789abcdef"],
    "ZC": ["0"],
    "ZP": ["0", "1,1", "1,0", "2,1", "2,60", "3,0", "3,1", "4", "5", "6,0", "6,3600000"],
    "U2": ["1200", "9600", "115200", "1843200", "3916800"],
    "B2": ["3"],
    "B3": ["1"],
    "G4": ["0,1", "9,5"],
    "WL": ["4,3,1", "#"],
    "PM": ["0,topic", "1,topic", "1,2,$a/b", "2,2", "3,user", "4,word", "5,id", "6,65535", "0,''", "1,1,''"],
    "PR": ["0"],
    "PY": ["0", "65535", "#"],
    "IC": ["x" * 64],
    "H0": ["any comment"],
}
REFUSED = {
    "C5": ["1", "2", "x"],
    "C6": ["1.2.3.4.5", "1.2.3", "", "256.1.1.1"],
    "C7": ["x"],
    "C8": ["x"],
    "C9": ["1.2.3"],
    "CA": ["1.2.3.999"],
    "CB": ["11", "-1"],
    "CC": ["4", "x"],
    "CE": ["2"],
    "CF": ["0", "04", "xx"],
    "CJ": ["2,224.0.0.5", "1", "1,x"],
    "CM": ["1,x", "2,01:00:5E:00:00:05"],
    "CN": ["ZZ", "us", "US/", "USA"],
    "CT": ["10,0", "1,2", "!"],
    "CW": ["2", "x"],
    "CY": ["2"],
    "CZ": ["2", "1,6", "1,6,x"],
    "Z3": ["2", "x"],
    "Z4": ["xx", "01:02:03:04:05", "01:02:03:04:05:06:07"],
    "Z6": ["1.2.3"],
    "Z7": ["123", "123456789", "1234567x"],
    "ZN": ["z" * 33],
    "ZT": ["z" * 17],
    "ZC": ["1"],
    "ZF": ["0"],
    "ZP": ["7,0", "2,0", "2,61", "6,3600001", "1,2", "3,2", "1", "0,0", "x"],
    "U2": ["115201", "0", "x"],
    "B2": ["4"],
    "B3": ["2"],
    "G4": ["13,1", "0,6", "0", "0,0", "10,1"],
    "G3": ["0,4,2", "0,4,1", "0,3,0"],
    "G2": ["0,4", "0,2"],
    "WL": ["10,0,0", "0,10,0", "0,0,2", "1"],
    "PM": ["7,x", "1,3,x", "0," + "x" * 65, "2,3", "6,65536", "5," + "x" * 25, "0", "0,a,b"],
    "PR": ["2"],
    "PY": ["65536", "x"],
    "IC": ["x" * 65],
    "MJ": ["x"],
}


def fields(bench, query="C?"):
    return bench.at(query)[2:-8].split(b",")


def shown(bench, command):
    return fields(bench)[FIELDS.index(command)]


def unjoined(**options):
    return CoreBench(SHORT, joined=None, **options)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in ACCEPTED for value in ACCEPTED[name]])
def test_value_in_its_range_is_taken(name, value):
    assert CoreBench(SHORT).at(f"{name}={value}") == OK


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in REFUSED for value in REFUSED[name]])
def test_value_out_of_its_range_is_refused_and_changes_nothing(name, value):
    bench = CoreBench(SHORT)
    queries = ("C?", "Z?", "G?", "U?", "WL=?", "PM", "PY=?", "ZL", "ZS")
    before = [bench.at(query) for query in queries]
    assert bench.at(f"{name}={value}") == ERROR
    assert [bench.at(query) for query in queries] == before


# --- joining -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("command", "value"),
    [
        *(("C6", "10.0.0.9"), ("C7", "255.255.0.0"), ("C8", "10.0.0.1"), ("C9", "10.0.0.2"), ("CA", "10.0.0.3")),
        *(("CB", "7"), ("CC", "3"), ("CE", "1"), ("CN", "FR/0"), ("C3", "5"), ("C4", "0"), ("C1", "my lab")),
    ],
)
@pytest.mark.parametrize("joined", [None, "LAB"])
def test_setting_shows_in_its_field_and_in_no_other(command, value, joined):
    bench = CoreBench(SHORT, joined=joined)
    before = fields(bench)
    assert bench.at(f"{command}={value}") == OK
    after = fields(bench)
    assert after[FIELDS.index(command)] == value.encode()
    assert [one for one in FIELDS if after[FIELDS.index(one)] != before[FIELDS.index(one)]] == [command]


def test_network_settings_are_these_at_first():
    first = b",*,0,1,0,0.0.0.0,0.0.0.0,0.0.0.0,255.255.255.255,255.255.255.255,5,0,0,US,0"
    assert unjoined().at("C?") == payload(first)


def test_join_by_dhcp_brings_addresses_and_leaving_takes_them_away():
    bench = unjoined(address="127.0.0.5")
    for command in ("C1=LAB", "C0"):
        bench.at(command)
    assert fields(bench)[5:10] == [b"127.0.0.5", b"255.255.255.0", b"127.0.0.1", b"127.0.0.1", b"0.0.0.0"]
    bench.at("CD")
    assert fields(bench)[5:8] == [b"0.0.0.0"] * 3


def test_join_with_a_static_address_tells_and_shows_it():
    bench = unjoined()
    for command in ("C1=LAB", "C4=0", "C6=10.0.0.9", "C7=255.255.0.0", "C8=10.0.0.1"):
        assert bench.at(command) == OK
    assert bench.at("C0") == payload(b"[JOIN   ] LAB,10.0.0.9,0,0")
    assert fields(bench)[5:8] == [b"10.0.0.9", b"255.255.0.0", b"10.0.0.1"]
    bench.at("P5=1")
    assert {server.local[0] for server in bench.network.servers.values()} == {"127.0.0.1"}
    bench.at("CD")
    assert fields(bench)[5:8] == [b"0.0.0.0"] * 3


def test_static_loopback_address_is_where_servers_are_bound_until_dhcp_is_back():
    bench = unjoined()
    for command in ("C1=LAB", "C4=0", "C6=127.0.0.77", "C0", "P5=1"):
        bench.at(command)
    assert {server.local[0] for server in bench.network.servers.values()} == {"127.0.0.77"}
    for command in ("P5=0", "C4=1", "C0", "P5=1"):
        bench.at(command)
    assert {server.local[0] for server in bench.network.servers.values()} == {"127.0.0.1"}
    assert shown(bench, "C6") == b"127.0.0.1"


@pytest.mark.parametrize(("mode", "joined"), [("0", b"0"), ("1", b"1"), ("2", b"0"), ("3", b"1")])
def test_module_joins_at_its_start_where_that_was_saved(mode, joined):
    bench = unjoined()
    for command in ("C1=LAB", f"CC={mode}", "Z1"):
        assert bench.at(command) == OK
    bench.at("ZR", 1.0)
    assert bench.at("CS") == payload(joined)
    assert shown(bench, "C6") == (b"127.0.0.1" if joined == b"1" else b"0.0.0.0")


def test_join_at_start_that_was_not_saved_is_none():
    bench = unjoined()
    for command in ("C1=LAB", "Z1", "CC=1", "ZR"):
        bench.at(command, 1.0)
    assert bench.at("CS") == payload(b"0")


LISTED = WirelessNetwork(b"Secret", "02:00:00:00:00:01", -51, security="WPA2 AES", passphrase=b"open sesame")


@pytest.mark.parametrize(
    ("key", "security", "joins"),
    [("open sesame", 3, True), ("open sesame", 4, True), ("open sesame", 0, False), ("sesame", 3, False)],
)
def test_listed_network_with_a_key_is_joined_by_its_own_rules(key, security, joins):
    bench = unjoined(world=World([LISTED]))
    for command in ("C1=Secret", f"C2={key}", f"C3={security}"):
        bench.at(command)
    assert bench.at("C0").startswith(b"\r\n[JOIN   ] Secret,127.0.0.1,0,0") == joins
    assert bench.at("CR") == payload(b"-51" if joins else b"0")


def test_network_that_no_list_has_is_there_unless_the_list_is_all():
    for listed_only, joins in ((False, b"1"), (True, b"0")):
        bench = unjoined(world=World([LISTED], listed_only=listed_only))
        for command in ("C1=LAB", "C0"):
            bench.at(command)
        assert bench.at("CS") == payload(joins)


def test_second_join_is_refused_where_the_firmware_does():
    bench = CoreBench(Profile(forms=Forms(joined_refused=True), limits=SHORT.limits))
    assert bench.at("C0") == b"\r\nAlready connected!\r\nERROR\r\n> "
    assert bench.at("CS") == payload(b"1")


def test_key_is_hidden_unless_the_firmware_shows_it_and_cy_does_not_hide_it():
    bench = CoreBench(Profile(forms=Forms(key_shown=True)))
    bench.at("C2=secret")
    assert shown(bench, "C2") == b"secret"
    bench.at("CY=1")
    assert shown(bench, "C2") == b"*"


def test_country_and_link_rate_are_shown():
    bench = CoreBench(SHORT)
    assert bench.at("CN") == payload(b"US")
    bench.at("CN=FR/0")
    assert bench.at("CN") == payload(b"FR/0")
    assert bench.at("CV") == payload(b"104")
    bench.at("CD")
    assert bench.at("CV") == payload(b"0")


def test_button_joins_the_network_whose_button_was_pressed():
    bench = unjoined(world=World(wps=b"Home"))
    text = b"[WPS    ] Searching...\r\n[WPS    ] Associated\r\n[WPS    ] SSID Home\r\n[DHCP   ] 127.0.0.1"
    assert bench.at("CW=1") == payload(text)
    assert bench.at("CS") == payload(b"1")
    assert unjoined().at("CW=1") == payload(b"[WPS    ] Searching...\r\n[WPS    ] No access point found")


# --- identity ------------------------------------------------------------------------------------------------
def test_module_shows_ten_fields_and_what_was_set_in_them():
    bench = CoreBench(SHORT)
    assert bench.at("Z?") == payload(b"0,12345678,0,02:E5:57:1F:00:00,192.168.10.1,0,1,1,1,Inventek eS-WiFi")
    sets = ("Z3=1", "Z7=87654321", "Z4=2:0:0:0:0:9", "Z6=192.168.1.1", "ZP=1,1", "ZP=3,0", "ZP=2,60", "ZN=my module")
    for command in sets:
        assert bench.at(command) == OK
    assert bench.at("Z?") == payload(b"1,87654321,0,02:00:00:00:00:09,192.168.1.1,1,0,60,60,my module")
    assert bench.at("Z5") == payload(b"02:00:00:00:00:09")
    assert bench.at("Z8") == payload(b"87654321")
    assert fields(bench, "I?")[6] == b"my module"


def test_serial_number_is_the_manuals_until_another_is_set():
    bench = CoreBench(SHORT)
    assert bench.at("ZS") == payload(b"0029001F-33334707-30353834")
    bench.at("ZT=A-1")
    assert bench.at("ZS") == payload(b"A-1")


def test_configuration_is_lost_at_a_reset_unless_it_was_saved():
    bench = CoreBench(SHORT)
    for command in ("ZN=kept", "CB=7", "Z1", "ZN=lost", "CB=8", "ZR"):
        bench.at(command, 1.0)
    assert fields(bench, "Z?")[9] == b"kept"
    assert shown(bench, "CB") == b"7"
    bench.at("Z0")
    assert fields(bench, "Z?")[9] == b"Inventek eS-WiFi"


def test_locked_flash_is_not_written():
    bench = CoreBench(SHORT)
    assert bench.at("ZL") == payload(b"0")
    assert bench.at("ZF=1") == OK
    assert bench.at("ZL") == payload(b"1")
    assert [bench.at("Z1"), bench.at("Z2")] == [ERROR, ERROR]
    bench.at("ZR", 1.0)
    assert bench.at("ZL") == payload(b"1")
    assert bench.at("ZC=0") == OK
    assert bench.at("Z1") == OK


def test_user_space_is_cleared_by_its_name():
    bench = CoreBench(SHORT)
    bench.at("Z3=1")
    assert bench.at("Z2") == payload(b"[EEPROM ] Erasing user sections\r\n[EEPROM ] Complete")


def test_dump_is_a_heading_and_sixteen_rows_without_any_key():
    bench = CoreBench(SHORT)
    for command in ("C2=secret key", "A2=other key", "ZN=dumped", "Z1"):
        bench.at(command)
    head, *rows = bench.at("ZD")[2:-8].split(b"\r\n")
    assert head == b"FLASH Dump:"
    image = b"".join(bytes.fromhex(row.partition(b": ")[2].decode()) for row in rows)
    assert (len(rows), len(image)) == (16, 0x100)
    assert b"dumped" in image
    assert b"key" not in image


def test_time_is_the_worlds_while_joined_and_the_modules_own_otherwise():
    bench = CoreBench(SHORT, world=World(utc=1500000000.0))
    bench.now += 7.0
    assert bench.at("GT") == payload(b"1500001007")
    bench.at("CD")
    for query in ("GT", "HT"):
        assert 7000 <= int(bench.at(query)[2:-8]) <= 8000


def test_radio_that_is_off_joins_nothing_and_leaves_what_was_joined():
    bench = CoreBench(SHORT)
    assert bench.at("ZP=3,0") == OK
    assert bench.at("CS") == payload(b"0")
    assert bench.at("C0").endswith(b"[JOIN   ] Failed\r\nERROR\r\n> ")
    assert bench.at("ZP=?") == payload(b"0,1,0")
    bench.at("ZP=0")
    assert bench.at("C0") == payload(b"[JOIN   ] LAB,127.0.0.1,0,0")


def test_tests_of_the_module_tell_a_number():
    bench = CoreBench(SHORT)
    assert bench.at("MF") == payload(b"1")
    assert bench.at("MJ") == payload(b"1")
    assert bench.at("MJ=-40") == payload(b"0")
    bench.at("CD")
    assert bench.at("MJ") == payload(b"0")
    assert bench.at("IC") == payload(b"0")
    bench.at("IC=cloud")
    assert bench.at("IC") == payload(b"1")
    assert bench.at("HR").endswith(b"\r\nOK\r\n> ")


# --- the serial line, pins, MQTT -----------------------------------------------------------------------------
def test_rate_counts_from_u0_on_and_after_a_reset_where_it_was_saved():
    bench = CoreBench(SHORT)
    assert bench.at("U?") == payload(b"0,115200,8,0,1,0")
    bench.at("U2=9600")
    assert bench.at("U?") == payload(b"0,115200,8,0,1,0")
    assert bench.at("U0") == OK
    assert bench.at("U?") == payload(b"0,9600,8,0,1,0")
    bench.at("ZR", 1.0)
    assert bench.at("U?") == payload(b"0,115200,8,0,1,0")
    for command in ("U2=9600", "Z1", "ZR"):
        bench.at(command, 1.0)
    assert bench.at("U?") == payload(b"0,9600,8,0,1,0")


def test_rate_may_change_without_a_word_and_show_in_words():
    bench = CoreBench(Profile(forms=Forms(rate_silent=True, uart_words=True)))
    assert bench.at("U0") == b""
    assert bench.at("U?") == payload(b"UART,115200,8,NONE,1,ASCII,0,0")


@pytest.mark.parametrize(("polled", "said"), [(False, b"0"), (True, b"1")])
def test_interface_is_told(polled, said):
    assert CoreBench(polled=polled).at("B?") == payload(said)


def test_pins_have_types_and_an_output_its_level():
    bench = CoreBench(SHORT)
    assert bench.at("G?") == payload(b",".join([b"0"] * 13))
    for command in ("G4=3,4", "G4=9,5", "G3=3,4,1"):
        assert bench.at(command) == OK
    assert bench.at("G?") == payload(b"0,0,0,4,0,0,0,0,0,5,0,0,0")
    assert bench.at("G2=9,5") == payload(b"0")
    assert bench.at("G2=3,3") == ERROR
    assert CoreBench(SHORT, polled=True).at("G4=5,5") == ERROR


def test_led_pins_show_and_clear():
    bench = CoreBench(SHORT)
    bench.at("WL=4,3,1")
    assert bench.at("WL=?") == payload(b"4,3,1")
    bench.at("WL=#")
    assert bench.at("WL=?") == payload(b"255,255,0")


def test_mqtt_settings_are_kept_for_each_socket_and_the_password_is_hidden():
    bench = CoreBench(SHORT)
    assert bench.at("PM") == payload(b",,,,0,,,,")
    sets = ("0,out/$x", "1,in", "1,2,in2", "2,1", "3,me", "4,secret", "5,id", "6,60")
    for value in sets:
        assert bench.at(f"PM={value}") == OK
    assert bench.at("PM") == payload(b"out/$x,in,,in2,1,me,*,id,60")
    bench.at("PM=4,''")
    bench.at("PM=1,2,''")
    assert bench.at("PM") == payload(b"out/$x,in,,,1,me,,id,60")
    bench.at("P0=1")
    assert bench.at("PM") == payload(b",,,,0,,,,")
    assert bench.at("PY=?") == payload(b"10000")


def test_every_command_here_is_one_of_the_modules():
    assert {*ACCEPTED, *REFUSED} <= set(COMMANDS)
