"""Faults of the frames: commands in, answers out."""

import re
from dataclasses import replace

from reference_impl.core.answers import PROMPT, Answer
from reference_impl.faults.registry import Fault, fault

EMPTY_OK = b"\r\n\r\nOK\r\n> "
TERMINATED = re.compile(rb"[A-Z][A-Z0-9?](=[^\r\n]*)?\r\n\Z")


@fault("prompt-without-space", breaks="The prompt is `> `, and ends in one space", source="UM 1.4.2")
class PromptWithoutSpace(Fault):
    """The prompt has no space."""

    def frame(self, frame: bytes) -> bytes:
        """Take the space away."""
        return frame.removesuffix(b" ")


@fault("prompt-on-the-ok-line", breaks="OK is followed by CR LF and the prompt", source="UM 1.4.2, DS p15")
class PromptOnTheOkLine(Fault):
    """The CR LF between OK and the prompt is missing."""

    def frame(self, frame: bytes) -> bytes:
        """Take the CR LF away."""
        return frame.removesuffix(b"OK" + PROMPT) + b"OK> " if frame.endswith(b"OK" + PROMPT) else frame


@fault("prompt-missing-after-error", breaks="An error ends in the prompt too", source="UM 1.4.2")
class PromptMissingAfterError(Fault):
    """No prompt follows an error message."""

    def __init__(self) -> None:
        self._error = False

    def answer(self, answer: Answer) -> Answer | None:
        """Note whether the answer is an error."""
        self._error = not answer.ok
        return answer

    def frame(self, frame: bytes) -> bytes:
        """Take the prompt away from an error."""
        return frame.removesuffix(b"> ") if self._error else frame


@fault("ok-in-lower-case", breaks="Success says OK", source="UM 1.4.2, DS p15")
class OkInLowerCase(Fault):
    """The module answers ok in lower case."""

    def frame(self, frame: bytes) -> bytes:
        """Write OK in lower case."""
        return frame.removesuffix(b"OK" + PROMPT) + b"ok" + PROMPT if frame.endswith(b"OK" + PROMPT) else frame


@fault("empty-answer-of-8-bytes", breaks=r"The empty success is \r\n\r\nOK\r\n> ", source="UM 1.4.2, DS p15")
class EmptyAnswerOf8Bytes(Fault):
    """An empty answer has one CR LF less."""

    def frame(self, frame: bytes) -> bytes:
        """Shorten an empty answer."""
        return frame[2:] if frame == EMPTY_OK else frame


@fault("payload-without-first-delimiter", breaks=r"Success is \r\n payload \r\nOK\r\n> ", source="UM 1.4.2, DS p15")
class PayloadWithoutFirstDelimiter(Fault):
    """The CR LF before a payload is missing."""

    def frame(self, frame: bytes) -> bytes:
        """Drop the first CR LF."""
        return frame[2:] if frame.endswith(b"OK" + PROMPT) and frame != EMPTY_OK else frame


@fault("payload-ends-in-line-feed", breaks=r"Success is \r\n payload \r\nOK\r\n> ", source="UM 1.4.2, DS p15")
class PayloadEndsInLineFeed(Fault):
    """The delimiter behind a payload is LF alone."""

    def frame(self, frame: bytes) -> bytes:
        """Drop the CR."""
        tail = b"\r\nOK" + PROMPT
        return frame.removesuffix(tail) + tail[1:] if frame.endswith(tail) and frame != EMPTY_OK else frame


@fault("padding-before-answer", breaks=r"The empty success is \r\n\r\nOK\r\n> on UART", source="UM 1.4.2, DS p15")
class PaddingBeforeAnswer(Fault):
    """The bytes 0x15 0x15, with which the SPI bus fills up, stand before each answer."""

    def frame(self, frame: bytes) -> bytes:
        """Put the bytes before the answer."""
        return b"\x15\x15" + frame


@fault("error-without-its-word", breaks="An error says ERROR", source="UM 1.4.2")
class ErrorWithoutItsWord(Fault):
    """An error says FAIL."""

    def __init__(self) -> None:
        self._error = False

    def answer(self, answer: Answer) -> Answer | None:
        """Note whether the answer is an error."""
        self._error = not answer.ok
        return answer

    def frame(self, frame: bytes) -> bytes:
        """Change the word."""
        return frame.replace(b"\r\nERROR", b"\r\nFAIL") if self._error else frame


@fault("short-error-speaks", breaks=r"With MT=1 an error is \r\nERROR\r\n> ", source="UM 4.12.5")
class ShortErrorSpeaks(Fault):
    """An error gives its reason, whatever MT says."""

    def frame(self, frame: bytes) -> bytes:
        """Add a reason."""
        tail = b"\r\nERROR" + PROMPT
        return frame.removesuffix(tail) + b"\r\nERROR: Invalid argument" + PROMPT if frame.endswith(tail) else frame


@fault("long-error-is-short", breaks="With MT=0 an error tells reason and usage", source="UM 4.12.5")
class LongErrorIsShort(Fault):
    """An error never gives its reason."""

    def frame(self, frame: bytes) -> bytes:
        """Cut the text."""
        return re.sub(rb"\r\nERROR: [^\r\n]*\r\nUsage: [^\r\n]*\r\n> \Z", b"\r\nERROR\r\n> ", frame)


@fault("error-resets-mt", breaks="With MT=1 errors are short", source="UM 4.12.5")
class ErrorResetsMt(Fault):
    """The first short error sets MT to 0."""

    def frame(self, frame: bytes) -> bytes:
        """Forget MT with the error."""
        if frame.endswith(b"\r\nERROR" + PROMPT):
            self.module.short_errors = 0
        return frame


@fault("error-told-twice", breaks="One command, one answer", source="QR20 p1")
class ErrorToldTwice(Fault):
    """An error comes as two frames."""

    def answer(self, answer: Answer) -> Answer | None:
        """Send the same error again."""
        return answer if answer.ok or answer.then else replace(answer, then=answer)


@fault("query-answered-twice", breaks="One command, one answer", source="QR20 p1")
class QueryAnsweredTwice(Fault):
    """P? is answered two times."""

    def answer(self, answer: Answer) -> Answer | None:
        """Send the same answer again."""
        return replace(answer, then=answer) if answer.command == "P?" else answer


@fault("bare-cr-ignored", breaks="A lone CR answers the prompt", source="UM 5.2")
class BareCrIgnored(Fault):
    """A lone CR has no answer."""

    def line(self, text: bytes) -> bytes | None:
        """Drop the empty line."""
        return text or None


@fault("bare-cr-answers-ok", breaks="A lone CR answers the prompt", source="UM 5.2")
class BareCrAnswersOk(Fault):
    """A lone CR is answered with OK."""

    def answer(self, answer: Answer) -> Answer | None:
        """Answer with OK."""
        return replace(answer, wordless=False) if answer.wordless else answer


@fault("line-feed-is-a-line", breaks="A LF behind a command's CR is ignored", source="UM 1.4")
class LineFeedIsALine(Fault):
    """A line feed behind a command ends a line of its own."""

    def input(self, data: bytes) -> bytes:
        """Make a CR of the LF behind a command that carries no payload."""
        return data[:-1] + b"\r" if TERMINATED.match(data) and not data.startswith((b"S0", b"S3")) else data


@fault("lower-case-taken", breaks="A command is two capital letters or digits", source="UM 1.4")
class LowerCaseTaken(Fault):
    """A command in lower case is carried out."""

    def line(self, text: bytes) -> bytes | None:
        """Write the command in capital letters."""
        return text[:2].upper() + text[2:]


@fault("unknown-command-is-ok", breaks="A command that does not exist is an error", source="UM 1.4.2")
class UnknownCommandIsOk(Fault):
    """An unknown command is answered with OK."""

    def answer(self, answer: Answer) -> Answer | None:
        """Answer with OK."""
        return Answer("COMMAND") if answer.command == "COMMAND" else answer


@fault("deaf-after-error", breaks="Each command is answered", source="UM 1.4.2, QR20 p1")
class DeafAfterError(Fault):
    """The command after a failed command has no answer."""

    def __init__(self) -> None:
        self._deaf = False

    def line(self, text: bytes) -> bytes | None:
        """Drop the next command."""
        deaf, self._deaf = self._deaf, False
        return None if deaf else text

    def answer(self, answer: Answer) -> Answer | None:
        """Note that a command has failed."""
        self._deaf = not answer.ok
        return answer


@fault("error-sticks", breaks="A good command behind a bad one succeeds", source="UM 1.4.2")
class ErrorSticks(Fault):
    """The command after a failed command fails too."""

    def __init__(self) -> None:
        self._stuck = False

    def answer(self, answer: Answer) -> Answer | None:
        """Answer the next command with an error."""
        stuck, self._stuck = self._stuck, not answer.ok and not self._stuck
        return replace(answer, ok=False) if stuck else answer


@fault("human-mode-is-deaf", breaks="Commands work in the human readable mode", source="UM 2.4, 4.2")
class HumanModeIsDeaf(Fault):
    """In human mode the module carries out no command but ---."""

    def line(self, text: bytes) -> bytes | None:
        """Drop the command."""
        return None if self.module.human and text != b"---" else text


@fault("human-mode-stays", breaks="--- leads back to the machine readable mode", source="UM 4.3")
class HumanModeStays(Fault):
    """The answer to --- says that human mode ends, and the echo goes on."""

    def answer(self, answer: Answer) -> Answer | None:
        """Stay in human mode."""
        self.module.human = self.module.human or answer.command == "---"
        return answer


@fault("human-mode-refused", breaks="$$$ enters the human readable mode", source="UM 2.4, 4.2")
class HumanModeRefused(Fault):
    """The module takes $$$ for an unknown command."""

    def line(self, text: bytes) -> bytes | None:
        """Carry out a command that is refused, in its place."""
        return b"$?" if text == b"$$$" else text
