"""``python -m suites.campaigns.model``: write table and diagrams of the model into ``docs/model.md``.

With ``--check`` nothing is written. Status 0: the page is fresh (or was written); 1: it is not, or has lost its marks.
"""

import argparse
import sys

from suites.campaigns.model.page import COMMAND, PAGE, fresh


def main() -> int:
    """Write the page, or check it. Returns the exit status."""
    parser = argparse.ArgumentParser(prog=COMMAND, description="Write table and diagrams of the model into its page.")
    parser.add_argument("--check", action="store_true", help="write nothing; say whether the page is stale")
    options = parser.parse_args()
    text = PAGE.read_text(encoding="utf-8")
    try:
        made = fresh(text)
    except ValueError as problem:
        sys.stderr.write(f"{PAGE.name}: {problem}\n")
        return 1
    if not options.check:
        PAGE.write_text(made, encoding="utf-8")
    elif made != text:
        sys.stderr.write(f"docs/{PAGE.name} is not what {COMMAND} would write: run it\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
