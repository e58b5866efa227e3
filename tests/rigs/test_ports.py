"""A port is found by the identity of its adapter, and found again under another name."""

from dataclasses import dataclass

import pytest
from serial.tools import list_ports

from fixtures.drivers.lab.ports import PortFinder, birth_of, identity_of, resolve
from fixtures.drivers.line.link import SerialLink
from fixtures.drivers.line.transcript import Transcript
from fixtures.errors import LinkLost, RigError
from fixtures.rigs import SerialSettings
from tests.fixtures.line import Pty


@dataclass
class Adapter:
    """What list_ports tells of one."""

    device: str
    serial_number: str | None = None
    location: str | None = None
    vid: int | None = None
    pid: int | None = None
    description: str = "n/a"


LEFT = Adapter("/dev/ttyUSB0", "A50285BI", "1-1.4", 0x0403, 0x6001)
RIGHT = Adapter("/dev/ttyUSB1", "A9XYZ", "1-1.3", 0x0403, 0x6001)
BOARD = Adapter("/dev/ttyS0")


@pytest.fixture
def there(monkeypatch):
    """The adapters of this machine; a test may change them while it runs."""
    adapters = [RIGHT, LEFT, BOARD]
    monkeypatch.setattr(list_ports, "comports", lambda: list(adapters))
    return adapters


@pytest.mark.parametrize(
    ("settings", "device"),
    [
        ({"usb_serial": "A9XYZ"}, "/dev/ttyUSB1"),
        ({"location": "1-1.4"}, "/dev/ttyUSB0"),
        ({"port": "rfc2217://host:4000"}, "rfc2217://host:4000"),
        ({"port": "COM3"}, "COM3"),
    ],
)
def test_port_is_found_by_what_the_rig_says_of_it(there, settings, device):
    assert resolve(SerialSettings(**settings)) == device


def test_usb_id_is_found_in_either_spelling(there):
    there.remove(RIGHT)
    assert resolve(SerialSettings(usb_id="0403:6001")) == "/dev/ttyUSB0"
    there[0] = Adapter("/dev/ttyACM0", None, None, 0x0ABC, 0xDEF0)
    assert resolve(SerialSettings(usb_id="0ABC:DEF0")) == resolve(SerialSettings(usb_id="0abc:def0")) == "/dev/ttyACM0"


def test_what_no_adapter_has_is_said_with_those_there_are(there):
    with pytest.raises(RigError) as caught:
        resolve(SerialSettings(usb_serial="B1"))
    assert "no serial port has USB serial number B1. Ports on this machine: /dev/ttyS0; /dev/ttyUSB0 (" in str(
        caught.value
    )
    assert "usb_serial 'A9XYZ', usb_id '0403:6001', location '1-1.3'" in str(caught.value)


def test_what_two_adapters_have_is_said_with_both(there):
    with pytest.raises(RigError, match=r"2 serial ports have USB id 0403:6001: .*ttyUSB0.*ttyUSB1.* by its usb_serial"):
        resolve(SerialSettings(usb_id="0403:6001"))


def test_rig_without_any_port_is_said(there):
    with pytest.raises(RigError, match="expected one of port, usb_serial, usb_id, location"):
        resolve(SerialSettings())


def test_adapter_named_by_its_path_is_found_again_under_another_name(there):
    find = PortFinder(SerialSettings(port="/dev/ttyUSB0"))
    assert find() == "/dev/ttyUSB0"
    there[:] = [Adapter("/dev/ttyUSB0", "A9XYZ", "1-1.4"), Adapter("/dev/ttyUSB2", "A50285BI", "1-1.9")]
    assert find() == "/dev/ttyUSB2"


def test_adapter_without_a_serial_number_is_found_again_where_it_is_plugged_in(there):
    there[:] = [Adapter("/dev/ttyUSB0", None, "1-1.4"), Adapter("/dev/ttyUSB1", None, "1-1.3")]
    find = PortFinder(SerialSettings(port="/dev/ttyUSB0"))
    find()
    there[:] = [Adapter("/dev/ttyUSB0", None, "1-1.3"), Adapter("/dev/ttyUSB7", None, "1-1.4")]
    assert find() == "/dev/ttyUSB7"


def test_serial_number_that_two_clones_share_identifies_nobody(there):
    there[:] = [Adapter("/dev/ttyUSB0", "0001", "1-1.4"), Adapter("/dev/ttyUSB1", "0001", "1-1.3")]
    assert identity_of("/dev/ttyUSB0") == SerialSettings(location="1-1.4")


@pytest.mark.parametrize("url", ["/dev/ttyS0", "/dev/none", "socket://host:1"])
def test_port_that_is_no_adapter_keeps_its_name(there, url):
    find = PortFinder(SerialSettings(port=url))
    assert (find(), find()) == (url, url)


def test_line_is_opened_again_where_the_adapter_is_by_then(there):
    before, after = Pty(), Pty()
    there[:] = [Adapter(before.name, "A1")]
    link = SerialLink.of(SerialSettings(usb_serial="A1"), Transcript())
    try:
        before.vanish()
        with pytest.raises(LinkLost):
            link.read_nonblocking(1, 20.0)
        there.clear()
        with pytest.raises(RigError, match="no serial port has USB serial number A1"):
            link.reopen()
        there[:] = [Adapter(after.name, "A1")]
        link.reopen()
        link.send(b"here")
        assert after.read(4) == b"here"
        assert link.url == after.name
    finally:
        link.close()
        before.vanish()
        after.vanish()


def test_terminal_that_got_the_number_of_one_that_is_gone_is_not_taken_for_it(tmp_path):
    link, gone = tmp_path / "ttyMODULE", Pty()
    link.symlink_to(gone.name)
    find = PortFinder(SerialSettings(str(link)))
    assert find() == find() == str(link)
    link.unlink()
    link.symlink_to((other := Pty()).name)
    assert find() == str(link), "the link was made anew: the adapter is back under another number"
    born = birth_of(other.name)
    gone.vanish()
    other.vanish()
    again = []
    while birth_of(other.name) in (0, born):  # the system's clock of files ticks every few milliseconds
        if (one := Pty()).name == other.name and birth_of(one.name) == born:
            one.vanish()
        else:
            again.append(one)
    with pytest.raises(RigError, match="was closed, and another program has its number now"):
        find()
    for one in again:
        one.vanish()
