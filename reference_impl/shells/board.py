"""One module on its board: the core between a serial line and a network."""

from reference_impl.core.effects import Write
from reference_impl.core.engine import Engine
from reference_impl.core.events import Event
from reference_impl.shells.loop import Loop, Timer
from reference_impl.shells.network import SocketNetwork
from reference_impl.shells.serial_line import SerialLine


class Board:
    """Gives the core its inputs, performs its effects in order, and keeps its deadline."""

    def __init__(self, loop: Loop, engine: Engine, line: SerialLine) -> None:
        self.line = line
        self._loop = loop
        self._engine = engine
        self._network = SocketNetwork(loop, self._happened)
        self._timer: Timer | None = None
        line.on_bytes = self._receive
        line.on_reset = self._reset

    def power_on(self) -> None:
        """Start the module."""
        self._engine.power_on(self._loop.now())
        self._perform()

    def close(self) -> None:
        """Give everything back."""
        self._network.close()
        self.line.close()

    def look_again(self) -> None:
        """Something around the module has changed."""
        self._advance()

    def _receive(self, data: bytes) -> None:
        self._engine.receive(data, self._loop.now())
        self._perform()

    def _reset(self, held: bool) -> None:
        self._engine.reset_pin(held, self._loop.now())
        self._perform()

    def _happened(self, event: Event) -> None:
        self._engine.happened(event, self._loop.now())
        self._perform()

    def _advance(self) -> None:
        self._engine.advance(self._loop.now())
        self._perform()

    def _perform(self) -> None:
        has_events = True
        while has_events:
            has_events = False
            for effect in self._engine.take_effects():
                if isinstance(effect, Write):
                    self.line.write(effect.data, effect.gap, effect.size)
                    continue
                for event in self._network.perform(effect):
                    self._engine.happened(event, self._loop.now())
                    has_events = True
        deadline = self._engine.deadline()
        if self._timer is not None or deadline is not None:
            self._keep(deadline)

    def _keep(self, deadline: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.at(deadline, self._advance) if deadline is not None else None
