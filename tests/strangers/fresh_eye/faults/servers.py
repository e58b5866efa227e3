"""Faults of the single server and of multi-accept."""

import contextlib
import itertools
import time
from functools import partial

from network import Lost, QueueingServer, TcpPeer, is_ready
from plain import CRLF, Refused
from switches import around, each_peer, each_server, has_byte, register

FAULTS = {}
fault = partial(register, FAULTS)

# ---- single server

SINGLE = "P5=1 creates, binds and listens; OK comes before any client does."
STOP = "P5=0 closes the client's socket and the listening one."
ONE = "Only one connection is handled at a time."


@fault("single_server", "D", "UM 5.6.1; DS p17", SINGLE)
def p51_answers_when_a_client_comes(module):
    """OK comes with the first client only (or after 20 s)."""

    @around(module, "p5_single")
    def p5_single(old, channel):
        answer = old(channel)
        if channel.server:
            channel.server.arrived.wait(20)
        return answer


@fault("single_server", "M", "WEB, single server", "P5=1 binds the socket to its port, P2.")
def server_on_the_port_of_socket_0(module):
    """Every server listens on the port of socket 0."""
    module.server_port = lambda channel: module.channels[0].values["P2"]


@fault("single_server", "M", "WEB, single server", "P5=1 listens for and queues client connections.")
def no_server_on_socket_3(module):
    """P5=1 on socket 3 is answered with OK, and nothing listens."""

    @around(module, "p5_single")
    def p5_single(old, channel):
        answer = old(channel)
        if channel.index == 3 and channel.server:
            channel.server.close_port()
        return answer


@fault("single_server", "M", "WEB, sequence", ONE)
def second_client_kills_the_first(module):
    """A client that connects while another is served takes its place."""
    module.server_kind = QueueingServer

    @each_server(module)
    def server_made(server):
        server.queued = lambda sock, address: server.next()


@fault("single_server", "M", "WEB, single server", STOP)
def p50_leaves_the_port_open(module):
    """P5=0 of a single server closes the client only; the port goes on accepting."""
    _stop(module, lambda server: not server.multi, port=False, client=True)


@fault("single_server", "M", "WEB, single server", STOP)
def p50_leaves_the_client_connected(module):
    """P5=0 of a single server closes the port only."""
    _stop(module, lambda server: not server.multi, port=True, client=False)


@fault("single_server", "M", "WEB, single server", "P5=0 said again answers OK again.")
def p50_twice_is_an_error(module):
    """P5=0 with nothing to stop is refused."""

    @around(module, "p5_stop")
    def p5_stop(old, channel):
        if channel.server is None and channel.link is None:
            raise Refused("Not running")
        return old(channel)


@fault("single_server", "M", "WEB, single server", "P5=1 binds the socket to its port, again after P5=0.")
def restart_waits_for_time_wait(module):
    """No SO_REUSEADDR: a port whose client the module closed cannot be bound for a minute."""
    module.reuses_address = False


@fault("single_server", "M", "WEB, single server", "P5=1 creates a socket, again after each P5=0.")
def twenty_five_starts_only(module):
    """A descriptor leaks with each start: the twenty-sixth is refused."""
    starts = itertools.count(1)

    @around(module, "open_listener")
    def open_listener(old, channel):
        if next(starts) > 25:
            raise Refused("No socket")
        return old(channel)


@fault("sockets", "M", "WEB, single server", "P5=0 closes the selected socket.")
def p50_stops_every_server(module):
    """P5=0 stops the servers of all sockets."""

    @around(module, "p5_stop")
    def p5_stop(old, channel):
        for other in module.channels:
            if other is not channel:
                module.stop_server(other)
        return old(channel)


def _stop(module, which, *, port, client):
    kept = []  # else a forgotten socket would be closed after all

    @each_server(module)
    def server_made(server):
        if not which(server):
            return

        def stop():
            kept.append(server)
            if port:
                server.close_port()
            if client and server.client is not None:
                server.next()

        server.stop = stop


# ---- multi-accept

START = "P5=11 answers [TCP TSK] Multi-Accept Setup, [TCP SVR] Waiting on connection …, OK."
NEXT = "P5=10 closes the current client and waits for the next connection."
ORDER = "The others wait in the backlog, in order, until P5=10."
KILLED = "P5=0 answers [TCP TSK] Killed, OK, and closes socket and connection."


@fault("multi_accept", "M", "WEB, transcript", START)
def setup_line_missing(module):
    """P5=11 answers without the Setup line."""
    _answer_line(module, "p5_multi", lambda answer: answer.replace(module.setup + CRLF, b""))


@fault("multi_accept", "M", "WEB, transcript", START)
def waiting_line_missing_at_start(module):
    """P5=11 answers without the Waiting line."""
    _answer_line(module, "p5_multi", lambda answer: answer.replace(CRLF + module.waiting, b""))


@fault("multi_accept", "M", "WEB, transcript", START)
def start_lines_exchanged(module):
    """P5=11 says Waiting before Setup."""
    _answer_line(
        module,
        "p5_multi",
        lambda answer: answer.replace(module.setup + CRLF + module.waiting, module.waiting + CRLF + module.setup),
    )


@fault("multi_accept", "M", "WEB, transcript", START)
def p511_answers_when_a_client_comes(module):
    """P5=11 blocks until the first client has come (or 20 s)."""

    @around(module, "p5_multi")
    def p5_multi(old, channel):
        answer = old(channel)
        channel.server.arrived.wait(20)
        return answer


@fault("multi_accept", "M", "WEB, transcript", "P5=10 answers [TCP SVR] Waiting on connection …, OK.")
def waiting_line_missing_at_next(module):
    """P5=10 answers an empty OK."""
    module.next_answer = lambda server: module.frame_ok()


@fault("multi_accept", "M", "WEB, transcript", "P5=10 answers [TCP SVR] Waiting on connection …, OK.")
def p510_answers_when_a_client_comes(module):
    """P5=10 blocks until the next client has come (or 20 s)."""

    @around(module, "next_answer")
    def next_answer(old, server):
        server.arrived.wait(20)
        return old(server)


@fault("multi_accept", "M", "WEB, transcript", KILLED)
def killed_line_missing(module):
    """P5=0 answers an empty OK after multi-accept."""
    module.stop_answer = lambda multi: module.frame_ok()


@fault("multi_accept", "M", "WEB, transcript", KILLED)
def killed_line_missing_when_idle(module):
    """P5=0 says Killed only when a client is connected."""

    @around(module, "p5_stop")
    def p5_stop(old, channel):
        serving = bool(channel.server and channel.server.client)
        answer = old(channel)
        return answer if serving else module.frame_ok()


@fault("multi_accept", "M", "WEB, multi-connection table", KILLED)
def multi_stop_leaves_the_port_open(module):
    """P5=0 of multi-accept closes the client; the port goes on accepting."""
    _stop(module, lambda server: server.multi, port=False, client=True)


@fault("multi_accept", "M", "WEB, multi-connection table", KILLED)
def multi_stop_leaves_the_client_connected(module):
    """P5=0 of multi-accept closes the port; its client stays connected."""
    _stop(module, lambda server: server.multi, port=True, client=False)


@fault("multi_accept", "M", "WEB, multi-connection table", NEXT)
def p510_leaves_the_client_connected(module):
    """P5=10 takes the next client without closing the current one."""
    kept = []

    @each_server(module)
    def server_made(server):
        server.dismiss = lambda client: client.close() if server.stopping else kept.append(client)


@fault("multi_accept", "M", "WEB, multi-connection table", NEXT)
def p510_leaves_the_31st_client_connected(module):
    """A table of thirty closed connections is full: later clients are not closed."""
    closed = []

    @each_server(module)
    def server_made(server):
        @around(server, "dismiss")
        def dismiss(old, client):
            closed.append(client)
            if server.stopping or len(closed) <= 30:
                old(client)


@fault("multi_accept", "M", "WEB, multi-connection table", NEXT)
def p510_ignores_unread_data(module):
    """A client whose data were not read out is not closed; the same one is served on."""

    @each_server(module)
    def server_made(server):
        @around(server, "next")
        def advance(old):
            client = server.client
            if not (client and not client.lost and is_ready(client.sock, 0) and has_byte(client)):
                old()


@fault("multi_accept", "M", "WEB, multi-connection table", NEXT)
def p510_needed_twice(module):
    """The first P5=10 only closes the client; the next is taken after the second."""

    @each_server(module)
    def server_made(server):
        pending = []

        @around(server, "next")
        def advance(old):
            if server.client is None and pending:
                pending.clear()
                server.wanted.set()
                return
            want, server.want = server.want, lambda: pending.append(1)
            old()
            server.want = want


@fault("multi_accept", "M", "WEB, multi-connection table", NEXT)
def next_client_without_p510(module):
    """When a client is found lost, the next is taken by itself."""

    @around(module, "send")
    def send(old, answer):
        old(answer)
        for channel in module.channels:
            server = channel.server
            if server and server.multi and server.client and server.client.lost:
                server.next()


@fault("multi_accept", "M", "WEB, multi-connection table", "P5=10 is needed, and works, after a lost connection.")
def p510_refused_after_a_loss(module):
    """P5=10 is refused when the client has gone by itself (it takes the next all the same)."""

    @around(module, "p5_next")
    def p5_next(old, channel):
        lost = bool(channel.server and channel.server.client and channel.server.client.lost)
        answer = old(channel)
        return module.frame_error("P5", "No client") if lost else answer


@fault("multi_accept", "M", "WEB, multi-connection table", NEXT)
def deaf_when_nobody_waited(module):
    """P5=10 takes a client only if one is waiting already; one that comes later is never accepted."""
    module.server_kind = QueueingServer

    @each_server(module)
    def server_made(server):
        @around(server, "want")
        def want(old):
            time.sleep(0.05)  # the queue's thread takes in who is there
            if server.queue:
                old()


@fault("multi_accept", "M", "WEB, multi-connection table", ORDER)
def order_last_in_first_out(module):
    """When three or more wait, the last is taken first."""
    _queue(module, lambda queue: queue.pop() if len(queue) >= 3 else queue.popleft())


@fault("multi_accept", "M", "WEB, multi-connection table", ORDER)
def order_of_five_exchanged(module):
    """When five or more wait, the second is taken first (a ring of four entries)."""

    def pick(queue):
        if len(queue) < 5:
            return queue.popleft()
        second = queue[1]
        del queue[1]
        return second

    _queue(module, pick)


@fault("multi_accept", "M", "WEB, multi-connection table", ORDER)
def every_fifth_client_dropped(module):
    """Each fifth client of a queue is closed without its turn."""
    taken = itertools.count(1)

    def pick(queue):
        if next(taken) % 5 == 4 and len(queue) > 1:
            queue.popleft()[0].close()
        return queue.popleft()

    _queue(module, pick)


@fault("multi_accept", "M", "WEB, multi-connection table", ORDER)
def p510_drops_the_queue(module):
    """P5=10 closes the waiting clients too."""
    module.server_kind = QueueingServer

    @each_server(module)
    def server_made(server):
        @around(server, "next")
        def advance(old):
            while server.queue:
                server.queue.pop()[0].close()
            old()


@fault("multi_accept", "M", "WEB, P8 row", "P8 sets the number of backlog requests.")
def backlog_one_too_small(module):
    """P8 - 1 clients may wait; the next is reset."""
    _room(module, lambda backlog: max(0, backlog - 1))


@fault("multi_accept", "M", "WEB, P8 row", "P8 sets the number of backlog requests.")
def backlog_of_four_at_most(module):
    """Four clients may wait, whatever P8 says; more are reset."""
    _room(module, lambda backlog: min(4, backlog))


@fault("multi_accept", "M", "WEB, P8 row", "P8 sets the number of backlog requests, for the whole of multi-accept.")
def backlog_shrinks(module):
    """Each P5=10 takes one place of the backlog away for good."""
    module.server_kind = QueueingServer

    @each_server(module)
    def server_made(server):
        server.room, server.resets_overflow = server.channel.values["P8"], True

        @around(server, "next")
        def advance(old):
            server.room = max(0, server.room - 1)
            old()


@fault("multi_accept", "M", "WEB, sequence", ONE)
def second_client_served_at_once(module):
    """A client that comes while another is served replaces it as the peer; both stay connected."""
    module.server_kind = QueueingServer
    kept = []

    @each_server(module)
    def server_made(server):
        def queued(sock, address):
            if server.client is not None:
                kept.append(server.client)
                server.wanted.set()

        server.queued = queued


@fault("multi_accept", "M", "WEB, sequence", ONE)
def data_of_a_waiting_client_mixed_in(module):
    """R0 reads the first waiting client when the one that is served has sent nothing."""
    module.server_kind = QueueingServer

    @around(module, "take_from")
    def take_from(old, peer, limit, seconds):
        server = module.channel.server
        if server and server.queue and not is_ready(peer.sock, 0) and is_ready(server.queue[0][0], 0):
            return TcpPeer(*server.queue[0]).receive(limit, 0)
        return old(peer, limit, seconds)


@fault("multi_accept", "M", "WEB, R0 row", "R0 reads the data of the client that is served.")
def unread_bytes_of_the_former_client(module):
    """What the former client sent and nobody read comes before the first bytes of the next."""
    stale = bytearray()

    @each_server(module)
    def server_made(server):
        @around(server, "dismiss")
        def dismiss(old, client):
            with contextlib.suppress(Lost):
                stale.extend(client.receive(1460, 0))
            old(client)

    @each_peer(module)
    def peer_made(peer):
        @around(peer, "receive")
        def receive(old, most, seconds):
            data = old(most, seconds)
            data, stale[:] = bytes(stale) + data if data else data, stale if not data else b""
            return data


@fault("multi_accept", "M", "WEB, R0 row", "R0 reads the data of the client that is served.")
def data_before_the_turn_lost(module):
    """What a client sent before it was accepted is thrown away."""

    @each_server(module)
    def server_made(server):
        @around(server, "admit")
        def admit(old, sock, address):
            peer = TcpPeer(sock, address)
            if is_ready(sock, 0) and has_byte(peer):
                sock.recv(65536)
            old(sock, address)


@fault("multi_accept", "M", "WEB, R0 row", "R0 reads the data of the client that is served.")
def second_client_without_first_byte(module):
    """The second client of a server, and it alone, loses its first byte."""

    @each_server(module)
    def server_made(server):
        numbers = itertools.count(1)

        @around(server, "admit")
        def admit(old, sock, address):
            if next(numbers) == 2 and is_ready(sock, 0.05):
                sock.recv(1)
            old(sock, address)


@fault("multi_accept", "M", "WEB, multi-connection table", NEXT)
def departed_client_blocks_the_queue(module):
    """A waiting client that has left is never passed: nobody is accepted any more."""

    @each_server(module)
    def server_made(server):
        @around(server, "admit")
        def admit(old, sock, address):
            peer = TcpPeer(sock, address)
            if is_ready(sock, 0) and not has_byte(peer):
                server.want = lambda: None
            else:
                old(sock, address)


@fault("multi_accept", "M", "WEB, multi-connection table", NEXT)
def hangs_after_20_clients(module):
    """The twenty-first client of the module's life is never accepted."""
    admitted = itertools.count(1)

    @each_server(module)
    def server_made(server):
        @around(server, "want")
        def want(old):
            if next(admitted) < 20:
                old()


@fault("multi_accept", "M", "WEB, multi-connection table", NEXT)
def each_accept_50_ms_slower(module):
    """Each accept takes 50 ms more than the one before: the twentieth takes a second."""
    admitted = itertools.count(0)

    @each_server(module)
    def server_made(server):
        @around(server, "admit")
        def admit(old, sock, address):
            time.sleep(0.05 * next(admitted))
            old(sock, address)


@fault("multi_accept", "M", "WEB, transcript", "P5=11 starts the server, again after P5=0.")
def deaf_after_a_restart(module):
    """The second P5=11 is answered and the port opened; no client is accepted."""
    starts = itertools.count(1)

    @each_server(module)
    def server_made(server):
        if server.multi and next(starts) > 1:
            server.wanted.clear()


@fault("multi_accept", "M", "WEB, sequence", "P0 selects the socket of the multi-accept server.")
def multi_accept_on_socket_0_only(module):
    """P5=11 on another socket than 0 is refused."""

    @around(module, "p5_multi")
    def p5_multi(old, channel):
        if channel.index:
            raise Refused("Not available")
        return old(channel)


@fault("multi_accept", "M", "WEB, transcript", "P2 selects the port of the multi-accept server.")
def port_of_the_first_start_stays(module):
    """After P5=0 and another P2, P5=11 listens on the first port again."""
    ports = {}

    @around(module, "server_port")
    def server_port(old, channel):
        return ports.setdefault(channel.index, old(channel))


def _answer_line(module, name, change):
    @around(module, name)
    def command(old, channel):
        return change(old(channel))


def _queue(module, pick):
    module.server_kind = QueueingServer

    @each_server(module)
    def server_made(server):
        server.pick = lambda: pick(server.queue)


def _room(module, change):
    module.server_kind = QueueingServer

    @each_server(module)
    def server_made(server):
        server.room, server.resets_overflow = change(server.channel.values["P8"]), True
