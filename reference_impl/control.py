"""A client of the emulator's control socket, for tests and for the shell.

    with Control("/tmp/module.control") as control:
        control.ask("network", ssid="Office", rssi=-51)
        address = control.ask("station")["ip"]

    python -m reference_impl.control /tmp/module.control '{"do": "state"}'

It imports nothing of the emulator: the file may be copied into a driver's own tests.
"""

import json
import socket
import sys
from types import TracebackType
from typing import Any

TCP = "tcp:"


class ControlError(Exception):
    """The emulator did not carry the request out: its own words, or that it has gone."""


class Control:
    """A connection to `where`: the path of the unix socket, or tcp:PORT. `timeout`: seconds for each answer."""

    def __init__(self, where: str, timeout: float = 10.0) -> None:
        self._socket = socket.socket(socket.AF_INET if where.startswith(TCP) else socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout)
        try:
            self._socket.connect(("127.0.0.1", int(where.removeprefix(TCP))) if where.startswith(TCP) else where)
        except (OSError, ValueError) as error:
            self._socket.close()
            raise ControlError(f"{where}: {error}; is an emulator with --control {where} running?") from None
        self._lines = self._socket.makefile("rb")

    def ask(self, do: str, **fields: Any) -> dict[str, Any]:
        """One request: its answer, a table with `ok` true and what the request brings. Raises ControlError."""
        answer = self.send({"do": do, **fields})
        if not answer.get("ok"):
            raise ControlError(str(answer.get("error")))
        return answer

    def send(self, request: object) -> dict[str, Any]:
        """One request without a check: its answer, whatever it says. Raises ControlError where none comes."""
        try:
            self._socket.sendall(json.dumps(request).encode() + b"\n")
            line = self._lines.readline()
        except OSError as error:
            raise ControlError(f"no answer: {error}") from None
        if not line:
            raise ControlError("no answer: the emulator has hung up")
        answer = json.loads(line)
        assert isinstance(answer, dict)
        return answer

    def close(self) -> None:
        """Hang up."""
        self._lines.close()
        self._socket.close()

    def __enter__(self) -> "Control":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()


def main(arguments: list[str]) -> int:
    """Send the requests, print the answers: 0 when all were carried out, 1 when one was not, 2 without an emulator."""
    if len(arguments) < 2:
        sys.stderr.write(f"usage: python {sys.argv[0]} PATH|tcp:PORT REQUEST...\n")
        return 2
    good = True
    try:
        with Control(arguments[0]) as control:
            for text in arguments[1:]:
                answer = control.send(json.loads(text))
                sys.stdout.write(json.dumps(answer) + "\n")
                good = good and bool(answer.get("ok"))
    except (ControlError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
