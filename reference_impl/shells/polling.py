"""What waits for descriptors: epoll where the system has it, which costs least, else what Python's selectors choose."""

import select
import selectors
from typing import Protocol

MOST = 64
"""Descriptors that one wait tells of: room for more has to be found for each wait."""
READ, WRITE = 1, 4
"""Bits of a mask: the descriptor can be read, can be written. The values are those of EPOLLIN and EPOLLOUT."""
ONCE = 1 << 31
"""A bit of what is watched for: each arrival may be told once only, which costs less. The value is that of EPOLLET."""


class Poll(Protocol):
    """A set of descriptors with a mask of READ and WRITE each."""

    def register(self, fd: int, eventmask: int) -> object:
        """Begin to watch."""

    def modify(self, fd: int, eventmask: int) -> object:
        """Watch for something else."""

    def unregister(self, fd: int) -> object:
        """Do not watch any more."""

    def poll(self, timeout: float | None = None, maxevents: int = -1) -> list[tuple[int, int]]:
        """Up to ``maxevents`` descriptors that are ready within ``timeout`` seconds, each with its mask.

        ``timeout`` None: wait for ever.
        """


class SelectorPoll:
    """A :class:`Poll` of any system that Python runs on."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def register(self, fd: int, eventmask: int) -> None:
        """Begin to watch."""
        self._selector.register(fd, _events(eventmask))

    def modify(self, fd: int, eventmask: int) -> None:
        """Watch for something else."""
        self._selector.modify(fd, _events(eventmask))

    def unregister(self, fd: int) -> None:
        """Do not watch any more."""
        self._selector.unregister(fd)

    def poll(self, timeout: float | None = None, _maxevents: int = -1) -> list[tuple[int, int]]:
        """Descriptors that are ready within ``timeout`` seconds, each with its mask; always all of them."""
        return [(key.fd, _mask(events)) for key, events in self._selector.select(timeout)]


def _events(mask: int) -> int:
    return (selectors.EVENT_READ if mask & READ else 0) | (selectors.EVENT_WRITE if mask & WRITE else 0)


def _mask(events: int) -> int:
    return (READ if events & selectors.EVENT_READ else 0) | (WRITE if events & selectors.EVENT_WRITE else 0)


def new_poll() -> Poll:
    """The cheapest that this system has."""
    return select.epoll() if hasattr(select, "epoll") else SelectorPoll()
