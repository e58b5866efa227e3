"""Nothing that may do harm is ever sent, however a module reads what is."""

import itertools
import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.core.seams import Seams
from suites.campaigns.fuzz.lines import POLICY, harmless_names, is_command, is_harmless, never, shots
from tests.reference_impl.core_bench import OK, CoreBench

HARM = re.compile(rb"[ACDFGTUZ][A-Z0-9?]|P[5679A-GMX]|MS|\$\$")
"""What the documents have that stores, resets, leaves, connects or opens: written here once more, by itself."""


def strictly(data):
    return data.split(b"\r")


def with_seven_bits(data):
    return strictly(bytes(one & 0x7F for one in data))


def in_any_case(data):
    return strictly(data.upper())


def ended_by_line_feeds(data):
    return re.split(rb"[\r\n]", data)


def as_strings_of_c(data):
    return re.split(rb"[\r\n\x00]", data)


def without_noise_in_front(data):
    return [line.lstrip(bytes(range(0x21)) + b"\x7f\xfe\xff?=>,.") for line in strictly(data)]


def without_control_characters(data):
    return [bytes(one for one in line if 0x20 <= one < 0x7F) for line in strictly(data)]


def without_spaces(data):
    return [line.replace(b" ", b"") for line in without_control_characters(data)]


def behind_one_lost_byte(data):
    return [line[1:] for line in strictly(data)]


def behind_two_lost_bytes(data):
    return [line[2:] for line in strictly(data)]


def with_a_buffer_of_64(data):
    return [line[at : at + 64] for line in strictly(data) for at in range(0, max(1, len(line)), 64)]


def all_at_once(data):
    return without_spaces(bytes(one & 0x7F for one in data).upper().replace(b"\n", b"\r"))


READERS = [
    strictly, with_seven_bits, in_any_case, ended_by_line_feeds, as_strings_of_c, without_noise_in_front,
    without_control_characters, without_spaces, behind_one_lost_byte, behind_two_lost_bytes, with_a_buffer_of_64,
    all_at_once,
]  # fmt: skip
pieces = st.one_of(
    st.binary(max_size=4),
    st.sampled_from(
        [
            *(b"Z", b"Z1", b"z1", b"ZR", b"\xda1", b"P", b"P5", b"P6=1", b"p6", b"U", b"C0", b"$$$", b"MS=1", b"S3=4"),
            *(b"S0", b"P2=", b"R1=", b"\r", b"\n", b"\x00", b" ", b"\x15", b"=", b"1", b"?", b",", b"\x08"),
            *(b"x" * 60, b"9" * 60),
        ]
    ),
)


def harm_in(data):
    """The readers that find something harmful in ``data``."""
    return [read.__name__ for read in READERS if any(HARM.match(line) for line in read(data))]


@given(st.lists(pieces, max_size=8).map(b"".join))
def test_what_any_reader_takes_for_harm_is_refused(data):
    if harm_in(data):
        assert not is_harmless(data)


@given(st.integers(0, 2**32))
def test_no_shot_is_harmful_to_any_reader(seed):
    for shot in itertools.islice(shots(seed), 12):
        assert shot.endswith(b"\r")
        assert harm_in(shot) == []


@pytest.mark.parametrize(
    "shot",
    [
        *(b"Z1\r", b"P2=1\rZ1\r", b"P2=1\nZ0\r", b"z1\r", b"\xdaR\r", b" ZR\r", b"\x15Z\x001\r", b"XZR\r", b"??ZR\r"),
        *(b"P6=1\r", b"P5=11\r", b"PG=0\r", b"C0\r", b"$$$\r", b"T1=8.8.8.8\r", b"R1=" + b"9" * 64 + b"Z1\r", b"U0\r"),
        *(b"PX\x08\x082=1\r", b"S3=2\rPPZ1\r", b"R2=30000\rR0\r", b"XY\r", b"D0=x\r", b"P7=1\r"),
    ],
)  # fmt: skip
def test_harm_is_known(shot):
    assert not is_harmless(shot)


@pytest.mark.parametrize(
    "shot", [b"P2=65536\r", b"\x00P2=1\r", b"=5024\r", b"P22=1\r", b"R1=" + b"9" * 60 + b"\r", b"\r"]
)
def test_what_does_no_harm_may_be_sent(shot):
    assert is_harmless(shot)


def test_module_is_given_no_harmful_line_and_keeps_what_it_has_saved():
    heard = []

    class Ear(Seams):
        def line(self, text):
            heard.append(text)
            return text

    bench = CoreBench(seams=[Ear()])
    flash = repr(bench.module.flash)
    for shot in itertools.islice(shots(7), 1500):
        bench.send(shot).run(40.0)
    assert len(heard) > 1000
    assert [line for line in heard if HARM.match(line)] == []
    assert repr(bench.module.flash) == flash
    assert bench.network.servers == {}
    bench.at("MT=1", 40.0)
    assert bench.at("P0=0", 1.0) == OK


def test_same_seed_gives_the_same_shots():
    assert list(itertools.islice(shots(3), 50)) == list(itertools.islice(shots(3), 50))
    assert list(itertools.islice(shots(3), 50)) != list(itertools.islice(shots(4), 50))


def test_shots_are_of_every_kind():
    some = list(itertools.islice(shots(1), 1500))
    assert 0.2 < sum(map(is_command, some)) / len(some) < 0.8
    assert any(shot.count(b"\r") > 1 for shot in some)
    assert any(len(shot) > 300 for shot in some)
    assert any(shot[:2] in (b"S0", b"S3") for shot in some)
    assert any(max(shot) > 0x7F for shot in some)


def test_list_gives_a_reason_for_each_name_and_none_is_on_both():
    table = tomllib.loads(POLICY.read_text(encoding="utf-8"))
    assert all(why.strip() for part in table.values() for why in part.values())
    assert not harmless_names() & set(never())
    assert not [name for name in harmless_names() if name[:1] in never()]
    families = {chr(letter) for letter in range(ord("A"), ord("Z") + 1)} - set("PRSMIQ")
    assert {one.decode() for one in never() if len(one) == 1} == families
