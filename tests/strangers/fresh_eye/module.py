"""An independent software module on a pty: the outsider that a suite is tried against. See README.md."""

import argparse
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

from faults import FAULTS
from plain import Module
from serial_end import SerialEnd
from variants import VARIANTS


def parse(arguments):
    """The command line; unknown names of variants and faults end the program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--link", type=Path, help="symbolic link to make for the device")
    parser.add_argument("--address", default="127.0.0.1", help="the module's own address (loopback)")
    for option, table in (("--variant", VARIANTS), ("--fault", FAULTS)):
        parser.add_argument(option, nargs="+", action="extend", default=[], choices=table, metavar="NAME")
    parser.add_argument("--joined", action="store_true", help="joined to a network from the start")
    parser.add_argument("--list-variants", action="store_true", help="one JSON object a line")
    parser.add_argument("--list-faults", action="store_true", help="one JSON object a line")
    return parser.parse_args(arguments)


def stop(*_):
    """Unwind to the end of main, whatever the main thread waits for."""
    raise SystemExit(0)


def end_with_parent():
    """Send ourselves SIGTERM when the parent is gone."""
    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(0.25)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def build(options):
    """A module with its switches set."""
    module = Module(SerialEnd(), options.address, options.joined)
    for table, names in ((VARIANTS, options.variant), (FAULTS, options.fault)):
        for name in names:
            table[name].apply(module)
    module.power_up()
    return module


def serve(options):
    """Publish the device and answer until a signal."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    end_with_parent()
    module = build(options)
    try:
        if options.link:
            module.serial.publish(options.link)
        print(module.serial.path, flush=True)
        module.run()
    finally:
        if options.link:
            module.serial.withdraw(options.link)


def main(arguments=None):
    """Run the command line."""
    options = parse(arguments)
    wanted = [VARIANTS] * options.list_variants + [FAULTS] * options.list_faults
    for table in wanted:
        for switch in table.values():
            print(json.dumps(switch.as_json(), ensure_ascii=False))
    if not wanted:
        serve(options)


if __name__ == "__main__":
    main(sys.argv[1:])
