"""Where output and tools lie: inside a checkout, or, where the project is installed, with the caller.

A wheel has every room below one package, so the name of this module says which of the two it is.
"""

from pathlib import Path

import platformdirs

ABOVE = __name__.removesuffix("reports.places")
"""What stands before the names of the rooms: nothing in a checkout, the package and a dot where it is installed."""
ROOT = Path(__file__).resolve().parents[1]
"""The folder that has the rooms, ``conftest.py`` and ``pytest.ini``."""
JUDGE = "eswifi-conformance" if ABOVE else "tox -e conformance --"
"""The command that judges a module; its arguments stand behind it."""
FOLDER = "conformance-report"
"""Below the caller's directory: where the output of an installed project goes."""


def out_folder(root: Path, here: Path) -> Path:
    """Where output goes. ``root``: pytest's; ``here``: the caller's directory."""
    return here / FOLDER if ABOVE else root / "reports" / "out"


def tools_folder() -> Path:
    """Where the tools are kept that a page needs."""
    return platformdirs.user_cache_path("eswifi-conformance") / "tools" if ABOVE else ROOT / "reports" / "out" / "tools"


def pytest_arguments() -> list[str]:
    """Pytest's arguments to run the suites from any directory; none in a checkout, where pytest runs inside."""
    if not ABOVE:
        return []
    cache = platformdirs.user_cache_path("eswifi-conformance") / "pytest"
    return ["-c", str(ROOT / "pytest.ini"), "-p", f"{ABOVE}reports.run.anywhere", "-o", f"cache_dir={cache}"]
