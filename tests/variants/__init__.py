"""Proof that conforming modules are not blamed: variants of three modules are judged, alone and combined."""
