"""What published drivers send, and what they look for in the answers, over a real pty (DRV)."""

import os
import re
import socket

import pytest

from tests.reference_impl.process import PATIENCE, Emulator, free_port, receive

OK_TAIL = b"\r\nOK\r\n> "


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def good(host, line):
    """A driver of ST's kind: the answer begins with CR LF and ends with the OK tail; the payload in between."""
    data = line if isinstance(line, bytes) else line.encode() + b"\r"
    host.send(data)
    answer = host.until(b"\r\n> ")
    assert answer.startswith(b"\r\n")
    assert answer.endswith(OK_TAIL)
    return answer[2 : -len(OK_TAIL)]


def test_a_uart_driver_with_the_older_accept_loop_is_served():
    port = free_port()
    with Emulator("--profile", "c3.5.2.5", joined=None) as emulator, emulator.host() as host:
        assert good(host, b"I?\r\n").split(b",")[1] == b"C3.5.2.5.STM"
        for line in ("C1=LAB", "C2=secret", "C3=4"):
            good(host, line)
        assert good(host, "C0").split(b",")[1] == b"127.0.0.1"
        # strtok takes empty fields for none: there must be none.
        fields = re.findall(rb"[^,]+", good(host, "C?"))
        assert (len(fields), fields[5], fields[14]) == (15, b"127.0.0.1", b"1")
        assert good(host, "CS")[:1] == b"1"
        for line in ("PK=1,3000", "P0=0", "P1=0", f"P2={port}", "P8=6", "P5=1"):
            good(host, line)
        first, second = connect(port), connect(port)
        notice = host.until(b"\r\n> ")
        assert notice.split(b" ")[3].split(b":")[0] == b"127.0.0.1"
        good(host, "P7=1")
        first.sendall(b"request")
        for line in ("P0=0", "R1=1200", "R2=1000"):
            good(host, line)
        assert good(host, "R0") == b"request"
        good(host, "S2=1000")
        host.send(b"S3=0006\r")
        host.send(b"answer")
        assert host.until(b"> ") == b"\r\n6" + OK_TAIL
        assert receive(first, 6) == b"answer"
        good(host, "P7=2")
        good(host, "P7=3")
        assert b"Accepted 127.0.0.1:%d" % second.getsockname()[1] in host.until(b"\r\n> ")
        good(host, "P5=0")
        first.close()
        second.close()


def test_an_spi_driver_polls_and_takes_error_for_a_lost_connection():
    port = free_port()
    with Emulator("--notices", "mr", "--profile", "c3.5.2.5") as emulator, emulator.host() as host:
        host.send(b"ZR\r")
        assert host.until(b"> ") == b"\x15\x15\r\n> "
        for line in ("MT=1", "Z3=0", "ZP=6,0", "C1=LAB", "C0"):
            good(host, line)
        assert good(host, "D0=www.example.com") == b"127.0.0.1"
        # An odd command is filled up with a line feed, for the bus moves pairs of bytes.
        for line in (b"P1=0", f"P2={port}".encode(), b"P8=2", b"P5=11"):
            good(host, line + b"\r\n")
        assert host.at("MR") == b"\r\n[SOMA][EOMA]\r\nOK\r\n> "
        with connect(port) as client:
            while (message := good(host, "MR")) == b"[SOMA][EOMA]":
                pass
            assert message.startswith(b"[SOMA][TCP SVR] Accepted 127.0.0.1:")
            fields = good(host, "P?").split(b",")
            assert (fields[1], int(fields[2])) == (b"127.0.0.1", port)
            assert int(fields[4]) == client.getsockname()[1]
            host.send(b"S3=3\rabc\n")
            assert host.until(b"> ") == b"\r\n3" + OK_TAIL
        assert host.at("R0") == b"\r\n-1\r\nERROR\r\n> "
        host.send(b"S3=2\rab")
        assert host.until(b"> ") == b"\r\n-1" + OK_TAIL


@pytest.mark.slow
@pytest.mark.parametrize("stray", [b"\x00", b"x", b"\n", b"0"])
def test_a_driver_that_sends_one_stray_byte_behind_each_payload_stays_in_step(stray):
    port = free_port()
    with Emulator("--variant", "notice-local-port") as emulator, emulator.host() as host:
        good(host, f"P2={port}")
        good(host, "P5=1")
        with connect(port) as client:
            # Zephyr's driver finds its socket by the port in the notice: the local one.
            assert host.until(b"> ").endswith(b":%d\r\n> " % port)
            for number in range(50):
                for byte in b"S3=2\r%02d" % number + stray:
                    os.write(host.port.fileno(), bytes([byte]))
                assert host.until(b"> ") == b"\r\n2" + OK_TAIL
                assert good(host, "P0") == b"0"
                assert receive(client, 2) == b"%02d" % number
