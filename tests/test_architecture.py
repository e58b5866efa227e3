"""The arrows between the rooms hold, and nothing that belongs in two places was forgotten in one of them."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from fixtures.rigs import available as rigs
from reports.record.status import MEANING
from suites.spec.catalogue import load_catalogue
from suites.spec.profiles import available as profiles

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
CAMPAIGNS = {"model"}
"""Folders of cases that have no requirement of their own: they judge those of several areas."""


def imports_of(path: Path) -> Iterator[str]:
    """The modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: imports are absolute"
            yield from (f"{node.module}.{one.name}" for one in node.names)


def within(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def files_of(*rooms: str) -> list[Path]:
    return [path for room in rooms for path in sorted((ROOT / room).rglob("*.py")) if "out" not in path.parts]


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


def modules_of(room):
    """Module: the modules of the room that it imports, those behind TYPE_CHECKING too."""
    paths = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in files_of(room)}
    names = {name.removesuffix(".__init__"): path for name, path in paths.items()}

    def module(name):
        return name if name in names else name.rpartition(".")[0]

    return {name: {module(one) for one in imports_of(path)} & set(names) - {name} for name, path in names.items()}


def circle_in(graph):
    """Modules that lead back to themselves, and those that lead there."""
    left = dict(graph)
    while free := [name for name, needed in left.items() if not needed & set(left)]:
        for name in free:
            del left[name]
    return sorted(left)


@pytest.mark.parametrize("room", ["fixtures"])
def test_no_import_leads_in_a_circle(room):
    assert circle_in(modules_of(room)) == []


def test_circle_is_found_where_there_is_one():
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "room", ["fixtures/drivers/bench", "fixtures/drivers/lab", "fixtures/drivers/peers", "fixtures/plugins"]
)
def test_no_file_of_a_room_is_longer_than_400_lines(room):
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in files_of(room)}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


@pytest.mark.parametrize("room", ["fixtures/drivers", "reference_impl"])
def test_room_knows_no_pytest(room):
    files = [path for path in files_of(room) if path.name != "pytest_plugin.py"]
    wrong = [path for path in files for name in imports_of(path) if within(name, ("pytest", "_pytest"))]
    assert wrong == []


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


def test_every_area_of_the_catalogue_has_a_folder_with_a_case():
    folders = {Path(case[0]).parent.name for case in cases()}
    assert set(load_catalogue().areas) - folders == set()


def test_every_folder_of_cases_is_an_area_of_the_catalogue_or_a_campaign_over_several():
    folders = {Path(case[0]).parent.name for case in cases()}
    assert folders - set(load_catalogue().areas) - CAMPAIGNS == set()


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
