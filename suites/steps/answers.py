"""What an answer says: success, error, loss, the lines of the documents."""

import re

from fixtures.case import parting, resting_on, show
from fixtures.drivers.line.at import ATClient
from fixtures.drivers.line.frames import Answer
from fixtures.errors import ModuleFault
from suites.spec.profiles import Profile

PROGRESS = re.compile(rb"(?:\[[A-Z][^\r\n]*\r\n)*")
"""Lines that may stand before ERROR (LOG)."""
BARE_ERROR = [b"\r\nERROR\r\n> ", b"\r\n\r\nERROR\r\n> "]
"""Matches an error with the word ERROR alone (UM 4.12.5); some firmware puts one more CR LF before it (LOG)."""
ELLIPSIS = rb" ?(?:\xe2\x80\xa6|\x85|\.\.\.)"
SETUP = rb"\[TCP TSK\] Multi-Accept Setup"
WAITING = rb"\[TCP SVR\] Waiting on connection" + ELLIPSIS
KILLED = rb"\[TCP TSK\] Killed"


def successes(payload: bytes, profile: Profile) -> list[bytes]:
    """The frames around ``payload`` that may come.

    Of firmware with an extra CR LF before OK the empty answer of 12 bytes is known, and that data of TCP have none; of
    the other answers no source says it.
    """
    plain, extra = (b"\r\n" + payload + between + b"OK\r\n> " for between in (b"\r\n", b"\r\n\r\n"))
    if not profile.forms.extra_crlf_before_ok:
        return [plain]
    return [plain, extra] if payload else [extra]


def frame_of(answer: Answer, at: ATClient) -> bytes:
    """The bytes of ``answer`` without echo and notices; filler before it stays, unless a bus needs filler (MR)."""
    return answer.raw if at.forms.notices == "mr" else answer.filler + answer.raw


def expect_ok(answer: Answer, what: str = "", *, requirement: str | None = None, step: str | None = None) -> Answer:
    """Require that ``answer`` is OK. Raises ModuleFault; without ``requirement`` or ``step``, of the case's own."""
    if not answer.ok:
        text = f"expected: OK to {what or show(answer.command)}\ngot:      {show(answer)}"
        raise ModuleFault(text, requirement, step=step)
    return answer


def send_accepted(at: ATClient, command: str, what: str = "", *, step: str) -> Answer:
    """Send ``command``, to which the answer must be OK. Raises ModuleFault of ``step``, also where no answer comes.

    ``what``: the command in the words of a message.
    """
    with resting_on(step):
        return expect_ok(at(command), what or command)


class OtherBytes(ModuleFault):
    """The fault that ``got`` came and not ``wanted``."""

    def __init__(self, message: str, wanted: bytes, got: bytes, step: str) -> None:
        super().__init__(message, step=step)
        self.wanted = wanted
        self.got = got


def differs(what: str, wanted: bytes, got: bytes, *, step: str) -> OtherBytes:
    """The difference in words: ``got`` came and not ``wanted``, which ``what`` introduces; and where they part."""
    text = f"expected: {what} {show(wanted)}\ngot:      {show(got)}{parting(wanted, got)}"
    return OtherBytes(text, wanted, got, step)


def is_lost(answer: Answer, pending: bytes = b"") -> bool:
    """True where ``answer`` says that the connection is lost; not where a peer sent the characters -1."""
    return answer.payload == b"-1" and (answer.error or not pending.startswith(b"-1"))


def tail_of(answer: Answer) -> str:
    """The tail of an answer -1, as the reading that the module took: ERROR or OK."""
    return "ERROR tail" if answer.error else "OK tail"


def lines_match(answer: Answer, *patterns: bytes) -> bool:
    """True where the payload is exactly these lines, in this order."""
    return len(answer.lines) == len(patterns) and all(
        re.fullmatch(pattern, line.strip()) for pattern, line in zip(patterns, answer.lines, strict=True)
    )


def explains(answer: Answer) -> bool:
    """True where ``answer`` fails with more than the word ERROR."""
    return answer.error and not re.fullmatch(rb"[\r\n]*ERROR[\r\n]*> ", answer.raw)


def without_progress(answer: Answer) -> bytes:
    """The error's bytes without the lines of progress."""
    return b"\r\n" + PROGRESS.sub(b"", answer.raw.removeprefix(b"\r\n"), count=1)


def is_short_error(answer: Answer) -> bool:
    """True where ``answer`` fails by the word ERROR and nothing behind it; lines of its progress may stand before."""
    return answer.error and answer.reason.strip() == b"ERROR" and not answer.usage
