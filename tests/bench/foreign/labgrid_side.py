"""labgrid's console: a serial driver on a raw port, its ``write`` and ``expect``."""

import os
import sys

from asked import serve
from labgrid import Target
from labgrid.driver import SerialDriver
from labgrid.resource import RawSerialPort


def main() -> None:
    line = os.environ["BENCH_LINE"].encode("latin-1")
    target = Target("bench")
    RawSerialPort(target, "port", port=sys.argv[1], speed=115200)
    console = SerialDriver(target, "console", txdelay=0.0)
    target.activate(console)

    def exchange() -> None:
        console.write(line)
        console.expect([r"OK\r\n> "])

    serve(exchange)


main()
