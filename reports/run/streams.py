"""Standard output that may go away: a closed pipe, a full disk, a descriptor that was never open.

A run whose reader leaves (``| head``) still judges, writes its record and ends with its own exit status. pytest and
Python themselves end with status 1 there, which means here that a requirement is broken.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO

STREAMS = ("stdin", "stdout", "stderr")
"""Names in ``sys`` of the descriptors 0, 1 and 2."""


class LastingOutput:
    """Writes to ``file`` while that works, and to nowhere afterwards. ``failed`` says why, "" while it works.

    Everything else that a text file has (``encoding``, ``isatty``, ...) is the file's own.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.failed = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, text: str) -> int:
        """Write ``text``. Returns its length, also where it went nowhere."""
        if not self.failed:
            with self._lasting():
                self._file.write(text)
        return len(text)

    def flush(self) -> None:
        """Hand over what was written."""
        if not self.failed:
            with self._lasting():
                self._file.flush()

    @contextlib.contextmanager
    def _lasting(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as problem:  # ValueError: the file is closed
            self.failed = str(problem)
            forget_output(self._file)


def failure_of_output(terminal: object) -> str:
    """Why standard output cannot be written any more; "" while it can. Short output fails at this flush only.

    ``terminal`` is pytest's terminal reporter, or None.
    """
    file = getattr(getattr(terminal, "_tw", None), "_file", None)
    if not isinstance(file, LastingOutput):
        return ""
    file.flush()
    return file.failed


def forget_output(file: TextIO, descriptor: int = 1) -> None:
    """Lead standard output, or the ``descriptor`` of another stream, to nowhere, and ``file``'s buffer after it.

    Python's own last flush has nothing to write then.

    Leading descriptor 1 away is not enough: pytest puts its copy of the first descriptor back after each capture.
    """
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
    with contextlib.suppress(OSError, ValueError):
        file.flush()


def open_descriptors() -> None:
    """Open each of the descriptors 0 to 2 that the caller left closed, so that no file of ours gets its number."""
    for number in range(len(STREAMS)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number: this one
            os.set_inheritable(number, True)


def replace_missing_streams() -> None:
    """Give ``sys`` the streams that Python left out because their descriptors were closed."""
    for name in STREAMS:
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 - for the whole process


def write_text(text: str) -> None:
    """A line to the person at the terminal, where there still is a terminal."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except (OSError, ValueError):
        forget_output(sys.stdout)


def complain(text: str) -> None:
    """A line to standard error, where that is still there."""
    try:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        forget_output(sys.stderr, 2)
