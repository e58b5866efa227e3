"""The bench measures what its page says, and the page has each figure."""

import json
import os
import select
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.bench.__main__ import ANSWER, LINE, figures, main, page, table, take_first_prompt, take_turns
from tests.bench.exchange import by_system_calls
from tests.bench.others import OtherSideError, Side
from tests.bench.plot import LEFT, RIGHT, WIDTH, draw
from tests.fixtures.runs import Emulator


def test_figures_are_median_percentile_and_ratio():
    first = [2.0, 1.0, 1.0, 1.0, 10.0]
    assert figures([4.0, 1.0, 2.0, 3.0, 100.0], first) == {"median": 3.0, "p95": 100.0, "ratio": 2.0}


def test_ratios_are_to_the_first_row():
    assert {name: one["ratio"] for name, one in table({"raw": [2.0], "ours": [3.0]}).items()} == {"raw": 1, "ours": 1.5}


def test_actions_take_turns():
    called = []
    found = take_turns({"a": lambda: called.append("a"), "b": lambda: called.append("b")}, 2, 2, 1.0)
    assert "".join(called) == "aabbaabb"
    assert [len(values) for values in found.values()] == [2, 2]


def test_first_prompt_is_taken_so_that_each_answer_belongs_to_its_line():
    with Emulator("--joined", "LAB") as module:
        exchange = by_system_calls(module.url, LINE, ANSWER)
        take_first_prompt(module.url)
        exchange()
        line = os.open(module.url, os.O_RDWR | os.O_NOCTTY)
        assert select.select([line], [], [], 0.2)[0] == []
        os.close(line)


def test_bench_writes_figures_and_page(tmp_path):
    places = [f"--json={tmp_path / 'bench.json'}", f"--page={tmp_path / 'page.md'}"]
    assert main(["--rounds=1", *places, "--cases", "20", "--modules"]) == 0
    told = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == page(told)
    for title, _unit, rows in told["tables"]:
        assert next(iter(rows.values()))["ratio"] == 1.0
        assert f"## {title}" in page(told)
        assert [name for name in rows if f"| {name} |" not in page(told)] == []
    for (title, profiled), part in zip(
        told["profiles"], ("fixtures/drivers/line/", "reference_impl/core/"), strict=True
    ):
        assert f"## {title}" in page(told)
        assert any(name.startswith(part) and calls >= 1 and own > 0 for name, calls, own in profiled)
    assert (tmp_path / "page.svg").read_text(encoding="utf-8") == draw(told["tables"])


def test_plot_has_a_bar_for_each_row_that_ends_at_its_ratio():
    figures = {
        name: {"median": ratio, "p95": ratio, "ratio": ratio} for name, ratio in (("raw", 1.0), ("<ours>", 10.0))
    }
    drawn = ET.fromstring(draw([("Exchange", "us", figures)]))
    bars = [one for one in drawn.iter("{http://www.w3.org/2000/svg}rect") if one.get("class") == "bar"]
    texts = [one.text for one in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert [float(one.get("width")) for one in bars] == [1.0, WIDTH - LEFT - RIGHT]
    assert texts == ["Exchange", "raw", "1.00", "<ours>", "10.00"]


@pytest.fixture
def side(tmp_path):
    """A function that starts a program as another process of this Python. Each is ended after the test."""
    begun = []

    def begin(program):
        path = tmp_path / "side.py"
        path.write_text(f"from asked import serve\n{program}\n", encoding="utf-8")
        begun.append(Side(Path(sys.executable), [str(path)], b"P0\r"))
        return begun[-1]

    yield begin
    for one in begun:
        one.end()


def test_other_side_times_as_many_exchanges_as_it_is_asked_for(side, tmp_path):
    log = tmp_path / "log"
    one = side(f"serve(lambda: open({str(log)!r}, 'a').write('x'))")
    assert one.seconds(5) > 0
    assert log.read_text(encoding="utf-8") == "x" * 6


def test_other_side_that_cannot_begin_tells_why(side):
    with pytest.raises(OtherSideError, match="there is no port"):
        side("raise SystemExit('there is no port')")


def test_other_side_that_ends_takes_along_what_it_has_started(side, tmp_path):
    held = tmp_path / "held"
    os.mkfifo(held)
    child = ["sh", "-c", f"exec sleep 600 > {held}"]
    one = side(f"import subprocess\nsubprocess.Popen({child})\nserve(lambda: None)")
    with held.open("rb") as holder:
        one.end()
        assert holder.read() == b""
