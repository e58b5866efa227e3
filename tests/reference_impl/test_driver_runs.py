"""What public drivers met when they were run, unmodified, against the emulator: each exchange that failed then.

The bytes are facts of drivers and of real modules' reports, not of the vendor's documents (DRV).
"""

import socket

import pytest

from reference_impl.core.profile import Forms, Limits, Profile, load
from reference_impl.variants import vary
from tests.reference_impl.core_bench import OK, CoreBench, payload
from tests.reference_impl.process import Emulator, receive

LISTENER = ("P1=0", "P3=127.0.0.1", "P4=5025", "P6=1")


@pytest.fixture
def bench():
    return CoreBench(Profile(limits=Limits(short_errors=1)))


def status(bench, field):
    return bench.at("P?")[2:].split(b"\r\n")[0].split(b",")[field - 1]


def newest(bench):
    return bench.network.links[max(bench.network.links)]


def connected(bench):
    for line in LISTENER:
        assert bench.at(line).endswith(b"OK\r\n> ")
    return newest(bench)


# --- an empty value is the bare command ----------------------------------------------------------------------
@pytest.mark.parametrize("name", ["R0", "P0", "P?", "R?", "S?", "C?", "CS", "CR", "I?", "Z5", "C0", "T0", "MR"])
def test_empty_value_acts_as_the_bare_command(name):
    assert CoreBench().at(f"{name}=", 9.0) == CoreBench().at(name, 9.0) != b""


def test_driver_that_reads_by_an_empty_value_alone_receives(bench):
    bench.at("P5=11")
    client = bench.connect()
    bench.run(0.1)
    bench.take()
    bench.arrive(client, b"hello")
    assert bench.at("R0=") == payload(b"hello")


# --- P5=0 and P6 ---------------------------------------------------------------------------------------------
def test_stop_of_the_server_closes_a_client_connection_and_the_next_connects(bench):
    first = connected(bench)
    assert bench.at("P5=0") == OK
    assert first.closed
    assert bench.at("P6=1") == payload(b"[TCP  RC] Connecting to 127.0.0.1")
    assert newest(bench) is not first


@pytest.mark.parametrize("was_seen", [True, False])
def test_client_connects_anew_where_its_connection_is_lost(bench, was_seen):
    first = connected(bench)
    bench.end(first)
    if was_seen:
        assert bench.at("R0").startswith(b"\r\n-1\r\n")
    assert bench.at("P6=1") == payload(b"[TCP  RC] Connecting to 127.0.0.1")
    assert first.closed
    assert not newest(bench).closed


def test_client_is_refused_while_its_connection_lives(bench):
    first = connected(bench)
    assert b"ERROR" in bench.at("P6=1")
    assert not first.closed
    assert first.got == b""


# --- UDP -----------------------------------------------------------------------------------------------------
def test_two_datagram_clients_with_the_same_local_port_are_both_opened(bench):
    for index in (1, 2):
        for line in (f"P0={index}", "P1=1", "P3=127.0.0.1", "P4=9"):
            assert bench.at(line) == OK
        if index == 2:
            bench.network.busy_ports.add(5024)
        assert bench.at("P6=1") == OK
    assert status(bench, 3) == b"49152"
    bench.at("P0=1")
    assert status(bench, 3) == b"5024"


def test_datagram_server_at_a_port_that_is_taken_is_refused(bench):
    bench.network.busy_ports.add(5024)
    bench.at("P1=1")
    assert b"ERROR" in bench.at("P5=1")


@pytest.mark.parametrize("start", ["P5=1", "P6=1"])
def test_port_that_the_machine_chose_for_datagrams_is_shown(bench, start):
    for line in ("P2=0", "P1=1", start):
        assert bench.at(line) == OK
    assert status(bench, 3) == b"49152"
    assert bench.at("P5=0") == OK
    assert status(bench, 3) == b"0"


def test_two_datagram_clients_send_over_real_sockets():
    with Emulator() as emulator, emulator.host() as host, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind(("127.0.0.1", 0))
        for index in (1, 2):
            lines = (f"P0={index}", "P1=1", "P3=127.0.0.1", f"P4={peer.getsockname()[1]}", "P6=1")
            assert [host.at(line) for line in lines] == [OK] * 5
            host.send(b"S3=1\r%d" % index)
            assert host.until(b"\r\n> ") == payload(b"1")
            assert peer.recv(10) == b"%d" % index


def test_datagram_client_on_a_running_server_is_a_variant():
    bench = CoreBench(vary(Profile(), ["udp-client-on-server"]))
    for line in ("P1=1", "P5=1", "P3=127.0.0.9", "P4=99", "P6=1"):
        assert bench.at(line) == OK
    bench.send(b"S3=2\rhi").run(0.1)
    assert newest(bench).sent == [(b"hi", ("127.0.0.9", 99))]
    assert bench.at("P5=0") == payload(b"2") + OK
    assert newest(bench).closed


def test_datagram_server_announces_itself_as_a_variant():
    bench = CoreBench(vary(Profile(), ["udp-notice"]), polled=True)
    for line in ("P1=1", "P5=1"):
        assert bench.at(line) == OK
    assert bench.at("MR") == payload(b"[SOMA][UDP SVR] Accepted 127.0.0.1:5024[EOMA]")
    assert bench.at("MR") == payload(b"[SOMA][EOMA]")


# --- keep-alive, names, identity -----------------------------------------------------------------------------
@pytest.mark.parametrize("value", ["1,1", "0,0"])
def test_keep_alive_below_the_manuals_range_is_taken(bench, value):
    assert bench.at(f"PK={value}") == OK
    assert (status(bench, 11) + b"," + status(bench, 12)).decode() == value


@pytest.mark.parametrize("short_errors", [0, 1])
@pytest.mark.parametrize("name", ["foo.invalid", "NOSUCH.example"])
def test_text_of_a_name_that_is_not_found_ends_in_a_blank(name, short_errors):
    bench = CoreBench(Profile(limits=Limits(short_errors=short_errors)))
    answer = bench.at(f"D0={name}")
    assert b"Host not found " in answer
    assert b"OK" not in answer
    assert b"ERROR" in answer
    assert status(bench, 4) == b"0.0.0.0"


def test_identity_is_that_of_the_bus_whose_notices_are_polled():
    tail = b",C6.2.1.7,v006.002.001.0002,v2.0.3,v9.0.0,120000000,Inventek eS-WiFi"
    assert CoreBench(polled=True).at("I?") == payload(b"ISM43362-M3G-L44-SPI" + tail)
    assert CoreBench().at("I?") == payload(b"ISM43362-M3G-L44-UART" + tail)


# --- firmware C6.2.1.8 ---------------------------------------------------------------------------------------
def test_firmware_with_twelve_bytes_of_empty_success_adds_none_to_tcp_data():
    bench = CoreBench(load("c6.2.1.8"))
    empty = b"\r\n\r\n\r\nOK\r\n> "
    assert bench.at("P2=5024") == empty
    assert bench.at("P0") == payload(b"0")
    bench.at("P5=11")
    client = bench.connect()
    bench.run(0.1)
    bench.take()
    bench.arrive(client, b"data")
    assert bench.at("R0") == payload(b"data")
    assert bench.at("R0", 6.0) == empty


@pytest.mark.parametrize("data", [b"data", b""])
def test_firmware_with_twelve_bytes_of_empty_success_adds_one_break_to_udp_data(data):
    bench = CoreBench(load("c6.2.1.8"))
    for line in ("P1=1", "P5=1"):
        bench.at(line)
    bench.arrive(newest(bench), data, ("127.0.0.9", 99))
    assert bench.at("R0") == b"\r\n" + data + b"\r\n\r\nOK\r\n> "


def test_read_mode_of_two_drivers_leaves_the_delimiters():
    bench = CoreBench(Profile(forms=Forms(read_mode_delimited=True)))
    for line in ("R3=1", "P5=11"):
        bench.at(line)
    client = bench.connect()
    bench.run(0.1)
    bench.take()
    bench.arrive(client, b"data")
    assert bench.at("R0") == payload(b"data")


def test_client_over_a_real_connection_that_its_peer_has_closed_connects_anew():
    with Emulator() as emulator, emulator.host() as host, socket.create_server(("127.0.0.1", 0)) as server:
        lines = ("P1=0", "P3=127.0.0.1", f"P4={server.getsockname()[1]}", "R2=100")
        assert [host.at(line) for line in lines] == [OK] * 4
        for number in (b"1", b"2"):
            assert host.at("P6=1") == payload(b"[TCP  RC] Connecting to 127.0.0.1")
            with server.accept()[0] as peer:
                host.send(b"S3=1\r" + number)
                assert host.until(b"\r\n> ") == payload(b"1")
                assert receive(peer, 1) == number
