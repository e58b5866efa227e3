"""``python -m tests.reports.picture``: the picture of the report in the README, taken of a faulty module by a browser.

The bundled emulator is judged with a few faults, the report is made and opened, and its first screen goes to
``docs/report.png``. Beside it lies a hash of what it shows: a test says when the picture is older.
"""

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

from reports.formats.as_pdf import find_browser
from reports.formats.registry import load_format
from reports.record.record import read_record
from reports.run.render import write_renderings

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "report.png"
SHOWN = PICTURE.with_name("report.png.sha256")
PAGE = ROOT / "reports" / "formats" / "page"
FILES = ("report.html.j2", "parts.html.j2", "report.css")
FAULTS = ("newest-client-first", "idle-is-minus-one")
SIZE = {"width": 1200, "height": 1000}


def shown() -> str:
    """A hash of the files that make the page's looks."""
    return hashlib.sha256(b"".join((PAGE / name).read_bytes() for name in FILES)).hexdigest()


def judge(folder: Path) -> Path:
    """The report of the emulator with the FAULTS."""
    faults = [word for one in FAULTS for word in ("--dut-emulator-option=--fault", f"--dut-emulator-option={one}")]
    command = [sys.executable, "-m", "pytest", "-q", "suites/multi_accept", f"--dut-run-record={folder / 'run.json'}"]
    subprocess.run([*command, f"--alluredir={folder / 'allure'}", *faults], cwd=ROOT, timeout=600, check=False)
    write_renderings(read_record(folder / "run.json"), folder / "run.json", [load_format("html")])
    return folder / "report.html"


def main() -> int:
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        page = judge(Path(folder))
        browser = driver.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        tab = browser.new_page(viewport=SIZE, color_scheme="light")
        tab.goto(page.as_uri())
        tab.wait_for_selector("html[data-ready=yes]")
        tab.screenshot(path=str(PICTURE))
        browser.close()
    SHOWN.write_text(f"{shown()}\n", encoding="utf-8")
    print(PICTURE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
