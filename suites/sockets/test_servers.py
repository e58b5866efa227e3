"""Servers on several sockets, and what one socket's end means for the others."""

import pytest

from fixtures.case import Case
from fixtures.drivers.line.at import ATClient
from fixtures.errors import ModuleFault
from suites.sockets.moves import SOCKETS, Board, Station, serves_once_started_again
from suites.steps.flows import await_close, read_exactly, send_accepted, send_until_lost

MODES = [pytest.param(1, id="P5=1"), pytest.param(11, id="P5=11", marks=pytest.mark.needs("multi_accept"))]


def others_go_on(stations: list[Station], ended: Station) -> None:
    """Every station but ``ended`` still talks."""
    for station in stations:
        if station is not ended:
            station.talks(b"socket %d goes on" % station.number)


@pytest.mark.requirement("SK-SERVERS")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("count", [2, 4])
def test_servers_on_several_sockets_serve_at_the_same_time(board: Board, mode: int, count: int) -> None:
    servers = [board.server(number, mode) for number in SOCKETS[:count]]
    stations = [Station(server.socket, server, server.client()) for server in reversed(servers)]
    for turn in range(2):
        for station in stations:
            station.talks(b"turn %d on socket %d" % (turn, station.number))


@pytest.mark.requirement("SK-SERVERS")
@pytest.mark.needs("multi_accept")
def test_single_and_multi_accept_servers_run_together(board: Board) -> None:
    stations = [board.serving(number, mode) for number, mode in enumerate((1, 11, 1, 11))]
    for station in stations:
        station.talks(b"on socket %d" % station.number)


@pytest.mark.requirement("SK-STOP")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("stopped", SOCKETS)
def test_stop_of_one_server_leaves_the_others(board: Board, case: Case, mode: int, stopped: int) -> None:
    stations = [board.serving(number, mode) for number in SOCKETS]
    stations[stopped].stop()
    others_go_on(stations, stations[stopped])
    open_ones = [station.number for station in stations if station.peer.is_open()]
    expected = [number for number in SOCKETS if number != stopped]
    case.require("SK-STOP", open_ones == expected, f"sockets {expected} still connected", open_ones)


@pytest.mark.requirement("SK-STOP")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("waiting", [0, 3])
def test_stop_of_one_server_leaves_the_port_of_another(board: Board, mode: int, waiting: int) -> None:
    other = board.server(waiting, mode)
    ended = board.serving(1)
    ended.stop()
    try:
        peer = other.client()
    except ModuleFault as fault:
        if serves_once_started_again(other):
            text = f"after P5=0 on socket 1: {fault}; started again, the server takes a client at this port"
            raise ModuleFault(text, "SK-STOP") from fault
        raise
    Station(waiting, other, peer).talks(b"came later")


@pytest.mark.requirement("SK-STOP", "SK-REUSE")
@pytest.mark.parametrize("stopped", SOCKETS)
def test_stop_of_server_or_client_leaves_the_others(board: Board, stopped: int) -> None:
    stations = board.mixed(server=1)
    ended = next(station for station in stations if station.number == stopped)
    ended.stop()
    others_go_on(stations, ended)
    again = board.serving(stopped) if stopped == 1 else board.calling(stopped)
    others_go_on([*stations, again], ended)


@pytest.mark.requirement("SK-NEXT")
@pytest.mark.parametrize("selected", [0, 2])
def test_next_on_one_server_leaves_the_other(board: Board, case: Case, selected: int) -> None:
    stations = {number: board.serving(number, 11) for number in (0, 2)}
    mine, other = stations[selected], stations[2 - selected]
    send_accepted(mine.at, "P5=10", step="MA-NEXT")
    await_close(mine.peer, board.profile.seconds("close"), step="MA-NEXT-CLOSES")
    case.require("SK-NEXT", other.peer.is_open(), "the other server's client stays", "it was closed")
    other.talks(b"other goes on")


@pytest.mark.requirement("SK-LOST")
@pytest.mark.parametrize(("lost", "leave"), [(0, "close"), (0, "reset"), (1, "close"), (2, "reset"), (3, "close")])
def test_loss_on_one_socket_is_told_there_only(board: Board, case: Case, lost: int, leave: str) -> None:
    stations = board.mixed()
    gone = next(station for station in stations if station.number == lost)
    getattr(gone.peer, leave)()
    for station in stations:
        if station is not gone:
            answer = station.read_empty()
            quiet = answer.ok and not answer.payload
            case.require("SK-LOST", quiet, f"the empty answer on socket {station.number}, which is connected", answer)
    gone.lost()
    others_go_on(stations, gone)


@pytest.mark.requirement("SK-LOST")
@pytest.mark.parametrize("lost", [0, 2])
def test_loss_is_told_to_s3_on_its_socket_only(board: Board, lost: int) -> None:
    stations = board.mixed()
    gone = next(station for station in stations if station.number == lost)
    gone.peer.reset()
    others_go_on(stations, gone)
    send_until_lost(gone.at, board.profile.seconds("lost"))
    others_go_on(stations, gone)


@pytest.mark.requirement("SK-NOTICE")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("selected", [1, 2, 3])
def test_client_is_announced_while_another_socket_is_selected(
    at: ATClient, board: Board, case: Case, selected: int, mode: int
) -> None:
    server = board.server(0, mode)
    calling = board.calling(selected)
    peer = server.client()
    answer = at("P0")
    case.require("SK-NOTICE", answer.payload == b"%d" % selected, f"socket {selected} still selected", answer)
    calling.peer.send(b"of the selected socket")
    read_exactly(at, b"of the selected socket", board.profile.seconds("transfer"))
    Station(0, server, peer).talks(b"of the server")


@pytest.mark.requirement("SK-NOTICE")
@pytest.mark.parametrize("mode", MODES)
def test_client_that_came_while_another_socket_was_read_is_announced(at: ATClient, board: Board, mode: int) -> None:
    server = board.server(1, mode)
    calling = board.calling(0)
    at("R2=400")
    at.start("R0")
    peer = server.connect()
    at.finish()
    server.accept(peer)
    calling.talks(b"of the socket that was read")
    Station(1, server, peer).talks(b"of the server")


@pytest.mark.requirement("SK-REUSE")
def test_sockets_change_their_roles(board: Board) -> None:
    for turn in range(4):
        stations = board.mixed(server=turn)
        for station in stations:
            station.talks(b"turn %d on socket %d" % (turn, station.number))
        for station in stations:
            station.stop()
