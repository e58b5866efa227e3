"""The same module behind a pty, raw TCP and RFC 2217: the process as hosts and clients see it."""

import os
import select
import socket
import struct

import pytest
import serial

from tests.reference_impl.process import PATIENCE, Emulator, Host, at_end, free_port, receive, wait_for

SIDES = {"pty": [], "tcp": ["--tcp", "127.0.0.1:0"], "rfc2217": ["--rfc2217", "127.0.0.1:0"]}
OK = b"\r\n\r\nOK\r\n> "
WAITING = "[TCP SVR] Waiting on connection …".encode()


def payload(data):
    return b"\r\n" + data + b"\r\nOK\r\n> "


@pytest.fixture(params=SIDES)
def emulator(request):
    with Emulator(*SIDES[request.param]) as emulator:
        yield emulator


def connect(port, host="127.0.0.1"):
    return socket.create_connection((host, port), timeout=PATIENCE)


def notice(client):
    return "\r\n[TCP SVR] Accepted {}:{}\r\n> ".format(*client.getsockname()).encode()


def serve(host, port):
    for setting in ("PK=1,3000", "P1=0", f"P2={port}", "P8=6"):
        assert host.at(setting) == OK
    assert host.at("P5=11") == payload(b"[TCP TSK] Multi-Accept Setup\r\n" + WAITING)


def test_the_multi_accept_flow_runs_end_to_end(emulator):
    port = free_port()
    with emulator.host() as host:
        serve(host, port)
        first, second = connect(port), connect(port)
        assert host.until(b"> ") == notice(first)
        first.sendall(b"Data from 192.168.10.100")
        assert host.at("R0") == payload(b"Data from 192.168.10.100")
        host.send(b"S3=1\r1")
        assert host.until(b"> ") == payload(b"1")
        assert receive(first, 1) == b"1"
        assert host.at("P5=10") == payload(WAITING)
        assert at_end(first) == b""
        assert host.until(b"> ") == notice(second)
        assert host.at("P?").split(b",")[1] == b"127.0.0.1"
        second.close()
        assert host.at("R0").startswith(b"\r\n-1\r\nERROR")
        host.send(b"S3=1\r2")
        assert host.until(b"> ") == payload(b"-1")
        assert host.at("P5=0") == payload(b"[TCP TSK] Killed")
        with pytest.raises(ConnectionRefusedError):
            connect(port)
        first.close()


def test_every_byte_value_goes_through_both_ways(emulator):
    port = free_port()
    every = bytes(range(256)) * 5
    with emulator.host() as host:
        serve(host, port)
        with connect(port) as client:
            host.until(b"> ")
            host.send(b"S3=%d\r" % len(every) + every)
            assert host.until(b"OK\r\n> ") == payload(b"1280")
            assert receive(client, len(every)) == every
            client.sendall(every)
            got = b""
            while len(got) < len(every):
                host.send(b"R0\r")
                got += host.until(b"\r\nOK\r\n> ")[2:-8]
            assert got == every


def test_twenty_clients_in_a_row_are_served(emulator):
    port = free_port()
    with emulator.host() as host:
        serve(host, port)
        for number in range(20):
            with connect(port) as client:
                assert host.until(b"> ") == notice(client)
                client.sendall(b"%d" % number)
                assert host.at("R0") == payload(b"%d" % number)
                assert host.at("P5=10") == payload(WAITING)


def test_a_host_may_come_and_go_at_any_moment(emulator):
    for rubbish in (b"", b"P0=", b"S3=100\rabc", b"\xff\xfb\x00\r"):
        with emulator.host() as host:
            host.send(rubbish)
    with emulator.host() as host:
        host.send(b"x" * 97)  # the rest of the payload, for S3 may be waiting still
        host.in_step()
        assert host.at("P0") == payload(b"0")


def test_a_line_of_100000_bytes_is_one_error_and_the_next_command_works(emulator):
    with emulator.host() as host:
        host.at("MT=1")
        assert host.at(b"x" * 100_000) == b"\r\nERROR\r\n> "
        assert host.at("P0") == payload(b"0")


def test_a_host_that_never_reads_does_not_stop_the_module(emulator):
    port = free_port()
    with emulator.host() as host:
        serve(host, port)
        for _ in range(300):
            host.send(b"I?\r" * 10)
        with connect(port) as client:

            def served():
                host.send(b"S3=4\rdone")
                return select.select([client], [], [], 0.1)[0]

            wait_for(served, "the module to answer its client")
            assert receive(client, 4) == b"done"
        # Most of a second during which the module can write nothing: it must not try all the time.
        before = emulator.cpu_seconds()
        select.select([], [], [], 0.7)
        assert emulator.cpu_seconds() - before < 0.4


def test_a_silent_line_costs_no_processor_time(emulator):
    with emulator.host() as host:
        host.at("P0")
    before = emulator.cpu_seconds()
    with emulator.host() as host:
        host.at("S2=1000")
        host.at("P5=11")
        host.send(b"S3=10\rabc")
        assert host.until(b"> ") == payload(b"-1")
    # Some clock ticks of 10 ms for the commands; a busy loop would take a hundred in the second that S3 waits.
    assert emulator.cpu_seconds() - before < 0.5


def test_several_modules_share_one_process_and_keep_apart(tmp_path):
    with Emulator("--count", 3, "--link", tmp_path / "port") as emulator:
        ports = emulator.ready["ports"]
        assert [port["index"] for port in ports] == [0, 1, 2]
        assert [port["link"] for port in ports] == [str(tmp_path / f"port{index}") for index in range(3)]
        assert [port["address"] for port in ports] == ["127.0.0.1", "127.0.0.2", "127.0.0.3"]
        port = free_port()
        hosts = [Host(str(tmp_path / f"port{index}")) for index in range(3)]
        for host, module in zip(hosts, ports, strict=True):
            serve(host, port)
            with connect(port, module["address"]) as client:
                assert host.until(b"> ") == notice(client)
        assert len({host.at("Z5") for host in hosts}) == 3
        hosts[0].at("P0=3")
        assert hosts[1].at("P0") == payload(b"0")
        for host in hosts:
            host.port.close()


def test_several_modules_have_tcp_ports_of_their_own():
    with Emulator("--count", 2, "--tcp", "127.0.0.1:0") as emulator:
        assert len(set(emulator.urls)) == 2
        for index in range(2):
            with emulator.host(index) as host:
                assert host.at("P0") == payload(b"0")


def test_a_pty_can_be_opened_by_a_plain_file_descriptor():
    with Emulator() as emulator:
        device = emulator.urls[0]
        for _ in range(20):
            descriptor = os.open(device, os.O_RDWR | os.O_NOCTTY)
            os.write(descriptor, b"P0\r")
            os.close(descriptor)
        with emulator.host() as host:
            host.send(b"I?\r")
            host.until(b"Inventek eS-WiFi\r\nOK\r\n> ")


def test_a_second_host_on_tcp_waits_for_the_first_to_go():
    with Emulator("--tcp", "127.0.0.1:0") as emulator:
        first = emulator.host()
        first.at("P0=2")
        second = emulator.host()
        second.send(b"P0\r")
        assert first.at("P0") == payload(b"2")
        assert second.port.in_waiting == 0
        first.port.close()
        assert second.until(b"> ") == payload(b"2")
        second.port.close()


@pytest.mark.parametrize(
    ("pins", "line", "resets"),
    [("both", "dtr", True), ("both", "rts", True), ("dtr", "rts", False), ("rts", "rts", True), ("none", "dtr", False)],
)
def test_a_modem_line_resets_the_module(pins, line, resets):
    with Emulator("--rfc2217", "127.0.0.1:0", "--reset-pin", pins) as emulator, emulator.host() as host:
        assert host.at("P0=3") == OK
        setattr(host.port, line, False)
        if resets:
            host.send(b"P0\r")  # nobody hears it
        setattr(host.port, line, True)
        if resets:
            assert host.until(b"> ") == b"\r\n> "
        assert host.at("P0") == payload(b"0" if resets else b"3")


def test_opening_a_port_does_not_reset_the_module():
    with Emulator("--rfc2217", "127.0.0.1:0") as emulator:
        with emulator.host() as host:
            host.at("P0=3")
        with emulator.host() as host:
            assert host.at("P0") == payload(b"3")


@pytest.mark.parametrize(
    "rubbish",
    [
        b"\xff\xf0",
        b"\xff\xfa\x2c\x01\x00\xff\xf0",
        b"\xff\xfa" + b"x" * 5000,
        b"\xff\xfa\x2c\x03\x63\xff\xf0",
        b"\xff\xf4\xff",
    ],
)
def test_telnet_rubbish_costs_the_connection_at_most(rubbish):
    with Emulator("--rfc2217", "127.0.0.1:0") as emulator:
        where = emulator.urls[0].rpartition("//")[2].rpartition(":")
        with connect(int(where[2]), where[0]) as raw:
            raw.sendall(rubbish)
        with emulator.host() as host:
            assert host.at("P0") == payload(b"0")


def test_a_host_that_resets_its_tcp_connection_is_followed_by_the_next():
    with Emulator("--tcp", "127.0.0.1:0") as emulator:
        port = int(emulator.urls[0].rpartition(":")[2])
        for _ in range(5):
            raw = connect(port)
            raw.sendall(b"I?\r" * 100)
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raw.close()
        with emulator.host() as host:
            host.send(b"\rP0\r")
            host.until(payload(b"0"))


def test_a_line_of_9600_baud_takes_its_time():
    with Emulator("--baud", 9600) as emulator, emulator.host() as host:
        answer, seconds = host.timed(b"I?\r")
        # Asserts what the pace adds at least, never how fast the machine is.
        assert seconds >= (len(answer) + 3) * 10 / 9600 * 0.95
        assert answer.endswith(b"Inventek eS-WiFi\r\nOK\r\n> ")


def test_a_variant_and_a_fault_are_switched_on_by_name():
    with (
        Emulator("--variant", "status-9", "--variant", "echo", "--fault", "prompt-without-space") as emulator,
        emulator.host() as host,
    ):
        answer = host.at("P?", end=b"\r\n>")
        assert answer.startswith(b"P?\r\r\n0,0.0.0.0,5024,")
        assert answer.count(b",") == 8


def test_spi_firmware_is_polled():
    port = free_port()
    with Emulator("--notices", "mr") as emulator, emulator.host() as host:
        serve(host, port)
        with connect(port) as client:
            expected = "[SOMA][TCP SVR] Accepted {}:{}[EOMA]".format(*client.getsockname()).encode()
            wait_for(lambda: host.at("MR") == payload(expected), "the message")
        assert host.at("MR") == payload(b"[SOMA][EOMA]")


def test_the_address_is_the_modules_own():
    port = free_port()
    with Emulator("--address", "127.0.0.77", joined=None) as emulator, emulator.host() as host:
        assert emulator.ready["address"] == "127.0.0.77"
        host.at("C1=LAB")
        assert host.at("C0") == payload(b"[JOIN   ] LAB,127.0.0.77,0,0")
        serve(host, port)
        with pytest.raises(ConnectionRefusedError):
            connect(port)
        with connect(port, "127.0.0.77") as client:
            assert host.until(b"> ") == notice(client)


def test_a_client_connects_to_a_listener_here():
    with (
        Emulator() as emulator,
        emulator.host() as host,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        host.at("P3=127.0.0.1")
        host.at(f"P4={listener.getsockname()[1]}")
        assert host.at("P6=1") == payload(b"[TCP  RC] Connecting to 127.0.0.1")
        listener.settimeout(PATIENCE)
        peer, _where = listener.accept()
        with peer:
            peer.sendall(b"welcome")
            assert host.at("R0") == payload(b"welcome")
            host.send(b"S3=3\rbye")
            assert host.until(b"> ") == payload(b"3")
            assert host.at("P6=0") == OK
            assert at_end(peer) == b"bye"


def test_a_port_that_is_taken_is_an_error_and_not_the_end():
    with Emulator() as emulator, emulator.host() as host, socket.create_server(("127.0.0.1", 0)) as taken:
        host.at(f"P2={taken.getsockname()[1]}")
        assert host.at("P5=11").startswith(b"\r\nERROR: Address already in use\r\n")
        assert host.at("P5=0") == OK


# A drop-all filter makes a socket deaf without telling its peer anything.
DROP_ALL = struct.pack("HBBI", 0x06, 0, 0, 0)
SO_ATTACH_FILTER = 26


@pytest.mark.parametrize("command", [b"R0\r", b"S3=1\rx"])
def test_a_client_that_goes_silent_is_noticed_by_keep_alive(command):
    import ctypes

    port = free_port()
    with Emulator() as emulator, emulator.host() as host:
        host.at("PK=1,1000")
        host.at(f"P2={port}")
        host.at("R2=30000")
        host.at("P5=11")
        with connect(port) as client:
            host.until(b"> ")
            program = ctypes.create_string_buffer(DROP_ALL)
            try:
                client.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", 1, ctypes.addressof(program)))
            except OSError as error:
                pytest.skip(f"no socket filter here: {error}")

            def lost():
                host.send(command)
                return host.until(b"> ", seconds=35).startswith(b"\r\n-1\r\n")

            wait_for(lost, "-1")


def test_a_port_that_does_not_open_is_an_error_of_pyserial_and_not_of_ours():
    with pytest.raises(serial.SerialException):
        Host("/dev/pts/none")


def test_a_paced_line_that_nobody_reads_comes_back_to_life():
    with Emulator("--baud", 3916800) as emulator:
        with emulator.host() as host:
            for _ in range(200):
                host.send(b"I?\r" * 10)
        with emulator.host() as host:
            host.send(b"P0=3\rP0\r")
            assert host.until(payload(b"3")).endswith(OK + payload(b"3"))
