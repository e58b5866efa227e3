"""Proof that the suites blame no good module: each conforming variant of two modules judged, alone and combined."""
