"""``python -m reports COMMAND``: what is made of a run that is over, from its record alone."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from reports.run import compare, expect, merge, rebuild, render

COMMANDS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], int]]] = {
    "render": ("make a report of a record", render.add_arguments, render.run),
    "compare": ("tell what has changed between two runs", compare.add_arguments, compare.run),
    "expect": ("write what a module is known to break, for --expect", expect.add_arguments, expect.run),
    "merge": ("make one record of the records of many runs, rigs and machines", merge.add_arguments, merge.run),
    "rebuild": ("make the record of a run that was killed, from its journals", rebuild.add_arguments, rebuild.run),
}
"""Name: what it does, its arguments, and the function that does it and returns the exit status."""


def main(arguments: Sequence[str]) -> int:
    """Do one command. Returns its exit status; argparse's own 2 is for a wrong command line."""
    prog = "python -m reports" if Path(sys.argv[0]).name == "__main__.py" else None
    parser = argparse.ArgumentParser(prog=prog, description=__doc__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, (help_text, add_arguments, run) in COMMANDS.items():
        command = commands.add_parser(name, help=help_text, description=help_text)
        add_arguments(command)
        command.set_defaults(do=run)
    options = parser.parse_args(arguments)
    return int(options.do(options))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
