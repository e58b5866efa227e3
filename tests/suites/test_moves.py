"""Each move names the step that it is; no suite takes a move from another suite's test module."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SUITES = ROOT / "suites"
FAULTS = {"ModuleFault": 2} | dict.fromkeys(("differs", "expect_ok", "receive", "wait_notice", "wait_closed"))
"""What makes a fault, and which positional argument names the requirement; None: a keyword only."""
NAMING = {"requirement", "step"}
UNDER = {"step_of", "resting_on", "judged", "move", "_step", "_preamble"}
"""Blocks that give a name to every fault in them."""
CAUGHT = {"NoNotice", "PeerTimeout", "ModuleFault"}
"""Faults that are no verdict where the block that raises them catches them."""
MOVES = [path for path in sorted(SUITES.rglob("*.py")) if path.name != "flows.py"]


def name_of(call):
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def catches(handler):
    """True where ``handler`` takes a fault and does not pass it on as it is."""
    kinds = {one.id for one in ast.walk(handler.type or ast.Pass()) if isinstance(one, ast.Name)}
    again = any(isinstance(one, ast.Raise) and one.exc is None for one in ast.walk(handler))
    return bool(kinds & CAUGHT) and not again


def asks(call):
    """True where the command is sent in the arguments of ``call``: no answer may come, before anybody names a step."""
    return any(isinstance(one, ast.Call) for one in call.args[:1])


def unnamed(node, named=False):
    """The calls below ``node`` that make a fault which nobody names."""
    if isinstance(node, ast.With):
        named = named or any(
            isinstance(one.context_expr, ast.Call) and name_of(one.context_expr) in UNDER for one in node.items
        )
    if isinstance(node, ast.Try):
        for child in node.body:
            yield from unnamed(child, named or any(catches(one) for one in node.handlers))
        for child in (*node.handlers, *node.orelse, *node.finalbody):
            yield from unnamed(child, named)
        return
    if isinstance(node, ast.Call) and name_of(node) == "expect_ok" and not named and asks(node):
        yield node
    elif isinstance(node, ast.Call) and name_of(node) in FAULTS and not named:
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
        ("expect_ok(at('P6=1'), step='CL-CONNECT')", 1),
        ("expect_ok(answer, step='CL-CONNECT')", 0),
        ("send_accepted(at, 'P6=1', step='CL-CONNECT')", 0),
        ("with resting_on('CL-STOP'):\n    expect_ok(at('P6=0'))", 0),
        ("with open('x'):\n    expect_ok(at('P6=0'))", 1),
        ("peer.wait_closed(5)", 1),
        ("await_close(peer, 5, step='CL-STOP')", 0),
        ("got = peer.receive(8, limit)", 1),
        ("with resting_on('UD-SEND'):\n    got = peer.receive(limit)", 0),
        ("with judged('MA-MANY'):\n    peer.wait_closed(5)", 0),
        ("try:\n    at.wait_notice(mine, 'of mine', 1)\nexcept NoNotice:\n    return None", 0),
        ("try:\n    at.wait_notice(mine, 'of mine', 1)\nexcept NoNotice:\n    raise", 1),
        ("try:\n    at.wait_notice(mine, 'of mine', 1)\nfinally:\n    at('P5=0')", 1),
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
