"""Exchanges by pytest-embedded-serial and by labgrid's console, each in a process of another Python."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tests.bench.exchange import responder

FOREIGN = Path(__file__).with_name("foreign")
EMBEDDED = (
    "-m pytest -q -s -p no:labgrid -p no:cacheprovider --noconftest -c {empty} --rootdir {foreign} "
    "--embedded-services serial --port {name} {foreign}/embedded_side.py"
)
SIDES = {"pytest-embedded-serial": EMBEDDED, "labgrid": "{foreign}/labgrid_side.py {name}"}
"""By the row's name: the arguments of the other Python."""


class OtherSideError(RuntimeError):
    """The other process has ended, or has not begun; the message has its output."""


@contextmanager
def offer_others(python: Path, command: bytes, answer: bytes) -> Iterator[dict[str, Callable[[int], float]]]:
    """Start the processes of the other Python; by row, a function from a number of exchanges to their seconds.

    Each process has a responder of its own, because each reads its line all the time. Raises OtherSideError.
    """
    with ExitStack() as stack:
        ways: dict[str, Callable[[int], float]] = {}
        for row, arguments in SIDES.items():
            name = stack.enter_context(responder({command: answer}))
            places = {"foreign": str(FOREIGN), "empty": os.devnull, "name": name}
            side = Side(python, [one.format(**places) for one in arguments.split()], command)
            stack.callback(side.end)
            ways[row] = side.seconds
        yield ways


class Side:
    """A process of the other Python that does exchanges on request, and measures their time."""

    def __init__(self, python: Path, arguments: list[str], command: bytes) -> None:
        asked, self._asked = os.pipe()
        self._told, told = os.pipe()
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "PYTHON"))}
        environment |= {"BENCH_ASKED": str(asked), "BENCH_TOLD": str(told), "BENCH_LINE": command.decode("latin-1")}
        environment |= {"PYTHONPATH": str(FOREIGN)}
        self._process = subprocess.Popen(
            [str(python), *arguments],
            env=environment,
            pass_fds=[asked, told],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self._output = self._process.stdout
        os.close(asked)
        os.close(told)
        self._answers = os.fdopen(self._told, "rb")
        try:
            self._next()
        except OtherSideError:
            self.end()
            raise

    def seconds(self, count: int) -> float:
        """Seconds that ``count`` exchanges took. Raises OtherSideError."""
        os.write(self._asked, b"%d\n" % count)
        return float(self._next())

    def end(self) -> None:
        """End the process and the processes that it has started: pytest-embedded-serial starts two for its output."""
        if self._answers.closed:
            return
        os.close(self._asked)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._output.close()
        self._answers.close()

    def _next(self) -> bytes:
        if not (line := self._answers.readline()):
            output = self._output.read().decode(errors="replace")
            raise OtherSideError(f"the other side has ended: {output[-2000:]}")
        return line
