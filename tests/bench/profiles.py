"""Where the processor time of one exchange goes: in the AT client, and in the bundled emulator."""

import cProfile
import json
import pstats
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench.exchange import SHORT, by_ours, by_system_calls, responder
from tests.fixtures.runs import PATIENCE, ROOT

MOST = 12
"""Number of functions that a profile names."""
SYSTEM_CALLS = ("<built-in method posix.read>", "<built-in method posix.write>")
"""Built-in functions that a profile names. Those that wait for the other side are left out: they are not our work."""

Row = tuple[str, float, float]
"""A function, its calls in an exchange, and its own microseconds in an exchange."""


def profile_client(exchanges: int) -> list[Row]:
    """The profile of the AT client with a short answer."""
    with responder({b"P0\r": SHORT}) as name:
        exchange = by_ours(name, b"P0\r", SHORT)
        exchange()
        profile = cProfile.Profile()
        profile.runcall(repeat, exchange, exchanges)
    return rows(pstats.Stats(profile), exchanges)


def repeat(exchange: Callable[[], object], exchanges: int) -> None:
    """Call ``exchange`` as many times as ``exchanges`` says."""
    for _ in range(exchanges):
        exchange()


def profile_emulator(exchanges: int, line: bytes, answer: bytes, first: Callable[[str], None]) -> list[Row]:
    """The profile of the emulator, its start included. ``first`` reads the prompt that the emulator sends first."""
    with tempfile.TemporaryDirectory(prefix="bench.") as folder:
        path = Path(folder) / "profile"
        command = [sys.executable, "-m", "cProfile", "-o", str(path), "-m", "reference_impl", "--joined", "LAB"]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
            try:
                assert process.stdout is not None
                url = json.loads(process.stdout.readline())["ports"][0]["url"]
                first(url)
                repeat(by_system_calls(url, line, answer), exchanges)
                process.send_signal(signal.SIGTERM)
                process.wait(PATIENCE)
            finally:
                process.kill()
        return rows(pstats.Stats(str(path)), exchanges)


def rows(stats: pstats.Stats, exchanges: int) -> list[Row]:
    """Our functions that are called at least once in each exchange and take the most time of their own."""
    found = [
        (name_of(*key), calls / exchanges, own / exchanges * 1e6)
        for key, (_primitive, calls, own, _all, _callers) in stats.stats.items()  # type: ignore[attr-defined]
        if calls >= exchanges and (key[2] in SYSTEM_CALLS or is_ours(key[0]))
    ]
    return sorted(found, key=lambda row: -row[2])[:MOST]


def is_ours(path: str) -> bool:
    """True for the path of a file of this project. Built-in functions have ``~``, the loader's ``<frozen ...>``."""
    return Path(path).is_absolute() and Path(path).resolve().is_relative_to(ROOT)


def name_of(path: str, _line: int, function: str) -> str:
    """``fixtures/drivers/line/at.py: finish``; of a built-in function its name alone."""
    if path == "~":
        return function.strip("<>").removeprefix("built-in method ")
    return f"{Path(path).resolve().relative_to(ROOT)}: {function}"
