"""The network side with real sockets on loopback."""

import socket
import struct
import time

import pytest

from reference_impl.core import effects as ask
from reference_impl.core import events as tell
from reference_impl.shells.loop import Loop
from reference_impl.shells.network import SocketNetwork
from tests.reference_impl.process import PATIENCE, at_end, receive

HERE = "127.0.0.1"
NO_ALIVE = ask.KeepAlive(False, 7200000)


class Bench:
    """A network side with its loop, and the events that came later."""

    def __init__(self):
        self.loop = Loop()
        self.later = []
        self.network = SocketNetwork(self.loop, self.later.append)

    def do(self, effect):
        """The one event that the effect brings about at once."""
        (event,) = self.network.perform(effect)
        return event

    def wait(self, kind):
        """The next event that comes later."""
        end = time.monotonic() + PATIENCE
        while not self.later:
            assert time.monotonic() < end, f"waited for {kind.__name__}"
            self.loop.at(self.loop.now() + 0.05, lambda: None)
            self.loop.step()
        event = self.later.pop(0)
        assert isinstance(event, kind), event
        return event

    def listen(self, backlog=5):
        return self.do(ask.Listen(1, (HERE, 0), backlog)).local

    def serve(self, keep_alive=NO_ALIVE, link=2):
        """A server and its first client: handle 1 and `link`."""
        client = socket.create_connection(self.listen())
        event = self.do(ask.Accept(1, link))
        assert event == tell.Accepted(1, link, client.getsockname(), client.getpeername())
        assert self.network.perform(ask.SetKeepAlive(link, keep_alive)) == []
        return client


@pytest.fixture
def bench():
    bench = Bench()
    yield bench
    bench.network.close()


def test_a_client_in_the_queue_is_accepted_at_once(bench):
    with bench.serve():
        pass


def test_a_client_that_comes_later_is_accepted_when_it_comes_and_only_one(bench):
    where = bench.listen()
    assert bench.network.perform(ask.Accept(1, 2)) == []
    with socket.create_connection(where) as client, socket.create_connection(where):
        assert bench.wait(tell.Accepted).peer == client.getsockname()
        bench.loop.at(bench.loop.now(), lambda: None)
        bench.loop.step()
        assert bench.later == []


def test_at_least_as_many_clients_as_the_backlog_wait_in_their_order(bench):
    where = bench.listen(backlog=6)
    clients = [socket.create_connection(where, timeout=PATIENCE) for _ in range(6)]
    for index, client in enumerate(clients):
        assert bench.do(ask.Accept(1, 10 + index)).peer == client.getsockname()
    for client in clients:
        client.close()


def test_bytes_go_both_ways(bench):
    with bench.serve() as client:
        client.sendall(b"hello")
        assert bench.do(ask.Receive(2, 3)) == tell.Received(2, b"hel")
        assert bench.do(ask.Receive(2, 9)) == tell.Received(2, b"lo")
        assert bench.do(ask.Transmit(2, b"answer")) == tell.Transmitted(2, 6)
        assert receive(client, 6) == b"answer"


def test_bytes_that_come_later_are_told_once(bench):
    with bench.serve() as client:
        assert bench.do(ask.Receive(2, 9)) == tell.Blocked(2)
        client.sendall(b"late")
        assert bench.wait(tell.Received).data == b"late"
        client.sendall(b"more")
        assert bench.do(ask.Receive(2, 9)) == tell.Received(2, b"more")
        assert bench.later == []


def test_a_cancelled_wait_leaves_the_bytes_for_the_next(bench):
    with bench.serve() as client:
        assert bench.do(ask.Receive(2, 9)) == tell.Blocked(2)
        bench.network.perform(ask.Cancel(2))
        client.sendall(b"kept")
        bench.loop.at(bench.loop.now() + 0.05, lambda: None)
        bench.loop.step()
        assert bench.later == []
        assert bench.do(ask.Receive(2, 9)) == tell.Received(2, b"kept")


def test_the_peers_end_is_told_after_its_bytes(bench):
    client = bench.serve()
    client.sendall(b"last")
    client.close()
    assert isinstance(bench.do(ask.Transmit(2, b"x")), tell.Lost)
    assert bench.do(ask.Receive(2, 9)) == tell.Received(2, b"last")
    assert isinstance(bench.do(ask.Receive(2, 9)), tell.Lost)
    assert isinstance(bench.do(ask.Receive(2, 9)), tell.Lost)


def test_a_half_closed_peer_can_be_sent_to_when_that_is_asked_for(bench):
    with bench.serve() as client:
        client.shutdown(socket.SHUT_WR)
        assert isinstance(bench.do(ask.Transmit(2, b"x")), tell.Lost)
        assert bench.do(ask.Transmit(2, b"x", refuse_closed=False)) == tell.Transmitted(2, 1)
        assert receive(client, 1) == b"x"


def test_a_reset_is_a_loss(bench):
    client = bench.serve()
    assert bench.do(ask.Receive(2, 9)) == tell.Blocked(2)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    assert bench.wait(tell.Lost).handle == 2
    assert isinstance(bench.do(ask.Transmit(2, b"x")), tell.Lost)


def test_a_peer_that_does_not_read_blocks_and_is_writable_later(bench):
    with bench.serve() as client:
        sent = 0
        while isinstance(event := bench.do(ask.Transmit(2, b"x" * 65536)), tell.Transmitted):
            sent += event.count
        assert event == tell.Blocked(2)
        receive(client, sent)
        assert bench.wait(tell.Writable).handle == 2


def test_closing_with_unread_bytes_is_an_orderly_end(bench):
    with bench.serve() as client:
        client.sendall(b"never read")
        bench.do(ask.Transmit(2, b"bye"))
        bench.network.perform(ask.Close(2))
        assert at_end(client) == b"bye"


def test_aborting_is_a_reset(bench):
    with bench.serve() as client:
        bench.network.perform(ask.Close(2, abort=True))
        with pytest.raises(ConnectionResetError):
            at_end(client)


def test_closing_the_server_frees_its_port_at_once_though_it_had_clients(bench):
    client = bench.serve()
    where = client.getpeername()
    bench.network.perform(ask.Close(2))
    bench.network.perform(ask.Close(1))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(where)
    assert bench.do(ask.Listen(5, where, 1)) == tell.Opened(5, where)
    client.close()


def test_a_busy_port_is_a_failure_with_its_reason(bench):
    where = bench.listen()
    assert bench.do(ask.Listen(7, where, 1)) == tell.Failed(7, "Address already in use")


@pytest.mark.parametrize(("idle_ms", "idle"), [(250, 1), (1000, 1), (3000, 3), (2500, 3), (7200000, 7200)])
def test_keep_alive_is_the_kernels(bench, idle_ms, idle):
    with bench.serve(ask.KeepAlive(True, idle_ms)):
        link = bench.network._sockets[2]
        assert link.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert link.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == idle
        assert link.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL) == 1
        assert link.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT) == 2
        assert link.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == (idle + 2) * 1000


def test_without_keep_alive_the_kernel_does_not_probe(bench):
    with bench.serve():
        assert bench.network._sockets[2].getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 0


def test_a_client_connects(bench):
    with socket.create_server((HERE, 0)) as server:
        event = bench.do(ask.Connect(3, (HERE, 0), server.getsockname(), NO_ALIVE))
        if event == tell.Blocked(3):
            event = bench.wait(tell.Opened)
        peer, where = server.accept()
        assert event == tell.Opened(3, where)
        with peer:
            bench.do(ask.Transmit(3, b"hi"))
            assert receive(peer, 2) == b"hi"


def test_a_refused_connection_is_a_failure(bench):
    with socket.create_server((HERE, 0)) as server:
        where = server.getsockname()
    event = bench.do(ask.Connect(3, (HERE, 0), where, NO_ALIVE))
    if event == tell.Blocked(3):
        event = bench.wait(tell.Failed)
    assert event == tell.Failed(3, "Connection refused")


def test_an_address_beyond_loopback_is_a_failure_and_no_packet(bench):
    assert isinstance(bench.do(ask.Connect(3, (HERE, 0), ("192.0.2.1", 80), NO_ALIVE)), tell.Failed)


def test_datagrams_are_cut_to_the_limit_and_tell_their_sender(bench):
    where = bench.do(ask.OpenDatagram(4, (HERE, 0))).local
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind((HERE, 0))
        peer.sendto(b"0123456789", where)
        peer.sendto(b"next", where)
        event = bench.do(ask.Receive(4, 4))
        if event == tell.Blocked(4):
            event = bench.wait(tell.Received)
        assert event == tell.Received(4, b"0123", peer.getsockname())
        assert bench.do(ask.Receive(4, 10)).data == b"next"
        assert bench.do(ask.Transmit(4, b"back", peer.getsockname())) == tell.Transmitted(4, 4)
        peer.settimeout(PATIENCE)
        assert peer.recvfrom(10) == (b"back", where)


def test_a_datagram_to_a_closed_port_loses_nothing_but_itself(bench):
    bench.do(ask.OpenDatagram(4, (HERE, 0)))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind((HERE, 0))
        closed = peer.getsockname()
    for _ in range(3):
        assert bench.do(ask.Transmit(4, b"x", closed)) == tell.Transmitted(4, 1)
        assert bench.do(ask.Receive(4, 4)) == tell.Blocked(4)


def test_what_was_never_opened_is_lost_and_can_be_closed(bench):
    assert isinstance(bench.do(ask.Receive(99, 1)), tell.Lost)
    assert isinstance(bench.do(ask.Transmit(99, b"x")), tell.Lost)
    assert bench.network.perform(ask.Accept(99, 1)) == []
    assert bench.network.perform(ask.SetKeepAlive(99, NO_ALIVE)) == []
    assert bench.network.perform(ask.Cancel(99)) == []
    assert bench.network.perform(ask.Close(99)) == []
