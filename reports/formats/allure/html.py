"""Turns Allure results into one HTML file that needs no server and asks nobody for anything.

The page is made by Allure 3 (npm package ``allure``; versions in ``allure/package-lock.json``). As it comes, it
loads a tag of an analytics service. A conformance report must not call home: the tag is cut out, and a content
security policy forbids the page to load anything that is not inside it.
"""

import json
import re
import socket
import sys
import tempfile
import threading
from pathlib import Path
from urllib.parse import urlsplit

from reports.formats.allure.node import Node, ToolError, get_node, move_into_place, run_tool
from reports.formats.allure.results import page_categories
from reports.record.record import write_atomically

LOCK = Path(__file__).with_name("npm")
TITLE = "eS-WiFi AT conformance"

# The page's own parts are inline or data: and blob: addresses.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' data: blob:; style-src 'unsafe-inline' data: blob:; "
    "img-src data: blob:; font-src data: blob:; media-src data: blob:; frame-src data: blob: about:; "
    "connect-src data: blob:; worker-src data: blob:; form-action 'none'"
)
_SCRIPT = re.compile(r"\s*<script\b([^>]*)>(.*?)</script>", re.DOTALL)
_ELSEWHERE = re.compile(r"\bsrc=[\"']https?://")
_REMOTE = re.compile(r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=[\"']?(?:https?:)?//", re.IGNORECASE)

HISTORY = "allure-history.jsonl"
"""The file beside the page in which the generator keeps the runs for its trend."""
MOST_RUNS = 30
REACH_S = 10
"""Seconds in which npm's registry must accept a connection, the look-up of its name included."""
ASK_S = 30
"""Seconds in which npm must say what it is configured to; under a limit of memory Node.js may never answer."""
REGISTRY = "let npm reach its registry (npm config get registry), or take the report and the run record"

# As it comes, the page scrolls to the first case that it knows, past its own verdict. Until the reader does something
# it stays at its top, unless the address leads to a case.
_WITHOUT_PERCENTAGE = '<style>[class*="styles_chart__"]>[class*="styles_legend__"]{visibility:hidden}</style>'
"""Hides the share of the cases that passed: it is 100 % for a run that was killed after its first case."""

_STAY_AT_THE_TOP = (
    "(()=>{if(location.hash.length>2)return;let over=false;const end=()=>{over=true};"
    'for(const name of["wheel","keydown","pointerdown","touchstart"])'
    "addEventListener(name,end,{once:true,capture:true});"
    "setTimeout(end,10000);"
    'addEventListener("scroll",(e)=>{const place=e.target;if(!over&&place.scrollTop)place.scrollTop=0},true)})()'
)

CHARTS = (
    {"type": "currentStatus", "title": "This run"},
    {"type": "statusDynamics", "title": "The last runs"},
    {"type": "statusTransitions", "title": "Changes between runs"},
    {"type": "stabilityDistribution", "title": "Stability by area", "groupBy": "feature", "threshold": 90},
    {"type": "durationDynamics", "title": "Duration of the last runs"},
)
"""The charts of the page. The generator's others, and its timeline, show nothing of a run on one module."""
HIDDEN_LABELS = ("host", "thread", "framework", "language", "package", "parentSuite", "suite", "subSuite")


def make_page(results: Path, page: Path, tools: Path, title: str = TITLE) -> None:
    """Write ``page`` from the Allure results in the folder ``results``; keep the tools in ``tools``.

    Raises ToolError where node, npm or the generator fail, or where the page would still load something from
    elsewhere. An older ``page`` is gone then: it would be taken for this run's.
    """
    page.unlink(missing_ok=True)
    node = get_node(tools)
    generator = get_generator(node, tools)
    with tempfile.TemporaryDirectory(prefix="conformance-page.") as name:
        folder = Path(name)
        config = folder / "allurerc.json"
        config.write_text(json.dumps(page_config(title, page.with_name(HISTORY))), encoding="utf-8")
        out = folder / "page"
        command = [*node.node, str(generator), "generate", str(results.resolve())]
        command += ["--config", str(config), "--output", str(out), "--cwd", str(folder)]
        said = run_tool(command, "the page generator failed", "the Allure results and the run record are complete")
        made = sorted(out.rglob("index.html"))
        if len(made) != 1:
            raise ToolError(f"the page generator made {len(made)} pages where one was expected:\n{said[-500:]}")
        write_atomically(page, finished_page(made[0].read_text(encoding="utf-8"), count_results(results)))


def count_results(results: Path) -> int:
    """The number of cases in the folder ``results``."""
    return len(list(results.glob("*-result.json")))


def finished_page(page: str, cases: int) -> str:
    """The page as it is handed out. Raises ToolError where it does not hold as many cases as the results.

    The generator leaves out what it cannot read and says nothing: a page without a failed case would be a lie.
    """
    found = page.count('d("data/test-results/')
    if found != cases:
        raise ToolError(f"the page shows {found} cases where the results hold {cases}; it was not kept")
    return without_tracker(page).replace(
        "</body>", f"{_WITHOUT_PERCENTAGE}<script>{_STAY_AT_THE_TOP}</script></body>", 1
    )


def page_config(title: str, history: Path) -> dict[str, object]:
    """The configuration of the generator: one file, cases by area and requirement, verdicts as categories.

    ``history``: the file of the runs before, which the generator reads for its trend and adds this run to.
    """
    return {
        "name": title,
        "historyPath": str(history),
        "historyLimit": MOST_RUNS,
        "categories": page_categories(),
        "hideLabels": list(HIDDEN_LABELS),
        "plugins": {
            "awesome": {
                "options": {
                    "singleFile": True,
                    "reportLanguage": "en",
                    "groupBy": ["feature", "requirement"],
                    "reportName": title,
                    "sections": ["charts"],
                    "charts": list(CHARTS),
                }
            }
        },
    }


def get_generator(node: Node, tools: Path) -> Path:
    """The generator's program. Installed by npm on first use, in exactly the versions of the lock file."""
    version = json.loads((LOCK / "package.json").read_text(encoding="utf-8"))["dependencies"]["allure"]
    home = tools / f"allure-{version}"
    program = Path("node_modules") / "allure" / "cli.js"
    if not (home / program).is_file():
        install_generator(node, home)
    return home / program


def install_generator(node: Node, home: Path) -> None:
    """Install into ``home`` in one step: a run that is ended in the middle leaves no half of it."""
    home.parent.mkdir(parents=True, exist_ok=True)
    reach_registry(node)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix=f"{home.name}.") as staging:
        for name in ("package.json", "package-lock.json"):
            (Path(staging) / name).write_bytes((LOCK / name).read_bytes())
        command = [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        run_tool(command, "npm could not bring the page generator", REGISTRY, cwd=Path(staging))
        move_into_place(Path(staging), home)


def reach_registry(node: Node) -> None:
    """Raise ToolError soon where nobody answers at npm's registry, or its proxy; by itself npm tries for minutes."""
    output = run_tool(
        [*node.npm, "config", "get", "registry", "https-proxy", "proxy"],
        "npm could not bring the page generator",
        REGISTRY,
        timeout=ASK_S,
    )
    settings = dict(line.split("=", 1) for line in output.splitlines() if "=" in line)
    given = [settings.get("https-proxy"), settings.get("proxy"), settings.get("registry")]
    url = urlsplit(next((one for one in given if one not in (None, "", "null")), ""))
    if not url.hostname:
        return  # npm knows where to go, and does not say
    place = (url.hostname, url.port or (80 if url.scheme == "http" else 443))
    if problem := _problem_of_connecting(place):
        raise ToolError(f"npm cannot reach its registry: {place[0]}:{place[1]}: {problem}\n{REGISTRY}")


def _problem_of_connecting(place: tuple[str, int]) -> str:
    """Why no connection was made within REACH_S; "" where there was one. Asking for the name counts, too."""
    found: list[str] = []

    def connect() -> None:
        try:
            socket.create_connection(place, timeout=REACH_S).close()
        except OSError as problem:
            found.append(str(problem))
        else:
            found.append("")

    attempt = threading.Thread(target=connect, daemon=True)
    attempt.start()
    attempt.join(REACH_S)
    return found[0] if found else f"no answer in {REACH_S} s"


def without_tracker(page: str) -> str:
    """The page without what it would load from elsewhere. Raises ToolError where something is left.

    Only what lies outside the page's data counts: the texts of a report may show any address.
    """
    clean = _SCRIPT.sub(lambda script: "" if _is_tracker(*script.groups()) else script[0], page)
    if left := _REMOTE.search(clean):
        raise ToolError(f"the page would load something from elsewhere: {left[0]!r}; it was not kept")
    return clean.replace(
        '<meta charset="utf-8">',
        f'<meta charset="utf-8">\n    <meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        1,
    )


def _is_tracker(attributes: str, body: str) -> bool:
    return bool(_ELSEWHERE.search(attributes)) or "gtag(" in body


def main(arguments: list[str]) -> int:
    """``python -m reports.formats.allure.html RESULTS PAGE``: make the page of results that are there already."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m reports.formats.allure.html RESULTS PAGE\n")
        return 2
    results, page = map(Path, arguments)
    try:
        make_page(results, page, Path(__file__).resolve().parents[2] / "out" / "tools")
    except ToolError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stdout.write(f"{page}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
