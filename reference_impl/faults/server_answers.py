"""Faults of what P5 answers and P? shows of a server: its lines, when they come, and the fields."""

from dataclasses import replace

from reference_impl.core import server
from reference_impl.core.answers import Answer
from reference_impl.core.seams import Notice
from reference_impl.core.sockets import State
from reference_impl.faults.registry import Fault, fault

TABLE = "WEB, multi-connection table"
LINE_BREAK = b"\r\n"


class _AlteredLines(Fault):
    """The lines of an answer are changed."""

    command = b""

    def answer(self, answer: Answer) -> Answer | None:
        """Change the good answer to one command."""
        if self.module.running != self.command or not answer.ok:
            return answer
        lines = answer.payload.split(LINE_BREAK)
        return replace(answer, payload=LINE_BREAK.join(self.change(lines)))

    def change(self, lines: list[bytes]) -> list[bytes]:
        """The lines that are answered instead."""
        raise NotImplementedError


@fault("setup-line-missing", breaks="P5=11 answers Setup, Waiting, OK", source=TABLE)
class SetupLineMissing(_AlteredLines):
    """The answer to P5=11 has no line Setup."""

    command = b"P5=11"

    def change(self, lines: list[bytes]) -> list[bytes]:
        """Drop the first line."""
        return lines[1:]


@fault("setup-line-altered", breaks="P5=11 answers [TCP TSK] Multi-Accept Setup", source=TABLE)
class SetupLineAltered(_AlteredLines):
    """The hyphen of Multi-Accept is missing."""

    command = b"P5=11"

    def change(self, lines: list[bytes]) -> list[bytes]:
        """Leave the hyphen out."""
        return [lines[0].replace(b"Multi-Accept", b"MultiAccept"), *lines[1:]]


@fault("setup-behind-waiting", breaks="P5=11 answers Setup, then Waiting", source=TABLE)
class SetupBehindWaiting(_AlteredLines):
    """The line Waiting stands before the line Setup."""

    command = b"P5=11"

    def change(self, lines: list[bytes]) -> list[bytes]:
        """Swap the two lines."""
        return lines[::-1]


@fault("waiting-missing-on-start", breaks="P5=11 answers Setup, Waiting, OK", source=TABLE)
class WaitingMissingOnStart(_AlteredLines):
    """The answer to P5=11 has no line Waiting."""

    command = b"P5=11"

    def change(self, lines: list[bytes]) -> list[bytes]:
        """Drop the last line."""
        return lines[:-1]


@fault("waiting-missing-on-next", breaks="P5=10 answers Waiting", source=TABLE)
class WaitingMissingOnNext(_AlteredLines):
    """P5=10 is answered with OK alone."""

    command = b"P5=10"

    def change(self, _lines: list[bytes]) -> list[bytes]:
        """Leave all lines out."""
        return []


@fault("setup-again-on-next", breaks="P5=10 answers Waiting", source=TABLE)
class SetupAgainOnNext(_AlteredLines):
    """The answer to P5=10 has the line Setup too."""

    command = b"P5=10"

    def change(self, lines: list[bytes]) -> list[bytes]:
        """Put the line Setup before the others."""
        return [server.SETUP.encode(), *lines]


@fault("killed-missing", breaks="P5=0 answers [TCP TSK] Killed, OK", source="WEB, transcript")
class KilledMissing(_AlteredLines):
    """P5=0 is answered with OK alone."""

    command = b"P5=0"

    def change(self, _lines: list[bytes]) -> list[bytes]:
        """Leave all lines out."""
        return []


@fault("killed-from-the-wrong-task", breaks="P5=0 answers [TCP TSK] Killed", source="WEB, transcript")
class KilledFromTheWrongTask(_AlteredLines):
    """The line of the stop is [TCP SVR] Killed."""

    command = b"P5=0"

    def change(self, lines: list[bytes]) -> list[bytes]:
        """Put the other task's name in."""
        return [line.replace(b"[TCP TSK]", b"[TCP SVR]") for line in lines]


class _WaitsForClient(Fault):
    """P5 with the value in `command` is answered when the first client has come."""

    command = b""

    def __init__(self) -> None:
        self._held: Answer | None = None

    def answer(self, answer: Answer) -> Answer | None:
        """Hold the answer back."""
        if self.module.running == self.command and answer.ok and self.module.socket.state is State.WAITING:
            self._held = answer
            return None
        return answer

    def notice(self, notice: Notice) -> Notice | None:
        """Send the answer, before the notice of the client."""
        if self._held is not None:
            extra = self._held.payload + b"\r\n" if self._held.payload else b"\r\n"
            self.module.write(b"\r\n" + extra + b"OK\r\n> ")
            self._held = None
        return notice


@fault("multi-start-waits-for-client", breaks="P5=11 answers OK; then a client connects", source="WEB, transcript")
class MultiStartWaitsForClient(_WaitsForClient):
    """P5=11 is answered when a client has come."""

    command = b"P5=11"


@fault("single-start-waits-for-client", breaks="P5=1: OK comes before any client does", source="UM 5.6.1, DS p17")
class SingleStartWaitsForClient(_WaitsForClient):
    """P5=1 is answered when a client has come."""

    command = b"P5=1"


@fault("next-waits-for-client", breaks="P5=10 answers OK; then the next connects", source="WEB, transcript")
class NextWaitsForClient(_WaitsForClient):
    """P5=10 is answered when a client has come."""

    command = b"P5=10"


class _Status(Fault):
    """P? shows another value in one field of the server."""

    def shown(self, fields: list[str]) -> list[str]:
        """Change the field."""
        return self.change(list(fields)) if self.module.running == b"P?" else fields

    def change(self, fields: list[str]) -> list[str]:
        """The value that is shown instead."""
        raise NotImplementedError


@fault("server-never-shown", breaks="P?: field 6 is 1 while the server runs", source="UM 5.6.1")
class ServerNeverShown(_Status):
    """P? always shows 0 for the server."""

    def change(self, fields: list[str]) -> list[str]:
        """Show 0."""
        return [*fields[:5], "0", *fields[6:]]


@fault("server-shown-for-ever", breaks="P?: field 6 is 0 when no server runs", source="UM 5.6.1")
class ServerShownForEver(_Status):
    """P? shows 1 for the server after its stop too."""

    def __init__(self) -> None:
        self._seen = False

    def line(self, text: bytes) -> bytes | None:
        """Note that a server has started."""
        self._seen = self._seen or text in (b"P5=1", b"P5=11")
        return text

    def change(self, fields: list[str]) -> list[str]:
        """Show 1."""
        return [*fields[:5], "1" if self._seen else fields[5], *fields[6:]]


@fault("client-not-shown", breaks="P?: field 2 is the client's address", source="UM 5.6.1")
class ClientNotShown(_Status):
    """P? always shows 0.0.0.0 for the client."""

    def change(self, fields: list[str]) -> list[str]:
        """Show 0.0.0.0."""
        return [fields[0], "0.0.0.0", *fields[2:]]
