"""Coverage-guided fuzzing by atheris (libFuzzer): it keeps the bytes that reach something new."""

import sys
from pathlib import Path


def run(target: str, seconds: int, corpus: Path) -> int:
    """Fuzz ``target`` for ``seconds``, beginning with ``corpus`` and adding to it. Does not return where atheris is."""
    try:
        import atheris
    except ImportError:
        print("--guided needs atheris, which is not for every Python: pip install -r requirements/fuzz.txt")
        return 2
    with atheris.instrument_imports(include=["reference_impl", "fixtures.drivers.line.frames"]):
        from tests.fuzz import core, reader
    corpus.mkdir(parents=True, exist_ok=True)
    check = {"core": core.check, "reader": reader.check}[target]
    flags = [
        f"-max_total_time={seconds}",
        "-max_len=400",
        "-len_control=0",
        "-print_final_stats=1",
        f"-artifact_prefix={corpus}/",
    ]
    atheris.Setup([sys.argv[0], *flags, str(corpus)], check)
    atheris.Fuzz()
    return 0
