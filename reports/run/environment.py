"""The environment of the front door: a secret that the run has taken is kept in it no longer than that takes.

``fixtures.drivers.lab.credentials`` does the same in the process of the run; neither room may import the other.
"""

import ctypes
import os


def forget(name: str) -> None:
    """Take the variable out of the environment, which programs that make reports inherit, and out of ``/proc``.

    There the system shows the environment as it was when the process began, to this user's programs and to root. Where
    it has no such place, or keeps the value elsewhere, only the first happens.
    """
    try:
        find = ctypes.CDLL(None).getenv
        find.restype, find.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
        if place := find(os.fsencode(name)):
            ctypes.memset(place, 0, len(ctypes.string_at(place)))
    except (OSError, AttributeError, TypeError):
        pass
    os.environ.pop(name, None)
