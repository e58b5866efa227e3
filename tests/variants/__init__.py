"""Proof that the suites blame no good module: conforming variants of three modules are judged, alone and combined."""
