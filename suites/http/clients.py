"""The HTTP clients: Python's own in threads, curl and Chromium as processes. Each ends with its case."""

import contextlib
import http.client
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from fixtures.errors import NotAvailableHere

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--metrics-recording-only",
]
"""Options of a browser that connects to the module only."""


class Fetcher(threading.Thread):
    """Fetches ``paths`` from ``host:port``, one connection each, by Python's http.client.

    ``bodies`` has what came by path; ``problem`` says why the rest did not.
    """

    def __init__(self, host: str, port: int, paths: Sequence[str], *, source: str, timeout: float) -> None:
        super().__init__(daemon=True)
        self._target = (host, port)
        self._paths = paths
        self._source = (source, 0) if source else None
        self._timeout = timeout
        self.bodies: dict[str, bytes] = {}
        self.problem = ""

    def run(self) -> None:
        """Fetch until the end or the first problem."""
        for path in self._paths:
            try:
                self.bodies[path] = self._get(path)
            except (OSError, http.client.HTTPException) as problem:
                self.problem = f"GET {path}: {type(problem).__name__}: {problem}"
                return

    def _get(self, path: str) -> bytes:
        host, port = self._target
        connection = http.client.HTTPConnection(host, port, timeout=self._timeout, source_address=self._source)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise http.client.HTTPException(f"status {answer.status}")
            return body
        finally:
            connection.close()


class Program:
    """A client that is a process of its own, with all that it starts itself."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self._output = (folder / "output").open("w+b")
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=os.environ | {"HOME": str(folder), "NO_PROXY": "*"},
        )

    def done(self) -> bool:
        """True once it has ended."""
        return self._process.poll() is not None

    @property
    def status(self) -> int | None:
        """Its exit status; None while it runs."""
        return self._process.poll()

    def output(self) -> str:
        """The output of the process until now."""
        self._output.seek(0)
        return self._output.read().decode("utf-8", "replace")

    def end(self) -> None:
        """End it and everything in its session; Windows has no sessions, so it is ended alone there."""
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()
        self._process.wait()
        self._output.close()


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """An empty folder that is removed after the block, also while an ending browser still writes into it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        yield Path(name)


@contextlib.contextmanager
def running(command: Sequence[str], place: Path) -> Iterator[Program]:
    """``command`` while the block runs. Raises NotAvailableHere where it cannot be started."""
    try:
        program = Program(command, place)
    except OSError as problem:
        raise NotAvailableHere(f"{command[0]} cannot be started on this machine: {problem}") from problem
    try:
        yield program
    finally:
        program.end()


def find(*names: str) -> str:
    """The path of the first of these programs that this machine has. Raises NotAvailableHere."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        raise NotAvailableHere(f"this machine has no {names[0]}")
    return found


def curl_command(urls: Sequence[str], place: Path, *, source: str, limit: float) -> list[str]:
    """The command by which curl fetches ``urls`` one by one into ``place`` as 0, 1, ..."""
    command = [find("curl"), "--silent", "--show-error", "--fail", "--noproxy", "*", "--max-time", str(int(limit))]
    command += ["--interface", source] if source else []
    for number, url in enumerate(urls):
        command += ["--output", str(place / str(number)), url]
    return command


def browser_command(url: str, host: str, place: Path) -> list[str]:
    """The command by which Chromium loads ``url`` and writes the page as it then stands."""
    rules = f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {host}"
    return [find(*BROWSERS), *QUIET, rules, f"--user-data-dir={place / 'profile'}", "--dump-dom", url]
