"""Certificates, to the byte: programmed, matched, shown as used; and what P6=1 and P5=1 then ask of the network."""

import pytest

from reference_impl.core import effects as ask
from reference_impl.core.profile import Forms, Limits, Profile
from tests.reference_impl.core_bench import OK, CoreBench, payload

ERROR = b"\r\nERROR\r\n> "
SHORT = Limits(short_errors=1)
AUTHORITY, PAIR = b"authority", (b"certificate", b"key")
CONNECTING = b"[TCP  RC] Connecting to 10.0.0.1"
TOLD = b"[SSL    ] Root CA verification failed"


def bench_with(forms=None, **options):
    return CoreBench(Profile(limits=SHORT, forms=forms or Forms()), **options)


def program(bench, place, kind, data, length=None):
    """What the module says to PG; the length is that of the data, or another."""
    bench.send(b"PG=%d,%d,%04d\r" % (place, kind, len(data) if length is None else length) + data)
    return bench.run(1.0).take()


def test_sets_are_available_until_something_is_programmed():
    bench = bench_with()
    assert bench.at("PE") == payload(b"1,1,1")
    assert program(bench, 1, 2, b"key") == OK
    assert bench.at("PE") == payload(b"1,0,1")
    assert bench.at("PE=1") == payload(b"1,1,0")
    assert bench.at("PE=0") == payload(b"1,1,1")
    assert bench.at("PE=3") == ERROR


def test_content_is_kept_over_a_reset_and_shown_nowhere():
    bench = bench_with()
    program(bench, 0, 2, b"the secret key")
    assert bench.at("ZR", 1.0)
    assert bench.at("PE=0") == payload(b"1,1,0")
    for query in ("PE", "PE=0", "P?", "ZD", "PM", "Z?"):
        assert b"secret" not in bench.at(query)
    assert "secret" not in repr(bench.module.flash)


def test_same_content_again_is_a_match():
    bench = bench_with()
    assert program(bench, 0, 0, AUTHORITY) == OK
    assert program(bench, 0, 0, AUTHORITY) == payload(b"Match")
    assert program(bench, 0, 0, b"another") == OK
    strict = bench_with(Forms(match_error=True))
    program(strict, 0, 0, AUTHORITY)
    assert program(strict, 0, 0, AUTHORITY) == b"\r\nMatch\r\nERROR\r\n> "


def test_payload_may_be_any_bytes():
    bench = bench_with()
    data = b"\x00\x15\xff\r\nOK\r\n> \rPG=0,0,1\r"
    assert program(bench, 2, 0, data) == OK
    assert program(bench, 2, 0, data) == payload(b"Match")


@pytest.mark.parametrize("head", ["3,0,5", "0,3,5", "0,0,0", "0,0", "0,0,10000", "x,0,5", "", "0,0,5,1"])
def test_what_is_out_of_its_range_is_refused_and_its_payload_lost(head):
    bench = bench_with()
    bench.send(f"PG={head}\rZN=a\r".encode())
    assert bench.run(1.0).take() == ERROR
    assert bench.at("PE") == payload(b"1,1,1")
    assert bench.at("P0") == payload(b"0")


def test_short_payload_programs_nothing():
    bench = bench_with()
    bench.at("S2=300")
    assert program(bench, 0, 0, b"12345", 6) == ERROR
    assert bench.at("PE") == payload(b"1,1,1")


def test_one_byte_too_many_is_swallowed_and_more_are_an_error_behind_the_answer():
    bench = bench_with()
    assert program(bench, 0, 0, b"12345\n", 5) == OK
    assert program(bench, 0, 1, b"1234567", 5) == OK + ERROR
    assert bench.at("PE=0") == payload(b"0,0,1")


@pytest.mark.parametrize(
    "command", ["P9=0", "P9=2", "PB=0", "PB=1", "PF=0,2", "PF=1,0", "PA=0,own", "PA=1," + "x" * 63]
)
def test_setting_in_its_range_is_taken(command):
    assert bench_with().at(command) == OK


@pytest.mark.parametrize(
    "command", ["P9=3", "P9=x", "PB=2", "PF=2,0", "PF=0,3", "PF=0", "PA=2,x", "PA=own", "PA=0," + "x" * 64]
)
def test_setting_out_of_its_range_is_refused(command):
    assert bench_with().at(command) == ERROR


# --- what the network is asked -------------------------------------------------------------------------------
def connecting(*commands, authority=True, pair=False, port=443, forms=None):
    """A module about to connect by TLS; port 3: its peer is not trusted."""
    bench = bench_with(forms)
    if authority:
        program(bench, 0, 0, AUTHORITY)
    if pair:
        for kind, data in enumerate(PAIR, 1):
            program(bench, 0, kind, data)
    for command in ("P1=3", "P3=10.0.0.1", f"P4={port}", *commands):
        assert bench.at(command) in (OK, payload(b"127.0.0.1"))
    answer = bench.at("P6=1", 20.0)
    return answer, [one.tls for one in bench.network.log if isinstance(one, ask.Connect)]


def test_nothing_is_verified_at_first():
    assert connecting() == (payload(CONNECTING), [ask.Tls(authority=AUTHORITY)])
    assert connecting(port=3)[0] == payload(CONNECTING)


def test_certificate_and_key_are_shown_where_both_are_there():
    (tls,) = connecting(pair=True)[1]
    assert (tls.certificate, tls.key) == PAIR
    assert "key" not in repr(tls).replace("key_", "")


@pytest.mark.parametrize(
    ("commands", "authority", "answer", "verified"),
    [
        (("P9=2",), True, payload(CONNECTING), [True]),
        (("P9=2",), False, b"\r\n" + CONNECTING + b"\r\nERROR\r\n> ", []),
        (("P9=2", "PB=1"), False, b"\r\n" + CONNECTING + b"\r\nERROR\r\n> ", []),
        (("P9=1",), True, payload(CONNECTING), [True]),
        (("P9=1",), False, payload(CONNECTING), [False]),
    ],
)
def test_peer_that_is_trusted(commands, authority, answer, verified):
    said, asked = connecting(*commands, authority=authority)
    assert (said, [tls.verify for tls in asked]) == (answer, verified)


REFUSED = b"\r\n" + CONNECTING + b"\r\nERROR\r\n> "


@pytest.mark.parametrize(
    ("commands", "forms", "answer", "verified"),
    [
        (("P9=2",), Forms(), REFUSED, [True]),
        (("P9=2", "PB=1"), Forms(), REFUSED, [True]),
        (("P9=1",), Forms(), REFUSED, [True]),
        (("P9=1", "PB=1"), Forms(), payload(CONNECTING + b"\r\n" + TOLD), [True, False]),
        (("P9=1",), Forms(tls_optional_goes_on=True), payload(CONNECTING + b"\r\n" + TOLD), [True, False]),
    ],
)
def test_peer_that_is_not_trusted(commands, forms, answer, verified):
    said, asked = connecting(*commands, port=3, forms=forms)
    assert (said, [tls.verify for tls in asked]) == (answer, verified)


def test_active_set_is_the_one_that_was_chosen():
    assert [tls.authority for tls in connecting("PF=0,1", "P9=1")[1]] == [b""]


def test_peer_is_asked_for_the_name_that_was_looked_up():
    (tls,) = connecting("D0=www.example.com", forms=Forms(tls_name_checked=True))[1]
    assert (tls.name, tls.check_name) == ("www.example.com", True)
    (tls,) = connecting("D0=www.example.com", "P3=10.0.0.1")[1]
    assert (tls.name, tls.check_name) == ("", False)


def test_server_needs_a_certificate_and_its_key():
    bench = bench_with()
    bench.at("P1=3")
    assert bench.at("P5=1") == ERROR
    for kind, data in enumerate(PAIR, 1):
        program(bench, 0, kind, data)
    assert bench.at("P5=11").endswith(b"OK\r\n> ")
    (server,) = bench.network.servers.values()
    assert server.tls == ask.Tls(certificate=PAIR[0], key=PAIR[1])
    bench.connect()
    assert bench.run(0.1).take() == b"\r\n[TCP SVR] Accepted 127.0.0.9:40001\r\n> "
