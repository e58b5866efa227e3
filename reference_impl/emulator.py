"""The emulator for tests in Python: started as a process of its own, ended with the block.

    from reference_impl import Emulator

    with Emulator(joined="LAB") as emulator:
        driver = MyDriver(serial.Serial(emulator.url))
        emulator.control.ask("link", up=False)

One process holds one module, or `count` of them. It ends with the block, and with the process that started it.
"""

import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from reference_impl.control import Control

PACKAGE = __name__.rpartition(".")[0]
"""The name under which this package was imported: the process is started under it, too."""

TOP = Path(__file__).resolve().parents[PACKAGE.count(".") + 1]
READY_S = 20.0
END_S = 5.0
"""Seconds to end in order; a process that hangs is killed then."""

LINES = {"pty": [], "tcp": ["--tcp", "127.0.0.1:0"], "rfc2217": ["--rfc2217", "127.0.0.1:0"]}
"""Kind of serial side: the options that make it, with a port that is free."""


class EmulatorError(Exception):
    """The emulator did not start as asked; the text is what it said."""


class Emulator:
    """A module made of software. `url` is its serial line, `control` does what a bench does by hand.

    `serial` is `pty` (`url` is then a device path), `tcp` or `rfc2217`, for pyserial's `serial_for_url`. `joined`: the
    network that it has joined; None: none. `variants` and `faults` by name. `options` are those of the command line,
    such as `["--notices", "mr", "--baud", "9600"]`. Raises EmulatorError from `start`.
    """

    def __init__(
        self,
        serial: str = "pty",
        *,
        joined: str | None = "LAB",
        profile: str = "web",
        variants: Iterable[str] = (),
        faults: Iterable[str] = (),
        options: Iterable[str] = (),
    ) -> None:
        if serial not in LINES:
            raise EmulatorError(f"serial must be one of {', '.join(LINES)}, not {serial!r}")
        self.command = [sys.executable, "-m", PACKAGE, *LINES[serial], "--profile", profile, "--control", "tcp:0"]
        self.command += ["--joined", joined] if joined is not None else []
        self.command += [part for name in variants for part in ("--variant", name)]
        self.command += [part for name in faults for part in ("--fault", name)]
        self.command += list(options)
        self.ready: dict[str, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None

    def start(self) -> "Emulator":
        """Start it, and wait until its serial line is there. Raises EmulatorError with what it said."""
        self._errors = _new_file()
        path = os.pathsep.join(part for part in (str(TOP), os.environ.get("PYTHONPATH")) if part)
        self._process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, "PYTHONPATH": path},
        )
        line = self._first_line()
        if not line:
            words = self._last_words()
            self.end()
            raise EmulatorError(words)
        self.ready = json.loads(line)
        return self

    def end(self) -> None:
        """End the process; harmless when it has ended already."""
        if control := self.__dict__.pop("control", None):
            control.close()
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.communicate(timeout=END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        assert self._errors is not None
        self._errors.close()

    @property
    def url(self) -> str:
        """The serial line of the first module: a device path, socket://host:port or rfc2217://host:port."""
        return self.urls[0]

    @property
    def urls(self) -> list[str]:
        """The serial lines of all modules, with `--count`."""
        return [str(port["url"]) for port in self.ready["ports"]]

    @property
    def address(self) -> str:
        """The first module's own address: its servers are reached there."""
        return str(self.ready["ports"][0]["address"])

    @property
    def pid(self) -> int:
        """The process."""
        return int(self.ready["pid"])

    @cached_property
    def control(self) -> Control:
        """The control socket, connected: networks appear, stations come, the link drops."""
        return Control(str(self.ready["control"]))

    def __enter__(self) -> "Emulator":
        return self.start()

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.end()

    def _first_line(self) -> bytes:
        """The line that says that it is ready; nothing where none comes in time, or it has ended."""
        assert self._process is not None
        assert self._process.stdout is not None
        readable, _, _ = select.select([self._process.stdout], [], [], READY_S)
        return self._process.stdout.readline() if readable else b""

    def _last_words(self) -> str:
        assert self._errors is not None
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").strip()
        return said or f"the emulator said nothing for {READY_S:.0f} s: {' '.join(self.command)}"


def _new_file() -> IO[bytes]:
    return tempfile.TemporaryFile()
