"""T: ping (UM 4.16). Nothing is sent: the surroundings say which host answers, and after how many milliseconds."""

from collections.abc import Generator

from reference_impl.core.answers import CRLF, Answer
from reference_impl.core.commands.base import BARE, Command, Entry, refusal
from reference_impl.core.commands.stored import kept_number, settings_rows, shown
from reference_impl.core.module import Module
from reference_impl.core.tasks import Key, Pause
from reference_impl.core.work import Need, Task

FOREVER = 65535
STOP = b"\x03"
"""The byte that ends an endless ping (QR7)."""

NOBODY = "0.0.0.0"


def ping(module: Module, _command: Command) -> Task:
    """T0: a line a ping, `address,12ms` or one with Timeout in it (UM47; CMSIS), all in one answer with OK.

    Each line goes out when it is there; the last one with the OK behind it. Without a network or a target: ERROR
    (assumption). In human mode `Pinging: address` comes first, and `Ping Reply 12ms` for each (UM59).
    """
    target = str(module.config["T1"])
    if not module.online or target == NOBODY:
        return refusal("No target" if module.online else "Not joined")
        yield
    endless = kept_number(module, "T2") == FOREVER
    last = b""
    if module.human:
        module.write(CRLF + f"Pinging: {target}".encode())
    for number in range(1 << 62 if endless else pings(module)):
        if number and (yield from _stopped(module, endless)):
            break
        if number:
            module.write(CRLF + last)
        last = yield from _one(module, target)
    return Answer(payload=last)


def pings(module: Module) -> int:
    """How many: one and T2 more (UM47, DH32); or T2 (UM59)."""
    repeats = kept_number(module, "T2")
    return max(1, repeats) if module.forms.ping_counts_repeats else 1 + repeats


def _one(module: Module, target: str) -> Generator[Need, None, bytes]:
    delay = module.world.ping(target, module.address)
    yield Pause(module.now + (module.forms.ping_timeout_ms if delay is None else delay) / 1000)
    words = "Timeout" if delay is None else f"{delay}ms"
    return (f"Ping Reply {words}" if module.human and delay is not None else f"{target},{words}").encode()


def _stopped(module: Module, endless: bool) -> Generator[Need, None, bool]:
    """Wait for T3 behind a ping; True when the host has ended an endless one."""
    until = module.now + max(kept_number(module, "T3") / 1000, MOST_OFTEN)
    yield Key(STOP, until) if endless else Pause(until)
    return endless and module.reader.pluck(STOP)


MOST_OFTEN = 0.001
"""Seconds between two pings at least: with T3=0 an endless ping would leave no time for anything else."""


def show(module: Module, _command: Command) -> Answer:
    """T?: target, pings, delay (UM47: 0.0.0.0,1,0 at first)."""
    return shown(module, module.config["T1"], pings(module), kept_number(module, "T3"))


TABLE: dict[str, Entry] = {
    "T0": Entry(ping, "", BARE),
    "T?": Entry(show, "", BARE),
    **settings_rows("T1", "T2", "T3"),
}
