"""``python -m tests.bench [--rounds N] [--json PATH] [--page PATH]``: what our parts cost, beside others.

An exchange on one pty by bare system calls, pyserial, fdspawn and ours; the bundled emulator beside a responder that
only writes its answer; journal, record and renderings of several sizes; runs of several modules. What is compared takes
turns, so that a busy machine is busy for all of them: look at the ratios first. The page holds medians, the 95th
percentile and the ratio to the first row.
"""

import argparse
import datetime
import json
import os
import platform
import select
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.bench.exchange import SHORT, by_system_calls, measure, responder
from tests.bench.growing import records, runs
from tests.bench.others import others
from tests.bench.plot import draw
from tests.bench.profiles import of_client, of_emulator
from tests.fixtures.runs import PATIENCE, ROOT, Emulator

EACH = 25
"""Exchanges in a turn: few, so that what is compared is measured within a few milliseconds."""
CASES = (100, 1000, 10_000)
"""Cases of the sample runs whose records are written, read and rendered."""
MODULES = (1, 2, 4, 8)
"""Modules, each the bundled emulator, that share the cases of a run."""
LINE, ANSWER = b"P0=0\r", b"\r\n\r\nOK\r\n> "


def turns(actions: dict[str, Callable[[], object]], rounds: int, each: int, unit_s: float) -> dict[str, list[float]]:
    """By name of the action: the mean of each round of ``each`` calls, in units of ``unit_s`` seconds."""
    found: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            began = time.perf_counter()
            for _ in range(each):
                action()
            found[name].append((time.perf_counter() - began) / each / unit_s)
    return found


def emulator(rounds: int) -> dict[str, list[float]]:
    """Microseconds an exchange with a responder that only writes its answer, and with the bundled emulator."""
    with responder({LINE: ANSWER}) as name, Emulator("--joined", "LAB") as module:
        ways = {
            "trivial responder": by_system_calls(name, LINE, ANSWER),
            "emulator": by_system_calls(module.url, LINE, ANSWER),
        }
        take_first_prompt(module.url)
        return turns(ways, rounds, EACH, 1e-6)


def take_first_prompt(name: str) -> None:
    """Read the prompt that a module sends when it starts: else each answer would be taken for the next line's."""
    line = os.open(name, os.O_RDWR | os.O_NOCTTY)
    try:
        came = b""
        while not came.endswith(b"> "):
            assert select.select([line], [], [], PATIENCE)[0], "waited for the emulator's first prompt"
            came += os.read(line, 100)
    finally:
        os.close(line)


def figures(values: list[float], first: list[float]) -> dict[str, float]:
    """Median, 95th percentile, and the median of the ratios to ``first``, round by round."""
    ordered = sorted(values)
    ratios = [one / other for one, other in zip(values, first, strict=True)]
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return {"median": statistics.median(ordered), "p95": p95, "ratio": statistics.median(ratios)}


def table(found: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """The figures of each row; the ratios are to the first."""
    first = next(iter(found.values()))
    return {name: figures(values, first) for name, values in found.items()}


def page(told: dict) -> str:
    """The page of ``docs/benchmarks.md``."""
    lines = [
        "# What our parts cost",
        "",
        "`tox -e bench` measures this and writes this page. What is compared takes turns on one machine, which may be",
        "busy: the ratio counts, the other figures are the machine's. The ratio is to the first row of the table: the",
        "median of the ratios of all rounds, so that what a round compares was measured within a few milliseconds.",
        "",
        f"{told['at']}, Python {told['python']}, {told['processors']} processors, {told['rounds']} rounds;",
        f"the machine's load was {told['load']:.1f} at the beginning. Records of more than 1,000 cases, and runs, are",
        "measured once. A profile makes each call dearer than the call is; what waits for the other side is left out.",
        "",
        "![The ratio of each row to the first row of its table, as bars](benchmarks.svg)",
    ]
    for title, unit, rows in told["tables"]:
        lines += ["", f"## {title}", "", f"| | Median, {unit} | 95th percentile, {unit} | Ratio |", "|---|---|---|---|"]
        lines += [
            f"| {name} | {one['median']:.1f} | {one['p95']:.1f} | {one['ratio']:.2f} |" for name, one in rows.items()
        ]
    for title, rows in told["profiles"]:
        lines += ["", f"## {title}", "", "| Function | Calls an exchange | Own time, us an exchange |", "|---|---|---|"]
        lines += [f"| `{name}` | {calls:.1f} | {own:.1f} |" for name, calls, own in rows]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=120, metavar="N", help="rounds of each comparison (default 120)")
    parser.add_argument("--cases", type=int, nargs="*", default=CASES, metavar="N", help="sizes of sample records")
    parser.add_argument("--modules", type=int, nargs="*", default=MODULES, metavar="N", help="modules of a run")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench.json", metavar="PATH")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "benchmarks.md", metavar="PATH")
    parser.add_argument(
        "--others", type=Path, metavar="PYTHON", help="a Python with requirements/bench.txt: labgrid, pytest-embedded"
    )
    given = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    exchanges = measure(given.rounds, EACH, partial(others, given.others) if given.others else None)
    told = {
        "at": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "load": load,
        "rounds": given.rounds,
        "tables": [
            (f"An exchange of {len(SHORT)} bytes on one pty", "us", table(exchanges["short"])),
            ("An exchange with a packet of 1,460 bytes on one pty", "us", table(exchanges["long"])),
            ("The bundled emulator, asked by bare system calls", "us", table(emulator(given.rounds))),
            *((f"The record of {one:,} cases, and its renderings", "ms", table(records(one))) for one in given.cases),
            *([("Runs of several modules", "ms", table(runs(given.modules)))] if given.modules else []),
        ],
        "profiles": [
            ("Where the time of our exchange goes", of_client(given.rounds * EACH)),
            ("Where the time of the emulator goes", of_emulator(given.rounds * EACH, LINE, ANSWER, take_first_prompt)),
        ],
    }
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    given.page.write_text(page(told), encoding="utf-8")
    given.page.with_suffix(".svg").write_text(draw(told["tables"]), encoding="utf-8")
    print(page(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
