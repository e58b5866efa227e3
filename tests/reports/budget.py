"""``python -m tests.reports.budget [RUN]``: size and pace of the report, against its budget (docs/reports.md).

RUN is the record of a real run; it is also measured ten thousand cases long, with other numbers in each repetition.
Without RUN the sample runs are taken, whose transcripts are shorter. Ends with 1 where a size is over its budget; the
times are shown and decide nothing, since they are the machine's.
"""

import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from reports.formats.as_pdf import find_browser
from reports.formats.registry import load_format
from reports.formats.view import View
from reports.record.record import build_record, read_record
from reports.record.status import ExitStatus
from tests.reports import sample_runs
from tests.reports.picture import PAGE

KB = 1000
MANY = 10_000
FILTER = """async () => {
  const form = document.querySelector('form[data-for=cases]');
  let longest = 0;
  for (const words of ['client', 'p5=11 client', 'a', 'nothing', '']) {
    form.elements.q.value = words;
    const begun = performance.now();
    form.dispatchEvent(new Event('input', {bubbles: true}));
    longest = Math.max(longest, performance.now() - begun);
  }
  return [performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0, longest];
}"""


def long_run(record, number: int = MANY):
    """The run of ``record``, repeated until it has so many cases; each repetition has numbers of its own."""
    dice = random.Random(1)

    def other(found: re.Match) -> str:
        return str(dice.randrange(10 ** (len(found[0]) - 1), 10 ** len(found[0])))

    cases = []
    while len(cases) < number:
        for case in record["cases"][: number - len(cases)]:
            lines = [re.sub(r"\d{4,}", other, line) for line in case["transcript"]]
            cases.append({**case, "id": case["id"].replace("::", f"_{len(cases)}::"), "transcript": lines})
    runs = [{key: one[key] for key in ("rig", "module", "profile", "probe")} for one in record["rigs"]]
    return build_record(
        runs, cases, sample_runs.CATALOGUE, status=ExitStatus(record["status"]["code"]),
        started=record["started"], finished=record["finished"], planned=[one["id"] for one in cases],
    )  # fmt: skip


def measured(name: str, record, most: int) -> Iterator[tuple[str, float, float | None, str]]:
    """What it is, the figure, its budget (None where it decides nothing) and the unit."""
    begun = time.perf_counter()
    page = load_format("html").render(View(record))
    yield f"report.html, {name}", len(page) / KB, most, "kB"
    yield f"made, {name}", time.perf_counter() - begun, None, "s"
    first = page.index(b'id="findings"')
    yield f"first screen, {name}", first / KB, 500, "kB"
    yield f"summary.html, {name}", len(load_format("summary").render(View(record))) / KB, 300, "kB"
    yield from in_browser(name, page)


def in_browser(name: str, page: bytes) -> Iterator[tuple[str, float, float | None, str]]:
    if find_browser() is None:
        return
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        path = Path(folder) / "report.html"
        path.write_bytes(page)
        browser = driver.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        tab = browser.new_page()
        tab.goto(path.as_uri())
        tab.wait_for_selector("html[data-ready=yes]")
        shown, longest = tab.evaluate(FILTER)
        browser.close()
    yield f"shown, {name}", shown, None, "ms"
    yield f"slowest filter, {name}", longest, None, "ms"


def main(arguments: list[str]) -> int:
    record = read_record(Path(arguments[0])) if arguments else sample_runs.record_of(list(sample_runs.cases(1454)))
    program = sum((PAGE / name).stat().st_size for name in ("report.js", "report.css")) / KB
    rows = [("program", program, 150, "kB"), *measured(f"{len(record['cases']):,} cases", record, 4000)]
    rows += measured(f"{MANY:,} cases", long_run(record), 20_000)
    over = [name for name, figure, budget, _ in rows if budget is not None and figure > budget]
    for name, figure, budget, unit in rows:
        print(f"{name:<32} {figure:>10,.1f} {unit:<3} {f'of {budget:,} {unit}' if budget is not None else ''}")
    print(f"over the budget: {', '.join(over)}" if over else "all sizes are within the budget")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
