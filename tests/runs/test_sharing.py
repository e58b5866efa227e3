"""The scheduler that shares cases out among rigs, with workers that learn when their rig dies; in no time."""

import random

import pytest

from fixtures.plugins.sharing import AHEAD, RigScheduling


class FakeWorker:
    """Does what a worker of pytest-xdist does: begins a case when it knows the next, or that there is none."""

    def __init__(self, name):
        self.name, self.queue = name, []
        self.shutting_down = self.ended = False
        self.gone, self.refused = False, set()

    def send_runtest_some(self, indices):
        assert not self.shutting_down, "a worker that ends cannot be given cases"
        self.queue += indices

    def shutdown(self):
        self.shutting_down = True

    def ready(self):
        return not self.ended and (len(self.queue) >= AHEAD or self.shutting_down)


def step(worker, scheduler, outcomes, dies):
    """One case of the worker, or its end."""
    if not worker.queue:
        worker.ended = True
        assert scheduler.remove_node(worker) is None
        return
    case = worker.queue.pop(0)
    if worker.gone and case not in worker.refused:
        worker.refused.add(case)
    else:
        outcomes.append((case, "not run" if worker.gone else worker.name))
        worker.gone = worker.gone or dies()
        scheduler.reported(worker, f"case {case}", gone=worker.gone)
    scheduler.mark_test_complete(worker, case)


def play(count, workers, seed, mortality, dead=()):
    """A whole run: each case with the worker that judged it, or "not run"."""
    draw = random.Random(seed)
    scheduler, outcomes = RigScheduling(len(workers)), []
    for worker in workers:
        worker.gone = worker.name in dead
        scheduler.add_node(worker)
        scheduler.add_node_collection(worker, [f"case {n}" for n in range(count)])
    scheduler.schedule()
    while not all(worker.ended for worker in workers):
        ready = [worker for worker in workers if worker.ready()]
        if ready:
            step(draw.choice(ready), scheduler, outcomes, lambda: draw.random() < mortality)
        if scheduler.tests_finished:
            for worker in scheduler.nodes:
                worker.shutdown()
        else:
            assert ready, "nobody can go on"
    return outcomes


@pytest.mark.parametrize("mortality", [0.0, 0.05, 0.3, 1.0])
@pytest.mark.parametrize("rigs", [2, 3])
def test_each_case_is_told_once_whoever_dies_when(rigs, mortality):
    for count in (0, 1, 2, 3, 7, 20):
        for seed in range(15):
            workers = [FakeWorker(f"rig {n}") for n in range(rigs)]
            outcomes = play(count, workers, seed, mortality)
            assert sorted(case for case, _ in outcomes) == list(range(count)), (count, seed)
            if any(not worker.gone for worker in workers):
                assert "not run" not in dict(outcomes).values(), (count, seed)


def test_rig_that_was_dead_from_the_start_leaves_all_to_the_other():
    outcomes = play(9, [FakeWorker("good"), FakeWorker("dead")], 1, 0.0, dead=["dead"])
    assert {who for _, who in outcomes} == {"good"}


def test_no_rig_at_all_tells_of_each_case():
    outcomes = play(9, [FakeWorker("one"), FakeWorker("two")], 1, 0.0, dead=["one", "two"])
    assert sorted(outcomes) == [(n, "not run") for n in range(9)]
