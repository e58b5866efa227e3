"""The modules beside this file are programs' parts: they find each other by their own folder."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))


class Ahead:
    """Runs what the coming tests will ask for, a few tests ahead: the walks mostly wait."""

    def __init__(self, pool, coming, distance):
        self.pool, self.coming, self.distance, self.futures = pool, coming, distance, {}

    def result(self, kind, name, function):
        """`function(name)`, begun some tests ago, as those of the next tests are begun now."""
        at = self.coming.index((kind, name))
        for other in self.coming[at : at + self.distance]:
            if other[0] == kind and other not in self.futures:
                self.futures[other] = self.pool.submit(function, other[1])
        return self.futures[kind, name].result()


@pytest.fixture(scope="module")
def ahead(request):
    items = [item for item in request.session.items if hasattr(item, "callspec")]
    coming = [(item.originalname, item.callspec.params.get("name")) for item in items]
    # a worker of pytest-xdist does not know which tests will be its own
    distance = 1 if hasattr(request.config, "workerinput") else 40
    with ThreadPoolExecutor(8) as pool:
        yield Ahead(pool, coming, distance)
