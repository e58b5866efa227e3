"""The serial side over RFC 2217 (telnet with serial port control), by pyserial's PortManager."""

import sys
from collections.abc import Callable, Iterable
from typing import cast

from serial import rfc2217

from reference_impl.core.effects import Endpoint
from reference_impl.shells.loop import Loop
from reference_impl.shells.tcp_line import TcpLine

IAC = b"\xff"
OPTION_LIMIT = 256
PACKAGE = __name__.partition(".shells")[0]


class ModemLines:
    """The port that a host sees: what it sets is kept, and two of its lines may be the module's reset pin.

    The module runs while the lines in `pins` are on, as they are when a host opens the port. Line settings are
    kept and have no effect: the pace is the emulator's `--baud`.
    """

    def __init__(self, pins: Iterable[str], on_reset: Callable[[bool], None], purge: Callable[[], None]) -> None:
        self.baudrate, self.bytesize, self.parity, self.stopbits = 115200, 8, "N", 1
        self.xonxoff = self.rtscts = self.break_condition = False
        self.cts = self.dsr = self.cd = True
        self.ri = False
        self._pins = frozenset(pins)
        self._off: set[str] = set()
        self._on_reset = on_reset
        self._purge = purge

    @property
    def dtr(self) -> bool:
        """Data terminal ready, as the host set it last."""
        return "dtr" not in self._off

    @dtr.setter
    def dtr(self, on: bool) -> None:
        self._set("dtr", on)

    @property
    def rts(self) -> bool:
        """Request to send, as the host set it last."""
        return "rts" not in self._off

    @rts.setter
    def rts(self, on: bool) -> None:
        self._set("rts", on)

    def reset_input_buffer(self) -> None:
        """What the module said and the host has not read is lost."""
        self._purge()

    def reset_output_buffer(self) -> None:
        """What the host sent is with the module already."""

    def _set(self, name: str, on: bool) -> None:
        before = bool(self._off & self._pins)
        (self._off.discard if on else self._off.add)(name)
        after = bool(self._off & self._pins)
        if before != after:
            self._on_reset(after)


class Rfc2217Line(TcpLine):
    """A telnet server with COM port control; `pins` are the modem lines that reset the module."""

    scheme = "rfc2217"
    option = "--rfc2217"

    def __init__(self, loop: Loop, baud: int | None, where: Endpoint, pins: Iterable[str]) -> None:
        super().__init__(loop, baud, where)
        self._lines = ModemLines(pins, lambda held: self.on_reset(held), self._out.clear)
        self._manager: rfc2217.PortManager | None = None

    def _connected(self) -> None:
        """Begin the negotiation. PortManager wants no more of a Serial than these two give."""
        self._manager = rfc2217.PortManager(
            cast("rfc2217.Serial", self._lines), cast("rfc2217.Serial", _Control(self._push))
        )

    def _encode(self, data: bytes) -> bytes:
        return data.replace(IAC, IAC + IAC)

    def _decode(self, data: bytes) -> bytes:
        manager = self._manager
        assert manager is not None
        plain = bytearray()
        try:
            for byte in manager.filter(data):
                plain += byte
                if len(manager.suboption or b"") > OPTION_LIMIT:
                    raise ValueError("endless option")
        except Exception as error:  # whatever pyserial trips over, the emulator lives on
            sys.stderr.write(f"{PACKAGE}: telnet not understood ({error!r}); hung up\n")
            self._hang_up()
            self.loop.on_read(self._server.fileno(), self._accept)
        return bytes(plain)


class _Control:
    """What PortManager takes for its connection."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self.write = write
