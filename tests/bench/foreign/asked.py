"""The part that both foreign processes share: a number comes on a pipe, and so many exchanges are timed.

This file imports nothing of the project: the Python that runs the file has other packages.
"""

import os
import time
from collections.abc import Callable


def serve(exchange: Callable[[], object]) -> None:
    """Write "ready", then answer each number of exchanges with the seconds that they took, until the pipe ends."""
    asked, told = (int(os.environ[name]) for name in ("BENCH_ASKED", "BENCH_TOLD"))
    exchange()
    os.write(told, b"ready\n")
    with os.fdopen(asked, "rb", buffering=0) as numbers:
        for line in iter(numbers.readline, b""):
            began = time.perf_counter()
            for _ in range(int(line)):
                exchange()
            os.write(told, b"%.9f\n" % (time.perf_counter() - began))
