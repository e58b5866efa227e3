"""Profiles: those that ship load; every kind of wrong key or value gives file, key and what is expected."""

import pytest

from suites.spec.catalogue import load_catalogue
from suites.spec.profiles import ProfileError, available, load_profile

GOOD = """
name = "mine"
title = "Our own build"
firmware = "C3.*"
capabilities = ["udp"]

[forms]
lost_tail = ["OK"]
p_query_fields = [12]

[limits]
answer = 900

[ranges]
P8 = [1, 6]
"""


@pytest.fixture
def profile_file(tmp_path):
    def write(text):
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def test_keys_of_a_profile_are_read(profile_file):
    profile = load_profile(profile_file(GOOD))
    assert (profile.name, profile.title, profile.capabilities) == ("mine", "Our own build", {"udp"})
    assert (profile.forms.lost_tail, profile.forms.p_query_fields) == (("OK",), (12,))
    assert profile.ranges["P8"] == (1, 6)
    assert profile.seconds("answer") == 0.9


def test_what_a_profile_does_not_say_is_what_the_page_says(profile_file):
    profile = load_profile(profile_file(GOOD))
    assert (profile.forms.notices, profile.forms.accepted_port) == ("inline", "client")


@pytest.mark.recipe
@pytest.mark.parametrize("name", available())
def test_profile_that_ships_loads_under_its_own_name(name):
    assert load_profile(name).name == name


@pytest.mark.recipe
@pytest.mark.parametrize("name", available())
def test_profile_that_ships_speaks_of_requirements_that_there_are(name):
    profile = load_profile(name)
    named = {*profile.obligations, *(one.requirement for one in profile.waivers)}
    assert named - set(load_catalogue().requirements) == set()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "mine"', "", "'name' is a required property"),
        ('title = "Our own build"', 'titel = "x"', "'titel' was unexpected"),
        ('["udp"]', '["teleport"]', "capabilities.0: 'teleport' is not one of"),
        ('["OK"]', '["MAYBE"]', "forms.lost_tail.0: 'MAYBE' is not one of ['ERROR', 'OK']"),
        ('["OK"]', "[]", "forms.lost_tail"),
        ("[12]", "[11]", "forms.p_query_fields.0: 11 is not one of [9, 10, 12]"),
        ("answer = 900", "answer = 0", "limits.answer: 0 is less than the minimum of 1"),
        ("answer = 900", "answer = 0.9", "limits.answer: 0.9 is not of type 'integer'"),
        ("answer = 900", "anwser = 900", "limits: Additional properties are not allowed ('anwser' was unexpected)"),
        ("P8 = [1, 6]", "P8 = [1]", "ranges.P8: [1] is too short"),
    ],
)
def test_wrong_key_or_value_is_named_with_file_and_expectation(profile_file, old, new, said):
    assert old in GOOD
    path = profile_file(GOOD.replace(old, new, 1))
    with pytest.raises(ProfileError) as caught:
        load_profile(path)
    assert path in str(caught.value)
    assert said in str(caught.value)


def test_file_that_is_not_toml_is_named(profile_file):
    with pytest.raises(ProfileError, match="not TOML"):
        load_profile(profile_file("= x"))


def test_unknown_profile_names_those_that_ship():
    with pytest.raises(ProfileError, match=r"unknown profile 'nothing'\. Known: .*web"):
        load_profile("nothing")
