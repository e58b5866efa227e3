"""A server on one socket and clients on the others: each with its own data, P0 between every operation."""

import pytest

from fixtures.case import Case
from suites.sockets.moves import SOCKETS, Board, Station, read_in_turns
from suites.steps.payloads import pattern

ORDERS = [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)]
MODES = [pytest.param(1, id="P5=1"), pytest.param(11, id="P5=11", marks=pytest.mark.needs("multi_accept"))]


def own(station: Station, size: int) -> bytes:
    """Bytes that only this station has."""
    return pattern(size, seed=100 + station.number)


@pytest.mark.requirement("SK-TOGETHER", "SK-SELECT")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("server", SOCKETS)
def test_server_and_clients_are_served_at_the_same_time(board: Board, server: int, mode: int) -> None:
    stations = board.mixed(server, mode)
    for turn in range(2):
        for station in stations:
            station.talks(b"turn %d on socket %d" % (turn, station.number))


@pytest.mark.requirement("SK-SELECT")
@pytest.mark.parametrize("server", SOCKETS)
def test_what_is_sent_reaches_the_selected_sockets_peer_only(board: Board, case: Case, server: int) -> None:
    stations = board.mixed(server)
    for station in [*stations, *stations[::-1]]:
        station.sends(b"for socket %d" % station.number)
    for station in stations:
        got = station.peer.received
        expected = b"for socket %d" % station.number * 2
        more = station.peer.receive_available(0.01)
        case.require("SK-SELECT", got + more == expected, f"socket {station.number}: its own bytes only", got + more)


@pytest.mark.requirement("SK-KEPT", "SK-APART")
@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_waiting_data_is_read_on_its_own_socket(board: Board, case: Case, order: tuple[int, ...]) -> None:
    stations = {station.number: station for station in board.mixed()}
    for station in stations.values():
        station.peer.send(own(station, 300))
    for number in order:
        stations[number].reads(own(stations[number], 300))
    for number in order:
        answer = stations[number].read_empty()
        case.require("SK-APART", answer.payload == b"", f"no more on socket {number}", answer)


@pytest.mark.requirement("SK-APART")
@pytest.mark.parametrize("sender", SOCKETS)
def test_bytes_of_one_socket_are_not_read_on_another(board: Board, case: Case, sender: int) -> None:
    stations = board.mixed()
    source = next(station for station in stations if station.number == sender)
    source.peer.send(b"of socket %d" % sender)
    for station in stations:
        if station is not source:
            answer = station.read_empty()
            case.require("SK-APART", answer.payload == b"", f"nothing on socket {station.number}", answer)
    source.reads(b"of socket %d" % sender)


@pytest.mark.requirement("SK-KEPT")
@pytest.mark.parametrize("server", SOCKETS)
def test_part_read_data_is_kept_while_others_are_selected(board: Board, server: int) -> None:
    stations = board.mixed(server)
    streams = {station.number: own(station, 30) for station in stations}
    for station in stations:
        station.at("R1=10")
        station.peer.send(streams[station.number])
    read_in_turns(stations, streams)
    for station in stations:
        station.at("R1=1460")
        station.talks(b"in step")


@pytest.mark.requirement("SK-SELECT", "SK-KEPT")
@pytest.mark.parametrize("server", [0, 3])
def test_long_streams_keep_apart(board: Board, server: int) -> None:
    stations = board.mixed(server)
    for station in stations:
        station.at("R1=250")
        station.peer.send(own(station, 1000))
    for station in stations:
        station.sends(own(station, 1460))
    read_in_turns(stations, {station.number: own(station, 1000) for station in stations})


@pytest.mark.requirement("SE-PER-SOCKET")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("server", [0, 2])
def test_settings_of_one_socket_leave_the_client_of_another(board: Board, case: Case, server: int, mode: int) -> None:
    station = board.serving(server, mode)
    for setting in ("PK=1,3000", "P2=6101", "P3=10.1.2.3", "P4=6102", "P8=2", "R1=700", "S1=800"):
        board.at(f"P0={(server + 1) % 4}")
        board.at(setting)
        case.require("SE-PER-SOCKET", station.peer.is_open(), "the other socket's client stays", f"closed at {setting}")
    station.talks(b"settings of another socket")
