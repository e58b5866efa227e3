"""The times at which this machine had more work than processors, as the system says (Linux, ``/proc/pressure/cpu``).

A run looks at another source, the waiting of single threads. The unattended run compares the two sources.
"""

import re
import threading
import time
from pathlib import Path

from tests.trouble.hands import BUSY, Done

SOURCE = Path("/proc/pressure/cpu")
TOTAL = re.compile(r"^some .*\btotal=(\d+)$", re.M)
"""Microseconds since the start of the system during which some process waited for a processor; group 1 has them."""
EVERY_S = 0.5
"""Seconds between two looks."""
SHARE = 0.3
"""Share of the time between two looks: where processes waited longer, the machine was busy. A run uses the same."""


class Pressure(threading.Thread):
    """A thread that looks at the pressure until the program ends."""

    def __init__(self, source=SOURCE):
        super().__init__(daemon=True)
        self._source = source
        self._looks = []

    def run(self):
        while self.look():
            time.sleep(EVERY_S)

    def look(self):
        """Look once. Returns False where the system does not say."""
        try:
            self._looks.append((time.time(), int(TOTAL.search(self._source.read_text())[1]) / 1e6))
        except (OSError, TypeError):
            return False
        return True

    def busy(self):
        """The times so far at which the machine was busy, one for each pair of looks."""
        pairs = zip(self._looks, self._looks[1:], strict=False)
        return [Done(BUSY, was, now) for (was, before), (now, after) in pairs if after - before > SHARE * (now - was)]
