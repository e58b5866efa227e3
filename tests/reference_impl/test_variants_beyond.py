"""The conforming variants beyond the sockets: each makes the difference that it promises, and no other."""

import pytest

from reference_impl.core.effects import Connect
from reference_impl.core.outside import carry_out
from reference_impl.core.profile import Profile
from reference_impl.core.world import WirelessNetwork, World
from reference_impl.variants import vary
from tests.reference_impl.core_bench import CoreBench


def world():
    near = WirelessNetwork(b"near", "02:00:00:00:00:01", -40)
    return World([near, WirelessNetwork(b"shy", "02:00:00:00:00:02", hidden=True)], hosts={"10.0.0.2": None})


COMMANDS = {
    "scan": ("F1=1", "F2=0", "F0"),
    "ping": ("T1=127.0.0.1", "T2=2", "T0"),
    "lost ping": ("T1=10.0.0.2", "T0"),
    "second join": ("C0",),
    "key": ("C2=secret", "C?"),
    "line": ("U?",),
    "rate": ("U0",),
    "certificate": ("PG=0,0,1\rx", "PG=0,0,1\rx"),
    "secure": ("PG=0,0,1\rx", "P1=3", "D0=other.example", "P9=1", "P4=443", "P6=1"),
    "untrusted": ("PG=0,0,1\rx", "P1=3", "P3=10.0.0.1", "P9=1", "P4=3", "P6=1"),
    "access point": ("AD",),
    "no access point": ("AE",),
    "page": ("A0",),
    "step by step": ("F0=2", "MR", "MR"),
}
"""What is looked at, and the commands before which a fresh module stands."""

CHANGES = {
    "match-error": {"certificate"},
    "tls-name-checked": {"secure asked", "untrusted asked"},
    "tls-optional-goes-on": {"untrusted", "untrusted asked"},
    "ap-started-empty": {"access point"},
    "ap-started-commas": {"access point"},
    "ap-idle-refused": {"no access point"},
    "ap-joined-line": {"page"},
    "slow-scan": {"scan ms", "step by step ms"},
    "scan-in-brackets": {"step by step"},
    "scan-repeats-list": {"scan"},
    "hidden-left-out": {"scan", "step by step"},
    "ping-counts-repeats": {"ping", "ping ms"},
    "ping-slow-timeout": {"lost ping ms"},
    "joined-refused": {"second join"},
    "key-shown": {"key"},
    "uart-words": {"line"},
    "rate-silent": {"rate"},
}


def spoken(profile, name):
    """What a module says to these commands, and the milliseconds that it takes."""
    bench = CoreBench(profile, world=world(), polled=name == "step by step")
    said, total = b"", 0
    for command in COMMANDS[name]:
        bench.send(command.encode() + b"\r")
        last = 0
        if name == "page":
            bench.run(0.1)
            carry_out([bench.module], {"do": "choose", "ssid": "Home"}, bench.now)
            bench.engine.advance(bench.now)
            bench._settle()
        for millisecond in range(10000):
            if bench.output:
                said, last = said + bench.take(), millisecond
            elif bench.module.idle and bench.engine.deadline() is None:
                break
            bench.run(0.001)
        total += last
    asked = [one.tls for one in bench.network.log if isinstance(one, Connect)]
    return {name: said, name + " ms": total, name + " asked": asked}


def session(profile):
    return {key: value for name in COMMANDS for key, value in spoken(profile, name).items()}


@pytest.fixture(scope="module")
def ordinary():
    return session(Profile())


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_variant_changes_what_it_says_and_nothing_else(name, ordinary):
    seen = session(vary(Profile(), [name]))
    assert {key for key in seen if seen[key] != ordinary[key]} == CHANGES[name]
