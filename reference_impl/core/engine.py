"""What moves a module: one serial line, one command at a time.

Inputs are `power_on`, `receive`, `happened`, `advance` and `reset_pin`, each with the time in seconds of a
monotonic clock; outputs are the effects that `take_effects` gives, and `deadline`, when `advance` is wanted if
nothing else happens. Whatever comes in, no input raises: a module answers ERROR.

The order of things after each input, until nothing more can be done:

    1. an event of the network is believed
    2. an answer whose time has come goes out
    3. the command that is being carried out goes on, if what it needs is there
    4. the next complete line from the host is begun, if no command is being carried out
    5. a notice goes out, if no command is being carried out or arriving: between a command's arrival and its
       answer ST's UART driver takes it for the answer (DRV)
"""

from reference_impl.core import server
from reference_impl.core.answers import CRLF, PROMPT, Answer, notice_frame, render
from reference_impl.core.commands import dispatch
from reference_impl.core.commands.network import join_at_start
from reference_impl.core.effects import Close, Effect, SetKeepAlive
from reference_impl.core.events import Accepted, Event
from reference_impl.core.module import Module
from reference_impl.core.sockets import Link
from reference_impl.core.work import Held

HALF_LINE = 0.1
"""Seconds after which a line begun and not ended no longer holds notices back (assumption)."""

RENDEZVOUS = 0.02
"""Seconds that P5 waits for a queued client where the form of the notice depends on its answer."""

SLICE = 4096
"""Bytes of the host taken at a time, so that what is carried out in between finds room in the buffer."""

PADDING = b"\x15\x15"
"""What SPI firmware says before the prompt after a reset (DRV)."""


class Engine:
    """Moves one module."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self._in_reset = False
        forms = module.forms
        self._think_s = forms.think_ms / 1000
        self._meets_client = forms.notice_glued or forms.notice_merged or forms.notice_at_once

    # --- what the shell calls --------------------------------------------------------------------------------
    def power_on(self, now: float) -> None:
        """Start: the prompt says that the module is ready."""
        self.module.now = now
        self._start_up()

    def receive(self, data: bytes, now: float) -> None:
        """Bytes from the host."""
        module = self.module
        module.now = now
        if self._in_reset or module.work.boot_at is not None:
            return
        data = module.seams.input(data)
        while data:
            module.reader.feed(data[:SLICE], now)
            data = data[SLICE:]
            self._go_on()

    def happened(self, event: Event, now: float) -> None:
        """An event of the network."""
        self.module.now = now
        seen = self.module.seams.event(event)
        if seen is not None:
            self.module.post(seen)
        self._go_on()

    def advance(self, now: float) -> None:
        """The time, when `deadline` has come."""
        self.module.now = now
        self._go_on()

    def reset_pin(self, held: bool, now: float) -> None:
        """The reset line: while it is held the module is dead; when it is released it starts."""
        module = self.module
        module.now = now
        if held and not self._in_reset:
            module.close_all()
            module.clear()
        if self._in_reset and not held:
            module.work.boot_at = now + module.forms.boot_ms / 1000
        self._in_reset = held
        self._go_on()

    def take_effects(self) -> list[Effect]:
        """The effects for the shell, in their order; each effect is returned once."""
        effects, self.module.effects = self.module.effects, []
        return effects

    def deadline(self) -> float | None:
        """When `advance` is wanted at the latest, in seconds; None: not by time alone."""
        module, work = self.module, self.module.work
        if work.task is None and work.held is None and not module.notices.pending and work.boot_at is None:
            return None
        times = [work.boot_at, work.held.at if work.held else None]
        if work.need is not None and work.held is None:
            times.append(work.need.wake(module))
        if module.notices and (work.lets_notices or module.forms.notice_at_once):
            times.append(max(module.notices.due, self._line_open_until()))
        return min((time for time in times if time is not None), default=None)

    # --- one step after the other ----------------------------------------------------------------------------
    def _go_on(self) -> None:
        module = self.module
        while True:
            work = module.work
            if (self._in_reset or work.boot_at is not None) and not self._booted():
                return
            # What cannot be is not called: this is where an exchange spends its time.
            if not (
                (module.posted and self._believe())
                or (work.held is not None and self._release())
                or (work.task is not None and self._resume())
                or (module.reader.waiting and work.task is None and work.held is None and self._next_command())
                or (module.notices.pending and self._notify())
            ):
                return

    def _booted(self) -> bool:
        work = self.module.work
        if work.boot_at is not None and self.module.now >= work.boot_at:
            work.boot_at = None
            self._start_up()
        return work.boot_at is None and not self._in_reset

    def _start_up(self) -> None:
        r"""The prompt, behind a banner where the form has one, behind 0x15 0x15 on SPI firmware."""
        module = self.module
        module.started = module.now
        join_at_start(module)
        banner = CRLF + module.forms.banner.encode() if module.forms.banner else b""
        module.write((PADDING if module.polled else b"") + banner + PROMPT)

    def _believe(self) -> bool:
        module = self.module
        if not module.posted:
            return False
        event = module.posted.popleft()
        if isinstance(event, Accepted):
            self._accepted(event)
        elif module.work.awaited == event.handle:
            module.mail.append(event)
        return True

    def _accepted(self, event: Accepted) -> None:
        module = self.module
        for socket in module.sockets:
            if socket.server is not None and socket.server.handle == event.handle:
                socket.server.accepting = False
                socket.link, socket.role = Link(event.link, event.peer), "P5"
                module.emit(SetKeepAlive(event.link, server.keep_alive(socket)))
                port = event.local[1] if module.forms.notice_local_port else event.peer[1]
                module.tell(f"[TCP SVR] Accepted {event.peer[0]}:{port}", socket.index)
                if module.seams.accepts_more(False):
                    server.take_next(module, socket)
                return
        module.emit(Close(event.link))  # its server has been stopped in the meantime

    def _release(self) -> bool:
        module, held = self.module, self.module.work.held
        if held is None or module.now < held.at:
            return False
        module.work.held = None
        self._say(held.frame)
        return True

    def _say(self, frame: bytes) -> None:
        """The answer goes out; a notice that waits goes with the answer, or later."""
        module = self.module
        waiting = bool(module.notices.pending)
        if waiting and (module.forms.notice_glued or module.forms.notice_merged):
            body = frame.removesuffix(PROMPT) if module.forms.notice_merged else frame
            frame = body + self._notice_bytes()
        if frame:
            module.write(frame)
        if waiting:
            module.notices.postpone(module.now)

    def _resume(self) -> bool:
        module, work = self.module, self.module.work
        if work.task is None or work.held is not None or (work.need is not None and not work.need.met(module)):
            return False
        try:
            work.need = next(work.task)
        except StopIteration as end:
            work.task, work.need, work.prompted = None, None, False
            module.mail.clear()
            self._reply(end.value)
        return True

    def _next_command(self) -> bool:
        module = self.module
        fresh, line = module.reader.scan()
        if fresh and (module.human or module.forms.echo):
            module.write(fresh)
        if line is None:
            return False
        text = module.seams.line(line.text)
        if text is None:
            return True
        line.text = module.running = text
        step = dispatch(module, line)
        if isinstance(step, Answer):
            self._reply(step)
        elif step is not None:
            module.work.task, module.work.need = step, None
        return True

    def _reply(self, answer: Answer) -> None:
        module = self.module
        final = module.seams.answer(answer)
        frame = b"" if final is None else render(final, module.forms, bool(module.short_errors))
        frame = module.seams.frame(frame)
        think = self._think_s
        if self._meets_client and answer.command in ("P5", "P7"):
            think = max(think, RENDEZVOUS)
        think = module.seams.think(think)
        if think > 0 or module.posted:
            module.work.held = Held(frame, module.now + think)
        else:
            self._say(frame)

    def _line_open_until(self) -> float:
        reader = self.module.reader
        return reader.last + HALF_LINE if len(reader) else float("-inf")

    def _notify(self) -> bool:
        module = self.module
        if not module.notices or not (module.work.lets_notices or module.forms.notice_at_once):
            return False
        if module.now < max(module.notices.due, self._line_open_until()):
            return False
        module.write(self._notice_bytes())
        return True

    def _notice_bytes(self) -> bytes:
        notice = self.module.notices.take()
        frame = notice_frame(notice.text, self.module.forms)
        return self.module.seams.notice_frame(frame)
