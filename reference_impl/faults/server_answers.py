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
    """The lines of an answer are put another way."""

    command = b""

    def answer(self, answer: Answer) -> Answer | None:
        """Alter the good answer of one command."""
        if self.module.running != self.command or not answer.ok:
            return answer
        lines = answer.payload.split(LINE_BREAK)
        return replace(answer, payload=LINE_BREAK.join(self.change(lines)))

    def change(self, lines: list[bytes]) -> list[bytes]:
        """What the lines are instead."""
        raise NotImplementedError


@fault("setup-line-missing", breaks="P5=11 answers Setup, Waiting, OK", source=TABLE)
class SetupLineMissing(_AlteredLines):
    """The answer begins with Waiting."""

    command = b"P5=11"

    def change(self, lines: list[bytes]) -> list[bytes]:
        """Drop the first line."""
        return lines[1:]


@fault("setup-line-altered", breaks="P5=11 answers [TCP TSK] Multi-Accept Setup", source=TABLE)
class SetupLineAltered(_AlteredLines):
    """The hyphen is missing."""

    command = b"P5=11"

    def change(self, lines: list[bytes]) -> list[bytes]:
        """Write it in another way."""
        return [lines[0].replace(b"Multi-Accept", b"MultiAccept"), *lines[1:]]


@fault("setup-behind-waiting", breaks="P5=11 answers Setup, then Waiting", source=TABLE)
class SetupBehindWaiting(_AlteredLines):
    """The two lines stand in the other order."""

    command = b"P5=11"

    def change(self, lines: list[bytes]) -> list[bytes]:
        """Turn them round."""
        return lines[::-1]


@fault("waiting-missing-on-start", breaks="P5=11 answers Setup, Waiting, OK", source=TABLE)
class WaitingMissingOnStart(_AlteredLines):
    """The answer ends with Setup."""

    command = b"P5=11"

    def change(self, lines: list[bytes]) -> list[bytes]:
        """Drop the last line."""
        return lines[:-1]


@fault("waiting-missing-on-next", breaks="P5=10 answers Waiting", source=TABLE)
class WaitingMissingOnNext(_AlteredLines):
    """The bare OK."""

    command = b"P5=10"

    def change(self, _lines: list[bytes]) -> list[bytes]:
        """Say nothing."""
        return []


@fault("setup-again-on-next", breaks="P5=10 answers Waiting", source=TABLE)
class SetupAgainOnNext(_AlteredLines):
    """The Setup line comes at each next client."""

    command = b"P5=10"

    def change(self, lines: list[bytes]) -> list[bytes]:
        """Say it before."""
        return [server.SETUP.encode(), *lines]


@fault("killed-missing", breaks="P5=0 answers [TCP TSK] Killed, OK", source="WEB, transcript")
class KilledMissing(_AlteredLines):
    """The bare OK."""

    command = b"P5=0"

    def change(self, _lines: list[bytes]) -> list[bytes]:
        """Say nothing."""
        return []


@fault("killed-from-the-wrong-task", breaks="P5=0 answers [TCP TSK] Killed", source="WEB, transcript")
class KilledFromTheWrongTask(_AlteredLines):
    """The line is [TCP SVR] Killed."""

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
        """Hold it."""
        if self.module.running == self.command and answer.ok and self.module.socket.state is State.WAITING:
            self._held = answer
            return None
        return answer

    def notice(self, notice: Notice) -> Notice | None:
        """Let it go, before the client is told."""
        if self._held is not None:
            extra = self._held.payload + b"\r\n" if self._held.payload else b"\r\n"
            self.module.write(b"\r\n" + extra + b"OK\r\n> ")
            self._held = None
        return notice


@fault("multi-start-waits-for-client", breaks="P5=11 answers OK; then a client connects", source="WEB, transcript")
class MultiStartWaitsForClient(_WaitsForClient):
    """P5=11 blocks in accept()."""

    command = b"P5=11"


@fault("single-start-waits-for-client", breaks="P5=1: OK comes before any client does", source="UM 5.6.1, DS p17")
class SingleStartWaitsForClient(_WaitsForClient):
    """P5=1 blocks in accept()."""

    command = b"P5=1"


@fault("next-waits-for-client", breaks="P5=10 answers OK; then the next connects", source="WEB, transcript")
class NextWaitsForClient(_WaitsForClient):
    """P5=10 blocks in accept()."""

    command = b"P5=10"


class _Status(Fault):
    """P? shows one field of the server in another way."""

    def shown(self, fields: list[str]) -> list[str]:
        """Change it."""
        return self.change(list(fields)) if self.module.running == b"P?" else fields

    def change(self, fields: list[str]) -> list[str]:
        """What is shown instead."""
        raise NotImplementedError


@fault("server-never-shown", breaks="P?: field 6 is 1 while the server runs", source="UM 5.6.1")
class ServerNeverShown(_Status):
    """It is always 0."""

    def change(self, fields: list[str]) -> list[str]:
        """Show 0."""
        return [*fields[:5], "0", *fields[6:]]


@fault("server-shown-for-ever", breaks="P?: field 6 is 0 when no server runs", source="UM 5.6.1")
class ServerShownForEver(_Status):
    """Once shown it stays 1."""

    def __init__(self) -> None:
        self._seen = False

    def line(self, text: bytes) -> bytes | None:
        """Learn of a server."""
        self._seen = self._seen or text in (b"P5=1", b"P5=11")
        return text

    def change(self, fields: list[str]) -> list[str]:
        """Show 1."""
        return [*fields[:5], "1" if self._seen else fields[5], *fields[6:]]


@fault("client-not-shown", breaks="P?: field 2 is the client's address", source="UM 5.6.1")
class ClientNotShown(_Status):
    """It is always 0.0.0.0."""

    def change(self, fields: list[str]) -> list[str]:
        """Show nobody."""
        return [fields[0], "0.0.0.0", *fields[2:]]
