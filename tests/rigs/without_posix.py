"""Runs pytest, or a module, as on a machine without POSIX: ``python tests/rigs/without_posix.py [-m MODULE] ARGS``.

``pty``, ``termios``, ``fcntl`` and ``resource`` cannot be imported, but by libraries that import them on POSIX only and
have another way on Windows; functions and constants that Windows has not are not there. Each import
that was refused is written to stderr, with the module that asked.
"""

import builtins
import os
import runpy
import select
import selectors  # noqa: F401 - Python's own modules look once for what there is
import signal
import socket
import subprocess  # noqa: F401
import sys
from pathlib import Path

import pytest

REFUSED = frozenset({"pty", "termios", "fcntl", "resource"})
HAVE_ANOTHER_WAY = {
    "serial.serialposix": "pyserial's devices; on Windows it takes serialwin32",
    "pexpect.pty_spawn": "imported by pexpect unless sys.platform is win32",
    "ptyprocess.ptyprocess": "imported by pexpect.pty_spawn only",
    "filelock._unix": "filelock's locks; on Windows it takes msvcrt",
    "subprocess": "Python's own",
    "getpass": "Python's own",
    "tty": "Python's own",
}
"""Who may import them after all: modules of other people, and why Windows does without."""
LACKING = (
    (os, ("geteuid", "killpg", "openpty")),
    (select, ("poll", "epoll", "POLLRDHUP")),
    (signal, ("SIGHUP",)),
    (socket, ("TCP_USER_TIMEOUT",)),
)
"""What Windows has not."""
ASKED: list[str] = []
OWN_IMPORT = builtins.__import__


def refuse(name, globals=None, *rest, **named):  # noqa: A002 - the name is that of __import__
    importer = (globals or {}).get("__name__", "")
    if name.partition(".")[0] in REFUSED and importer not in HAVE_ANOTHER_WAY:
        ASKED.append(f"REFUSED {name} to {importer}\n")
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    return OWN_IMPORT(name, globals, *rest, **named)


if __name__ == "__main__":
    builtins.__import__ = refuse
    for module, names in LACKING:
        for name in names:
            vars(module).pop(name, None)
    if sys.argv[1] == "-m":
        sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
        del sys.argv[:2]
        runpy.run_module(sys.argv[0], run_name="__main__")
        sys.exit()
    status = pytest.main(sys.argv[1:])
    sys.stderr.write("".join(ASKED))  # not before: pytest keeps what is written while it runs
    sys.exit(status)
