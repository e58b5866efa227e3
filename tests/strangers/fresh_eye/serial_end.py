"""The module's end of a serial line: a pty whose other end the host opens."""

import contextlib
import os
import select
import time
import tty
from pathlib import Path


class SerialEnd:
    """A raw pty. The slave stays open here, so that a host that hangs up does no harm."""

    def __init__(self):
        self.master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = Path(os.ttyname(self._slave))
        self._wake_out, self._wake_in = os.pipe()
        os.set_blocking(self._wake_in, False)
        self._kept = bytearray()

    def wake(self):
        """End a wait in `read`; any thread may call it."""
        with contextlib.suppress(BlockingIOError):  # the pipe is full of earlier calls: that wakes too
            os.write(self._wake_in, b"!")

    def read(self, deadline=None):
        """What the host sent, at least one byte; b"" at the deadline (monotonic seconds) or when woken."""
        if not self._kept:
            seconds = None if deadline is None else max(0.0, deadline - time.monotonic())
            ready, _, _ = select.select([self.master, self._wake_out], [], [], seconds)
            if self._wake_out in ready:
                os.read(self._wake_out, 4096)
            if self.master in ready:
                self._kept += self.fetch()
        data, self._kept = bytes(self._kept), bytearray()
        return data

    def fetch(self):
        """One read of the pty itself."""
        return os.read(self.master, 4096)

    def unread(self, data):
        """Put bytes back in front of what comes next."""
        self._kept[:0] = data

    def write(self, data):
        """Send every byte."""
        view = memoryview(data)
        while view:
            view = view[os.write(self.master, view) :]

    def publish(self, link):
        """Make `link` a symbolic link to the device; a stale link gives way, a real file does not."""
        if link.exists() and not link.is_symlink():
            raise FileExistsError(f"{link} is there and is no link")
        fresh = link.with_name(f".{link.name}.{os.getpid()}")
        fresh.symlink_to(self.path)
        fresh.replace(link)

    def withdraw(self, link):
        """Remove the link, if it is still ours."""
        if link.is_symlink() and link.readlink() == self.path:
            link.unlink()
