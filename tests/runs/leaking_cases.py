"""Cases that leak the secrets of their rig in every way they can think of. Put into a copy of the suites by tests."""

import html
import json
import os
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from fixtures.errors import RigError

M, O = "MA-SETUP", "FR-NOTICE-PLACE"  # noqa: E741 -- the catalogue's own letters


def ways(secret):
    """The secret in all the spellings in which somebody might write it."""
    yield from (secret, repr(secret), repr(secret.encode()), json.dumps(secret), html.escape(secret))
    yield from (quote(secret), quote(secret, safe=""), quote_plus(secret), json.dumps(secret, ensure_ascii=False))


@pytest.fixture
def secrets(bench):
    return [bench.passphrase, bench.rig.network.ssid]


@pytest.mark.requirement(O)
def test_module_is_told_and_asked(at, case, secrets):
    for secret in secrets:
        case.observe(O, "the answer", at(f"C2={secret}"))
        case.observe(O, "what was sent", b"C2=" + secret.encode())
    for command in ("C?", "Z5", "C1?"):
        case.observe(O, command, at(command))


@pytest.mark.requirement(O)
def test_observed_in_every_spelling(case, secrets):
    for secret in secrets:
        for number, text in enumerate(ways(secret)):
            case.observe(O, f"way {number}", f"x{text}x")
            print(f"way {number}: {text}")


@pytest.mark.requirement(M)
def test_breaks(case, secrets):
    case.require(M, False, secrets[0], b"\x00".join(one.encode() for one in secrets))


@pytest.mark.requirement(M)
def test_shows_the_beginning_of_a_long_answer(case, secrets):
    """The message is cut in the middle of the secret."""
    secret = secrets[0].encode()
    case.require(M, False, "less", b"." * (240 - len(secret) + 1) + secret + b"." * 99)


@pytest.mark.requirement(M)
def test_slips(secrets):
    try:
        raise ValueError(*secrets)
    except ValueError as problem:
        raise RuntimeError(f"while {secrets[0]!r}", secrets[1].encode()) from problem


@pytest.mark.requirement(M)
def test_asserts(secrets):
    assert secrets[0] == secrets[1] + "?"


@pytest.mark.requirement(M)
def test_rig_fails(secrets):
    raise RigError(f"could not join {secrets[1]!r} with {secrets[0]}")


@pytest.mark.requirement(O)
def test_secret_goes_over_the_line_byte_by_byte(bench, secrets):
    for secret in secrets:
        for byte in secret.encode() + b"\r\n":
            bench.transcript.data("peer1", "module", bytes([byte]))
            bench.transcript.data("module", "host", bytes([byte]))
            bench.transcript.note("host", "in between")
        bench.transcript.mark()


@pytest.mark.requirement(O)
def test_waits_until_it_was_looked_at(at, bench, secrets):
    for secret in secrets:
        at(f"C2={secret}")
    gate = Path(os.environ["GATES"]) / bench.rig.name
    gate.open("w").close()  # tells the test, which looks
    gate.open().close()
