"""``report.pdf``: verdict, findings, not tested and requirements on A4, printed by a Chromium of this machine.

The same page as ``summary.html``, in the style for print: page numbers, and a line to sign.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from reports.formats import as_summary
from reports.formats.registry import Format, RenderError
from reports.formats.view import View

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PRINT_S = 120
"""How long (seconds) the browser may take."""


def find_browser() -> str | None:
    """The path of a Chromium: what ``CHROMIUM`` names, else the first of ``BROWSERS`` that there is."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, BROWSERS)), None)


def render(view: View) -> bytes:
    """The document. Raises RenderError where there is no Chromium, or where it fails."""
    browser = find_browser()
    if browser is None:
        raise RenderError(
            f"no Chromium on this machine (tried {', '.join(BROWSERS)}; CHROMIUM may name one). Install it, or print "
            "summary.html from any browser"
        )
    with tempfile.TemporaryDirectory(prefix="conformance-pdf.") as name:
        folder = Path(name)
        page, made = folder / "summary.html", folder / "report.pdf"
        page.write_bytes(as_summary.render(view))
        _print(browser, page, made)
        return made.read_bytes()


def _print(browser: str, page: Path, made: Path) -> None:
    command = [browser, "--headless", "--disable-gpu", "--no-first-run", f"--user-data-dir={page.parent / 'profile'}"]
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    command += ["--no-sandbox"] if is_root else []  # Chromium refuses to have a sandbox as root
    command += ["--no-pdf-header-footer", f"--print-to-pdf={made}", page.as_uri()]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=PRINT_S, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise RenderError(f"{browser} could not print: {problem}") from problem
    if not made.exists():
        tail = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise RenderError(f"{browser} printed nothing (status {done.returncode}): {' / '.join(tail)}")


FORMAT = Format("pdf", "report.pdf", "the summary on A4, to sign (needs Chromium)", render)
