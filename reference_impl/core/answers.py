r"""Answers, and the frames that carry them.

The frames (UM 1.4.2, DS p15), with the prompt `\r\n> ` that ends each:

    success         \r\n payload \r\n [\r\n] OK \r\n>_          the second \r\n on firmware C6.2.1.8, by what a driver
                                                         knows in empty answers and behind the data of UDP (DRV)
    to be continued \r\n payload \r\n>_                          A0, and each message of F0=2 but the last
    error, MT=0     [\r\n] \r\n [progress \r\n] ERROR: reason \r\n Usage: command text \r\n>_
    error, MT=1     [\r\n] \r\n [progress \r\n] ERROR \r\n>_        the first \r\n on some firmware (LOG)
"""

from dataclasses import dataclass

from reference_impl.core.profile import Forms

CRLF = b"\r\n"
PROMPT = b"\r\n> "


@dataclass(slots=True)
class Answer:
    """What the module says to one command, before it becomes bytes.

    `payload` stands between the delimiters, or before ERROR as progress; `datagram`: it is one. `reason` and `usage`
    are shown with MT=0 only; their wording is an assumption, no source fixes it. `then` is a further frame behind it.
    """

    command: str = ""
    payload: bytes = b""
    ok: bool = True
    reason: str = "Invalid argument"
    usage: str = ""
    prompt_before_ok: bool = False
    undelimited: bool = False
    datagram: bool = False
    wordless: bool = False
    tailless: bool = False
    then: "Answer | None" = None


def lines(*texts: str) -> bytes:
    """A payload of several lines."""
    return CRLF.join(text.encode() for text in texts)


def render(answer: Answer, forms: Forms, short_errors: bool) -> bytes:
    """The bytes of an answer and of what follows it, each with its prompt."""
    if answer.wordless:
        frame = PROMPT
    elif answer.tailless:
        frame = CRLF + answer.payload + PROMPT
    elif answer.ok:
        frame = _success(answer, forms)
    else:
        frame = _error(answer, forms, short_errors)
    return frame if answer.then is None else frame + render(answer.then, forms, short_errors)


def _success(answer: Answer, forms: Forms) -> bytes:
    if answer.undelimited:
        return answer.payload + b"OK" + PROMPT
    end = PROMPT if answer.prompt_before_ok else CRLF
    empty = forms.crlf_before_empty_ok and not answer.payload and not answer.datagram
    if empty or forms.crlf_before_ok or (forms.crlf_behind_datagram and answer.datagram):
        end += CRLF
    return b"\r\n%b%bOK\r\n> " % (answer.payload, end)


def _error(answer: Answer, forms: Forms, short_errors: bool) -> bytes:
    extra = CRLF if forms.crlf_before_error else b""
    progress = answer.payload + CRLF if answer.payload else b""
    words = b"ERROR"
    if not short_errors:
        words += f": {answer.reason}\r\nUsage: {answer.command} {answer.usage}".encode()
    return extra + CRLF + progress + words + PROMPT


def notice_frame(text: str, forms: Forms) -> bytes:
    r"""Text that comes unsolicited: `\r\n` text `\r\n` and a prompt of its own (UM 4.4, 5.6; DS p17)."""
    return CRLF + text.encode() + (PROMPT if forms.notice_prompt else CRLF)
