"""Exchanges by other projects' consoles, each in a Python that has it (``requirements/bench.txt``)."""
