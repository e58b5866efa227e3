"""What F0's lines are read as: names of any bytes, and lines that are none."""

import pytest

from fixtures.drivers.line.frames import Answer
from suites.scan.listing import networks_of

REST = b",08:86:3B:2B:7E:2E,-51,54.0,Infrastructure,WPA2 AES,2.4GHz,1"


def answer(*lines):
    payload = b"\r\n".join(lines)
    return Answer(raw=b"\r\n" + payload + b"\r\nOK\r\n> ", payload=payload, ok=True)


@pytest.mark.parametrize(
    "name",
    [
        b"Office",
        b"",
        b"one,two,three",
        b'say "hi"',
        b'",08:86:3B:2B:7E:2E,-1,1,x,y,5GHz,36',
        b"OK",
        b"> ",
        b"\xff\xfe raw",
        b" blank ",
        b"two\r\nlines",
    ],
)
def test_name_of_any_bytes_is_read_whole(name):
    (found,) = networks_of(answer(b'#001,"' + name + b'"' + REST))
    assert (found.number, found.name, found.band) == (b"001", name, b"2.4GHz")


def test_each_line_is_a_network():
    found = networks_of(answer(b'#001,"a"' + REST, b'#002,"#003,"' + REST, b'#003,"c"' + REST))
    assert [one.name for one in found] == [b"a", b"#003,", b"c"]


def test_no_line_is_no_network():
    assert networks_of(answer()) == []


@pytest.mark.parametrize(
    "line",
    [
        b"#001,a" + REST,
        b'001,"a"' + REST,
        b'#001,"a",08-86-3B-2B-7E-2E,-51,54.0,Infrastructure,WPA2 AES,2.4GHz,1',
        b'#001,"a",08:86:3B:2B:7E:2E,good,54.0,Infrastructure,WPA2 AES,2.4GHz,1',
        b'#001,"a",08:86:3B:2B:7E:2E,-51,54.0,Infrastructure,WPA2 AES,1',
        b'#001,"a",08:86:3B:2B:7E:2E,-51,54.0,Infrastructure,WPA2 AES,2.4GHz',
        b"Scanning",
    ],
)
def test_line_of_another_form_is_none(line):
    assert networks_of(answer(b'#001,"good"' + REST, line)) is None
