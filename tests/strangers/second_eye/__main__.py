"""A second independent module on a pty: ``python -m tests.strangers.second_eye --link PATH``. See README.md."""

import argparse
import json
import os
import pty
import signal
import sys
import tty
from pathlib import Path

from tests.strangers.second_eye.switches import FAULTS, VARIANTS
from tests.strangers.second_eye.third_round import ThirdRound


def parse():
    parser = argparse.ArgumentParser(prog="python -m tests.strangers.second_eye", description=__doc__)
    parser.add_argument("--link", type=Path, help="symbolic link to make for the device")
    parser.add_argument("--network", default="EYE", help="how the SSIDs begin that are found")
    for option, table in (("--variant", VARIANTS), ("--fault", FAULTS)):
        parser.add_argument(option, action="append", default=[], choices=table, metavar="NAME")
    parser.add_argument("--list-variants", action="store_true", help="one JSON object a line")
    parser.add_argument("--list-faults", action="store_true", help="one JSON object a line")
    return parser.parse_args()


def serve(options):
    """Publish the device and answer until a signal."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    descriptor, device = pty.openpty()
    tty.setraw(device)
    os.set_blocking(descriptor, False)
    module = ThirdRound(descriptor, options.variant, options.fault, options.network)
    path = os.ttyname(device)
    try:
        if options.link:
            options.link.unlink(missing_ok=True)
            options.link.symlink_to(path)
        print(path, flush=True)
        module.run()
    finally:
        if options.link:
            options.link.unlink(missing_ok=True)


def main():
    options = parse()
    if options.list_faults:
        for name, (source, sentence) in FAULTS.items():
            print(json.dumps({"name": name, "source": source, "sentence": sentence}, ensure_ascii=False))
    if options.list_variants:
        for name, text in VARIANTS.items():
            print(json.dumps({"name": name, "does": text}, ensure_ascii=False))
    if not options.list_faults and not options.list_variants:
        serve(options)


if __name__ == "__main__":
    main()
