"""Proof that the suites find the faulty module: each seeded fault judged, and by which requirement it was caught."""
