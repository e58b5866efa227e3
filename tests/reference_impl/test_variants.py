"""Each conforming variant makes the difference that it promises, and nothing else of a session's bytes."""

import pytest

from reference_impl.core.profile import Profile
from reference_impl.variants import VARIANTS, UnknownVariant, vary
from tests.reference_impl.core_bench import CoreBench
from tests.reference_impl.test_variants_beyond import CHANGES as BEYOND


def session(profile):
    """What a host sees of a life with two clients: step by step, and how long each took."""
    bench = CoreBench(profile, power=False)
    bench.engine.power_on(bench.now)
    bench._settle()
    seen = {"start": bench.take()}

    def at(name, command, seconds=5.0):
        bench.send(command + b"\r")
        for millisecond in range(int(seconds * 1000)):
            if bench.output:
                seen[name + " ms"] = millisecond
                break
            bench.run(0.001)
        bench.run(1.0)
        seen[name] = bench.take()

    at("status", b"P?")
    at("error", b"XX")
    at("mode", b"$$$")
    at("machine", b"---")
    at("size 0", b"R1=0")
    at("restore", b"R1=100")
    at("fifth", b"P0=4")
    at("select", b"P0=0")
    at("backlog 0", b"P8=0")
    at("backlog 17", b"P8=17")
    at("long name", b"C1=" + b"x" * 33)
    at("own name", b"C1=LAB")
    at("no client", b"R0")
    at("join", b"C0")
    at("single", b"P5=1")
    at("single stop", b"P5=0")
    at("stopped", b"P5=0")
    at("multi", b"P5=11")
    first = bench.connect(("127.0.0.8", 8001))
    for millisecond in range(1000):
        if bench.output:
            seen["notice ms"] = millisecond
            break
        bench.run(0.001)
    bench.run(1.0)
    seen["notice"] = bench.take()
    second = bench.connect(("127.0.0.9", 8002))
    bench.arrive(first, b"0123456789")
    at("read", b"R0")
    at("read again", b"R0")
    at("send", b"S3=3\rabc")
    bench.end(first)
    at("lost send", b"S3=3\rabc")
    seen["after the end"] = first.got
    for _ in range(9):
        at("lost read", b"R0")
    bench.pieces.clear()
    at("next", b"P5=10")
    seen["next pieces"] = len(bench.pieces)
    seen["gap"] = bench.pieces[-1].gap
    bench.arrive(second, b"x")
    at("read next", b"R0")
    at("stop", b"P5=0")
    at("plain read mode", b"R3=1")
    at("udp", b"P1=1")
    at("udp start", b"P5=1")
    bench.arrive(bench.network.links[max(bench.network.links)], b"abc", ("127.0.0.8", 8001))
    at("udp client", b"P6=1")
    at("udp read", b"R0")
    at("udp stop", b"P5=0")
    at("reset", b"ZR")
    return seen


ORDINARY = session(Profile())
TIMES = {name for name in ORDINARY if name.endswith(" ms")}
ALL_ANSWERS = {
    name for name in ORDINARY if name not in TIMES | {"start", "notice", "after the end", "next pieces", "gap"}
}
ERRORS = {"error", "size 0", "fifth", "backlog 17", "long name", "no client", "lost read", "udp client"}
WAITINGS = {"multi", "next"}
NOTICES = {"notice", "next"}
UDP_STARTS = {"udp start ms", "udp stop ms"}
ALL_BUT_RESET = ALL_ANSWERS - {"reset"}

CHANGES = {
    "ellipsis-unicode": set(),
    "ellipsis-dots": WAITINGS,
    "ellipsis-space-dots": WAITINGS,
    "read-lost-error": set(),
    "read-lost-ok": {"lost read", "no client"},
    "send-lost-ok": set(),
    "send-lost-error": {"lost send"},
    "no-client-error": {"no client"},
    "half-close": {"lost send", "after the end"},
    # The echo is what comes first, and at once.
    "echo": (ALL_ANSWERS - {"machine"}) | {"next pieces", "send ms", "lost send ms", "read again ms", "reset ms"},
    "notice-glued": UDP_STARTS
    | {"next pieces", "next ms", "multi ms", "single ms", "stopped ms", "stop ms", "single stop ms"},
    "notice-without-prompt": NOTICES,
    "notice-merged": UDP_STARTS
    | {
        "next",
        "next pieces",
        "next ms",
        "multi ms",
        "single ms",
        "stopped ms",
        "stop ms",
        "single stop ms",
    },
    "notice-at-once": UDP_STARTS
    | {"next", "multi ms", "single ms", "stopped ms", "stop ms", "single stop ms", "notice ms"},
    "notice-local-port": NOTICES,
    "next-prompt": {"next"},
    "killed-single": {"single stop"},
    "killed-stopped": {"stopped", "udp stop"},
    "waiting-single": {"single"},
    "banner": {"start", "reset"},
    "crlf-before-error": ERRORS,
    "crlf-before-ok": ALL_BUT_RESET - ERRORS - {"udp read"},
    "crlf-before-empty-ok": {name for name in ALL_ANSWERS if ORDINARY[name].endswith(b"\r\n\r\nOK\r\n> ")},
    "read-mode-delimited": {"udp read"},
    "udp-client-on-server": {"udp client"},
    "udp-notice": {"udp start"},
    "join-two-lines": {"join"},
    "human-text": {"mode", "machine"},
    "notice-late": {"notice ms"},
    "slow-join": {"join ms"},
    "slow-boot": {"reset ms"},
    "slow": {name for name in TIMES if name not in ("notice ms", "reset ms", "machine ms")},
    "dribble": {"gap"},
    "in-threes": {"gap"},
    "short-reads": {"read", "read again", "read again ms"},
    "short-errors": ERRORS,
    "status-9": {"status"},
    "status-10": {"status"},
    "status-12": set(),
    "backlog-8": {"status", "backlog 17"},
    "backlog-from-1": {"backlog 0"},
    "sockets-5": {"fifth"},
    "read-size-0": {"size 0"},
    "join-new-address": {"join"},
    "ssid-of-any-length": {"long name"},
    # Those of the areas beyond the sockets leave this session as it is, but for a second C0.
    **{name: set() for name in BEYOND},
    "joined-refused": {"join"},
}


@pytest.mark.recipe
def test_each_variant_has_its_expectation_here():
    assert set(CHANGES) == set(VARIANTS)


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_a_variant_changes_what_it_says_and_nothing_else(name):
    seen = session(vary(Profile(), [name]))
    assert {key for key in {*seen, *ORDINARY} if seen.get(key) != ORDINARY.get(key)} == CHANGES[name]


def test_variants_are_combined():
    profile = vary(Profile(), ["ellipsis-dots", "status-9", "slow"])
    assert (profile.forms.ellipsis, profile.limits.status_fields, profile.forms.think_ms) == ("...", 9, 150)


@pytest.mark.recipe
def test_each_variant_says_what_it_is_and_where_it_is_allowed():
    for name, variant in VARIANTS.items():
        assert variant.what, name
        assert variant.source, name
        assert variant.forms or variant.limits, name


def test_an_unknown_variant_is_named():
    with pytest.raises(UnknownVariant, match="no variant nonsense"):
        vary(Profile(), ["nonsense"])
