"""What a step charges where one thing that was seen on the wire decides between two requirements."""

import socket
from dataclasses import replace
from types import SimpleNamespace

import pytest

from fixtures.case import Case
from fixtures.drivers.line.frames import Answer
from fixtures.drivers.line.history import History
from fixtures.drivers.line.transcript import Transcript
from fixtures.drivers.peers import Network
from fixtures.errors import ModuleFault, NoNotice
from suites.data.counts import received
from suites.multi_accept.moves import next_closes
from suites.sockets.moves import serves_once_started_again
from suites.spec.profiles import load_profile
from suites.spec.rests import bases_of
from suites.steps.clients import Client
from suites.steps.payloads import pattern
from suites.steps.queues import accept_waiting
from suites.steps.servers import Server
from suites.steps.transfer import counts, read_exactly

PROFILE = replace(load_profile("web"), limits=replace(load_profile("web").limits, close=50, transfer=100))
"""A module's port is closed, and its bytes have arrived, soon: there is no module that could need longer."""
REFUSED = Answer(raw=b"\r\nERROR\r\n> ", payload=b"", ok=False, error=True, flaws=(), command=b"P5=11\r")
TAKEN = Answer(raw=b"\r\n\r\nOK\r\n> ", payload=b"", ok=True, error=False, flaws=(), command=b"P5=11\r")


@pytest.fixture
def peers():
    network = Network(Transcript(), "127.0.0.1")
    yield network
    network.release()


class Line:
    """A line whose module answers each command by ``answer``."""

    def __init__(self, answer):
        self.answers, self._answer = [], answer

    def __call__(self, command):
        self.answers.append(self._answer)
        return self._answer

    def ensure_selected(self, socket):
        """Nothing to select: there is no module."""


def server_at(port, peers, answer, **state):
    return Server(Line(answer), peers, PROFILE, Case(("MA-RESTART",)), port, plain=False, **state)


@pytest.fixture(params=[True, False], ids=["open", "closed"])
def port(request, peers):
    """A port that takes connections, or none, and which of the two."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1] if request.param else peers.nobody().port, request.param


@pytest.mark.parametrize("stopped", [True, False], ids=["after a stop", "first start"])
def test_start_that_is_refused_behind_a_stop_charges_the_stop_or_the_start(peers, port, stopped):
    number, is_open = port
    with pytest.raises(ModuleFault) as caught:
        server_at(number, peers, REFUSED, stopped=stopped).start()
    behind_a_stop = "MA-STOP-PORT" if is_open else "MA-RESTART"
    assert caught.value.requirement == (behind_a_stop if stopped else None)


def test_start_that_is_taken_asks_nothing_of_the_port(peers, port):
    assert server_at(port[0], peers, TAKEN, stopped=True).start() is TAKEN


def test_server_notes_that_it_was_stopped(peers):
    server = server_at(peers.nobody().port, peers, TAKEN)
    server.stop()
    assert server.stopped


def test_server_that_nobody_reaches_after_its_start_does_not_serve_once_started_again(peers):
    assert not serves_once_started_again(server_at(peers.nobody().port, peers, TAKEN))


def test_client_that_stays_after_p5_10_breaks_the_close_and_not_what_the_case_is_about(peers):
    server = server_at(peers.nobody().port, peers, TAKEN)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        peer = peers.connect(listener.getsockname()[1])
        with pytest.raises(ModuleFault) as caught:
            next_closes(server, peer)
    assert caught.value.requirement == "MA-NEXT-CLOSES"


@pytest.mark.parametrize(
    ("arrived", "charged"),
    [(b"first.se", "DA-SEND-COUNT"), (b"firs", "DA-SEND"), (b"first.xe", "DA-SEND")],
    ids=["bytes of the last S3 are missing", "earlier bytes are missing", "other bytes"],
)
def test_count_is_wrong_where_only_bytes_of_the_last_send_are_missing(peers, arrived, charged):
    counts = [Answer(raw=b"", payload=b"6", ok=True, error=False, flaws=(), command=b"S3=6\r") for _ in range(2)]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        peer = peers.connect(listener.getsockname()[1])
        with listener.accept()[0] as module:
            module.sendall(arrived)
            with pytest.raises(ModuleFault) as caught:
                received(SimpleNamespace(peer=peer), b"first.second", counts, PROFILE)
    assert caught.value.requirement == charged


@pytest.mark.parametrize(("stopped", "charged"), [(True, "MA-RESTART"), (False, None)], ids=["again", "first start"])
def test_port_that_is_closed_behind_a_start_charges_the_start_behind_a_stop(peers, stopped, charged):
    server = server_at(peers.nobody().port, peers, TAKEN, stopped=stopped)
    server.start()
    with pytest.raises(ModuleFault) as caught:
        server.connect()
    assert (caught.value.requirement, caught.value.step) == (charged, "MA-LISTENS")


def counted(payload, *, ok=True):
    return Answer(raw=payload, payload=payload, ok=ok, error=not ok, flaws=(), command=b"S3=5\r")


@pytest.mark.parametrize(("payload", "charged"), [(b"5", []), (b"4", ["DA-SEND-COUNT"])])
def test_wrong_count_is_charged_and_the_case_goes_on(payload, charged):
    case = Case(("MA-SENT-ARRIVES",))
    counts(case, counted(payload), 5)
    assert [one.requirement for one in case.charges] == charged


@pytest.mark.parametrize("answer", [counted(b"-1"), counted(b"", ok=False)], ids=["lost", "error"])
def test_send_that_is_not_taken_ends_the_case(answer):
    with pytest.raises(ModuleFault) as caught:
        counts(Case(("MA-SENT-ARRIVES",)), answer, 5)
    assert caught.value.requirement == "DA-SEND"


@pytest.mark.parametrize(("socket", "step"), [(0, "CL-CONNECT"), (2, "CL-SOCKETS")])
def test_client_that_is_refused_breaks_the_step_of_its_socket(peers, socket, step):
    client = Client(Line(REFUSED), peers, PROFILE, Case(("SK-APART",)), socket)
    with pytest.raises(ModuleFault) as caught:
        client.connect()
    assert (caught.value.requirement, caught.value.step) == (None, step)


@pytest.mark.parametrize(
    ("seen", "base"), [("MA-RESTART", "MA-STOP-PORT"), ("SS-RESTART", "SS-STOP-PORT"), ("SK-LOST", "SK-APART")]
)
def test_what_follows_from_a_base_rests_on_it(seen, base):
    assert base in bases_of(seen)


class Reader(Line):
    """A line on which R0 answers ``answer``, and R1 was set."""

    def __init__(self, payload, r1):
        super().__init__(Answer(raw=payload, payload=payload, ok=True, error=False, flaws=(), command=b"R0\r"))
        self.history = History(values={(0, "R1"): r1})

    def read(self, rest):
        return self("R0")


class Waiting:
    """A server that announces nobody."""

    def accept(self, peer):
        raise NoNotice("no notice of a client")


@pytest.mark.parametrize(("is_open", "charged"), [(True, "MA-NEXT-ACCEPTS"), (False, None)])
def test_client_that_waits_on_behind_p5_10_was_kept_by_the_queue(is_open, charged):
    with pytest.raises(ModuleFault) as caught:
        accept_waiting(Waiting(), SimpleNamespace(is_open=lambda: is_open))
    assert caught.value.requirement == charged


STREAM = pattern(200)


@pytest.mark.parametrize(
    ("got", "r1", "charged"),
    [
        (STREAM[:11], "10", "DA-READ-R1"),
        (STREAM[:11], None, None),
        (STREAM[:150].replace(STREAM[70:71], b"?"), "1460", "DA-READ"),
        (STREAM[1:150], "1460", None),
        (pattern(150, seed=9), "1460", None),
        (STREAM[:20].replace(STREAM[7:8], b"?"), "1460", None),
    ],
    ids=["more than R1", "R1 unknown", "changed", "a byte is missing", "another's", "too short to tell"],
)
def test_read_charges_what_its_bytes_show(got, r1, charged):
    with pytest.raises(ModuleFault) as caught:
        read_exactly(Reader(got, r1), STREAM, 0.0)
    assert caught.value.requirement == charged
