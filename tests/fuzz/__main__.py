"""``python -m tests.fuzz``: rubbish for the emulator's core and for the readers of answers, in virtual time.

    python -m tests.fuzz                         a million lines into the core, 100,000 programs into the readers
    python -m tests.fuzz --lines 50000 --seed 7  fewer, and others
    python -m tests.fuzz --guided core --seconds 300 --corpus FOLDER
                                                 coverage-guided by atheris; FOLDER gets what reaches something new
    python -m tests.fuzz --exchanges 100000      exchanges composed from the documents, each read as it was composed
    python -m tests.fuzz --day                   a day of clients, one every quarter of a second, through the core

Status 0: nothing found; 1: something was, and the program that shows it is printed.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

CORPUS = Path(__file__).parent / "corpus"
LIVES = 20
"""Modules that share the lines: the plain one again and again, and those of the variants in between."""


def main(arguments: Sequence[str]) -> int:
    options = parser().parse_args(arguments)
    if options.guided:
        from tests.fuzz.guided import run

        return run(options.guided, options.seconds, options.corpus or CORPUS / options.guided)
    if options.day:
        return day()
    if options.exchanges:
        return exchanges(options.exchanges, options.seed)
    return core(options.lines, options.seed) | readers(options.programs, options.seed)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m tests.fuzz", description=(__doc__ or "").partition("\n")[0])
    made.add_argument("--lines", type=int, default=1_000_000, metavar="N", help="lines into the core (1000000)")
    made.add_argument("--programs", type=int, default=100_000, metavar="N", help="programs for the readers (100000)")
    made.add_argument("--exchanges", type=int, metavar="N", help="composed exchanges for the readers, and nothing else")
    made.add_argument("--seed", type=int, default=1, metavar="N", help="seed of the lines (1)")
    made.add_argument("--guided", choices=("core", "reader"), help="let coverage choose the bytes (needs atheris)")
    made.add_argument("--seconds", type=int, default=60, metavar="N", help="how long, with --guided (60)")
    made.add_argument("--corpus", type=Path, metavar="FOLDER", help="with --guided: where to begin, and what is kept")
    made.add_argument("--day", action="store_true", help="a day of clients through the core")
    return made


def core(lines: int, seed: int) -> int:
    from tests.fuzz.core import long_life

    began, sum_lines, growth = time.monotonic(), 0, 0
    with bar(lines, "lines") as beat:
        for choice in range(LIVES):
            try:
                result = long_life(choice, -(-lines // LIVES), seed + choice, beat)
            except Exception as problem:
                return found("core", problem)
            sum_lines, growth = sum_lines + result.lines, max(growth, result.growth)
    seconds = time.monotonic() - began
    print(f"core: {sum_lines} lines in {LIVES} lives, {seconds:.0f} s; no exception, always back in step; ", end="")
    print(f"a module grew by {growth} bytes at most")
    return 0


def readers(programs: int, seed: int) -> int:
    from tests.fuzz import reader, rubbish

    began = time.monotonic()
    with bar(programs, "programs") as beat:
        for _, program in zip(range(programs), rubbish.programs(seed, 60), strict=False):
            try:
                reader.check(program)
            except Exception as problem:
                problem.add_note(f"program: {program!r}")
                return found("reader", problem)
            beat(1)
    print(f"readers: {programs} programs, {time.monotonic() - began:.0f} s; the same at every split, nothing lost")
    return 0


def exchanges(count: int, seed: int) -> int:
    from tests.fixtures.exchanges import compose, difference

    began = time.monotonic()
    with bar(count, "exchanges") as beat:
        for number in range(count):
            name = f"{seed}.{number}"
            if result := difference(compose(random.Random(name))):
                print(f"exchange {name}: {result}")
                return 1
            beat(1)
    print(f"exchanges: {count} from seed {seed}, {time.monotonic() - began:.0f} s; each was read as it was composed")
    return 0


def day() -> int:
    from tests.fuzz.day import SECONDS, day_of

    began = time.monotonic()
    with bar(SECONDS, "s of the day") as beat:
        result = day_of(SECONDS, beat=beat)
    print(f"day: {result} ({time.monotonic() - began:.0f} s)")
    return 0


def found(target: str, problem: Exception) -> int:
    print(f"{target}: {type(problem).__name__}: {problem}")
    for note in getattr(problem, "__notes__", ()):
        print(note)
    return 1


@contextmanager
def bar(total: float, unit: str) -> Iterator[Callable[[float], object]]:
    """A progress bar on a terminal; nothing elsewhere."""
    with tqdm(total=total, unit=f" {unit}", disable=None) as shown:
        yield shown.update


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
