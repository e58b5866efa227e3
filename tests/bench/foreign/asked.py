"""What both foreign sides do: time so many exchanges when a number comes on a pipe, until the pipe ends.

Knows nothing of this project: the Python that runs it has other packages.
"""

import os
import time
from collections.abc import Callable


def serve(exchange: Callable[[], object]) -> None:
    """Say that all is ready, then answer each number of exchanges with the seconds that they took."""
    asked, told = (int(os.environ[name]) for name in ("BENCH_ASKED", "BENCH_TOLD"))
    exchange()
    os.write(told, b"ready\n")
    with os.fdopen(asked, "rb", buffering=0) as numbers:
        for line in iter(numbers.readline, b""):
            began = time.perf_counter()
            for _ in range(int(line)):
                exchange()
            os.write(told, b"%.9f\n" % (time.perf_counter() - began))
