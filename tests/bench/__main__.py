"""``python -m tests.bench [--rounds N] [--json PATH] [--page PATH]``: measures the project's own parts beside others.

Four things are measured:

- an exchange on a pty by bare system calls, pyserial, fdspawn and the AT client;
- the bundled emulator beside a responder that only writes its answer;
- the journal, the record and the renderings of several sizes;
- runs with several modules.

The ways that are compared take turns, so a busy machine delays each of them alike: look at the ratios first. The page
has the median, the 95th percentile, and the ratio to the first row.
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
from tests.bench.growing import measure_records, measure_runs
from tests.bench.others import offer_others
from tests.bench.plot import draw
from tests.bench.profiles import profile_client, profile_emulator
from tests.fixtures.runs import PATIENCE, ROOT, Emulator

EACH = 25
"""Number of exchanges in a turn: few, so that all ways are measured within a few milliseconds."""
CASES = (100, 1000, 10_000)
"""Numbers of cases: the sizes of the sample runs whose records are written, read and rendered."""
MODULES = (1, 2, 4, 8)
"""Numbers of modules, each the bundled emulator, that share the cases of a run."""
LINE, ANSWER = b"P0=0\r", b"\r\n\r\nOK\r\n> "


def take_turns(
    actions: dict[str, Callable[[], object]], rounds: int, each: int, unit_s: float
) -> dict[str, list[float]]:
    """Call each action ``each`` times in each round; by name, the mean of a round, in units of ``unit_s`` seconds."""
    found: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            began = time.perf_counter()
            for _ in range(each):
                action()
            found[name].append((time.perf_counter() - began) / each / unit_s)
    return found


def measure_emulator(rounds: int) -> dict[str, list[float]]:
    """Microseconds of an exchange with a responder that only writes its answer, and with the bundled emulator."""
    with responder({LINE: ANSWER}) as name, Emulator("--joined", "LAB") as module:
        ways = {
            "trivial responder": by_system_calls(name, LINE, ANSWER),
            "emulator": by_system_calls(module.url, LINE, ANSWER),
        }
        take_first_prompt(module.url)
        return take_turns(ways, rounds, EACH, 1e-6)


def take_first_prompt(name: str) -> None:
    """Read the prompt that a module sends when it starts: it would be taken for the answer to the first line."""
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
    """The figures of each row; the ratios are to the first row."""
    first = next(iter(found.values()))
    return {name: figures(values, first) for name, values in found.items()}


def page(results: dict) -> str:
    """The text of ``docs/benchmarks.md``."""
    lines = [
        "# What our parts cost",
        "",
        "`tox -e bench` measures this and writes this page. The ways that are compared take turns on one machine.",
        "The machine may be busy, so the ratio counts; the other figures depend on the machine. The ratio is to the",
        "first row of the table: the median of the ratios of all rounds. The ways of a round follow one another within",
        "milliseconds.",
        "",
        f"{results['at']}, Python {results['python']}, {results['processors']} processors, {results['rounds']} rounds;",
        f"the machine's load was {results['load']:.1f} at the beginning. Records of more than 1,000 cases, and runs,",
        "are measured once. A profile makes each call slower. The calls that wait for the other side are left out.",
        "",
        "![The ratio of each row to the first row of its table, as bars](benchmarks.svg)",
    ]
    for title, unit, rows in results["tables"]:
        lines += ["", f"## {title}", "", f"| | Median, {unit} | 95th percentile, {unit} | Ratio |", "|---|---|---|---|"]
        lines += [
            f"| {name} | {one['median']:.1f} | {one['p95']:.1f} | {one['ratio']:.2f} |" for name, one in rows.items()
        ]
    for title, rows in results["profiles"]:
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
    exchanges = measure(given.rounds, EACH, partial(offer_others, given.others) if given.others else None)
    results = {
        "at": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "load": load,
        "rounds": given.rounds,
        "tables": [
            (f"An exchange of {len(SHORT)} bytes on one pty", "us", table(exchanges["short"])),
            ("An exchange with a packet of 1,460 bytes on one pty", "us", table(exchanges["long"])),
            ("The bundled emulator, asked by bare system calls", "us", table(measure_emulator(given.rounds))),
            *(
                (f"The record of {one:,} cases, and its renderings", "ms", table(measure_records(one)))
                for one in given.cases
            ),
            *([("Runs of several modules", "ms", table(measure_runs(given.modules)))] if given.modules else []),
        ],
        "profiles": [
            ("Where the time of our exchange goes", profile_client(given.rounds * EACH)),
            (
                "Where the time of the emulator goes",
                profile_emulator(given.rounds * EACH, LINE, ANSWER, take_first_prompt),
            ),
        ],
    }
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    given.page.write_text(page(results), encoding="utf-8")
    given.page.with_suffix(".svg").write_text(draw(results["tables"]), encoding="utf-8")
    print(page(results))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
