"""pytest-embedded-serial: a case that writes a line and expects the end of the answer, as its users write cases.

The Python that has pytest-embedded-serial runs it: ``pytest --embedded-services serial --port PTY``.
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
