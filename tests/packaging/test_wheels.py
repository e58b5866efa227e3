"""What is in the wheels, and that they do what the checkout does: in an empty environment, from any directory."""

import ast
import json
import os
import re
import select
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from reports.record.record import read_record
from tests.packaging.conftest import build

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {"suites", "fixtures", "reports", "reference_impl", "tests", "conftest"}


def imported(source: bytes):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("which", ["conformance", "emulator"])
def test_wheel_has_one_package_whose_modules_import_no_bare_room(wheels, which):
    with zipfile.ZipFile(getattr(wheels, which)) as wheel:
        names = [one for one in wheel.namelist() if ".dist-info/" not in one]
        assert {one.partition("/")[0] for one in names} == {f"eswifi_{which}"}
        bare = [(one, name) for one in names if one.endswith(".py") for name in imported(wheel.read(one))]
    assert [(one, name) for one, name in bare if name in ROOMS] == []


def beginnings(tree):
    """What each string begins with that the source has."""
    inner = {id(one) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for one in node.values[1:]}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            yield node.value


def test_no_string_names_a_module_that_is_elsewhere_in_a_wheel(wheels):
    """Such a string is made of ``__name__``; where the name of the module itself is taken off, it stands."""
    named = re.compile(rf"({'|'.join(ROOMS)})\.[a-z_]+")
    with zipfile.ZipFile(wheels.conformance) as wheel:
        texts = {one: wheel.read(one).decode() for one in wheel.namelist() if one.endswith(".py")}
    found = {
        (path.removeprefix("eswifi_conformance/"), text)
        for path, source in texts.items()
        for text in beginnings(ast.parse(source))
        if named.match(text)
    }
    assert found == {
        ("reports/places.py", "reports.places"),
        ("fixtures/drivers/bench/emulator.py", "fixtures.drivers.bench.emulator"),
    }


def test_wheel_has_every_file_of_the_rooms(wheels):
    with zipfile.ZipFile(wheels.conformance) as wheel:
        there = set(wheel.namelist())
    tracked = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "suites", "fixtures", "reports", "reference_impl"],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    ).stdout.split()  # fmt: skip
    assert [one for one in tracked if (ROOT / one).exists() and f"eswifi_conformance/{one}" not in there] == []


def test_wheel_asks_for_what_the_checkout_asks_for():
    """One list in pyproject.toml with the least versions, one for a checkout; the exact ones are the constraints."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        wanted = tomllib.load(file)["project"]["dependencies"]
    lines = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8").splitlines()
    asked = sorted(one.lower() for one in lines if one[:1] not in "#-")
    assert sorted(one.partition(">")[0] for one in wanted) == asked


def test_distributions_are_well_formed(wheels):
    for command in (["twine", "check", "--strict"], ["check_wheel_contents"]):
        files = [wheels.conformance, wheels.emulator, *([wheels.emulator_source] if "twine" in command else [])]
        done = subprocess.run(
            [sys.executable, "-m", *command, *map(str, files)],
            cwd=ROOT, capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


def names_in(path):
    with zipfile.ZipFile(path) as wheel:
        return {one for one in wheel.namelist() if ".dist-info/" not in one}


def test_source_distribution_has_the_folders_once_and_makes_the_same_wheel(wheels, tmp_path):
    build(ROOT, "-t", "sdist", "-d", str(tmp_path / "dist"))
    (source,) = (tmp_path / "dist").iterdir()
    with tarfile.open(source) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    assert sorted(one.name for one in (unpacked / "eswifi_conformance").iterdir()) == sorted(
        one.name for one in (ROOT / "eswifi_conformance").iterdir() if one.name != "__pycache__"
    )
    build(unpacked, "-t", "wheel", "-d", str(tmp_path / "again"))
    (again,) = (tmp_path / "again").iterdir()
    assert names_in(again) == names_in(wheels.conformance)
    assert again.name.split("-")[1] == source.name.removesuffix(".tar.gz").split("-")[1], "the version is the same"
    done = subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", str(source)],
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.timeout(600)
def test_installed_suite_judges_from_another_directory_as_another_user(wheels, place):
    place.install(wheels.conformance)
    here = place.folder / "mein Ordner"
    here.mkdir(mode=0o777)
    here.chmod(0o777)
    done = place.run(place.program("eswifi-conformance"), "-q", "suites/framing", here=here)
    assert done.returncode == 0, done.stdout + done.stderr
    record = read_record(here / "conformance-report" / "run.json")
    assert record["status"]["code"] == 0
    assert {one["id"].partition("/test_")[0] for one in record["cases"]} == {"suites/framing"}
    assert re.match(r"\d+\.\d+\.\d+", record["suite"]["version"])
    assert record["suite"]["revision"] == ""
    assert sorted(one.name for one in here.iterdir()) == ["conformance-report"]
    assert "report    conformance-report/" in done.stdout
    assert_bench_tools_work(place, here)


def assert_bench_tools_work(place, here):
    doctor = place.run(place.program("eswifi-bench"), "doctor", here=here)
    assert doctor.returncode == 0, doctor.stdout + doctor.stderr
    assert "0 failed" in doctor.stdout
    wrong = place.run(place.program("eswifi-bench"), "doctor", "no-such-rig", here=here)
    assert wrong.returncode == 2, wrong.stdout + wrong.stderr
    for name in ("eswifi-bench", "eswifi-report"):
        assert place.run(place.program(name), "--help", here=here).stdout.startswith(f"usage: {name} ")
    report = place.program("eswifi-report")
    for words in (
        ["render", "conformance-report", "--format", "junit"],
        ["compare", "conformance-report", "conformance-report/latest"],
        ["expect", "conformance-report", "--out", "known.toml"],
    ):
        made = place.run(report, *words, here=here)
        assert made.returncode == 0, made.stdout + made.stderr
    left = place.run(report, "rebuild", "conformance-report/run.json", here=here)
    assert (left.returncode, "there is no such journal" in left.stderr) == (4, True), left.stderr
    page = (here / "conformance-report" / "report.html").read_text(encoding="utf-8")
    assert '"command":"eswifi-conformance {id}"' in page, "who installed the suite has no tox"


def served(command, **how):
    """Start an emulator; its ready line."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how)
    assert select.select([process.stdout], [], [], 100)[0], "waited for the emulator's ready line"
    return process, process.stdout.readline()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("source", [False, True], ids=["wheel", "source distribution"])
def test_emulator_serves_from_an_environment_with_nothing_else(wheels, place, source):
    place.install(*([wheels.emulator_source] if source else ["--no-index", wheels.emulator]))
    process, line = served([place.program("eswifi-emulator"), "--link", "module"], cwd=place.folder)
    with process:
        assert json.loads(line)["event"] == "ready", process.stderr.read()
        assert (place.folder / "module").is_symlink()
        process.terminate()
        assert process.wait(timeout=30) == 0


@pytest.mark.timeout(300)
def test_emulator_serves_by_uvx(wheels, tmp_path):
    uvx = Path(sys.executable).with_name("uvx")
    command = [uvx, "--offline", "--python", sys.executable, "--from", wheels.emulator, "eswifi-emulator"]
    environment = {**os.environ, "UV_CACHE_DIR": str(tmp_path / "cache")}
    process, line = served([*map(str, command), "--link", "module"], cwd=tmp_path, env=environment)
    with process:
        assert json.loads(line or "{}").get("event") == "ready", process.stderr.read()
        process.terminate()
        process.wait(timeout=30)
