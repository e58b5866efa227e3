"""The commands of an installed project. Each returns its exit status (docs/verdicts.md)."""

import sys
from pathlib import Path

from fixtures.__main__ import main as run_bench
from reports.__main__ import main as run_report
from reports.conformance import run as run_conformance


def judge() -> int:
    """``eswifi-conformance ARGS``: judge a module and write the report below the current directory."""
    return run_conformance()


def bench() -> int:
    """``eswifi-bench scan|doctor``: find a module, look whether its bench is well."""
    return run_bench(sys.argv[1:], Path.cwd())


def report() -> int:
    """``eswifi-report COMMAND``: make reports of a run that is over."""
    return run_report(sys.argv[1:])
