"""R and S: what goes through, how much of it, and when it ends."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_impl.core.profile import Forms, Limits, Profile
from tests.reference_impl.core_bench import OK, CoreBench, payload

SHORT = Limits(short_errors=1)
ERROR = b"\r\nERROR\r\n> "
LOST = b"\r\n-1\r\nERROR\r\n> "
NASTY = [
    bytes(range(256)),
    b"\x00" * 100,
    b"\r\n",
    b"\n",
    b"\r",
    b"\r\n> ",
    b"\r\n\r\nOK\r\n> ",
    b"\r\nERROR\r\n> ",
    b"-1",
    b"\x15\x15",
    "grüß …".encode(),
    b"S3=3\rabc",
    b"x" * 1460,
]


def serving(profile=None):
    """A module that serves one client; and the client."""
    bench = CoreBench(profile or Profile(limits=SHORT))
    bench.at("P5=11")
    client = bench.connect()
    bench.run(0.05)
    bench.take()
    return bench, client


@pytest.mark.parametrize("data", NASTY)
def test_r0_gives_the_clients_bytes_whatever_they_are(data):
    bench, client = serving()
    bench.arrive(client, data)
    assert bench.at("R0") == payload(data)


@pytest.mark.parametrize("step", [1, 2, 3, 100, None])
@pytest.mark.parametrize("data", NASTY)
def test_s3_sends_exactly_its_bytes_whatever_they_are_and_however_split(data, step):
    bench, client = serving()
    bench.send(b"S3=%04d\r" % len(data) + data, step)
    bench.run(0.01)
    assert bench.take() == payload(b"%d" % len(data))
    assert client.got == data
    assert bench.at("P0") == payload(b"0")


@settings(max_examples=100)
@given(st.binary(min_size=1, max_size=1460), st.integers(1, 1460))
def test_any_bytes_go_out_as_they_came(data, step):
    bench, client = serving()
    bench.send(b"S3=%d\r" % len(data) + data, step)
    bench.run(0.01)
    assert client.got == data
    assert bench.take() == payload(b"%d" % len(data))


def test_r0_gives_at_most_r1_bytes_and_the_rest_later():
    bench, client = serving()
    bench.at("R1=4")
    bench.arrive(client, b"0123456789")
    assert [bench.at("R0") for _ in range(3)] == [payload(b"0123"), payload(b"4567"), payload(b"89")]


def test_r0_without_data_waits_r2_and_is_empty():
    bench, _client = serving()
    bench.at("R2=100")
    bench.send(b"R0\r")
    assert bench.run(0.0999).take() == b""
    assert bench.run(0.0002).take() == OK


def test_r0_with_r2_of_0_takes_what_is_there_and_does_not_wait():
    bench, client = serving()
    bench.at("R2=0")
    bench.arrive(client, b"x")
    bench.send(b"R0\rR0\r")
    assert bench.take() == payload(b"x") + OK


def test_r0_answers_as_soon_as_bytes_come():
    bench, client = serving()
    bench.send(b"R0\r")
    bench.run(1.0)
    bench.arrive(client, b"late")
    assert bench.take() == payload(b"late")


def test_bytes_that_come_after_the_wait_are_for_the_next_r0():
    bench, client = serving()
    bench.at("R2=10")
    assert bench.at("R0") == OK
    bench.arrive(client, b"later")
    assert bench.take() == b""
    assert bench.at("R0") == payload(b"later")


@pytest.mark.parametrize("reset", [False, True])
def test_r0_says_minus_one_again_and_again_once_the_client_is_gone(reset):
    bench, client = serving()
    bench.end(client, reset=reset)
    assert [bench.at("R0") for _ in range(3)] == [LOST] * 3


def test_r0_that_waits_ends_when_the_client_goes():
    bench, client = serving()
    bench.send(b"R0\r")
    bench.run(0.5)
    bench.end(client)
    assert bench.take() == LOST


def test_bytes_before_the_end_come_before_minus_one():
    bench, client = serving()
    bench.arrive(client, b"last words")
    bench.end(client)
    assert bench.at(b"S3=1\rx") == payload(b"-1")
    assert bench.at("R0") == payload(b"last words")
    assert bench.at("R0") == LOST


def test_minus_one_as_data_has_ok_behind_it():
    bench, client = serving()
    bench.arrive(client, b"-1")
    assert bench.at("R0") == b"\r\n-1\r\nOK\r\n> "


def test_the_tail_of_a_lost_read_has_both_forms():
    bench, client = serving(Profile(forms=Forms(read_lost_error=False)))
    bench.end(client)
    assert bench.at("R0") == payload(b"-1")
    bench, client = serving(Profile())
    bench.end(client)
    assert bench.at("R0").startswith(b"\r\n-1\r\nERROR: ")
    assert bench.at("R0").endswith(b"\r\nUsage: R0 \r\n> ")


def test_the_tail_of_a_lost_write_has_both_forms():
    bench, client = serving()
    bench.end(client)
    assert bench.at(b"S3=2\rab") == payload(b"-1")
    bench, client = serving(Profile(limits=SHORT, forms=Forms(send_lost_error=True)))
    bench.end(client)
    assert bench.at(b"S3=2\rab") == LOST


def test_a_client_that_closed_its_side_is_sent_to_where_half_closing_is_known():
    bench, client = serving(Profile(limits=SHORT, forms=Forms(half_close=True)))
    bench.end(client)
    assert bench.at(b"S3=2\rab") == payload(b"2")
    assert client.got == b"ab"


def test_without_a_client_reading_and_writing_say_minus_one():
    bench = CoreBench(Profile(limits=SHORT))
    for start in (None, "P5=11"):
        if start:
            bench.at(start)
        assert bench.at("R0") == LOST
        assert bench.at(b"S3=2\rab") == payload(b"-1")


def test_without_a_client_a_bare_error_is_another_form():
    bench = CoreBench(Profile(limits=SHORT, forms=Forms(no_client_minus_one=False)))
    assert bench.at("R0") == ERROR
    assert bench.at(b"S3=2\rab") == ERROR


@pytest.mark.parametrize("value", ["0", "1461", "", "x", "-1", "1,2"])
def test_s3_of_no_good_size_is_one_error_and_its_payload_is_lost(value):
    bench, client = serving()
    assert bench.at(f"S3={value}".encode() + b"\rP0=3\rabc") == ERROR
    assert client.got == b""
    assert bench.at("P0") == payload(b"0")


@pytest.mark.parametrize("step", [1, None])
@pytest.mark.parametrize("stray", [b"", b"\n", b"\r", b"x", b"\x00"])
def test_one_byte_too_many_is_swallowed(stray, step):
    bench, client = serving()
    bench.send(b"S3=3\rabc" + stray, step)
    bench.run(0.01)
    assert bench.take() == payload(b"3")
    assert client.got == b"abc"
    assert bench.at("P0") == payload(b"0")


@pytest.mark.parametrize("step", [1, 3, None])
@pytest.mark.parametrize("excess", [b"de", b"P0=3\r", b"x" * 1000])
def test_more_bytes_too_many_are_lost_and_one_error_follows(excess, step):
    bench, client = serving()
    bench.send(b"S3=3\rabc" + excess, step)
    bench.run(0.01)
    assert bench.take() == payload(b"3") + ERROR
    assert client.got == b"abc"
    assert bench.at("P0") == payload(b"0")


@pytest.mark.parametrize("command", [b"S3=3\rabcXYZ", b"S3=0\rabcXYZ"])
def test_excess_on_a_slow_line_is_waited_for(command):
    bench = CoreBench(Profile(limits=SHORT), byte_time=0.008)
    bench.at("P5=11")
    client = bench.connect()
    bench.run(0.01).take()
    for byte in command:
        bench.send(bytes([byte])).run(0.008)
    bench.run(0.1)
    assert bench.take().endswith(ERROR)
    assert client.got == (b"abc" if b"3=3" in command else b"")
    assert bench.at("P0") == payload(b"0")


def test_one_byte_too_many_is_swallowed_even_when_it_comes_after_the_answer():
    bench, _client = serving()
    assert bench.at(b"S3=3\rabc".removesuffix(b"\r")) == payload(b"3")
    bench.run(1.0)
    assert bench.at(b"\x00P0") == payload(b"0")
    assert bench.at(b"\x00P0") == ERROR


@pytest.mark.parametrize("command", [b"S3=5\r", b"S0\r"])
def test_too_few_bytes_are_sent_when_s2_has_passed(command):
    bench, client = serving()
    bench.at("S1=5")
    bench.at("S2=300")
    bench.send(command + b"abc")
    assert bench.run(0.299).take() == b""
    assert bench.run(0.01).take() == payload(b"3")
    assert client.got == b"abc"


def test_a_payload_that_comes_slowly_is_waited_for():
    bench, client = serving()
    bench.at("S2=300")
    bench.send(b"S3=3\r")
    for byte in (b"a", b"b", b"c"):
        bench.run(0.25)
        assert bench.take() == b""
        bench.send(byte)
    assert bench.run(0.01).take() == payload(b"3")
    assert client.got == b"abc"


def test_no_byte_at_all_sends_none():
    bench, client = serving()
    bench.at("S2=0")
    bench.send(b"S3=3\r")
    assert bench.run(1.0).take() == payload(b"0")
    assert client.got == b""


def test_s0_sends_s1_bytes():
    bench, client = serving()
    bench.at("S1=4")
    bench.send(b"S0\rabcd")
    assert bench.run(0.01).take() == payload(b"4")
    assert client.got == b"abcd"


def test_a_network_that_takes_no_more_ends_the_write_after_s2_with_the_count():
    bench, client = serving()
    bench.at("S2=200")
    client.room = 2
    bench.send(b"S3=5\rabcde")
    assert bench.run(0.19).take() == b""
    assert bench.run(0.02).take() == payload(b"2")


def test_a_network_that_takes_more_later_gets_the_rest():
    from reference_impl.core.events import Writable

    bench, client = serving()
    client.room = 2
    bench.send(b"S3=5\rabcde")
    bench.run(0.1)
    client.room = 10
    bench.tell(Writable(bench.network.accepted[-1]))
    assert bench.run(0.01).take() == payload(b"5")
    assert client.got == b"abcde"


def test_read_mode_1_leaves_the_delimiters_out():
    bench, client = serving()
    bench.at("R3=1")
    bench.arrive(client, b"raw")
    assert bench.at("R0") == b"rawOK\r\n> "


def test_short_reads_lose_nothing():
    bench, client = serving(Profile(limits=SHORT, forms=Forms(short_reads=True)))
    data = bytes(range(256)) * 10
    bench.arrive(client, data)
    got, reads = b"", 0
    while len(got) < len(data):
        got += bench.at("R0")[2:-8]
        reads += 1
    assert got == data
    assert reads > 2


def test_a_read_size_of_0_where_it_is_taken_gives_nothing_and_loses_nothing():
    bench, client = serving(Profile(limits=Limits(short_errors=1, read_min=0)))
    bench.at("R1=0")
    bench.arrive(client, b"abc")
    assert bench.at("R0") == OK
    bench.at("R1=10")
    assert bench.at("R0") == payload(b"abc")


def test_bytes_of_the_former_client_are_not_for_the_next():
    bench, first = serving()
    bench.arrive(first, b"old")
    bench.at("P5=10")
    second = bench.connect(("127.0.0.1", 1))
    bench.run(0.01)
    bench.take()
    bench.arrive(second, b"new")
    assert bench.at("R0") == payload(b"new")


# --- clients (P6) and datagrams ------------------------------------------------------------------------------
def client_bench(*commands):
    bench = CoreBench(Profile(limits=SHORT))
    for command in ("P3=127.0.0.1", "P4=7000", *commands):
        bench.at(command)
    return bench


def test_a_client_connects_sends_receives_and_closes():
    bench = client_bench()
    assert bench.at("P6=1") == payload(b"[TCP  RC] Connecting to 127.0.0.1")
    link = max(bench.network.links.items())[1]
    assert bench.at(b"S3=2\rhi") == payload(b"2")
    assert link.got == b"hi"
    bench.arrive(link, b"there")
    assert bench.at("R0") == payload(b"there")
    assert bench.at("P6=1") == ERROR
    assert bench.at("P5=1") == ERROR
    assert bench.at("P6=0") == OK
    assert link.closed
    assert bench.at("P6=0") == OK


def test_a_refused_connection_is_an_error_behind_its_progress():
    bench = client_bench("P4=1")
    assert bench.at("P6=1") == b"\r\n[TCP  RC] Connecting to 127.0.0.1\r\nERROR\r\n> "
    bench.at("P4=7000")
    assert bench.at("P6=1").endswith(b"OK\r\n> ")


def test_a_connection_that_does_not_come_about_is_given_up():
    bench = client_bench("P4=2")
    bench.send(b"P6=1\r")
    assert bench.run(9.9).take() == b""
    assert bench.run(0.2).take().endswith(ERROR)
    assert max(bench.network.links.items())[1].closed


def test_mqtt_is_set_and_not_started():
    bench = CoreBench(Profile(limits=Limits(short_errors=1, protocol_max=4)))
    assert bench.at("P1=4") == OK
    assert bench.at("P6=1") == ERROR
    assert bench.at("P5=1") == ERROR


@pytest.mark.parametrize("protocol", ["1", "2"])
def test_a_datagram_server_answers_the_sender_of_the_last_datagram(protocol):
    bench = client_bench(f"P1={protocol}", "P2=9000")
    assert bench.at("P5=1") == OK
    link = max(bench.network.links.items())[1]
    assert bench.at("P?")[2:-8].split(b",")[5:7] == [b"0", b"1"]
    bench.arrive(link, b"q" * 20, ("127.0.0.3", 3333))
    bench.at("R1=8")
    assert bench.at("R0") == payload(b"q" * 8)
    bench.at("R2=10")
    assert bench.at("R0") == OK  # the rest of the datagram is lost (UM 4.14)
    assert bench.at("P?")[2:-8].split(b",")[3:5] == [b"127.0.0.3", b"3333"]
    assert bench.at(b"S3=1\ra") == payload(b"1")
    assert link.sent[-1] == (b"a", ("127.0.0.3", 3333))
    bench.at("P3=127.0.0.1")
    assert bench.at(b"S3=1\rb") == payload(b"1")
    assert link.sent[-1] == (b"b", ("127.0.0.1", 7000))
    assert bench.at("P5=0") == OK
    assert link.closed


def test_a_datagram_client_is_bound_to_its_local_port_and_sends_to_its_remote_one():
    bench = client_bench("P1=1", "P2=9001")
    assert bench.at("P6=1") == OK
    assert bench.network.log[-1].local == ("127.0.0.1", 9001)
    assert bench.at(b"S3=2\rhi") == payload(b"2")
    assert max(bench.network.links.items())[1].sent == [(b"hi", ("127.0.0.1", 7000))]


def test_an_empty_datagram_is_an_empty_answer():
    bench = client_bench("P1=1")
    bench.at("P6=1")
    bench.arrive(max(bench.network.links.items())[1], b"", ("127.0.0.3", 3333))
    assert bench.at("R0") == OK
