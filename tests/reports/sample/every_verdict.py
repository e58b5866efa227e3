"""Cases of every verdict. Copied as a test file into a temporary project by the tests."""

import pytest


@pytest.mark.case_result(requirements=["FR-EMPTY"])
@pytest.mark.parametrize("command", ["P1=0", "P2=5024"])
def test_empty_success_has_ten_bytes(command):
    """The answer to a command without payload."""


@pytest.mark.case_result(
    verdict="fail",
    blame="module",
    broken=["MA-NOTICE"],
    requirements=["MA-NOTICE", "MA-NEXT"],
    message="MA-NOTICE (mandatory): When a client connects ...\n"
    "expected: [TCP SVR] Accepted 127.0.0.1:34489\n"
    "got:      [TCP SVR] Accepted 127.0.0.1:5024 <b>&amp;</b>",
)
def test_notice_names_the_clients_port():
    raise AssertionError("the traceback of a verdict")


@pytest.mark.case_result(requirements=["MA-NEXT"])
def test_p5_10_takes_the_next_client():
    pass


@pytest.mark.case_result(
    verdict="error",
    blame="peer",
    requirements=["MA-NEXT"],
    message="PeerError: the peer's port range is used up",
    attempts=2,
)
def test_a_peer_fails():
    raise OSError("the traceback of a peer")


@pytest.mark.case_result(verdict="inconclusive", blame="rig", message="no packet filter here")
def test_a_case_cannot_run_here():
    pytest.skip("no packet filter here")


@pytest.mark.case_result(verdict="not_applicable", requirements=["MA-KILLED"], obligation="D", message="not declared")
def test_a_case_does_not_apply():
    pytest.skip("not declared")


@pytest.mark.case_result(
    verdict="observed",
    requirements=["MA-TWICE"],
    obligation="O",
    observations=[{"requirement": "MA-TWICE", "what": "answer to the second P5=11", "value": "ERROR"}],
)
@pytest.mark.parametrize("socket", [0, 1])
def test_p5_11_twice_is_observed(socket):
    pass
