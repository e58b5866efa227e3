"""``python ci/commit_subject.py FILE``: refuse a commit with a subject of more than 72 characters."""

import sys
from pathlib import Path

MOST = 72
"""Characters of a subject: longer ones are cut where logs are shown in a column."""


def main(file: str) -> int:
    """Returns 0, or 1 with the reason on stderr. ``file``: where git keeps the message."""
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    subject = next((line for line in lines if not line.startswith("#")), "")
    if subject and len(subject) <= MOST:
        return 0
    sys.stderr.write(f"the subject has {len(subject)} characters; write 1 to {MOST}, and why the change is made\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
