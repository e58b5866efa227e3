"""The serial side on a pseudo-terminal, with a stable link to it if wanted.

A fresh slave echoes and edits lines: it is set raw. It is kept open here, so that a host that closes it is no end
of file (EIO on the master, for ever), and its settings survive.
"""

import os
import tty
from pathlib import Path

from reference_impl.shells.errors import SetupError
from reference_impl.shells.loop import Loop
from reference_impl.shells.serial_line import SerialLine

PIECE = 4096
"""Bytes read at a time: a pseudo-terminal holds no more, and a larger buffer costs more than the read."""


class PtyLine(SerialLine):
    """A pty; `link` is a symbolic link to be made to it, and taken away at the end."""

    def __init__(self, loop: Loop, baud: int | None, link: Path | None = None) -> None:
        super().__init__(loop, baud)
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._path = os.ttyname(self._slave)
        self.link = link
        if link is not None:
            self._make_link(link)
        loop.on_arrival(self._master, self._read)

    @property
    def url(self) -> str:
        """The device path."""
        return self._path

    def close(self) -> None:
        """Remove the link, if it is still ours, and close the pty."""
        if self.link is not None and self.link.is_symlink() and os.readlink(self.link) == self._path:  # noqa: PTH115
            self.link.unlink()
        self.loop.forget(self._master)
        os.close(self._master)
        os.close(self._slave)

    def _make_link(self, link: Path) -> None:
        try:
            link.symlink_to(self._path)
        except FileExistsError:
            raise SetupError(f"--link {link}: it exists; remove it if no emulator uses it, or name another") from None
        except OSError as error:
            raise SetupError(f"--link {link}: {error.strerror}; name a path in a directory you can write") from None

    def _read(self) -> None:
        """All that has come: the loop tells each arrival once."""
        size = PIECE
        while size == PIECE:
            try:
                data = os.read(self._master, PIECE)
            except BlockingIOError:
                return
            size = len(data)
            self._came(data)

    def _send(self, data: bytes) -> int:
        try:
            count = os.write(self._master, data)
        except BlockingIOError:
            count = 0
        if count < len(data) or self._unsent:
            self.loop.on_write(self._master, self._flush if count < len(data) else None)
        return count
