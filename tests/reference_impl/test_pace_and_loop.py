"""The pace of a line, and the event loop."""

import os
import select
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.shells.loop import Loop
from reference_impl.shells.pace import LIMIT, Pace
from reference_impl.shells.pty_line import PIECE, PtyLine


def test_without_a_byte_time_everything_is_due_at_once():
    pace = Pace()
    pace.put(b"abc", 5.0)
    pace.put(b"def", 5.0)
    assert pace.due(5.0) == [b"abc", b"def"]
    assert (len(pace), pace.next()) == (0, None)


def test_a_byte_is_due_when_the_line_has_carried_it():
    pace = Pace(0.001)
    pace.put(b"abcdef", 5.0)
    assert pace.due(5.0) == []
    assert pace.next() == pytest.approx(5.001)
    assert pace.due(5.0025) == [b"a", b"b"]
    assert pace.due(6.0) == [b"c", b"d", b"e", b"f"]


def test_a_line_that_was_idle_does_not_catch_up():
    pace = Pace(0.001)
    pace.put(b"a", 5.0)
    pace.due(6.0)
    pace.put(b"b", 7.0)
    assert pace.due(7.0) == []
    assert pace.due(7.001) == [b"b"]


def test_a_gap_spreads_one_piece_and_not_the_next():
    pace = Pace()
    pace.put(b"ab", 5.0, gap=0.5)
    pace.put(b"cd", 5.0)
    assert pace.due(5.5) == [b"a"]
    assert pace.due(6.0) == [b"b", b"cd"]


def test_bytes_may_go_three_at_a_time():
    pace = Pace()
    pace.put(b"abcdefgh", 5.0, gap=0.5, size=3)
    assert (pace.due(6.0), pace.next()) == ([], 6.5)
    assert pace.due(7.0) == [b"abc"]
    assert pace.due(8.0) == [b"def"]
    assert pace.next() == 9.0
    assert pace.due(9.0) == [b"gh"]


def test_what_nobody_takes_is_bounded():
    pace = Pace(1.0)
    for _ in range(10):
        pace.put(b"x" * 100_000, 0.0)
    assert len(pace) == LIMIT
    pace.clear()
    assert (len(pace), pace.next()) == (0, None)


@given(
    st.lists(st.tuples(st.binary(min_size=1, max_size=9), st.sampled_from([0.0, 0.5])), max_size=8),
    st.sampled_from([0.0, 0.25]),
)
def test_no_byte_is_lost_or_changes_its_place(parts, byte_time):
    pace, now, got = Pace(byte_time), 0.0, b""
    for data, gap in parts:
        pace.put(data, now, gap)
        got += b"".join(pace.due(now))
        now += 0.125
    while (when := pace.next()) is not None:
        now = max(now, when)
        got += b"".join(pace.due(now))
    assert got == b"".join(data for data, _gap in parts)


def test_timers_are_called_in_their_order_and_cancelled_ones_never():
    loop, called = Loop(), []
    now = loop.now()
    loop.at(now + 0.02, loop.stop)
    loop.at(now + 0.01, lambda: called.append("later"))
    loop.at(now, lambda: called.append("first"))
    loop.at(now, lambda: called.append("second"))
    loop.at(now, lambda: called.append("never")).cancel()
    loop.run()
    assert called == ["first", "second", "later"]


def test_a_stop_that_comes_before_the_run_is_not_lost():
    loop = Loop()
    loop.stop()
    loop.run()


def test_a_descriptor_that_another_callback_has_forgotten_is_not_called():
    loop, called = Loop(), []
    pairs = [socket.socketpair() for _ in range(2)]
    for _ours, theirs in pairs:
        theirs.send(b"x")

    def callback(index):
        called.append(index)
        loop.forget(pairs[1 - index][0].fileno())
        pairs[index][0].recv(10)

    for index in range(2):
        loop.on_read(pairs[index][0].fileno(), lambda index=index: callback(index))
    loop.step()
    assert len(called) == 1
    for pair in pairs:
        for end in pair:
            end.close()


def test_reading_and_writing_are_watched_apart():
    loop, called = Loop(), []
    ours, theirs = socket.socketpair()
    loop.on_write(ours.fileno(), lambda: called.append("write"))
    loop.on_read(ours.fileno(), lambda: called.append("read"))
    loop.step()
    assert called == ["write"]
    loop.on_write(ours.fileno(), None)
    theirs.send(b"x")
    loop.step()
    assert called == ["write", "read"]
    loop.on_read(ours.fileno(), None)
    loop.forget(ours.fileno())
    ours.close()
    theirs.close()


def test_interest_may_be_lost_twice():
    loop = Loop()
    read, write = os.pipe()
    loop.on_read(read, lambda: None)
    loop.forget(read)
    loop.forget(read)
    loop.on_read(read, None)
    os.close(read)
    os.close(write)


@pytest.fixture(params=["epoll", "selectors"])
def any_loop(request, monkeypatch):
    """The loop on what Linux has, and on what other systems have."""
    if request.param == "selectors":
        monkeypatch.delattr("select.epoll")
    elif not hasattr(select, "epoll"):
        pytest.skip("this system has no epoll")
    return Loop()


def test_loop_reads_writes_and_forgets_on_every_system(any_loop):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        got = []
        any_loop.on_read(ours.fileno(), lambda: got.append(ours.recv(9)))
        theirs.send(b"one")
        any_loop.step()
        any_loop.on_write(ours.fileno(), lambda: got.append("writable"))
        theirs.send(b"two")
        any_loop.step()
        assert got == [b"one", b"two", "writable"]
        any_loop.on_read(ours.fileno(), None)
        any_loop.on_write(ours.fileno(), None)
        theirs.send(b"three")
        any_loop.at(any_loop.now(), lambda: got.append("timer"))
        any_loop.step()
        assert got[3:] == ["timer"]


def test_loop_hears_of_a_hang_up_on_every_system(any_loop):
    ours, theirs = socket.socketpair()
    with ours:
        got = []
        any_loop.on_read(ours.fileno(), lambda: got.append(ours.recv(9)))
        theirs.close()
        any_loop.step()
        assert got == [b""]
        any_loop.forget(ours.fileno())


def test_each_arrival_is_told_on_every_system_also_one_that_came_while_writing_was_watched(any_loop):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        got = []
        any_loop.on_arrival(ours.fileno(), lambda: got.append(ours.recv(9)))
        for data in (b"one", b"two"):
            theirs.send(data)
            any_loop.step()
        any_loop.on_write(ours.fileno(), lambda: got.append("writable"))
        any_loop.step()
        theirs.send(b"three")
        any_loop.on_write(ours.fileno(), None)
        any_loop.step()
        assert got == [b"one", b"two", "writable", b"three"]
        any_loop.forget(ours.fileno())


def test_an_arrival_is_told_once_where_the_system_can_do_so():
    if not hasattr(select, "epoll"):
        pytest.skip("this system has no epoll")
    loop, got = Loop(), []
    ours, theirs = socket.socketpair()
    with ours, theirs:
        loop.on_arrival(ours.fileno(), lambda: got.append("told"))
        theirs.send(b"left there")
        loop.step()
        loop.at(loop.now(), lambda: got.append("timer"))
        loop.step()
        assert got == ["told", "timer"]
        loop.forget(ours.fileno())


@pytest.mark.parametrize("size", [1, PIECE - 1, PIECE, PIECE + 1, 5 * PIECE])
def test_all_bytes_of_a_burst_come_from_a_pty(any_loop, size):
    line = PtyLine(any_loop, None)
    came = bytearray()
    line.on_bytes = came.extend
    host = os.open(line.url, os.O_RDWR | os.O_NOCTTY)
    sent = bytes(range(256)) * (size // 256 + 1)
    writing = threading.Thread(target=write_all, args=(host, sent[:size]))
    writing.start()
    late = any_loop.at(any_loop.now() + 10.0, lambda: came.extend(b"too late"))
    while len(came) < size:
        any_loop.step()
    late.cancel()
    writing.join()
    os.close(host)
    line.close()
    assert came == sent[:size]


def write_all(descriptor, data):
    while data:
        data = data[os.write(descriptor, data) :]
