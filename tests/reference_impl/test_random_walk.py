"""Long random lives: whatever hosts and clients do, the module stays in step and leaves nothing open."""

import random

import pytest

from reference_impl.core.commands import COMMANDS
from reference_impl.core.profile import Limits, Profile
from reference_impl.variants import VARIANTS, vary
from tests.reference_impl.core_bench import OK, CoreBench, payload

NAMES = sorted(COMMANDS)
VALUES = ["", "=", "=0", "=1", "=10", "=11", "=2", "=3", "=1460", "=x", "=1,3000", "=127.0.0.1", "=65535", "=4"]
# With these an answer to a command looks otherwise; their bytes are tested elsewhere.
DRESSED = {"echo", "crlf-before-ok", "banner"}
PAUSES = [0, 0, 0.001, 0.01, 1.0]


class Walk:
    """One random life."""

    def __init__(self, seed):
        self.dice = random.Random(seed)
        variants = self.dice.sample(sorted(set(VARIANTS) - DRESSED), self.dice.randint(0, 4))
        profile = vary(Profile(limits=Limits(short_errors=1)), variants)
        joined = self.dice.choice(["LAB", None])
        self.bench = CoreBench(profile, joined=joined, polled=self.dice.random() < 0.3)
        self.clients = []

    def step(self):
        action = self.dice.choices(
            [self.command, self.rubbish, self.client_comes, self.client_sends, self.client_goes, self.reset],
            [60, 10, 10, 7, 7, 1],
        )[0]
        action()
        self.bench.run(self.dice.choice(PAUSES))

    def command(self):
        line = self.dice.choice(NAMES) + self.dice.choice(VALUES) + "\r"
        self.bench.send(line.encode(), self.dice.choice([None, 1, 3]))

    def rubbish(self):
        self.bench.send(self.dice.randbytes(self.dice.randint(0, 40)))

    def client_comes(self):
        servers = sorted(self.bench.network.servers)
        if servers:
            peer = ("127.0.0.1", self.dice.randint(1, 65535))
            self.clients.append(self.bench.connect(peer, self.dice.choice(servers)))

    def client_sends(self):
        if self.clients:
            self.bench.arrive(self.dice.choice(self.clients), self.dice.randbytes(self.dice.randint(1, 40)))

    def client_goes(self):
        if self.clients:
            self.bench.end(self.dice.choice(self.clients), reset=self.dice.random() < 0.5)

    def reset(self):
        for held in (True, False):
            self.bench.engine.reset_pin(held, self.bench.now)
            self.bench._settle()

    def finish(self):
        """Whatever is under way ends, and a line begun is ended."""
        for _ in range(50):  # A0 and an endless ping keep the line until their own byte comes
            self.bench.send(b"\x11\x03\r").run(1.0)
        self.bench.run(200.0)
        for line in ("", "", "---"):
            self.bench.at(line, 60.0)


@pytest.mark.parametrize("seed", range(60))
def test_a_random_life_ends_in_step_with_nothing_left_open(seed):
    walk = Walk(seed)
    for _ in range(150):
        walk.step()
    walk.finish()
    bench = walk.bench
    assert OK in bench.at("P0=2", 10.0)
    assert payload(b"2") in bench.at("P0", 10.0)
    network, sockets = bench.network, bench.module.sockets
    still_open = {handle for handle, link in network.links.items() if not link.closed}
    assert still_open == {socket.link.handle for socket in sockets if socket.link}
    assert set(network.servers) == {socket.server.handle for socket in sockets if socket.server}
