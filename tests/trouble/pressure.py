"""When this machine had more to do than processors, as the system itself tells (Linux, ``/proc/pressure/cpu``).

It is another source than what a run looks at, which is the waiting of single threads: what the one says is held against
the other.
"""

import re
import threading
import time
from pathlib import Path

from tests.trouble.hands import BUSY, Done

SOURCE = Path("/proc/pressure/cpu")
TOTAL = re.compile(r"^some .*\btotal=(\d+)$", re.M)
"""Microseconds, of all time so far, during which some process waited for a processor."""
EVERY_S = 0.5
SHARE = 0.3
"""Of the time between two looks: the waiting that makes the machine busy. It is that which voids a case, too."""


class Pressure(threading.Thread):
    """Looks at the pressure until the program ends."""

    def __init__(self, source=SOURCE):
        super().__init__(daemon=True)
        self._source = source
        self._looks = []

    def run(self):
        while self.look():
            time.sleep(EVERY_S)

    def look(self):
        """Look once; False where the system does not tell."""
        try:
            self._looks.append((time.time(), int(TOTAL.search(self._source.read_text())[1]) / 1e6))
        except (OSError, TypeError):
            return False
        return True

    def busy(self):
        """The times, so far, at which the machine was busy: one for each pair of looks."""
        pairs = zip(self._looks, self._looks[1:], strict=False)
        return [Done(BUSY, was, now) for (was, before), (now, after) in pairs if after - before > SHARE * (now - was)]
