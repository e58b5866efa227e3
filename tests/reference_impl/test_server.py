"""The TCP server: the page's transcript, the table of its states, and who is served when."""

import pytest

from reference_impl.core.effects import Accept, Close, KeepAlive, Listen
from reference_impl.core.profile import Forms, Limits, Profile
from reference_impl.core.server import ACTIONS
from reference_impl.core.sockets import Order, State
from tests.reference_impl.core_bench import OK, PROMPT, CoreBench, payload

SHORT = Profile(limits=Limits(short_errors=1))
ERROR = b"\r\nERROR\r\n> "
WAITING = "[TCP SVR] Waiting on connection …".encode()
SETUP = b"[TCP TSK] Multi-Accept Setup"
KILLED = payload(b"[TCP TSK] Killed")


def accepted(host, port):
    return f"\r\n[TCP SVR] Accepted {host}:{port}\r\n> ".encode()


def status(bench):
    return bench.at("P?")[2:-8].split(b",")


@pytest.fixture
def bench():
    return CoreBench(SHORT)


@pytest.mark.parametrize("step", [1, 2, None])
def test_the_pages_transcript_comes_byte_for_byte(bench, step):
    def say(line):
        bench.send(line, step)
        bench.run(0.003)
        return bench.take()

    for setting in (b"PK=1,3000\r", b"P1=0\r", b"P2=5024\r", b"P8=6\r"):
        assert say(setting) == OK
    assert say(b"P5=11\r") == payload(SETUP + b"\r\n" + WAITING)
    first = bench.connect(("192.168.10.100", 34489))
    second = bench.connect(("192.168.10.100", 34504))
    assert bench.run(0.01).take() == accepted("192.168.10.100", 34489)
    bench.arrive(first, b"Data from 192.168.10.100")
    bench.arrive(second, b"Data from 192.168.10.100")
    assert say(b"R0\r") == payload(b"Data from 192.168.10.100")
    assert say(b"S3=1\r1") == payload(b"1")
    assert first.got == b"1"
    assert say(b"P5=10\r") == payload(WAITING)
    assert first.closed
    assert bench.run(0.01).take() == accepted("192.168.10.100", 34504)
    assert say(b"R0\r") == payload(b"Data from 192.168.10.100")
    assert say(b"S3=1\r2") == payload(b"1")
    assert second.got == b"2"
    assert say(b"P5=0\r") == KILLED
    assert second.closed


def test_the_server_listens_on_its_port_with_its_backlog():
    bench = CoreBench(address="127.0.0.5")
    for command in ("P2=81", "P8=4", "P5=11"):
        bench.at(command)
    listen = next(effect for effect in bench.network.log if isinstance(effect, Listen))
    assert (listen.local, listen.backlog) == (("127.0.0.5", 81), 4)


@pytest.mark.parametrize("order", [("PK=1,2500", "P5=11"), ("P5=11", "PK=1,2500")])
def test_client_gets_the_keep_alive_that_holds_when_it_is_accepted(bench, order):
    for command in order:
        bench.at(command)
    client = bench.connect()
    later = bench.connect()
    assert client.keep_alive == KeepAlive(True, 2500)
    bench.at("PK=0,1000")
    assert client.keep_alive == KeepAlive(True, 2500)
    bench.at("P5=10")
    assert later.keep_alive == KeepAlive(False, 1000)


def test_the_table_of_states_is_total():
    assert set(ACTIONS) == {(state, order) for state in State for order in Order}


@pytest.mark.parametrize("start", ["P5=1", "P5=11"])
@pytest.mark.parametrize("state", ["waiting", "serving", "lost"])
def test_a_running_server_is_not_started_again(bench, start, state):
    bench.at("P5=11")
    if state != "waiting":
        client = bench.connect()
        bench.run(0.01)
    if state == "lost":
        bench.end(client)
        bench.at("R0")
    bench.take()
    assert bench.at(start) == ERROR
    assert bench.at("P5=0") == KILLED


def test_next_without_a_server_is_refused(bench):
    assert bench.at("P5=10") == ERROR


def test_next_while_waiting_waits_on(bench):
    bench.at("P5=11")
    assert bench.at("P5=10") == payload(WAITING)
    bench.connect()
    assert bench.run(0.01).take() == accepted("127.0.0.9", 40001)
    assert sum(isinstance(effect, Accept) for effect in bench.network.log) == 1


def test_second_client_waits_until_p5_10(bench):
    bench.at("P5=11")
    first = bench.connect(("127.0.0.1", 1001))
    bench.connect(("127.0.0.1", 1002))
    assert bench.run(10.0).take() == accepted("127.0.0.1", 1001)
    bench.end(first)
    bench.at("R0")
    assert bench.run(10.0).take() == b""
    assert bench.at("P5=10", 0.003) == payload(WAITING)
    assert bench.run(0.01).take() == accepted("127.0.0.1", 1002)


def test_stop_closes_client_and_port_and_may_be_said_again(bench):
    bench.at("P5=11")
    client = bench.connect()
    bench.take()
    assert bench.at("P5=0") == KILLED
    assert client.closed
    assert bench.network.servers == {}
    assert bench.at("P5=0") == OK


def test_a_single_server_answers_ok_before_any_client_and_takes_one(bench):
    assert bench.at("P5=1") == OK
    first = bench.connect(("127.0.0.1", 1001))
    bench.connect(("127.0.0.1", 1002))
    assert bench.run(1.0).take() == accepted("127.0.0.1", 1001)
    assert status(bench)[5] == b"1"
    assert bench.at("P5=0") == OK
    assert first.closed


def test_the_status_shows_the_client_from_its_notice_until_next(bench):
    bench.at("P5=11")
    assert status(bench)[1] == b"0.0.0.0"
    client = bench.connect(("127.0.0.7", 1234))
    bench.run(0.01)
    shown = status(bench)
    assert (shown[1], shown[4], shown[5], shown[8]) == (b"127.0.0.7", b"1234", b"1", b"1")
    bench.end(client)
    bench.at("R0")
    assert status(bench)[1] == b"127.0.0.7"
    bench.at("P5=10")
    shown = status(bench)
    assert (shown[1], shown[4], shown[5]) == (b"0.0.0.0", b"5025", b"1")
    bench.at("P5=0")
    assert status(bench)[5] == b"0"


def test_a_busy_port_is_refused_and_can_be_tried_again(bench):
    bench.network.busy_ports.add(5024)
    assert bench.at("P5=11") == ERROR
    bench.network.busy_ports.clear()
    assert bench.at("P5=11") == payload(SETUP + b"\r\n" + WAITING)


def test_port_0_is_any_and_the_status_tells_which(bench):
    bench.at("P2=0")
    bench.at("P5=11")
    assert status(bench)[2] == b"49152"
    bench.at("P5=0")
    assert status(bench)[2] == b"0"


def test_a_server_needs_a_network():
    bench = CoreBench(SHORT, joined=None)
    assert bench.at("P5=11") == ERROR
    bench.at("C1=LAB")
    bench.at("C0")
    assert bench.at("P5=11") == payload(SETUP + b"\r\n" + WAITING)


@pytest.mark.parametrize("protocol", ["1", "2", "3"])
def test_multi_accept_is_for_tcp(bench, protocol):
    bench.at(f"P1={protocol}")
    assert bench.at("P5=11") == ERROR


def test_a_module_without_multi_accept_refuses_it():
    bench = CoreBench(Profile(limits=Limits(short_errors=1, multi_accept=False)))
    assert bench.at("P5=11") == ERROR
    assert bench.at("P5=10") == ERROR
    assert bench.at("P5=1") == OK


def test_four_servers_serve_at_once_and_keep_apart(bench):
    clients = []
    for index in range(4):
        bench.at(f"P0={index}")
        bench.at(f"P2={6000 + index}")
        bench.at("P5=11")
        clients.append(bench.connect(("127.0.0.1", 7000 + index)))
        assert bench.run(0.01).take() == accepted("127.0.0.1", 7000 + index)
        bench.arrive(clients[-1], b"for %d" % index)
    for index in (2, 0, 3, 1):
        bench.at(f"P0={index}")
        assert bench.at("R0") == payload(b"for %d" % index)
        assert bench.at(b"S3=0001\r%d" % index) == payload(b"1")
    assert [client.got for client in clients] == [b"0", b"1", b"2", b"3"]
    bench.at("P5=0")
    assert [client.closed for client in clients] == [False, True, False, False]


@pytest.mark.parametrize("started", ["P5=1", "P7=1"])
def test_the_older_accept_loop_serves_one_after_the_other(bench, started):
    assert bench.at(started) == OK
    assert bench.at("P7=1") == OK
    first = bench.connect(("127.0.0.1", 1001))
    bench.connect(("127.0.0.1", 1002))
    assert bench.run(0.01).take() == accepted("127.0.0.1", 1001)
    assert bench.at("P7=2") == OK
    assert first.closed
    assert bench.run(1.0).take() == b""
    assert bench.at("P7=3", 0.003) == OK
    assert bench.run(0.01).take() == accepted("127.0.0.1", 1002)
    assert bench.at("P7=0") == OK
    assert bench.network.servers == {}


def test_the_older_accept_loop_refuses_what_has_no_sense(bench):
    assert bench.at("P7=2") == ERROR
    assert bench.at("P7=3") == ERROR
    assert bench.at("P7=0") == OK


def test_firmware_c6_has_no_older_accept_loop():
    bench = CoreBench(Profile(limits=Limits(short_errors=1, accept_loop=False)))
    assert bench.at("P7=1") == ERROR


def test_the_form_with_the_prompt_before_ok_is_the_tables():
    bench = CoreBench(Profile(forms=Forms(next_prompt=True)))
    bench.at("P5=11")
    assert bench.at("P5=10") == b"\r\n" + WAITING + b"\r\n> OK\r\n> "


def test_leaving_the_network_closes_everything(bench):
    bench.at("P5=11")
    client = bench.connect()
    bench.run(0.01)
    bench.take()
    assert bench.at("CD") == OK
    assert client.closed
    assert bench.network.servers == {}
    assert bench.at("CS") == payload(b"0")


def test_a_reset_closes_everything(bench):
    bench.at("P5=11")
    client = bench.connect()
    bench.run(0.01)
    bench.take()
    assert bench.at("ZR", 1.0) == PROMPT
    assert client.closed
    assert bench.network.servers == {}


def test_the_reset_pin_silences_the_module_until_it_is_released(bench):
    bench.at("P5=11")
    client = bench.connect()
    bench.run(0.01)
    bench.take()
    bench.engine.reset_pin(True, bench.now)
    bench._settle()
    assert client.closed
    assert bench.at("P0", 5.0) == b""
    bench.engine.reset_pin(False, bench.now)
    assert bench.run(0.05).take() == b""
    assert bench.run(0.1).take() == PROMPT
    assert bench.at("P0") == payload(b"0")


def test_two_hundred_clients_in_a_row_leave_nothing_behind(bench):
    bench.at("P5=11")
    for number in range(200):
        client = bench.connect(("127.0.0.1", 2000 + number))
        assert bench.run(0.01).take() == accepted("127.0.0.1", 2000 + number)
        assert bench.at("P5=10", 0.003) == payload(WAITING)
        assert client.closed
    bench.at("P5=0")
    opened = {effect.link for effect in bench.network.log if isinstance(effect, Accept)}
    closed = {effect.handle for effect in bench.network.log if isinstance(effect, Close)}
    assert opened - closed == {max(opened)}  # the one that never came


@pytest.mark.parametrize(("command", "answer"), [("P5=0", KILLED), ("P5=10", payload(WAITING))])
def test_a_notice_that_was_not_told_yet_goes_with_its_client(bench, command, answer):
    bench.at("P5=11")
    client = bench.connect()
    bench.take()
    assert bench.at(command, 1.0) == answer
    assert client.closed


def test_a_client_accepted_while_its_server_stops_is_closed(bench):
    bench.at("P5=11")
    clients = [bench.connect(("127.0.0.1", port)) for port in (1, 2)]
    bench.run(0.01)
    bench.take()
    bench.send(b"P5=10\rP5=0\r")
    assert bench.run(1.0).take() == payload(WAITING) + KILLED
    assert [client.closed for client in clients] == [True, True]


def test_a_connection_under_way_is_given_up_at_a_reset(bench):
    bench.at("P4=2")
    bench.send(b"P6=1\r")
    (link,) = bench.network.links.values()
    assert not link.closed
    bench.engine.reset_pin(True, bench.now)
    bench._settle()
    assert link.closed
