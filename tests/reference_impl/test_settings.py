"""Settings: ranges, defaults, one set for each socket, and what is saved."""

import pytest

from reference_impl.core.profile import Limits, Profile
from tests.reference_impl.core_bench import OK, PROMPT, CoreBench, payload

SHORT = Profile(limits=Limits(short_errors=1))
ERROR = b"\r\nERROR\r\n> "
DEFAULT_STATUS = b"0,0.0.0.0,5024,0.0.0.0,5025,0,0,1,0,0,0,7200000"

ACCEPTED = {
    "P0": ["0", "3", "003"],
    "P1": ["0", "1", "2", "3"],
    "P2": ["0", "1", "65535", "00080"],
    "P3": ["0.0.0.0", "192.168.10.100", "255.255.255.255"],
    "P4": ["0", "65535"],
    "P8": ["0", "1", "2", "3", "4", "5", "6"],
    "PK": ["0,250", "1,250", "1,3000", "1,7200000"],
    "R1": ["1", "1460", "0001"],
    "R2": ["0", "30000"],
    "R3": ["0", "1"],
    "S1": ["1", "1460"],
    "S2": ["0", "30000"],
    "MT": ["0", "1"],
    "MS": ["0", "1"],
    "C1": ["a", "x" * 32],
    "C2": ["", "x" * 64],
    "C3": ["0", "5"],
    "C4": ["0", "1"],
    "Z3": ["0", "1"],
    "ZP": ["6,0", "1,1"],
}
REFUSED = {
    "P0": ["4", "-1", "a", "1 ", " 1", "1,2"],
    "P1": ["4", "-1", "", "TCP"],
    "P2": ["65536", "-1", "", "x", "99999999999999"],
    "P3": ["", "1.2.3", "1.2.3.4.5", "1.2.3.256", "a.b.c.d", "1.2.3.-4", "1..2.3"],
    "P4": ["65536", "-1", ""],
    "P5": ["2", "9", "12", "-1", "", "x", "100"],
    "P6": ["2", "", "x"],
    "P7": ["4", "", "x"],
    "P8": ["7", "-1", "", "x"],
    "PK": ["1", "1,0", "1,7200001", "0,7200001", "2,3000", "", ",", "1,", ",3000", "1,3000,1"],
    "R1": ["0", "1461", "", "x", "+1"],
    "R2": ["30001", "-1", ""],
    "R3": ["2", ""],
    "S1": ["0", "1461", ""],
    "S2": ["30001", ""],
    "MT": ["2", "", "x"],
    "MS": ["2", ""],
    "C1": ["", "x" * 33],
    "C2": ["x" * 65],
    "C3": ["6", ""],
    "C4": ["2", ""],
    "Z3": ["", "x"],
    "ZP": ["6", "", "x,y"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in ACCEPTED for value in ACCEPTED[name]])
def test_a_value_in_its_range_is_taken(name, value):
    assert CoreBench(SHORT).at(f"{name}={value}") == OK


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in REFUSED for value in REFUSED[name]])
def test_a_value_out_of_its_range_is_refused_and_changes_nothing(name, value):
    bench = CoreBench(SHORT)
    before = [bench.at(query) for query in ("P?", "R?", "S?", "C?", "P0")]
    assert bench.at(f"{name}={value}") == ERROR
    assert [bench.at(query) for query in ("P?", "R?", "S?", "C?", "P0")] == before


def test_the_defaults_are_those_of_the_documents():
    bench = CoreBench()
    assert bench.at("P?") == payload(DEFAULT_STATUS)
    assert bench.at("R?") == payload(b"1460,5000,0")
    assert bench.at("S?") == payload(b"1460,5000")
    assert bench.at("P0") == payload(b"0")


@pytest.mark.parametrize(
    ("command", "query", "field", "shown"),
    [
        ("P1=1", "P?", 0, b"1"),
        ("P2=00081", "P?", 2, b"81"),
        ("P3=010.1.2.3", "P?", 3, b"10.1.2.3"),
        ("P4=99", "P?", 4, b"99"),
        ("P8=6", "P?", 7, b"6"),
        ("R3=1", "P?", 9, b"1"),
        ("PK=1,3000", "P?", 10, b"1"),
        ("PK=1,3000", "P?", 11, b"3000"),
        ("R1=10", "R?", 0, b"10"),
        ("R2=77", "R?", 1, b"77"),
        ("R3=1", "R?", 2, b"1"),
        ("S1=10", "S?", 0, b"10"),
        ("S2=77", "S?", 1, b"77"),
    ],
)
def test_a_value_shows_in_its_field_of_the_selected_socket_only(command, query, field, shown):
    bench = CoreBench()
    bench.at("P0=2")
    before = bench.at(query)[2:-8].split(b",")
    bench.at(command)
    after = bench.at(query)[2:-8].split(b",")
    assert after[field] == shown
    for other in (0, 1, 3):
        bench.at(f"P0={other}")
        assert bench.at(query)[2:-8].split(b",") == before
    assert after != before


@pytest.mark.parametrize(("fields", "last"), [(9, b"0"), (10, b"0"), (12, b"7200000")])
def test_the_profile_says_how_many_fields_the_status_has(fields, last):
    shown = CoreBench(Profile(limits=Limits(status_fields=fields))).at("P?")[2:-8].split(b",")
    assert len(shown) == fields
    assert shown[-1] == last


def test_the_read_mode_shows_in_r_only_where_the_status_has_it():
    assert CoreBench(Profile(limits=Limits(status_fields=9))).at("R?") == payload(b"1460,5000")


def test_settings_survive_a_server():
    bench = CoreBench()
    bench.at("P2=81")
    bench.at("P8=3")
    bench.at("P5=11")
    bench.at("P5=0")
    assert bench.at("P?")[2:-8].split(b",")[2] == b"81"
    assert bench.at("P?")[2:-8].split(b",")[7] == b"3"


def test_a_reset_forgets_what_was_not_saved():
    bench = CoreBench()
    for command in ("P0=1", "P2=81", "MT=1", "C1=OTHER", "$$$"):
        bench.at(command)
    assert bench.at("ZR", seconds=1.0) == b"ZR\r" + PROMPT
    assert bench.at("P0") == payload(b"0")
    bench.at("P0=1")
    assert bench.at("P?") == payload(DEFAULT_STATUS)
    assert bench.at("CS") == payload(b"0")
    assert b"Usage" in bench.at("XX")


def test_a_reset_brings_back_what_was_saved():
    bench = CoreBench()
    for command in ("P0=1", "P2=81", "C1=OTHER", "C3=4", "Z1", "P2=82", "ZR"):
        bench.at(command, seconds=1.0)
    bench.at("P0=1")
    assert bench.at("P?")[2:-8].split(b",")[2] == b"81"
    assert bench.at("C?").startswith(b"\r\nOTHER,*,4,")
    assert bench.at("CS") == payload(b"0")


def test_clearing_forgets_what_was_saved_and_defaults_count_at_once():
    bench = CoreBench()
    for command in ("P2=81", "Z1"):
        assert bench.at(command) == OK
    assert bench.at("Z2") == payload(b"[EEPROM ] Erasing\r\n[EEPROM ] Complete")
    assert bench.at("P?")[2:-8].split(b",")[2] == b"81"
    assert bench.at("Z0") == OK
    assert bench.at("P?") == payload(DEFAULT_STATUS)
    bench.at("P2=81")
    bench.at("ZR", seconds=1.0)
    assert bench.at("P?") == payload(DEFAULT_STATUS)
