"""``python ci/over_a_line.py tcp|rfc2217 [ARGS]``: the suites against the emulator where there are no pseudo-terminals.

Starts the emulator on a free port of this machine, judges it over ``socket://`` or ``rfc2217://`` and ends with the
status of the run. ARGS go to pytest.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main(kind: str, *arguments: str) -> int:
    """Returns the exit status of the run."""
    command = [sys.executable, "-m", "reference_impl", f"--{kind}", "127.0.0.1:0", "--joined", "CI"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as emulator:
        try:
            assert emulator.stdout is not None
            url = json.loads(emulator.stdout.readline())["ports"][0]["url"]
            judge = [sys.executable, "-m", "pytest", f"--dut-port={url}", *arguments]
            return subprocess.run(judge, cwd=ROOT, check=False).returncode
        finally:
            emulator.terminate()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
