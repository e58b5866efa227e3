"""The module: its parts together, and the loop that serves the host and the network."""

import os
import select

from tests.strangers.second_eye.commands import Commands
from tests.strangers.second_eye.line import Line, readable
from tests.strangers.second_eye.network import Network
from tests.strangers.second_eye.odd_commands import OddCommands
from tests.strangers.second_eye.odd_line import OddLine
from tests.strangers.second_eye.odd_servers import OddServers
from tests.strangers.second_eye.odd_transfer import OddTransfer
from tests.strangers.second_eye.servers import Servers
from tests.strangers.second_eye.sockets import Sock, swallow, waiting_bytes
from tests.strangers.second_eye.transfer import Transfer

TIMED = (
    "fin-first",
    "single-close-listener",
    "accept-delay",
    "accept-poll",
    "backlog-own",
    "extra-async",
    "single-reaccept",
)
"""Variants that look at the network although nothing has come."""


class Plain(Line, Network, Transfer, Servers, Commands):
    """``network``: how the SSIDs begin that it finds."""

    def __init__(self, descriptor, variants, faults, network="EYE"):
        self.variants, self.faults, self.network = frozenset(variants), frozenset(faults), network
        Line.__init__(self, descriptor)
        for part in (Network, Transfer, Servers, Commands):
            part.__init__(self)
        self.sockets = [Sock(number) for number in range(5 if self.variant("p04") else 4)]
        self.leaked = []
        self.boot()

    def variant(self, *names):
        """Whether one of the variants is switched on."""
        return not self.variants.isdisjoint(names)

    def fault(self, *names):
        """Whether one of the faults is switched on."""
        return not self.faults.isdisjoint(names)

    def boot(self):
        self.selection = 0
        self.human = False
        self.mt, self.ms = 0 if self.variant("mt0") else 1, 0
        self.joined = self.variant("autojoin")
        self.last_accepted = None
        self.held = []
        for sock in self.sockets:
            sock.start_afresh()
            sock.set_defaults()
            if self.saved_settings:
                sock.load(self.saved_settings[sock.number])

    @property
    def selected(self):
        return self.sockets[self.selection]

    def settings_of(self, sock):
        """The socket whose R and S settings hold."""
        return self.sockets[0] if self.variant("rs-global") else sock

    @staticmethod
    def lose_rest(sock):
        if sock.connection and sock.reads and not sock.was_exact and waiting_bytes(sock.connection):
            swallow(sock.connection)

    @staticmethod
    def wait_for_client(sock, seconds):
        readable(sock.listener, seconds)

    # ---- the loop

    def run(self):
        """Serve until the one who has started us is gone."""
        parent = os.getppid()
        self.write(b"\r\n> ")
        late = self.variant("notice-first")
        while os.getppid() == parent:
            self.wait()
            if not late and not readable(self.descriptor):
                self.background()
            self.fill_in(0)
            self.serve_lines()
            if not late or not self.received:
                self.background()

    def wait(self):
        timed = bool(self.faults) or self.variant(*TIMED)
        watched = [self.descriptor]
        if not timed:
            watched += [one.listener for one in self.sockets if one.listener and one.waiting and not one.queue]
        select.select(watched, [], [], 0.01 if timed else 0.5)

    def serve_lines(self):
        """Do what stands complete in what was received."""
        while self.received:
            if self.received[:1] == b"\n":
                self.taken(1)
                if self.fault("lf-after-cr-answers") and self.was_error:
                    self.write(b"\r\n> ")
                continue
            line, end, _ = self.received.partition(b"\r")
            if not end:
                self.refuse_endless_line()
                return
            self.taken(len(line) + 1)
            if self.variant("notice-first"):
                self.background()
            self.serve_line(bytes(line))

    def refuse_endless_line(self):
        if len(self.received) > 2000:
            self.received.clear()
            self.error("??", "Command too long")


class Module(OddLine, OddCommands, OddServers, OddTransfer, Plain):
    """With the freedoms over it, each of which acts only where its variant is switched on."""

    def __init__(self, descriptor, variants, faults, network="EYE"):
        for part in (OddLine, OddCommands, OddServers):
            part.__init__(self)
        Plain.__init__(self, descriptor, variants, faults, network)
