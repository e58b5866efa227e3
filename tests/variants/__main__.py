"""``python -m tests.variants``: judge each conforming module. Where a case blames one, the case is wrong.

Without ``--combined`` each variant is judged alone. That takes long, because some variants are slow modules.

Exit status: 0 no module was blamed, 1 a module was blamed or a run failed, 2 the table or the options are wrong.
"""

import argparse
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tqdm import tqdm

from tests.variants.candidates import KINDS, Candidate, Kind, TableError, alone, combined, table_of
from tests.variants.judge import Verdict, judge
from tests.variants.table import write_table

OUT = Path("reports/out/variants")


def main() -> int:
    options = parse()
    kind = KINDS[options.module]
    try:
        candidates = chosen_of(kind, options)
    except TableError as problem:
        print(f"variants: {problem}", file=sys.stderr)
        return 2
    if options.list:
        print("\n".join(f"{one.name}: {one.not_conforming or Path(one.profile).stem}" for one in candidates))
        return 0
    verdicts = judge_all(kind, candidates, options)
    return 1 if write_table(options.out / kind.key, candidates, verdicts) else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.variants", description=__doc__)
    parser.add_argument("--module", choices=sorted(KINDS), default="emulator", help="whose variants")
    parser.add_argument(
        "--combined", action="store_true", help="judge the combinations: few modules, each with many variants"
    )
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="judge these modules only")
    parser.add_argument("--areas", nargs="+", default=[], metavar="FOLDER", help="such as suites/data (default: all)")
    parser.add_argument(
        "--jobs", type=int, default=4, help="number of modules that are judged at once (most cases wait)"
    )
    parser.add_argument(
        "--timeout", type=float, default=1800, help="seconds after which the run against one module is ended"
    )
    parser.add_argument("--out", type=Path, default=OUT, help="folder of the table")
    parser.add_argument("--keep", type=Path, help="keep records and Allure results in this folder")
    parser.add_argument("--list", action="store_true", help="list the modules and their profiles")
    return parser.parse_args()


def chosen_of(kind: Kind, options: argparse.Namespace) -> list[Candidate]:
    """The candidates that the options name. Raises TableError."""
    table = table_of(kind.key)
    known = combined(kind, table) if options.combined else alone(kind, table)
    if unknown := set(options.only) - {one.name for one in known}:
        raise TableError(f"no module {sorted(unknown)[0]!r}; --list shows them")
    return [one for one in known if not options.only or one.name in options.only]


def judge_all(kind: Kind, candidates: list[Candidate], options: argparse.Namespace) -> dict[str, Verdict]:
    """Judge every conforming candidate. Returns the verdicts by name, in the order in which the runs ended."""
    with tempfile.TemporaryDirectory(prefix="variants.") as name:
        folder = options.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        return judge_in(folder, kind, candidates, options)


def judge_in(folder: Path, kind: Kind, candidates: list[Candidate], options: argparse.Namespace) -> dict[str, Verdict]:
    """The same, with records and Allure results in ``folder``."""
    verdicts: dict[str, Verdict] = {}
    work = [one for one in candidates if not one.not_conforming]
    with ThreadPoolExecutor(options.jobs) as pool:
        started = {pool.submit(judge, kind, one, folder, options.areas, options.timeout): one for one in work}
        for done in tqdm(as_completed(started), total=len(work), unit="module", mininterval=1, file=sys.stderr):
            verdicts[started[done].name] = done.result()
    return verdicts


if __name__ == "__main__":
    sys.exit(main())
