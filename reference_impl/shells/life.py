"""The process's life: it ends with the process that started it.

PR_SET_PDEATHSIG would be tied to the thread that forked, which may end long before its process does; a pidfd of
the parent becomes readable when the whole process is gone. Where there is none, the parent's id is looked at.
"""

import os

from reference_impl.shells.loop import Loop

LOOK_EVERY = 0.5
"""Seconds between two looks at the parent's id, where the kernel has no pidfd."""


def end_with_parent(loop: Loop, parent: int) -> None:
    """Stop the loop when the process `parent`, which is ours, has ended."""
    try:
        fd = os.pidfd_open(parent)
    except (AttributeError, OSError):
        fd = -1
    if os.getppid() != parent:
        loop.at(loop.now(), loop.stop)
    elif fd >= 0:
        loop.on_read(fd, loop.stop)
    else:
        _look(loop, parent)


def _look(loop: Loop, parent: int) -> None:
    if os.getppid() != parent:
        loop.stop()
    else:
        loop.at(loop.now() + LOOK_EVERY, lambda: _look(loop, parent))
