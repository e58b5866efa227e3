"""Stations of the module's own access point: the emulator's, and those that a rig's commands move."""

import sys

import pytest

from fixtures.drivers.bench.emulator import EmulatorProcess
from fixtures.drivers.lab.stations import CommandStations, EmulatedStations
from fixtures.errors import RigError
from fixtures.rigs import StationCommands
from fixtures.rigs.files import make_rig

JOIN = "import sys; sys.stdout.write('02:00:5E:00:00:77 192.168.10.100')"


def command(code):
    return (sys.executable, "-c", code)


def test_emulated_station_joins_and_leaves_and_the_socket_says_why_not():
    emulator = EmulatorProcess([])
    emulator.start()
    try:
        stations = EmulatedStations(emulator.control)
        with pytest.raises(RigError, match="the emulator's control socket refuses"):
            stations.join()  # its access point does not run
    finally:
        emulator.stop()
    with pytest.raises(RigError, match="control socket does not answer"):
        stations.join()
    assert not emulator.control.parent.exists()


def test_station_of_commands_is_what_the_command_prints(tmp_path):
    left = tmp_path / "left"
    stations = CommandStations(command(JOIN), command(f"open({str(left)!r}, 'w').close()"))
    station = stations.join()
    assert (station.mac, station.address) == ("02:00:5E:00:00:77", "192.168.10.100")
    stations.leave(station)
    assert left.exists()


@pytest.mark.parametrize(
    ("code", "said"),
    [("print('none')", "expected MAC ADDRESS"), ("raise SystemExit('no card')", "ended with 1: no card")],
)
def test_command_that_brings_no_station_is_the_rig_s_fault(code, said):
    with pytest.raises(RigError, match=said):
        CommandStations(command(code), command("pass")).join()


def test_rig_file_names_networks_names_and_stations():
    rig = make_rig(
        {
            "name": "desk",
            "serial": {"port": "/dev/null"},
            "network": {
                "scan": ["LAB"],
                "names": {"printer.lab": "192.168.10.9"},
                "access_point": True,
                "tls_peer": True,
                "tls_set": 2,
                "station": {"join": ["./station", "join"], "leave": ["./station", "leave"]},
            },
        },
        "desk.toml",
    )
    network = rig.network
    assert network.scan == ("LAB",)
    assert network.names == {"printer.lab": "192.168.10.9"}
    assert (network.access_point, network.tls_peer, network.tls_set) == (True, True, 2)
    assert network.station == StationCommands(("./station", "join"), ("./station", "leave"))
