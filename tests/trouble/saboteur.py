"""A line that fails on demand: the bench is at a pty, two emulated modules are behind TCP, and a saboteur is between.

The bench opens ``saboteur.port``, a symbolic link such as a USB adapter has. Each fault is one method. There are
three ways to order a fault: a command of the host that has no effect in the module (``P3=10.9.9.N``, see :data:`SAID`),
:meth:`Saboteur.do` from another thread, and the name of the method in the pipe ``saboteur.orders``.

The bench speaks to one of the two modules. The other module has another address: :meth:`Saboteur.move` gives it the
settings of the first, and the bench speaks to it from then on.
"""

import contextlib
import itertools
import os
import queue
import random
import re
import select
import socket
import termios
import threading
import time
import tty

from tests.fixtures.runs import Emulator
from tests.trouble.behind import ask, read_what_was_asked, settings_of

ADDRESSES = ("127.0.0.1", "127.0.0.77")
TRIGGER = re.compile(rb"P3=10\.9\.9\.(\d+)\r")
SAID = {
    1: "unplug",
    2: "reboot",
    3: "hang",
    4: "babble",
    5: "garble_1_in_100",
    6: "garble_1_in_1000",
    7: "swallow_prompt",
    8: "halve_answer",
    9: "leave_network",
    10: "move",
    11: "die",
    12: "stutter",
    13: "garble_for_ever",
    14: "unplug_with_power",
}
"""The fault that P3=10.9.9.N orders, by N. Each N counts once; 101 and 201 order the same as 1. 0 ends all."""
ENOUGH = 10
"""Rounds of a proof of the line that meet noise, at least. Then the noise ends, because the ladder needs silence."""
PROOF = (b"P3=170.85.170.85\r", b"P3=85.170.85.170\r", b"P?\r")
PLUGGED_S = 0.5
"""Seconds after which an adapter that was unplugged comes back."""
HANG_S = 10.5
"""Seconds for which a module hangs before it answers: more than twice the time that a profile gives it."""
BANNER = b"\r\nISM43362-M3G-L44-UART\r\nSerial to WiFi\r\n"


class Saboteur(threading.Thread):
    """The thread between the bench and its module; a context manager. ``port``: the path that the bench opens."""

    def __init__(self, folder, *options, baudrate=None):
        super().__init__(daemon=True)
        self.link = folder / "ttyMODULE"
        self.baudrate = baudrate
        self.done = []
        self._random = random.Random(5)
        self._orders = queue.Queue()
        self.orders = folder / "orders"
        os.mkfifo(self.orders)
        self._fifo = os.open(self.orders, os.O_RDWR | os.O_NONBLOCK)
        self._wake_read, self._wake = os.pipe()
        self._options = options
        self._module, self._spare = self._new_module(0), self._new_module(1)
        self._line = self._connected(self._module)
        self._at = 0
        self._idle = True
        self._waiting = []
        self._master = self._slave = -1
        self._armed = None
        self._ordered = set()
        self._running = True
        self.noise = []
        self._garble = 0
        self.plug()
        self.calm()

    @property
    def port(self):
        return str(self.link)

    def _new_module(self, place):
        return Emulator("--tcp", "127.0.0.1:0", "--address", ADDRESSES[place], *self._options)

    @staticmethod
    def _connected(module):
        host, port = module.url.removeprefix("socket://").split(":")
        line = socket.create_connection((host, int(port)))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._running = False
        os.write(self._wake, b".")
        self.join(timeout=20)
        self._line.close()
        for module in (self._module, self._spare):
            module.__exit__()
        self._close_pty()
        for descriptor in (self._fifo, self._wake, self._wake_read):
            os.close(descriptor)

    # --- orders from other threads ---------------------------------------------------------------------------------

    def do(self, name):
        """Order the fault ``name``: the saboteur's thread does it between two commands, and adds it to ``done``."""
        self._orders.put(name)
        os.write(self._wake, b".")

    def calm(self):
        """End all faults. A device that is unplugged comes back when its time is over."""
        self._deaf = self._dead = self._babbles = False
        self._stutters = 0
        self._make_noise(0)
        self._prompts = 0
        self._drops = False
        self._left = None
        self._after_cut = None
        self._held, self._held_until = b"", None

    # --- faults of the bench ---------------------------------------------------------------------------------------

    def unplug(self):
        """The adapter goes away, and comes back under another name after PLUGGED_S."""
        self._close_pty()
        self._again_at = time.monotonic() + PLUGGED_S

    def unplug_with_power(self):
        """The same, and the adapter powers the board: the module starts again."""
        self._ask(b"\rZR\r")
        self.unplug()

    def plug(self):
        """Make a new device, and let the link lead to it."""
        self._again_at = None
        held, held_slave = os.openpty() if self._master < 0 else (-1, -1)  # so that the number is another one
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        if held >= 0:
            os.close(held)
            os.close(held_slave)
        with contextlib.suppress(FileNotFoundError):
            self.link.unlink()
        self.link.symlink_to(os.ttyname(self._slave))

    def intrude(self):
        """Another program opens the port, writes a line to the module, and closes."""
        descriptor = os.open(self.link, os.O_WRONLY | os.O_NOCTTY)
        os.write(descriptor, b"AT\r")
        os.close(descriptor)

    def garble_1_in_100(self):
        self._make_noise(100, ENOUGH)

    def garble_1_in_1000(self):
        self._make_noise(1000, ENOUGH)

    def garble_for_ever(self):
        self._make_noise(100, 10**9)

    def _make_noise(self, one_in, rounds=0):
        """Garble one byte in ``one_in``, none where it is 0. ``noise`` notes its begin and end (wall clock)."""
        if one_in and not self._garble:
            self.noise.append([time.time(), None])
        elif self._garble and not one_in:
            self.noise[-1][1] = time.time()
        self._garble, self._rounds = one_in, rounds

    def leave_network(self):
        """The access point goes away: the module leaves the network, and the host has not told it to."""
        self._ask(b"CD\r")

    def move(self):
        """The network gives the module another address; the old address belongs to no one."""
        selected = self._ask(b"P0\r")
        settings = [settings_of(self._line, socket) for socket in b"0123"]
        self._line.close()
        self._module.__exit__()
        self._module, self._at = self._spare, 1 - self._at
        self._line = self._connected(self._module)
        for command in [*itertools.chain(*settings), b"P0=" + selected, b"C1=LAB", b"C0"]:
            self._ask(command + b"\r")
        self._spare = self._new_module(1 - self._at)

    # --- faults of the module --------------------------------------------------------------------------------------

    def reboot(self):
        """The module starts again by itself, in the middle of its next answer."""
        self._left, self._after_cut = 5, self._reset

    def hang(self):
        """The module says nothing more until it is reset."""
        self._deaf = True

    def hang_for_a_while(self):
        """The module does nothing for HANG_S, and then answers all commands that came meanwhile."""
        self._held, self._held_until = b"", time.monotonic() + HANG_S

    def die(self):
        """The module says nothing more until its power is cut. A reset does not help."""
        self._dead = True

    def babble(self):
        """The module sends bytes without an end until it is reset."""
        self._babbles = True

    def stutter(self):
        """The module adds text to each answer, until its power is cut."""
        self._stutters = 1

    def stutter_on(self):
        """The module adds text to each answer, until its power is cut for the second time."""
        self._stutters = 2

    def swallow_prompt(self):
        self._prompts = 1

    def halve_answer(self):
        self._left = 6

    # --- switches of the bench ------------------------------------------------------------------------------------

    def power(self):
        """The power was cut and is back. Noise stays, because it has another source."""
        noise, stutters = (self._garble, self._rounds), max(0, self._stutters - 1)
        self.calm()
        self._make_noise(*noise)
        self._stutters = stutters
        self._reset()

    def _reset(self):
        self._left = self._after_cut = None
        self._deaf = self._babbles = False
        self._ask(b"\rZR\r")
        self._idle = True
        if not self._dead:
            self._to_host(BANNER + b"\r\n> ")

    # --- the loop --------------------------------------------------------------------------------------------------

    def run(self):
        while self._running:
            ready, _, _ = select.select(self._watched(), [], [], self._patience())
            for one in ready:
                self._came(one)
            if self._idle and self._waiting:
                self._pass_on(read_what_was_asked(self._line))
                waiting, self._waiting = self._waiting, []
                for name in waiting:
                    self._perform(name)
            if self._again_at is not None and time.monotonic() >= self._again_at:
                self.plug()
            if self._held_until is not None and time.monotonic() >= self._held_until:
                held, self._held, self._held_until = self._held, b"", None
                self._to_host(held)
            if self._babbles and self._master >= 0:
                self._to_host(bytes(self._random.choices(b"abcdefgh \r\n", k=64)))

    def _watched(self):
        return [self._wake_read, self._fifo, self._line, *([self._master] if self._master >= 0 else [])]

    def _patience(self):
        if self._babbles:
            return 0.02
        awaited = [one for one in (self._again_at, self._held_until) if one is not None]
        return max(0.0, min(awaited) - time.monotonic()) if awaited else None

    def _came(self, one):
        if one == self._wake_read:
            os.read(self._wake_read, 1)
            with contextlib.suppress(queue.Empty):
                self._waiting.append(self._orders.get_nowait())
        elif one == self._fifo:
            for name in os.read(self._fifo, 4096).decode().split():
                self._perform(name)
        elif one == self._master:
            with contextlib.suppress(BlockingIOError, OSError):
                self._from_host(os.read(self._master, 65536))
        elif one is self._line and select.select([one], [], [], 0)[0]:  # an order may have read the bytes
            self._from_module()

    def _perform(self, name):
        getattr(self, name)()
        self.done.append(name)

    def _from_host(self, data):
        self._drops = False
        if self._armed:
            name, self._armed = self._armed, None
            self._perform(name)
        if self._master < 0:
            return
        for number in map(int, TRIGGER.findall(data)):
            if number == 0:
                self.calm()
            elif number not in self._ordered:
                self._ordered.add(number)
                self._armed = SAID[number % 100]
        if b"ZR\r" in data and not self._dead and not self._stutters:
            self._reset()
            return
        if self._wrong_rate():
            data = bytes(one | 0x80 for one in data)
        self._count_proof(data)
        if not (self._deaf or self._dead):
            self._idle = False
            self._line.sendall(data)

    def _from_module(self):
        data = self._line.recv(65536)
        if not data:
            raise RuntimeError("the emulated module has ended")
        self._idle = data.endswith(b"> ")
        self._pass_on(data)

    def _pass_on(self, data):
        if self._held_until is not None:
            self._held += data
        elif not (self._deaf or self._dead):
            self._to_host(self._spoilt(data))

    def _count_proof(self, data):
        """End the noise behind a proof of the line in which ENOUGH rounds met noise."""
        self._rounds -= data == PROOF[0]
        if self._rounds <= 0 and data not in PROOF:
            self._make_noise(0)

    def _spoilt(self, data):
        if self._drops:
            return b""
        if self._left is not None:
            data, self._left = data[: self._left], max(0, self._left - len(data))
            if not self._left:
                return self._cut(data)
        if self._prompts and b"> " in data:
            self._prompts -= 1
            data = data.replace(b"> ", b"", 1)
        if self._stutters:
            data = data.replace(b"\r\n> ", b"\r\n> um\r\n")
        return self._with_noise(data)

    def _cut(self, data):
        """Cut the answer off at the end of ``data``. Behind it comes nothing, or what the fault ``_after_cut`` says."""
        self._left, self._drops = None, True
        if self._after_cut:
            self._to_host(data)
            self._after_cut()
            return b""
        return data

    def _with_noise(self, data):
        one_in = 1 if self._wrong_rate() else self._garble
        if not one_in:
            return data
        return bytes(
            one ^ self._random.randrange(1, 256) if self._random.random() * one_in < 1 else one for one in data
        )

    def _wrong_rate(self):
        """True where the host has opened the port at another rate than that of the module."""
        if self.baudrate is None or self._master < 0:
            return False
        return termios.tcgetattr(self._master)[5] != getattr(termios, f"B{self.baudrate}")

    def _to_host(self, data):
        with contextlib.suppress(BlockingIOError, OSError):
            while data and self._master >= 0:
                data = data[os.write(self._master, data) :]

    def _ask(self, command):
        return ask(self._line, command)

    def _close_pty(self):
        if self._master >= 0:
            os.close(self._master)
            os.close(self._slave)
            self._master = self._slave = -1
            with contextlib.suppress(FileNotFoundError):
                self.link.unlink()
