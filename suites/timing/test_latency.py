"""The time to answer of the commonest commands."""

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from suites.spec.profiles import Profile
from suites.steps.flows import Server, await_close, receive_exactly
from suites.steps.latencies import percentile, words
from suites.timing.latency import MOST, against, measure

SHORT = ["P0", "P0=0", "P1=0", "P2=5024", "P8=6", "P?", "R1=1460", "R2=100", "R?", "S?", "I?", "CS", "C?", "Z5"]
SIZES = [1, 100, 1460]


@pytest.mark.requirement("TI-RECORD")
@pytest.mark.parametrize("command", SHORT)
def test_latency_of_a_command_is_recorded(at: ATClient, case: Case, bench_pace: float, command: str) -> None:
    case.observe("TI-RECORD", command, words(measure(lambda: at(command), bench_pace)))


@pytest.mark.requirement("TI-LIMIT")
@pytest.mark.parametrize("command", SHORT)
def test_latency_is_within_the_declared_limit(
    at: ATClient, profile: Profile, case: Case, bench_pace: float, command: str
) -> None:
    limit, band = profile.limits.latency, profile.limits.latency_band
    if not limit:
        case.not_applicable(f"the profile {profile.name} declares no latency")
    values = measure(lambda: at(command), bench_pace)
    case.observe("TI-LIMIT", command, words(values))
    p95 = percentile(values, 0.95)
    verdict = against(p95, limit, band)
    if verdict == "marginal":
        pytest.skip(f"{command}: p95 {p95:.1f} ms lies in the band from {limit} to {limit + band} ms")
    case.require("TI-LIMIT", verdict == "within", f"95 of 100 answers to {command} within {limit} ms", words(values))


@pytest.mark.requirement("TI-RECORD")
@pytest.mark.needs("multi_accept")
@pytest.mark.parametrize("size", SIZES)
def test_latency_of_sending_is_recorded(at: ATClient, server: Server, case: Case, bench_pace: float, size: int) -> None:
    peer = server.up().client()
    payload = b"x" * size
    values = measure(lambda: at.send(payload), bench_pace)
    receive_exactly(peer, size * len(values), server.profile.seconds("transfer"))
    case.observe("TI-RECORD", f"S3={size}", words(values))


@pytest.mark.requirement("TI-RECORD")
@pytest.mark.needs("multi_accept")
@pytest.mark.parametrize("size", SIZES)
def test_latency_of_reading_is_recorded(at: ATClient, server: Server, case: Case, size: int) -> None:
    """The first piece of a packet that was sent before: from the command to the end of its answer."""
    peer = server.up().client()
    payload = b"x" * size
    peer.send(payload)
    first = at.read(payload)
    rest = size - len(first.payload)
    values = [first.latency * 1000]
    while rest > 0 and len(values) < MOST:
        answer = at.read(payload[:rest])
        if not answer.payload:
            break
        rest -= len(answer.payload)
        values.append(answer.latency * 1000)
    case.observe("TI-RECORD", f"R0 with {size} bytes waiting", words(values))


@pytest.mark.requirement("TI-RECORD")
@pytest.mark.needs("multi_accept")
def test_latency_of_the_server_is_recorded(server: Server, case: Case, bench_pace: float) -> None:
    server.configure()
    starts, nexts, stops = [], [], []
    for _ in range(3 if bench_pace > 0.05 else 5):
        starts.append(server.start().latency * 1000)
        peer = server.client()
        nexts.append(server.next().latency * 1000)
        await_close(peer, server.profile.seconds("close"), step="MA-NEXT-CLOSES")
        stops.append(server.stop().latency * 1000)
    for command, values in (("P5=11", starts), ("P5=10", nexts), ("P5=0", stops)):
        case.observe("TI-RECORD", command, words(values))
