"""Cases in which something goes wrong, each followed by a case that must find all well. Run by test_troubles.py.

A case orders its trouble from the saboteur by a command. The saboteur obeys each order once, so a second attempt finds
a sound bench.
"""

import itertools
import resource

import pytest

M = "MA-SETUP"
ask = pytest.mark.requirement(M)


def order(at, number):
    """Order trouble ``number`` from the saboteur (``SAID`` in saboteur.py)."""
    at(f"P3=10.9.9.{number}")


def good():
    """A case that passes where bench and module are sound."""

    @ask
    def answers(server, case):
        peer = server.up().client()
        server.serves(peer)
        case.require(M, True, "a client is served")

    return answers


def read_over_and_over(at, case):
    """Read some thousand bytes that are known beforehand."""
    for _ in range(150):
        for query, expected in (("R?", b"1460,250,0"), ("S?", b"1460,2000"), ("P0", b"0")):
            case.require(M, at(query).payload == expected, "the same answer to the same question")


@ask
def test_unplugged(at, case):
    order(at, 1)
    case.require(M, at("P0").payload == b"0", "0")


test_good_after_unplugged = good()


@ask
def test_unplugged_with_its_power(at, server):
    order(at, 14)
    server.up().client()


test_good_after_unplugged_with_its_power = good()


@ask
def test_reboots(at, case):
    order(at, 2)
    case.require(M, at("P?").ok, "OK")


test_good_after_reboots = good()


@ask
def test_starts_anew_at_its_end(at, server):
    server.up()
    order(at, 102)


test_good_after_starts_anew_at_its_end = good()


@ask
def test_hangs(at):
    order(at, 3)
    at("P0")


test_good_after_hangs = good()


@pytest.mark.requirement("FR-NOTICE-PLACE")
def test_hangs_while_it_is_only_observed(at, case):
    order(at, 103)
    case.observe("FR-NOTICE-PLACE", "what came before it hung", at("P0=0"))


test_good_after_hangs_while_it_is_only_observed = good()


@ask
def test_babbles(at, case):
    order(at, 4)
    case.require(M, at("P0").payload == b"0", "0")


test_good_after_babbles = good()


@ask
def test_noise_of_1_in_100(at, case):
    order(at, 5)
    read_over_and_over(at, case)


test_good_after_noise_of_1_in_100 = good()


@ask
def test_noise_of_1_in_1000(at, case):
    order(at, 6)
    read_over_and_over(at, case)


test_good_after_noise_of_1_in_1000 = good()


@ask
def test_prompt_lost(at, case):
    order(at, 7)
    answer = at("P0")
    case.require(M, not answer.flaws, "the prompt", answer)


test_good_after_prompt_lost = good()


@ask
def test_half_an_answer(at, case):
    order(at, 8)
    case.require(M, at("P?").ok, "OK")


test_good_after_half_an_answer = good()


@ask
def test_network_lost(at, server):
    order(at, 9)
    server.up().client()


test_good_after_network_lost = good()


LEFT = itertools.count(1)


@ask
def test_leaves_the_network_whenever_it_runs(at, server):
    order(at, next(LEFT) * 100 + 9)
    server.up().client()


test_good_after_leaves_the_network_whenever_it_runs = good()


@ask
def test_address_changed(at, server):
    order(at, 10)
    server.up().client()


test_good_after_address_changed = good()


@ask
def test_says_more_than_it_should(at, case):
    order(at, 12)
    case.require(M, at("P0").payload == b"0", "0")


test_good_after_says_more_than_it_should = good()


@ask
def test_dies(at):
    order(at, 11)
    at("P0")


test_good_after_dies = good()


TRIED = []


@ask
def test_no_port_left_for_a_peer(server):
    server.up()
    TRIED.append(1)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if len(TRIED) == 1:
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        server.connect()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


test_good_after_no_port_left_for_a_peer = good()


@ask
def test_slip_of_ours():
    raise ZeroDivisionError("the same the second time")


@ask
def test_fails_honestly(case):
    case.require(M, False, "anything", "nothing")
