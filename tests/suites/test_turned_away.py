"""What is charged where no notice follows P5=10, and a client that waited is gone: the queue, or what P5=10 did."""

import contextlib
import queue
import socket
import threading
from dataclasses import replace

import pytest

from fixtures.case import Case
from fixtures.drivers.line.frames import Notice
from fixtures.drivers.line.transcript import Transcript
from fixtures.drivers.peers import Network
from fixtures.errors import ModuleFault, NoNotice
from suites.spec.profiles import load_profile
from suites.steps.servers import Server

PATIENCE = 20.0


class Line:
    """A line without a module: no notice comes at first, then those of the clients that :func:`module` announces."""

    def __init__(self):
        self.answers = []
        self.announced = queue.SimpleQueue()
        self._asked = 0

    def wait_notice(self, wanted, what, timeout):
        self._asked += 1
        if self._asked == 1:
            raise NoNotice(f"no notice {what} within {timeout} s")
        notice = self.announced.get(timeout=PATIENCE)
        assert wanted(notice)
        return notice


@contextlib.contextmanager
def module(line, *, turns_away):
    """A server that closes its first client, then announces a client and keeps, or turns away, those behind it."""
    with socket.create_server(("127.0.0.1", 0)) as listener, contextlib.ExitStack() as kept:
        listener.settimeout(PATIENCE)

        def serve():
            listener.accept()[0].close()
            connection, (address, port) = listener.accept()
            kept.enter_context(connection)
            text = b"[TCP SVR] Accepted %s:%d" % (address.encode(), port)
            line.announced.put(Notice(text, address, port))
            if turns_away:
                listener.accept()[0].close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(PATIENCE)


@pytest.mark.parametrize(("turns_away", "charged"), [(True, "MA-QUEUE"), (False, "MA-NOTICE")])
def test_two_more_clients_tell_who_has_sent_a_client_away(turns_away, charged):
    line, peers = Line(), Network(Transcript(), "127.0.0.1")
    profile = load_profile("web")
    profile = replace(profile, limits=replace(profile.limits, close=2000 if turns_away else 50))
    try:
        with module(line, turns_away=turns_away) as port:
            server = Server(line, peers, profile, Case(("MA-NOTICE",)), port)
            gone = peers.connect(port)
            gone.wait_closed(PATIENCE)
            server.queue = [gone]
            server._kept = [gone]
            with pytest.raises(ModuleFault) as caught:
                server.notice()
    finally:
        peers.release()
    assert caught.value.requirement == charged
