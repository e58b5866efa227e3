"""``python -m tests.mutants``: judge each faulty module and write the kill matrix.

A fault counts as caught only where a case of a requirement that it is mapped to has failed. Without ``--full`` only
the cases of those requirements are run; with it all of them, which proves the map.
"""

import argparse
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tqdm import tqdm

from tests.mutants.judge import Verdict, judge
from tests.mutants.matrix import write_matrix
from tests.mutants.modules import MODULES, Fault, MapError

OUT = Path("reports/out/mutants")


def main() -> int:
    options = parse()
    try:
        faults = MODULES[options.module]().faults()
    except MapError as problem:
        print(f"mutants: {problem}", file=sys.stderr)
        return 2
    chosen = [one for one in faults if not options.only or one.name in options.only]
    if unknown := set(options.only) - {one.name for one in faults}:
        print(f"mutants: no fault {sorted(unknown)[0]!r}; --list shows them", file=sys.stderr)
        return 2
    if options.list:
        print("\n".join(f"{one.name}: {', '.join(one.requirements) or one.equivalent}" for one in chosen))
        return 0
    verdicts = judge_all(chosen, options)
    survivors = write_matrix(options.out / options.module, chosen, verdicts)
    return 1 if survivors else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--module", choices=sorted(MODULES), default="emulator", help="whose faults")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these faults alone")
    parser.add_argument("--full", action="store_true", help="run every case against each fault")
    parser.add_argument("--jobs", type=int, default=4, help="faulty modules judged at once (most cases wait)")
    parser.add_argument("--timeout", type=float, default=300, help="seconds for one fault")
    parser.add_argument("--out", type=Path, default=OUT, help="folder of the kill matrix")
    parser.add_argument("--list", action="store_true", help="say which faults there are")
    return parser.parse_args()


def judge_all(faults: list[Fault], options: argparse.Namespace) -> dict[str, Verdict]:
    """Every fault that is no equivalent, judged; in order of their ends."""
    verdicts: dict[str, Verdict] = {}
    work = [one for one in faults if not one.equivalent]
    with tempfile.TemporaryDirectory(prefix="mutants.") as folder, ThreadPoolExecutor(options.jobs) as pool:
        started = {pool.submit(judge, one, Path(folder), options.full, options.timeout): one for one in work}
        for done in tqdm(as_completed(started), total=len(work), unit="fault", mininterval=1, file=sys.stderr):
            verdicts[started[done].name] = done.result()
    return verdicts


if __name__ == "__main__":
    sys.exit(main())
