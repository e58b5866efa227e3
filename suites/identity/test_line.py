"""U? and U2: what the module shows of its serial line. U0 is never sent, since it changes the line during the case."""

from collections.abc import Iterator

import pytest

from fixtures.case import Case
from fixtures.drivers.bench.bench import Bench
from fixtures.drivers.line.at import ATClient
from suites.steps.stored import answer_line

RATES = ["9600", "19200", "38400", "57600", "115200", "230400", "460800", "921600"]
RATES_OPEN = ["115201", "0", "", "1834200", "1843200", "fast"]
UART = "port, rate, width, parity, stop bits, mode"


@pytest.fixture
def own_rate(at: ATClient, bench: Bench) -> Iterator[None]:
    """U2 is the rig's rate after the case."""
    yield
    at(f"U2={bench.rig.serial.baudrate}")


@pytest.mark.requirement("ID-UART", "ID-UART-FORM")
def test_line_is_shown_in_six_fields_or_more(at: ATClient, case: Case) -> None:
    answer = at("U?")
    fields = answer.fields
    case.require("ID-UART", answer.ok and len(fields) >= 6 and all(fields[:6]), f"six fields or more: {UART}", answer)
    form = "numbers" if all(one.isdigit() for one in fields) else "words"
    case.observe("ID-UART-FORM", "form", f"{len(fields)} fields, {form}")


@pytest.mark.requirement("ID-RATE")
@pytest.mark.risk("reset")
@pytest.mark.usefixtures("own_rate")
@pytest.mark.parametrize("rate", RATES)
def test_listed_rate_is_accepted_and_not_yet_used(at: ATClient, case: Case, rate: str) -> None:
    answer = at(f"U2={rate}")
    case.require("ID-RATE", answer.ok, f"OK to U2={rate}", answer)
    again = at("P0")
    case.require("ID-RATE", again.ok, "an answer at the rate as it was: nothing has said U0", again)


@pytest.mark.requirement("ID-RATE-OPEN")
@pytest.mark.risk("reset")
@pytest.mark.usefixtures("own_rate")
@pytest.mark.parametrize("rate", RATES_OPEN)
def test_rate_that_is_not_listed_is_recorded(at: ATClient, case: Case, rate: str) -> None:
    case.observe("ID-RATE-OPEN", f"answer to U2={rate}", answer_line(at(f"U2={rate}")))
