"""One Ctrl-C is one, however often it arrives."""

import signal
import sys
from types import FrameType, TracebackType

import pytest

from reports.run import interrupt
from reports.run.interrupt import ENDING, SAME_S, OneInterrupt, drop_unplaced


@pytest.fixture
def clock(monkeypatch):
    moments = iter(())

    def tell(*times: float) -> None:
        nonlocal moments
        moments = iter(times)

    monkeypatch.setattr(interrupt.time, "monotonic", lambda: next(moments))
    return tell


@pytest.fixture
def handler():
    former = {signal.SIGINT: signal.signal(signal.SIGINT, signal.default_int_handler)}
    former |= {number: signal.signal(number, signal.SIG_DFL) for number in ENDING}
    one = OneInterrupt()
    one.install()
    yield one
    for number, own in former.items():
        signal.signal(number, own)


def test_the_first_interrupts_and_those_with_it_do_not(handler, clock):
    clock(10.0, 10.001, 10.0 + SAME_S)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("number", ENDING)
def test_what_ends_a_program_interrupts_the_run(handler, clock, number):
    clock(10.0, 10.5)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)
    signal.raise_signal(signal.SIGINT)


def test_signal_that_is_ignored_stays_so():
    former = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    one = OneInterrupt()
    one.install()
    try:
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        one.remove()
        signal.signal(signal.SIGTERM, former)


def test_who_presses_again_is_heard(handler, clock):
    clock(10.0, 10.1 + SAME_S)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_the_former_handler_gets_its_place_back(handler):
    assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    handler.remove()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_what_comes_late_does_not_hit_pytest_taking_its_things_down(handler, clock):
    clock(10.0, 10.5)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    handler.remove()
    signal.raise_signal(signal.SIGINT)


def test_anybody_elses_handler_is_left_alone():
    former = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        one = OneInterrupt()
        one.install()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        one.remove()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, former)


def frame_in_a_with(manager) -> FrameType:
    with manager:
        while True:
            return sys._getframe()


def test_entries_without_a_line_are_taken_out_of_a_traceback(tmp_path):
    frame = frame_in_a_with((tmp_path / "x").open("w"))
    placed = frame.f_code.co_firstlineno + 1
    unplaced = 10**6  # beyond the code: no line either

    def entry(following: TracebackType | None, lasti: int, line: int) -> TracebackType:
        return TracebackType(following, frame, lasti, line)

    last = entry(None, 0, placed)
    first = entry(entry(entry(last, unplaced, -1), unplaced, -1), 0, placed)
    assert first.tb_next.tb_lineno is None
    drop_unplaced(first)
    assert first.tb_next is last
    drop_unplaced(None)


def test_an_unplaced_end_is_taken_out_too(tmp_path):
    frame = frame_in_a_with((tmp_path / "x").open("w"))
    first = TracebackType(TracebackType(None, frame, 10**6, -1), frame, 0, 1)
    drop_unplaced(first)
    assert first.tb_next is None
