"""``python -m tests.reports.picture [RUN]``: the picture of the report in the README, taken by a browser.

The report of RUN is made and opened, and its first screen goes to ``docs/report.png``. RUN is a record, or the folder
with ``run.json`` in it; without RUN the bundled emulator is judged with a few faults, by all suites. Beside the picture
lies a hash of what makes the report's looks, and of the version that the picture shows: a test says when it is older.
"""

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

from reports.formats.as_pdf import find_browser
from reports.formats.registry import load_format
from reports.record.evidence import suite_version
from reports.record.record import read_record
from reports.run.command import record_in
from reports.run.render import write_renderings

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "report.png"
SHOWN = PICTURE.with_name("report.png.sha256")
PAGE = ROOT / "reports" / "formats" / "page"
FAULTS = ("newest-client-first", "country-shown-as-number")
PATIENCE_S = 1800
SIZE = {"width": 1200, "height": 1000}


def shown() -> str:
    """A hash of the templates, the style and the program of the report, and of the version of the suite."""
    files = [one for one in sorted(PAGE.iterdir()) if one.name not in ("compare.html.j2", "summary.html.j2")]
    version = suite_version()["version"].encode()
    return hashlib.sha256(b"".join([version, *(one.read_bytes() for one in files)])).hexdigest()


def judge(folder: Path) -> Path:
    """The report of the emulator with the FAULTS."""
    faults = [word for one in FAULTS for word in ("--dut-emulator-option=--fault", f"--dut-emulator-option={one}")]
    command = [sys.executable, "-m", "pytest", "-q", "-n", "4", f"--dut-run-record={folder / 'run.json'}"]
    subprocess.run([*command, f"--alluredir={folder / 'allure'}", *faults], cwd=ROOT, timeout=PATIENCE_S, check=False)
    return report_of(folder, folder)


def report_of(run: Path, folder: Path) -> Path:
    """The report of a run that is over, in ``folder``."""
    write_renderings(read_record(record_in(run)), folder / "run.json", [load_format("html")])
    return folder / "report.html"


def main(arguments: list[str]) -> int:
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        page = report_of(Path(arguments[0]), Path(folder)) if arguments else judge(Path(folder))
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
    sys.exit(main(sys.argv[1:]))
