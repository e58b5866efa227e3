"""Joining, looking up, identity, and secrets."""

import pytest

from reference_impl.core.profile import Forms, Identity, Limits, Profile
from tests.reference_impl.core_bench import OK, CoreBench, payload

SHORT = Limits(short_errors=1)
ERROR = b"\r\nERROR\r\n> "
SECRET = b"correct horse, battery=staple"


def fresh(**options):
    return CoreBench(Profile(limits=SHORT), joined=None, **options)


def test_joining_tells_the_network_and_the_address():
    bench = fresh(address="127.0.0.5")
    assert bench.at("CS") == payload(b"0")
    bench.at("C1=my lab")
    assert bench.at("C0") == payload(b"[JOIN   ] my lab,127.0.0.5,0,0")
    assert bench.at("CS") == payload(b"1")


def test_joining_tells_two_lines_where_the_firmware_does():
    bench = CoreBench(Profile(forms=Forms(join_lines=2)))
    assert bench.at("C0") == payload(b"[JOIN   ] LAB\r\n[JOIN   ] LAB,127.0.0.1,0,0")


def test_a_network_that_is_not_there_fails_in_the_documented_form():
    bench = fresh()
    bench.at("C1=NOSUCHNET")
    assert bench.at("C0") == b"\r\n[JOIN   ] NOSUCHNET\r\n[JOIN   ] Failed\r\nERROR\r\n> "
    assert bench.at("CS") == payload(b"0")


def test_a_join_that_fails_closes_what_was_open():
    bench = CoreBench()
    bench.at("P5=11")
    client = bench.connect()
    bench.at("C1=NOSUCHNET")
    bench.at("C0")
    assert client.closed
    assert bench.network.servers == {}


def test_joining_nothing_fails():
    assert fresh().at("C0").endswith(ERROR)


def test_joining_can_take_its_time():
    bench = CoreBench(Profile(forms=Forms(join_ms=3000)))
    bench.send(b"C0\r")
    assert bench.run(2.99).take() == b""
    assert bench.run(0.02).take().startswith(b"\r\n[JOIN   ] LAB,")


def test_the_network_settings_have_15_fields_none_of_them_empty():
    for bench in (fresh(), CoreBench()):
        fields = bench.at("C?")[2:-8].split(b",")
        assert len(fields) == 15
        assert fields[-1] == (b"1" if fields[0] else b"0")
    assert all(fields)


def test_leaving_the_network_shows():
    bench = CoreBench()
    assert bench.at("CR") == payload(b"-45")
    assert bench.at("CD") == OK
    assert bench.at("CR") == payload(b"0")
    fields = bench.at("C?")[2:-8].split(b",")
    assert (fields[5], fields[14]) == (b"0.0.0.0", b"0")


def test_the_passphrase_is_shown_nowhere():
    bench = fresh()
    assert bench.at(b"C2=" + SECRET) == OK
    for command in ("C1=LAB", "Z1", "C?", "C0", "C?", "I?", "P?", "XX", "C2", "ZR", "C?"):
        assert SECRET not in bench.at(command, 1.0)
    assert SECRET.decode() not in repr(bench.module.network)


def test_a_misspelt_passphrase_command_does_not_repeat_it():
    bench = CoreBench(Profile(), joined=None)
    for line in (b"c2=", b"C2 =", b"CC2=", b"\x00\x00C2=", b"C2=" + b"x" * 70):
        assert SECRET not in bench.at(line + SECRET)


def test_identity_has_seven_fields():
    identity = Identity(product="ISM4343", firmware="C9", cpu_clock=7)
    assert CoreBench(Profile(identity=identity)).at("I?") == payload(
        b"ISM4343,C9,v006.002.001.0002,v2.0.3,v9.0.0,7,Inventek eS-WiFi"
    )


def test_each_module_has_a_mac_address_of_its_own():
    macs = {CoreBench(serial=index).at("Z5") for index in range(3)}
    assert len(macs) == 3
    assert payload(b"02:E5:57:1F:00:01") in macs


@pytest.mark.parametrize(("name", "found"), [("10.1.2.3", b"10.1.2.3"), ("www.example.com", b"127.0.0.1")])
def test_a_name_is_looked_up_and_kept_as_the_remote_address(name, found):
    bench = CoreBench()
    assert bench.at(f"D0={name}") == payload(found)
    assert bench.at("P?")[2:-8].split(b",")[3] == found


@pytest.mark.parametrize(
    "name", ["", "NOSUCH.example", "1.2.3.999", "-x", "a b", "foo.invalid", "invalid", "FOO.Invalid."]
)
def test_a_name_that_is_none_is_an_error_and_changes_nothing(name):
    bench = CoreBench()
    assert bench.at(f"D0={name}").startswith(b"\r\nERROR: Host not found \r\nUsage: D0 ")
    assert bench.at("P?")[2:-8].split(b",")[3] == b"0.0.0.0"


def test_the_spelling_of_the_modes_text_is_the_firmwares():
    bench = CoreBench(Profile(forms=Forms(human_text="CMD Mode")))
    assert bench.at("$$$") == payload(b"Entering CMD Mode")
    assert bench.at("---") == b"---\r" + payload(b"Exiting CMD Mode")
