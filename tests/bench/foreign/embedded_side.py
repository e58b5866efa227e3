"""pytest-embedded-serial: a case that writes a line and expects the answer's end, as its users' cases do.

Run as ``pytest --embedded-services serial --port PTY`` by the Python that has it.
"""

import os
from typing import Any

from asked import serve


def test_exchange(dut: Any) -> None:
    line = os.environ["BENCH_LINE"].encode("latin-1")

    def exchange() -> None:
        dut.write(line)
        dut.expect_exact(b"OK\r\n> ")

    serve(exchange)
