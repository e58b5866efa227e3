"""Random walks: what is drawn, how one that went wrong is shortened, within which bounds; a faulty module is found."""

import contextlib
from types import SimpleNamespace

import pytest

from fixtures.drivers.replay.file import Step, read_replay
from fixtures.errors import LinkLost, ModuleFault
from suites.campaigns.model import machine
from suites.campaigns.model.situation import Situation, after, events_of, row_of
from suites.campaigns.model.table import CONNECTS, MULTI, NEXT, SINGLE, STOP, TABLE
from tests.model.live import run

PATIENCE = 1000.0


class Paper:
    """A walker that goes by the table alone; ``wrong`` says of all events so far whether the last went wrong."""

    def __init__(self, wrong=lambda _events: None):
        self.now, self.walked, self.story, self.wrong = Situation(), [], [], wrong
        self.recorder = SimpleNamespace(steps=[])

    def step(self, event, _size=5):
        assert event in events_of(self.now)
        self.story.append(event)
        self.recorder.steps.append(Step("line", send=event.encode()))
        if problem := self.wrong(self.story):
            raise problem
        then = after(self.now, event)
        self.walked.append((self.now.state, event, then.state))
        self.now = then


def walk(wrong=lambda _events: None, family="multi", seed=0, walks=5, at_most=PATIENCE):
    made = []

    @contextlib.contextmanager
    def begin():
        made.append(Paper(wrong))
        yield made[-1]

    return machine.walk_at_random(begin, family, seed, walks=walks, at_most=at_most), made


def accepted_twice(events):
    """A module that fails at the second P5=10."""
    return ModuleFault("no notice") if events[-1] == NEXT and events.count(NEXT) == 2 else None


def test_same_seed_walks_the_same_way_and_another_does_not():
    ways = [[one.story for one in walk(seed=seed)[1]] for seed in (1, 1, 2)]
    assert ways[0] == ways[1] != ways[2]


def test_walks_are_as_many_and_as_long_as_was_asked():
    result, made = walk(walks=7)
    assert (result.walks, result.steps) == (7, 7 * machine.STEPS)
    assert {len(one.story) for one in made} == {machine.STEPS}
    assert result.failure is None


def test_walk_takes_no_step_of_which_the_documents_do_not_say_what_comes():
    _, made = walk(walks=30)
    rows = [TABLE[state, event] for one in made for state, event, _ in one.walked]
    assert [row for row in rows if row.is_free or row.is_open] == []


def test_walk_of_the_single_server_asks_for_nothing_of_multi_accept():
    _, made = walk(family="single", walks=20)
    assert {MULTI, NEXT} & {event for one in made for event in one.story} == set()


def test_walk_that_went_wrong_is_shortened_to_the_steps_that_it_takes():
    result, _ = walk(accepted_twice, walks=50)
    story = result.failure.story
    assert story == [MULTI, CONNECTS, NEXT, CONNECTS, NEXT]
    assert [one.send.decode() for one in result.failure.steps] == story
    assert str(result.failure.fault) == "no notice"


def third_client(events):
    """A module that fails at the third client, whatever happened between."""
    return ModuleFault("no third") if events[-1] == CONNECTS and events.count(CONNECTS) == 3 else None


def test_what_the_failure_needs_of_the_way_stays():
    result, made = walk(third_client, walks=50)
    assert result.failure.story == [CONNECTS] * 3
    assert result.failure.story in [one.story for one in made]


def test_shortening_ends_with_its_bound_and_keeps_the_shortest(monkeypatch):
    monkeypatch.setattr(machine, "SHRINK_WALKS", 3)
    result, made = walk(third_client, walks=50)
    wrong = [one.story for one in made if third_client(one.story)]
    assert len(made) - result.walks <= 3
    assert len(result.failure.story) == min(map(len, wrong))


def test_shortening_by_time_ends_at_once_where_there_is_none(monkeypatch):
    monkeypatch.setattr(machine, "SHRINK_S", 0.0)
    result, made = walk(third_client, walks=50)
    assert len(made) == result.walks
    assert result.failure.story == made[-1].story


def test_another_failure_on_the_way_is_not_taken_for_the_same():
    def wrong(events):
        other = ModuleFault("other", "MA-NOTICE") if events[-1] == NEXT and len(events) < 5 else None
        return other or (ModuleFault("wanted", "MA-ORDER") if events[-1] == NEXT else None)

    result, _ = walk(wrong, walks=200, seed=5)
    assert result.failure.fault.requirement in ("MA-ORDER", "MA-NOTICE")
    assert len({result.failure.fault.requirement, wrong(result.failure.story).requirement}) == 1


def test_failure_that_does_not_come_again_is_a_failure_all_the_same():
    once = iter([ModuleFault("once")])
    result, _ = walk(lambda events: next(once, None) if len(events) == 5 else None)
    assert str(result.failure.fault) == "once"


def test_trouble_of_ours_ends_the_walks_and_is_not_the_modules():
    result, made = walk(lambda events: LinkLost("the cable") if len(events) == 3 else None)
    assert str(result.trouble) == "the cable"
    assert result.failure is None
    assert len(made) == 1


def test_walk_ends_when_its_time_is_up():
    result, made = walk(walks=0, at_most=0.0)
    assert (result.failure, result.trouble, made) == (None, None, [])


def test_walk_by_time_goes_on_with_further_seeds(monkeypatch):
    clock = iter(range(10**9))
    monkeypatch.setattr(machine, "BATCH", 3)
    monkeypatch.setattr(machine.time, "monotonic", lambda: float(next(clock)))
    result, _ = walk(walks=0, at_most=900.0)
    assert result.walks > machine.BATCH


def test_nothing_is_left_in_the_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    walk(accepted_twice)
    assert list(tmp_path.iterdir()) == []


def test_events_of_a_walk_are_those_of_the_table():
    _, made = walk(walks=30)
    assert {SINGLE, MULTI, STOP, CONNECTS} <= {event for one in made for event in one.story}
    assert all(row_of(Situation(), one.story[0]) for one in made)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """A random walk that finds a module that takes the newest client first."""
    folder = tmp_path_factory.mktemp("walk")
    files = f"--run-record={folder / 'run.json'}", f"--alluredir={folder / 'al'}"
    ended = run(*files, FAULT, "--walk=60", "--walk-seed=3", "-k=both", "suites/campaigns/model")
    return ended, next(folder.glob("*.replay.jsonl"), None)


FAULT = "--emulator-option=--fault=newest-client-first"


def test_random_walk_finds_a_faulty_module_and_tells_the_steps(found):
    ended, file = found
    assert ended.status == 1, ended.output
    assert "MA-ORDER (mandatory)" in ended.output
    assert "the steps (state: event); the last went wrong:\n  1. fresh: P5=11\n" in ended.output
    assert f"replay:   {file}" in ended.output
    assert "--walk-seed=3" in ended.output


def test_shortest_walk_lets_two_wait_and_takes_the_next(found):
    walk_told = read_replay(found[1]).header["walk"]
    assert walk_told[-1] == f"multi.serving+queue: {NEXT}" or walk_told[-1] == f"multi.lost+queue: {NEXT}"
    assert len(walk_told) <= 8


def test_replay_of_the_walk_finds_the_fault_again_and_not_in_a_good_module(found):
    again = run(f"--replay={found[1]}", FAULT)
    assert again.status == 0, again.output
    good = run(f"--replay={found[1]}")
    assert good.status == 1, good.output
    assert "the next Accepted notice" in good.output


def test_wrong_time_to_walk_is_wrong_usage():
    ended = run("--walk=-1", "suites/campaigns/model")
    assert ended.status == 4
    assert "--walk takes a number of seconds above 0" in ended.output
