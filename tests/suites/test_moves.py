"""Each move names the step that it is; no suite takes a move from another suite's test module."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SUITES = ROOT / "suites"
FAULTS = {"ModuleFault": 2, "differs": None, "expect_ok": None}
"""What makes a fault, and which positional argument names the requirement; None: a keyword only."""
NAMING = {"requirement", "step"}
UNDER = {"step_of", "resting_on", "_step", "_preamble"}
"""Blocks that give a name to every fault in them."""
MOVES = [
    path
    for path in sorted(SUITES.rglob("*.py"))
    if not path.name.startswith("test_")
    and path.name not in ("conftest.py", "flows.py")
    and "campaigns" not in path.parts
]


def name_of(call):
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def unnamed(node, named=False):
    """The calls below ``node`` that make a fault which nobody names."""
    if isinstance(node, ast.With):
        named = named or any(
            isinstance(one.context_expr, ast.Call) and name_of(one.context_expr) in UNDER for one in node.items
        )
    if isinstance(node, ast.Call) and name_of(node) in FAULTS and not named:
        place = FAULTS[name_of(node)]
        says = {one.arg for one in node.keywords} & NAMING or (place and len(node.args) >= place)
        if not says:
            yield node
    for child in ast.iter_child_nodes(node):
        yield from unnamed(child, named)


def parsed(text):
    return ast.parse(text)


@pytest.mark.parametrize("path", MOVES, ids=lambda path: str(path.relative_to(SUITES)))
def test_move_that_can_raise_names_its_step(path):
    wrong = [f"line {one.lineno}" for one in unnamed(parsed(path.read_text(encoding="utf-8")))]
    assert wrong == [], f"{path.relative_to(ROOT)}: give requirement= or step=, or stand in resting_on(ID)"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("raise ModuleFault('no bytes')", 1),
        ("raise ModuleFault('no bytes', 'DA-READ')", 0),
        ("raise ModuleFault('no bytes', step='DA-READ')", 0),
        ("expect_ok(at('P6=1'))", 1),
        ("expect_ok(at('P6=1'), step='CL-CONNECT')", 0),
        ("with resting_on('CL-STOP'):\n    expect_ok(at('P6=0'))", 0),
        ("with open('x'):\n    expect_ok(at('P6=0'))", 1),
    ],
)
def test_gate_sees_a_move_without_a_name(text, count):
    assert len(list(unnamed(parsed(text)))) == count


def test_no_suite_imports_from_a_test_module():
    wrong = [
        f"{path.relative_to(ROOT)}: {node.module}"
        for path in sorted(SUITES.rglob("*.py"))
        for node in ast.walk(parsed(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and ".test_" in f".{node.module}"
    ]
    assert wrong == []
