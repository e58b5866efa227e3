"""The arrows between the rooms hold, and nothing that belongs in two places was forgotten in one of them."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from fixtures.rigs.files import available as rigs
from reports.record.status import MEANING
from suites.spec.catalogue import load_catalogue
from suites.spec.profiles import available as profiles
from tests import architecture
from tests.architecture import TOP, imports_of, module_graph, python_files, tree_of

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("suites", "fixtures", "reference_impl", "reports")
ARROWS = {
    "suites.spec": ("suites.spec",),
    "suites": ("suites", "fixtures.case", "fixtures.errors", "fixtures.drivers"),
    "fixtures": ("fixtures", "suites.spec"),
    "reports": ("reports", "suites.spec"),
    "reference_impl": ("reference_impl",),
}
"""Room: what of the project it may import. Suites and emulator share nothing at all."""
OPTIONS = ("--collect-only", "-q", "-p", "no:cacheprovider", "-W", "error", "-o", "strict=true")
SHARED = ("steps", "spec")
"""Folders of ``suites`` from which every area may import."""
CAMPAIGNS = {"model"}
"""Folders of cases that have no requirement of their own: they judge those of several areas."""

LARGE_CLASSES = {
    "fixtures/drivers/bench/bench.py: Bench": "the face of the bench for plugins and tools: most methods hand on to "
    "station, waking, joining, restoring, evidence and recovery",
    "fixtures/drivers/line/at.py: ATClient": "the face of the line for cases: a short method for each kind of command",
    "reports/run/steering.py: Reports": "one method for each hook that it listens to, of pytest, xdist and our own",
}
"""Class of more than 25 methods: why it is not divided. A class that is small again must leave the table."""


def within(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def files_of(*rooms: str) -> list[Path]:
    return [path for room in rooms for path in python_files(ROOT / room)]


def product_files() -> list[Path]:
    return files_of(*ROOMS, "eswifi_conformance", "distributions", "docs/site")


@cache
def collected() -> str:
    """What ``pytest --collect-only`` lists, each case with the requirements of its marker."""
    code = (
        "import sys, pytest\n"
        "class Tell:\n"
        "    def pytest_collection_finish(self, session):\n"
        "        from fixtures.plugins.traceability import is_case, requirements_of\n"
        "        for item in session.items:\n"
        "            if is_case(item): print('CASE', item.nodeid.split('::')[0], *requirements_of(item))\n"
        "sys.exit(pytest.main([*sys.argv[1:], 'suites'], plugins=[Tell()]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *OPTIONS], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def cases() -> Iterator[list[str]]:
    yield from (line.split()[1:] for line in collected().splitlines() if line.startswith("CASE "))


@pytest.mark.parametrize("room", ARROWS)
def test_room_imports_only_where_its_arrows_lead(room):
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files_of(room.replace(".", "/"))
        for name in imports_of(path)
        if within(name, (*ROOMS, "tests", "conftest")) and not within(name, ARROWS[room])
    ]
    assert wrong == []


def from_other_areas(suites):
    """The imports in ``suites``, a folder, by which an area takes from another area, and the shared moves from any."""
    for path in python_files(suites):
        parts = path.relative_to(suites).parts
        own = parts[0] if len(parts) > 1 else ""
        for name in imports_of(path):
            room, _, rest = name.partition(".")
            area = rest.split(".")[0]
            if room == "suites" and (suites / area).is_dir() and area not in (own, *SHARED):
                yield f"{path.relative_to(suites).as_posix()} imports {name}"


def test_no_area_imports_from_another_area():
    """What several areas share stands in suites/steps."""
    assert list(from_other_areas(ROOT / "suites")) == []


@pytest.mark.parametrize(
    ("file", "line", "wrong"),
    [
        ("ping/test_ping.py", "from suites.scan.listing import scan", True),
        ("ping/test_ping.py", "from suites.scan import listing", True),
        ("ping/test_ping.py", "import suites.scan.listing", True),
        ("ping/test_ping.py", "def f():\n    from suites.scan import listing", True),
        ("steps/flows.py", "from suites.scan.listing import scan", True),
        ("conftest.py", "from suites.scan.listing import scan", True),
        ("campaigns/model/walker.py", "from suites.ping.lines import shown", True),
        ("ping/test_ping.py", "from suites.ping.lines import shown", False),
        ("ping/test_ping.py", "from suites.steps.flows import Server", False),
        ("ping/test_ping.py", "from suites.spec.profiles import Profile", False),
        ("campaigns/model/walker.py", "from suites.campaigns.model.crowd import Crowd", False),
    ],
)
def test_import_from_another_area_is_found(tmp_path, file, line, wrong):
    suites = tmp_path / "suites"
    for area in ("ping", "scan", "steps", "spec", "campaigns/model"):
        (suites / area).mkdir(parents=True)
    (suites / file).write_text(line, encoding="utf-8")
    assert bool(list(from_other_areas(suites))) is wrong


def circles_in(graph):
    """The circles of a graph (name: the names that it leads to), each with its names in order (Tarjan, 1972)."""
    order, lowest, stack, found = {}, {}, [], []

    def visit(name):
        order[name] = lowest[name] = len(order)
        stack.append(name)
        for other in sorted(graph[name]):
            if other not in order:
                visit(other)
            if other in stack:
                lowest[name] = min(lowest[name], lowest[other])
        if lowest[name] == order[name]:
            members = [stack.pop()]
            while members[-1] != name:
                members.append(stack.pop())
            if len(members) > 1 or name in graph[name]:
                found.append(sorted(members))

    for name in graph:
        if name not in order:
            visit(name)
    return found


def test_no_import_leads_in_a_circle():
    """Over all rooms: imports at the top of a module, in its functions, and behind TYPE_CHECKING."""
    assert circles_in(module_graph(ROOT, ROOMS)) == []


@pytest.mark.parametrize(
    ("graph", "circles"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}, [["b", "c"]]),
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"e", "a"}, "e": {"d"}}, [["a", "b", "c"], ["d", "e"]]),
        ({"a": {"a"}}, [["a"]]),
        ({"a": {"b", "c"}, "b": {"c"}, "c": set()}, []),
    ],
)
def test_circles_are_found_where_they_are(graph, circles):
    assert circles_in(graph) == circles


@pytest.mark.parametrize("where", ["at the top", "in a function", "behind TYPE_CHECKING"])
def test_circle_is_found_wherever_the_import_stands(tmp_path, where):
    line = "from fixtures.b import thing\n"
    text = {
        "at the top": line,
        "in a function": f"def f():\n    {line}",
        "behind TYPE_CHECKING": f"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    {line}",
    }
    room = tmp_path / "fixtures"
    room.mkdir()
    (room / "a.py").write_text(text[where], encoding="utf-8")
    (room / "b.py").write_text("import fixtures.a\n", encoding="utf-8")
    assert circles_in(module_graph(tmp_path, ["fixtures"])) == [["fixtures.a", "fixtures.b"]]


def test_no_product_file_is_longer_than_400_lines():
    lengths = {path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for path in product_files()}
    assert {str(path): length for path, length in lengths.items() if length > 400} == {}


def methods_of_classes():
    for path in product_files():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef):
                methods = [one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
                yield f"{path.relative_to(ROOT).as_posix()}: {node.name}", len(methods)


def test_no_class_has_more_than_25_methods_without_a_reason():
    large = {name for name, count in methods_of_classes() if count > 25}
    assert large == set(LARGE_CLASSES)


def classes_by_name(root, room):
    """Each class of the room: its name, and the files that define a class of that name."""
    found = {}
    for path in python_files(root / room):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append(path.relative_to(root).as_posix())
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_no_two_classes_of_a_room_have_the_same_name(room):
    """A reader who has met a name in a room knows what the name means in all of the room."""
    assert {name: files for name, files in classes_by_name(ROOT, room).items() if len(files) > 1} == {}


def test_second_class_of_a_name_is_found(tmp_path):
    (tmp_path / "room").mkdir()
    for file in ("a.py", "b.py"):
        (tmp_path / "room" / file).write_text("class Plan:\n    pass\n", encoding="utf-8")
    assert classes_by_name(tmp_path, "room") == {"Plan": ["room/a.py", "room/b.py"]}


@pytest.mark.parametrize("room", ["fixtures/drivers", "reference_impl"])
def test_room_knows_no_pytest(room):
    files = [path for path in files_of(room) if path.name != "pytest_plugin.py"]
    wrong = [path for path in files for name in imports_of(path) if within(name, ("pytest", "_pytest"))]
    assert wrong == []


def test_strangers_import_no_room_and_no_room_imports_them():
    strangers = [
        path for path in python_files(ROOT / "tests" / "strangers") if not path.name.startswith(("test_", "conf"))
    ]
    shared = [(path.name, name) for path in strangers for name in imports_of(path) if within(name, ROOMS)]
    known = [path for path in product_files() for name in imports_of(path) if within(name, ("tests",))]
    assert strangers
    assert (shared, known) == ([], [])


def test_every_decision_has_a_date_and_a_status():
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    line = re.compile(r"# .+\n\nDate: 20\d\d-\d\d-\d\d\. Status: (in force|replaced by)")
    assert [page.name for page in pages if not line.match(page.read_text(encoding="utf-8"))] == []


def test_emulators_core_has_no_socket_clock_or_thread():
    banned = ("socket", "time", "threading", "select", "selectors", "os", "asyncio", "serial")
    wrong = [
        (path.name, name)
        for path in files_of("reference_impl/core")
        for name in imports_of(path)
        if within(name, banned)
    ]
    assert wrong == []


def test_answer_reader_does_no_io():
    """Its pages read one another, and nothing else."""
    pages = {"frames", "readings", "oracle", "notices", "exchange"}
    allowed = {"re", "collections", "dataclasses", "enum", "itertools", "typing"}
    allowed |= {f"fixtures.drivers.line.{page}" for page in pages}
    found = {name for page in pages for name in imports_of(ROOT / "fixtures" / "drivers" / "line" / f"{page}.py")}
    assert {name for name in found if not within(name, tuple(allowed))} == set()


def test_suites_do_not_sleep_to_wait():
    """A pause that a case is about says so on its line."""
    lines = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in files_of("suites")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "sleep(" in line and "# the pause is what the case is about" not in line
    ]
    assert lines == []


@pytest.mark.recipe
def test_every_area_of_the_catalogue_has_a_folder_with_a_case():
    folders = {Path(case[0]).parent.name for case in cases()}
    assert set(load_catalogue().areas) - folders == set()


@pytest.mark.recipe
def test_every_area_of_the_catalogue_has_a_folder_that_is_a_package():
    """Without ``__init__.py`` two areas may not have files of the same name."""
    areas = load_catalogue().areas
    assert [area for area in areas if not (ROOT / "suites" / area / "__init__.py").is_file()] == []


@pytest.mark.recipe
def test_every_folder_of_cases_is_an_area_of_the_catalogue_or_a_campaign_over_several():
    folders = {Path(case[0]).parent.name for case in cases()}
    assert folders - set(load_catalogue().areas) - CAMPAIGNS == set()


@pytest.mark.recipe
def test_every_binding_requirement_has_a_case_or_a_reason_why_not():
    named = {one for case in cases() for one in case[1:]}
    binding = [one for one in load_catalogue().requirements.values() if one.obligation in "MD" and not one.untested]
    assert [one.id for one in binding if one.id not in named] == []


def test_requirement_with_a_case_is_not_called_untested():
    named = {one for case in cases() for one in case[1:]}
    assert [one.id for one in load_catalogue().requirements.values() if one.untested and one.id in named] == []


def test_bundled_rig_and_profile_are_found_by_their_names():
    assert "emulator" in rigs()
    assert "web" in profiles()


def test_picture_of_the_rooms_is_todays_and_shows_every_room():
    assert architecture.ROOMS.is_fresh(), "run python -m tests.architecture"
    text = architecture.ROOMS.page.read_text(encoding="utf-8")
    assert [room for room in TOP if f'subgraph {room}_room["{room}"]' not in text] == []


@pytest.mark.parametrize("page", ["architecture", "verdicts", "glossary"])
def test_page_of_the_documentation_names_what_there_is(page):
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    wanted = {
        "architecture": ROOMS,
        "verdicts": ("pass", "fail", "inconclusive", "observed", "not_applicable", "error"),
        "glossary": ("ICS", "IXIT", "notice", "peer"),
    }
    assert [word for word in wanted[page] if f"`{word}`" not in text and f"**{word}**" not in text] == []


def test_page_of_verdicts_lists_every_exit_status_with_its_meaning():
    text = (ROOT / "docs" / "verdicts.md").read_text(encoding="utf-8")
    assert [int(one) for one, meaning in MEANING.items() if f"| {int(one)} | {meaning} |" not in text] == []


def test_cases_are_collected_foundations_first():
    orders = {key: area.order for key, area in load_catalogue().areas.items()}
    met = [orders.get(Path(case[0]).parent.name, max(orders.values()) + 1) for case in cases()]
    assert met == sorted(met)
