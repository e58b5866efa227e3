"""Proof that the suites find faulty modules: each seeded fault is judged, and the matrix shows what caught it."""
