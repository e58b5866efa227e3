"""A finding is made as short as it can be, and nothing that might do harm is tried on the way."""

from suites.campaigns.fuzz.lines import is_harmless
from suites.campaigns.fuzz.shooting import shorter, without


def shrunk(shots, broken):
    tried = []

    def shows(candidate):
        tried.append(list(candidate))
        return any(broken(one) for one in candidate)

    return *shorter(shots, shows), tried


def test_last_shot_is_shortened_to_what_matters():
    shots, again, _ = shrunk([b"P2=1\r", b"QQ=1,2,3,4,5,6,x7,8,9\r"], lambda one: b"x" in one)
    assert (shots, again) == ([b"x\r"], True)


def test_shots_before_the_last_stay_where_they_matter():
    def shows(candidate):
        return b"P2=7\r" in candidate and candidate.index(b"P2=7\r") < len(candidate) - 1 and candidate[-1][:1] == b"R"

    shots, again = shorter([b"P1=0\r", b"P2=7\r", b"P3=0.0.0.0\r", b"P4=1\r", b"R1=5\r"], shows)
    assert (shots, again) == ([b"P2=7\r", b"R\r"], True)


def test_what_is_not_seen_again_is_kept_whole():
    shots, again, _ = shrunk([b"P1=0\r", b"P2=7\r"], lambda one: False)
    assert (shots, again) == ([b"P1=0\r", b"P2=7\r"], False)


def test_nothing_harmful_is_tried():
    """Taking "P=" out of the middle would make Z1 of it."""
    shots, again, tried = shrunk([b"QQ=P=Z1\r"], lambda one: one.endswith(b"Z1\r"))
    assert again
    assert all(is_harmless(one) for candidate in tried for one in candidate)
    assert is_harmless(shots[0])
    assert shots[0].endswith(b"Z1\r")


def test_trials_are_few():
    _, _, tried = shrunk([b"Q" * 50 + b"x\r"], lambda one: b"x" in one)
    assert len(tried) <= 80


def test_without_takes_away_all_that_can_go():
    assert without(list(range(40)), lambda left: {3, 17, 38} <= set(left)) == [3, 17, 38]
