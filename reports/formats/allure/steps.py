"""The steps of a case in Allure: what the host sent and what peers did, in the words of the vendor's page."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from allure_commons.model2 import TestStepResult

from reports.formats.measured import Event, end_of, events
from reports.formats.visible import visible
from reports.record.model import Case

MOST_STEPS = 40
"""Steps that a case shows; of a longer one the last, since it ended there."""
MOST_TEXT = 80
WORDS = {
    "P0": "select the socket",
    "P1": "select the protocol",
    "P2": "select the local port",
    "P3": "select the remote address",
    "P4": "select the remote port",
    "P5=0": "stop the server",
    "P5=1": "start the single server",
    "P5=10": "close the client, accept the next",
    "P5=11": "start multi-accept",
    "P6=0": "stop the client",
    "P6=1": "start the client",
    "P8": "set the number of backlogs",
    "P?": "show the socket's settings",
    "PK": "set the TCP keep-alive",
    "R0": "read data",
    "R1": "set the packet size of reads",
    "R2": "set the timeout of reads",
    "S0": "send data",
    "S1": "set the packet size of sends",
    "S2": "set the timeout of sends",
    "S3": "send so many bytes",
    "I?": "ask for the identity",
    "MR": "ask for notices",
    "MT": "set the message mode",
    "C0": "join the network",
    "CD": "leave the network",
    "CS": "ask whether it has joined",
    "C?": "show the network's settings",
    "ZR": "reset",
    "Z0": "reset to factory settings",
    "Z5": "ask for the MAC address",
}
"""What a command does; with its value where the value decides."""
_COMMAND = re.compile(r"^([A-Z][0-9A-Z?])(=[^\\]*)?")


def step_name(one: Event) -> str:
    """The step in words: ``P5=11: start multi-accept``."""
    text = visible(one.text.removesuffix("\\r"))
    if one.kind == "*":
        return _cut(f"{one.source}: {text}")
    if one.source != "host":
        return _cut(f"{one.source} sends {text}")
    found = _COMMAND.match(text)
    words = found and (WORDS.get(found[0]) or WORDS.get(found[1]))
    return _cut(f"{text}: {words}" if words else text or "an empty line")


def _cut(text: str) -> str:
    return text if len(text) <= MOST_TEXT else f"{text[: MOST_TEXT - 1]}…"


def steps_of(case: Case) -> list[Any]:
    """The steps of a case; the last of a failed one is its failure, so that the page opens there."""
    end = end_of(case) if case["verdict"] in ("fail", "error") else -1
    happened = list(_steps_of_host_and_peers(case["transcript"][: end + 1] if end >= 0 else case["transcript"]))
    begun = int(datetime.fromisoformat(case["started"]).timestamp() * 1000)
    steps = [_step(one, begun + int((one.at - happened[0].at) * 1000)) for one in happened]
    for one, following in pairwise(steps):
        one.stop = following.start
    if steps and case["verdict"] in ("fail", "error"):
        steps[-1].status = "failed" if case["verdict"] == "fail" else "broken"
    return steps[-MOST_STEPS:]


def _steps_of_host_and_peers(lines: Sequence[str]) -> Iterator[Event]:
    """What the host and the peers did; the module's answers stand in the transcript."""
    for one in events(lines):
        if one.source != "module" and not (one.kind == "*" and one.text.startswith("case ")):
            yield one


def _step(one: Event, start: int) -> Any:
    kind: Any = TestStepResult
    return kind(name=step_name(one), status="passed", start=start, stop=start)
