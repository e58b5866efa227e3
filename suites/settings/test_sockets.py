"""Settings are kept per socket, and survive a server's start and stop."""

import itertools
import re

import pytest

from fixtures.case import Case
from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import ATClient
from suites.spec.profiles import Profile
from suites.steps.flows import Server
from suites.steps.shown import FIELDS, all_shown, shown

PAIRS = list(itertools.permutations(range(4), 2))
ONE = {"P1": "0", "P2": "6101", "P3": "10.1.2.3", "P4": "6102", "P8": "2", "PK": "1,3000"}
OTHER = {"P1": "1", "P2": "6201", "P3": "10.9.8.7", "P4": "6202", "P8": "5", "PK": "0,60000"}

ADDRESS = r"\d+\.\d+\.\d+\.\d+"
P_FIELDS = [
    ("protocol", "0|TCP"),
    ("client's address", ADDRESS),
    ("local port", re.escape(ONE["P2"])),
    ("host's address", re.escape(ONE["P3"])),
    ("remote port", re.escape(ONE["P4"])),
    ("TCP server", "0"),
    ("UDP server", "0"),
    ("backlogs", re.escape(ONE["P8"])),
    ("accept loop", r"\d+"),
    ("read mode", r"\d+"),
    ("keep-alive", "[01]"),
    ("time to idle", r"\d+"),
]
"""What P? shows with the settings ``ONE``, field by field."""


def set_all(at: ATClient, socket: int, values: dict[str, str]) -> None:
    """Select ``socket`` and send every setting."""
    at(f"P0={socket}")
    for name, value in values.items():
        at(f"{name}={value}")


def see_all(at: ATClient, case: Case, socket: int, values: dict[str, str], requirement: str) -> None:
    """P? of ``socket`` shows ``values``: the step, or the check, of ``requirement``. Raises Nonconformity."""
    check_shown(case, socket, values, shown(at, socket), requirement)


def check_shown(case: Case, socket: int, values: dict[str, str], got: dict[str, str], requirement: str) -> None:
    """What P? of ``socket`` has shown are ``values``: the step, or the check, of ``requirement``."""
    expected = fields_of(values, got)
    case.step(requirement, got == expected, f"socket {socket}: {expected}", got)


def fields_of(values: dict[str, str], got: dict[str, str]) -> dict[str, str]:
    """The settings of ``values`` for which P? has a field, by what P? showed."""
    return {name: value for name, value in values.items() if name in FIELDS or name in got}


def see_on_one_socket(at: ATClient, case: Case) -> None:
    """Each of the values is set and shown on socket 0 alone: the step SE-SHOWN-P. Raises Nonconformity."""
    for values in (ONE, OTHER):
        set_all(at, 0, values)
        see_all(at, case, 0, values, "SE-SHOWN-P")


@pytest.mark.requirement("SE-PER-SOCKET")
@pytest.mark.parametrize(("one", "other"), PAIRS, ids=[f"{a} and {b}" for a, b in PAIRS])
def test_settings_are_kept_per_socket(at: ATClient, case: Case, one: int, other: int) -> None:
    set_all(at, one, ONE)
    set_all(at, other, OTHER)
    seen = [(socket, values, shown(at, socket)) for socket, values in ((one, ONE), (other, OTHER), (one, ONE))]
    if any(got != fields_of(values, got) for _, values, got in seen):
        see_on_one_socket(at, case)  # what is shown wrong where there is one socket says nothing of several
    for socket, values, got in seen:
        check_shown(case, socket, values, got, "SE-PER-SOCKET")


@pytest.mark.requirement("SE-P-FIELDS")
@pytest.mark.parametrize("socket", range(4))
def test_p_query_has_the_declared_fields(at: ATClient, profile: Profile, case: Case, socket: int) -> None:
    at(f"P0={socket}")
    answer = at("P?")
    count = len(answer.fields)
    declared = " or ".join(map(str, profile.forms.p_query_fields))
    case.require("SE-P-FIELDS", answer.ok and count in profile.forms.p_query_fields, f"{declared} fields", answer)
    case.observe("SE-P-FIELDS", "fields of P?", count)


@pytest.mark.requirement("SE-P-ORDER")
def test_p_query_shows_each_field_in_its_place(at: ATClient, case: Case) -> None:
    set_all(at, 0, ONE)
    answer = at("P?")
    for (what, pattern), got in zip(P_FIELDS, answer.fields, strict=False):
        good = re.fullmatch(pattern, got.strip())
        case.require("SE-P-ORDER", good, f"{what} as {pattern}", f"{got} in {answer.text}")
    case.require("SE-P-ORDER", len(answer.fields) >= 9, "at least nine fields", answer)


@pytest.mark.requirement("SE-P7-LOOP", "SE-P7")
def test_older_accept_loop_is_recorded(at: ATClient, single_server: Server, case: Case) -> None:
    single_server.configure(backlog=1)
    for command in ("P7=1", "P7=3", "P7=2"):
        case.observe("SE-P7-LOOP", f"answer to {command}", at(command))
    at.drain(quiet=0.1)
    answer = at("P7=0")
    case.require("SE-P7", answer.ok, "OK to P7=0, which stops the loop", answer)


@pytest.mark.requirement("SE-SURVIVES")
@pytest.mark.parametrize(
    "mode",
    [pytest.param(11, id="multi-accept", marks=pytest.mark.needs("multi_accept")), pytest.param(1, id="single")],
)
@pytest.mark.parametrize("served", [False, True], ids=["no client", "a client"])
def test_settings_survive_start_and_stop(at: ATClient, server: Server, case: Case, mode: int, served: bool) -> None:
    server.mode = mode
    server.configure(backlog=3, keepalive="1,60000")
    for setting in ("P4=6102", "R1=700", "R2=300", "S1=800", "S2=900"):
        at(setting)
    before = all_shown(at)
    server.start()
    if served:
        server.client()
    server.stop()
    at.drain(quiet=0.05)
    after = all_shown(at)
    case.require("SE-SURVIVES", after == before, f"{before}", f"{after}")


@pytest.mark.requirement("SE-SHOWN-P")
@pytest.mark.needs("multi_accept")
def test_settings_are_shown_while_a_client_is_served_and_one_waits(at: ATClient, server: Server, case: Case) -> None:
    server.up(backlog=6, keepalive="1,60000")
    server.client()
    server.connect()
    accepted = {"P8": "6"}
    for name, value in (("", ""), ("PK", "0,60000"), ("P8", "4")):
        if name and at(f"{name}={value}").ok:  # a module may refuse it while the server runs
            accepted[name] = value
        got = {key: shown(at, 0).get(key) for key in accepted}
        expected = {key: value for key, value in accepted.items() if got[key] is not None}
        case.require("SE-SHOWN-P", got | expected == got, f"{accepted}, as accepted", got)


@pytest.mark.requirement("SE-SHOWN-S", "SE-SHOWN-R", "SE-SHOWN-P")
@pytest.mark.needs("multi_accept")
def test_settings_are_shown_as_before_with_the_next_client(at: ATClient, server: Server, case: Case) -> None:
    server.configure(backlog=3)
    for setting in ("R1=700", "R2=300", "S1=800", "S2=900"):
        at(setting)
    server.start()
    server.client()
    before = all_shown(at)
    server.next()
    for when in ("after P5=10", "with the next client"):
        at.drain(quiet=0.05)
        after = all_shown(at)
        backlogs = before[0].get("P8"), after[0].get("P8")  # of the peer's address and port firmware shows its own
        case.require("SE-SHOWN-P", backlogs[0] == backlogs[1], f"P8={backlogs[0]} in P? {when}", backlogs[1])
        case.require("SE-SHOWN-R", after[1] == before[1], f"{','.join(before[1])} in R? {when}", ",".join(after[1]))
        case.require("SE-SHOWN-S", after[2] == before[2], f"{','.join(before[2])} in S? {when}", ",".join(after[2]))
        if when == "after P5=10":
            server.client()


@pytest.mark.requirement("SE-SHOWN-R", "SE-SHOWN-S")
@pytest.mark.parametrize("other", [1, 2, 3])
def test_packet_settings_are_as_before_when_their_socket_is_selected_again(
    at: ATClient, case: Case, other: int
) -> None:
    for setting in ("R1=77", "R2=300", "S1=88", "S2=900"):
        at(setting)
    for socket in (other, 0):
        at(f"P0={socket}")
    for letter, expected in (("R", ["77", "300"]), ("S", ["88", "900"])):
        got = at(f"{letter}?").fields[:2]
        case.require(f"SE-SHOWN-{letter}", got == expected, f"{','.join(expected)} after P0={other} and P0=0", got)


@pytest.mark.requirement("SE-DEFAULTS", "SE-MT-DEFAULT")
@pytest.mark.risk("reset")
def test_defaults_after_a_reset(at: ATClient, bench: Bench, profile: Profile, case: Case) -> None:
    for setting in ("P1=1", "P2=6001", "P4=6002", "R1=10", "R2=10", "S1=10", "S2=10", "P8=3", "PK=1,3000", "MT=1"):
        at(setting)
    bench.reset_module(profile.seconds("ready"))
    refused = at("QQ")
    p, r, s = at("P?").fields, at("R?").fields, at("S?").fields
    mt = 1 if refused.reason.strip() == b"ERROR" and not refused.usage else 0
    case.observe("SE-MT-DEFAULT", "MT after a reset", mt)
    declared = profile.forms.mt_default
    case.require("SE-MT-DEFAULT", mt in declared, f"MT is {' or '.join(map(str, declared))}", refused)
    for what, got, expected in (
        ("P1", p[0], ("0", "TCP")),
        ("P2", p[2], ("5024",)),
        ("P3", p[3], ("0.0.0.0",)),
        ("P4", p[4], ("5025",)),
        ("P5", p[5], ("0",)),
        ("P8", p[7], tuple(map(str, profile.forms.p8_default))),
        ("R1", r[0], ("1460",)),
        ("R2", r[1], ("5000",)),
        ("S1", s[0], ("1460",)),
        ("S2", s[1], ("5000",)),
        ("R3", "".join(r[2:3]), ("", "0")),
        ("PK", ",".join(one.strip() for one in p[10:12]), ("", "0,7200000")),
    ):
        case.require("SE-DEFAULTS", got.strip() in expected, f"{what} is {' or '.join(expected)}", got)
