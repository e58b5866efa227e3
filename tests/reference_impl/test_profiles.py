"""Profiles: what ships, and what is wrong with a file."""

import pytest

from reference_impl.core.profile import Profile, ProfileError, load, shipped
from tests.reference_impl.core_bench import CoreBench, payload

EXPECTED = {
    #            firmware          P? fields  P8 range   P8   empty answer  multi  loop   MT   P1=4
    "web": ("C6.2.1.7", 12, (0, 6), 1, 10, True, True, 0, False),
    "c1": ("C1.1.0.9", 9, (0, 30), 8, 10, False, True, 0, False),
    "c3.5.2.5": ("C3.5.2.5.STM", 10, (1, 6), 1, 10, True, True, 1, True),
    "c6.2.1.8": ("C6.2.1.8", 12, (0, 17), 8, 12, True, False, 0, True),
}


@pytest.mark.recipe
def test_each_shipped_profile_is_expected_here():
    assert sorted(EXPECTED) == shipped(), "each profile has a row in EXPECTED"


def observed(name):
    bench = CoreBench(load(name))
    extra = len(bench.at("P0=0")) - 10
    tail = -8 - extra
    status = bench.at("P?")[2:tail].split(b",")

    def good(command):
        return bench.at(command).endswith(b"OK\r\n> ")

    low = next(value for value in range(40) if good(f"P8={value}"))
    high = max(value for value in range(40) if good(f"P8={value}"))
    return (
        bench.at("I?")[2:tail].split(b",")[1].decode(),
        len(status),
        (low, high),
        int(status[7]),
        10 + extra,
        good("P5=11"),
        good("P7=1") and good("P7=0"),
        int(b"Usage" not in bench.at("XX")),
        good("P1=4"),
    )


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_profile_behaves_as_its_firmware(name):
    assert observed(name) == EXPECTED[name]


def test_no_two_profiles_look_the_same_from_outside():
    assert len({observed(name)[1:] for name in EXPECTED}) == len(EXPECTED)


def test_the_web_profile_is_the_default():
    assert load("web") == Profile()


def test_firmware_c1_joins_in_two_lines():
    assert CoreBench(load("c1")).at("C0") == payload(b"[JOIN   ] LAB\r\n[JOIN   ] LAB,127.0.0.1,0,0")


def test_a_profile_can_be_a_file_that_changes_a_little(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('[limits]\nbacklog_max = 3\n[identity]\nproduct = "MINE"\n')
    profile = load(str(path))
    assert (profile.name, profile.limits.backlog_max, profile.limits.backlog_min) == ("mine", 3, 0)
    assert profile.identity.product == "MINE"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[limit]\n", ["limit", "limits"]),
        ("[limits]\nbacklog = 3\n", ["limits.backlog", "backlog_max"]),
        ('[limits]\nbacklog_max = "3"\n', ["limits.backlog_max", "int"]),
        ("[limits]\nmulti_accept = 1\n", ["limits.multi_accept", "bool"]),
        ("limits = 3\n", ["limits", "table"]),
        ("nonsense", ["TOML"]),
    ],
)
def test_a_wrong_file_says_which_file_which_key_and_what_is_expected(tmp_path, text, words):
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    with pytest.raises(ProfileError) as caught:
        load(str(path))
    for word in [str(path), *words]:
        assert word in str(caught.value)


def test_an_unknown_profile_names_the_known_ones():
    with pytest.raises(ProfileError, match=r"no profile c7.*c6\.2\.1\.8.*web"):
        load("c7")


def test_a_missing_file_is_named():
    with pytest.raises(ProfileError, match=r"no profile /nowhere/x\.toml"):
        load("/nowhere/x.toml")
