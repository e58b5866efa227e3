"""Freedoms of multi-accept and of the single server."""

import threading
from functools import partial

from network import Lost, QueueingServer, TcpPeer, is_ready
from plain import CRLF, Refused
from switches import around, each_server, register

VARIANTS = {}
variant = partial(register, VARIANTS)

# ---- multi-accept


@variant("multi_accept", "O", "WEB, multi-connection table", "P5=10 answers '… > OK'.")
def p510_with_ok_behind_a_prompt(module):
    """P5=10: the Waiting line ends in a prompt, and OK follows on the same line."""
    module.next_answer = lambda server: CRLF + "[TCP SVR] Waiting on connection …> OK".encode() + CRLF + module.prompt


@variant(
    "multi_accept", "O", "WEB, multi-connection table; UM 4.4", "P5=10 answers '… > OK': a prompt follows the line."
)
def p510_with_waiting_as_a_notice(module):
    """P5=10: the Waiting line is a frame of its own, with its prompt, before the OK."""
    module.next_answer = lambda server: module.frame_notice(module.waiting) + CRLF + b"OK" + CRLF + module.prompt


@variant("multi_accept", "O", "WEB", "P5=10 with no client is not documented.")
def p510_without_client_errors(module):
    """P5=10 with no client: ERROR, and the server goes on waiting."""

    @around(module, "p5_next")
    def p5_next(old, channel):
        if channel.server and channel.server.client is None:
            raise Refused("No client")
        return old(channel)


@variant("multi_accept", "O", "WEB", "P5=10 outside multi-accept is not documented.")
def p510_in_single_mode_works(module):
    """P5=10 closes the client of a single server and takes the next; with no server it is an empty OK."""

    @around(module, "p5_next")
    def p5_next(old, channel):
        if channel.server is None:
            return module.frame_ok()
        channel.server.next()
        return module.next_answer(channel.server)


@variant("multi_accept", "O", "WEB", "P5=11 said twice is not documented.")
def p511_twice_is_ok(module):
    """P5=11 again: the same answer, and nothing changes."""

    @around(module, "p5_multi")
    def p5_multi(old, channel):
        if channel.server and channel.server.multi:
            return module.frame_ok(module.setup + CRLF + module.waiting)
        return old(channel)


@variant("multi_accept", "O", "WEB", "P5=1 while in multi-accept is not documented.")
def p51_ends_multi_accept(module):
    """P5=1 in multi-accept: the server starts again, as a single one."""

    @around(module, "p5_single")
    def p5_single(old, channel):
        if channel.server and channel.server.multi:
            module.stop_server(channel)
        return old(channel)


@variant("multi_accept", "O", "WEB, table and transcript", "Killed is required after multi-accept, open elsewhere.")
def killed_on_every_stop(module):
    """P5=0 always says Killed: after a single server, and when nothing runs."""
    module.stop_answer = lambda multi: module.frame_ok(module.killed)


@variant("multi_accept", "O", "WEB, table and transcript", "Killed on a repeated P5=0 is not documented.")
def killed_on_a_repeated_stop(module):
    """Once multi-accept has run, every P5=0 says Killed."""
    has_run = []

    @around(module, "stop_answer")
    def stop_answer(old, multi):
        has_run.extend([1] * multi)
        return old(bool(has_run))


@variant("multi_accept", "O", "WEB", "How many clients connect beyond the backlog is not documented.")
def queue_in_user_space(module):
    """Waiting clients are accepted at once and wait in the module: P8 of them, others in the kernel."""
    module.server_kind = QueueingServer

    @each_server(module)
    def server_made(server):
        server.room = server.channel.values["P8"]


@variant("multi_accept", "O", "WEB", "What happens to clients beyond the backlog is not documented.")
def overflow_is_reset(module):
    """P8 clients may wait; one more is reset."""
    module.server_kind = QueueingServer

    @each_server(module)
    def server_made(server):
        server.room, server.resets_overflow = server.channel.values["P8"], True


@variant("multi_accept", "O", "WEB", "A client that left before its turn: nothing says that it is announced.")
def departed_clients_skipped(module):
    """A waiting client that left without a byte never gets its turn."""

    @each_server(module)
    def server_made(server):
        @around(server, "take")
        def take(old):
            while True:
                sock, address = old()
                peer = TcpPeer(sock, address)
                try:
                    gone = is_ready(sock, 0) and not sock.recv(1, 2)  # 2: MSG_PEEK
                except OSError:
                    gone = True
                if not gone:
                    return sock, address
                peer.close()


@variant("multi_accept", "O", "WEB", "What happens to waiting clients at P5=0 is not documented.")
def queue_survives_a_restart(module):
    """P5=0 keeps the waiting clients: they are served after the next start."""
    module.server_kind = QueueingServer
    kept = []

    @each_server(module)
    def server_made(server):
        server.queue.extend(kept)
        kept.clear()

        @around(server, "stop")
        def stop(old):
            server.close_port()
            kept.extend(server.queue)
            server.queue.clear()
            old()


@variant("multi_accept", "O", "WEB", "'The client is closed' does not say with FIN or RST.")
def closes_with_reset(module):
    """P5=10 and P5=0 reset the client."""

    @each_server(module)
    def server_made(server):
        server.dismiss = lambda client: client.close(reset=True)


@variant("multi_accept", "O", "WEB", "'The client is closed' does not say with FIN or RST.")
def closes_with_fin_always(module):
    """Unread bytes are read out first, so that no close turns into a reset."""

    @each_server(module)
    def server_made(server):
        @around(server, "dismiss")
        def dismiss(old, client):
            try:
                client.sock.shutdown(1)
                while client.receive(65536, 0.02):
                    pass
            except (Lost, OSError):
                pass
            old(client)


@variant("multi_accept", "O", "WEB", "The client is closed by P5=10: no time is given.")
def closes_after_the_answer(module):
    """The client of P5=10 is closed 200 ms behind the OK."""

    @each_server(module)
    def server_made(server):
        @around(server, "dismiss")
        def dismiss(old, client):
            if server.stopping:
                old(client)
            else:
                timer = threading.Timer(0.2, old, [client])
                timer.daemon = True
                timer.start()


# ---- single server


@variant("single_server", "O", "UM 5.6.1", "[TCP SVR] Waiting on connection... may be part of the answer.")
def p51_says_waiting(module):
    """P5=1 answers with the Waiting line."""

    @around(module, "p5_single")
    def p5_single(old, channel):
        answer = old(channel)
        return module.frame_ok(module.waiting) if channel.server else answer


@variant("single_server", "O", "UM 5.6.1; WEB, single server", "Whether the next client is taken after a loss is open.")
def single_server_accepts_again(module):
    """After a loss has been told, the single server takes the next client by itself."""

    @around(module, "send")
    def send(old, answer):
        old(answer)
        for channel in module.channels:
            server = channel.server
            if server and not server.multi and server.client and server.client.lost:
                server.next()


@variant("single_server", "O", "WEB", "'Join a network first' is said to the host, not to the module.")
def serves_without_a_network(module):
    """Servers and clients start on a module that has not joined."""

    @around(module, "refuse_when_busy")
    def refuse_when_busy(old, channel):
        joined, module.joined = module.joined, True
        try:
            old(channel)
        finally:
            module.joined = joined
