"""``python -m tests.mutants``: judge each faulty module and write the kill matrix.

A map names the requirements that each fault breaks. A fault is caught only where a case has failed for one of these
requirements. Without ``--full`` only the cases of these requirements are run, until ENOUGH of them have failed. With
``--full`` all cases are run: this proves the map and shows the diagnosis (the findings, the rank of the right finding,
the requirements that are wrongly called broken). ``--read`` judges nothing: after a change of the rules that make
findings, ``--read`` reads the records that ``--records`` has kept.

Exit status: 0 all caught, 1 a fault survived, 2 the map or the options are wrong.
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.mutants.judge import judge_all, read_all
from tests.mutants.matrix import write_matrix
from tests.mutants.modules import MODULES, Fault, MapError
from tests.mutants.pool import collect_cases

OUT = Path("reports/out/mutants")


def main() -> int:
    options = parse()
    try:
        chosen = sample(choose(MODULES[options.module]().faults(), options.only), options.sample, options.seed)
    except MapError as problem:
        print(f"mutants: {problem}", file=sys.stderr)
        return 2
    if options.list:
        print("\n".join(f"{one.name}: {', '.join(one.requirements) or one.equivalent}" for one in chosen))
        return 0
    cases = collect_cases()
    with tempfile.TemporaryDirectory(prefix="mutants.") as folder:
        place = options.records or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        if options.read:
            verdicts = read_all(chosen, place)
            chosen = [one for one in chosen if one.name in verdicts]
        else:
            verdicts = judge_all(chosen, place, options.jobs, options.timeout, full=options.full)
        survivors = write_matrix(options.out / options.module, chosen, verdicts, cases, full=options.full)
    return 1 if survivors else 0


def choose(faults: list[Fault], only: list[str]) -> list[Fault]:
    """The faults that ``only`` names; all where it is empty. Raises MapError."""
    if unknown := set(only) - {one.name for one in faults}:
        raise MapError(f"no fault {sorted(unknown)[0]!r}; --list shows them")
    return [one for one in faults if not only or one.name in only]


def sample(faults: list[Fault], count: int, seed: int) -> list[Fault]:
    """``count`` of the faults that can be caught, drawn at random by ``seed``; all faults where ``count`` is 0."""
    if not count:
        return faults
    real = sorted((one for one in faults if not one.equivalent), key=lambda one: one.name)
    return random.Random(seed).sample(real, min(count, len(real)))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--module", choices=sorted(MODULES), default="emulator", help="whose faults")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="judge these faults only")
    parser.add_argument("--full", action="store_true", help="run all cases against each fault, and show the diagnosis")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="judge N faults, drawn at random (0: all)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the random draw")
    parser.add_argument(
        "--jobs", type=int, default=8, help="number of modules that are judged at once (most cases wait)"
    )
    parser.add_argument(
        "--timeout", type=float, default=300, help="seconds after which the run against one fault is ended"
    )
    parser.add_argument("--out", type=Path, default=OUT, help="folder of the kill matrix")
    parser.add_argument("--records", type=Path, help="folder in which the records of the runs are kept")
    parser.add_argument("--read", action="store_true", help="judge nothing: read the records that --records has kept")
    parser.add_argument("--list", action="store_true", help="list the faults and the requirements that they break")
    options = parser.parse_args()
    if options.read and not options.records:
        parser.error("--read needs --records: the folder with the records of a former run")
    return options


if __name__ == "__main__":
    sys.exit(main())
