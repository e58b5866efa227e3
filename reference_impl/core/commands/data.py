r"""R and S: reading and writing.

Behind an S3 payload drivers send a `\n`, and Zephyr one stray byte (DRV): one byte too many is swallowed without
a word; more are lost, and one error message follows the answer (UM 4.15.4). What is too many is what comes before
the line has been quiet for SETTLE: a host waits for the prompt before it goes on (QR20 p1).
"""

from collections.abc import Generator
from dataclasses import replace

from reference_impl.core.answers import Answer
from reference_impl.core.commands.base import BARE, VALUE, Command, Entry, refusal
from reference_impl.core.effects import Cancel, Receive, Transmit
from reference_impl.core.events import Blocked, Event, Lost, Received, Transmitted
from reference_impl.core.module import Module
from reference_impl.core.seams import Check
from reference_impl.core.settings import number
from reference_impl.core.sockets import Link
from reference_impl.core.tasks import Bytes, Quiet, outcome
from reference_impl.core.work import Need, Task

SETTLE, SETTLE_BYTES = 0.002, 3
"""Quiet behind a payload before it is answered: so many seconds, and so many byte times of a slow line (assumption)."""

PAYLOAD_QUIET = 0.1
"""The least time in seconds to wait for a payload, whatever S2 says (assumption: S2=0 would allow none)."""

MINUS_ONE = b"-1"


def read(module: Module, _command: Command) -> Task:
    """R0: what is there, at most R1 bytes, after at most R2; nothing when nothing came (UM 4.14.1, to the byte)."""
    link = module.socket.link
    limit = _read_limit(module, link)
    wait = module.seams.read_timeout(module.socket.number("R2") / 1000)
    if link is None:
        return _read_lost(module, no_client=True)
    if limit == 0:
        return Answer()  # R1=0, where it is allowed, asks for nothing
    if not link.lost:
        event = yield from _receive(module, link, limit, wait)
        if isinstance(event, Received):
            return _read_answer(module, link, event)
        link.lost = isinstance(event, Lost)
    if link.lost and module.seams.lost(True):
        return _read_lost(module, no_client=False)
    return Answer()


def _receive(module: Module, link: Link, limit: int, wait: float) -> Generator[Need, None, Event | None]:
    """What the network has, or gets within `wait` seconds; None: nothing."""
    module.emit(Receive(link.handle, limit))
    event = yield from outcome(module, link.handle)
    if isinstance(event, Blocked):
        event = yield from outcome(module, link.handle, module.now + wait)
    if event is None:
        module.emit(Cancel(link.handle))
    return event


def _read_limit(module: Module, link: Link | None) -> int:
    """R1, or less where the module reads a stream short: the lengths go round, none of them 0 but for R1=0.

    A datagram is never read short: what is left of one is lost (UM 4.14).
    """
    size = module.socket.number("R1")
    module.reads += 1
    if module.forms.short_reads and not (link and link.datagram):
        size = min(size, (5, max(1, size // 2), 1, size)[module.reads % 4])
    return module.seams.read_limit(size)


def _read_answer(module: Module, link: Link, event: Received) -> Answer:
    r"""The bytes between their delimiters; without any with R3=1 (UM's reading; QR9 and two drivers have another)."""
    if event.peer is not None:
        link.peer = event.peer
    data = module.seams.received(event.data)
    undelimited = bool(module.socket.number("R3")) and not module.forms.read_mode_delimited
    return Answer(payload=data, undelimited=undelimited, datagram=link.datagram)


def _read_lost(module: Module, *, no_client: bool) -> Answer:
    r"""The -1 first, then ERROR: every published driver needs it so; WEB's prose can be read as an OK tail.

    Without any client the same is said (assumption), or the bare ERROR.
    """
    if no_client and not module.forms.no_client_minus_one:
        return refusal("No connection")
    if module.forms.read_lost_error:
        return refusal("Connection lost", MINUS_ONE)
    return Answer(payload=MINUS_ONE)


def send_size(module: Module, command: Command) -> Task:
    """S3=n: exactly n bytes follow, whatever they are."""
    count = module.seams.check(Check("S3", command.value or b"", number(command.value or b"", 1, 1460))).value
    if isinstance(count, int):
        return (yield from _send(module, count))
    # What was meant as payload is lost with the command: it would be taken for commands.
    yield from drop_until_quiet(module)
    return refusal()


def send(module: Module, _command: Command) -> Task:
    """S0: S1 bytes follow, or what has come when S2 has passed."""
    return (yield from _send(module, module.socket.number("S1")))


def _send(module: Module, size: int) -> Task:
    wait = module.seams.write_timeout(module.socket.number("S2") / 1000)
    # S2 counts from the last byte, so that a slow line does not cut a payload short (assumption).
    yield Bytes(size, max(wait, PAYLOAD_QUIET), module.now)
    payload = module.seams.payload(module.reader.take(size))
    count = yield from _transmit(module, payload, wait)
    excess = yield from drop_until_quiet(module)
    if count is None and not module.seams.lost(True):
        count = size
    answer = _sent(module, count)
    module.after_payload = True
    if excess > 1:
        return replace(answer, then=Answer("S3", ok=False, reason="Too many bytes", usage="= size, CR, data"))
    return answer


def drop_until_quiet(module: Module) -> Generator[Need, None, int]:
    """Wait for the line to be quiet, and drop what came: the number of bytes."""
    dropped = 0
    quiet = max(SETTLE, SETTLE_BYTES * module.byte_time)
    while True:
        dropped += len(module.reader.take(len(module.reader)))
        yield Quiet(quiet, module.now)
        if not len(module.reader):
            return dropped


def _transmit(module: Module, data: bytes, wait: float) -> Generator[Need, None, int | None]:
    """Give the bytes to the network: how many it took within the write timeout; None: the connection is lost."""
    link = module.socket.link
    if link is None or link.lost:
        return None
    until, sent = module.now + wait, 0
    while sent < len(data):
        remote = module.socket.remote() if link.datagram else None
        module.emit(Transmit(link.handle, data[sent:], remote, not module.forms.half_close))
        event = yield from outcome(module, link.handle)
        if isinstance(event, Blocked):
            event = yield from outcome(module, link.handle, until)
        if isinstance(event, Lost):
            return None  # R0 still gives what came before the end
        if event is None:
            module.emit(Cancel(link.handle))
            break
        if isinstance(event, Transmitted):
            sent += event.count
    return sent


def _sent(module: Module, count: int | None) -> Answer:
    """The number of bytes sent; on a lost connection -1 with OK (DRV; UM: "-1"), or with ERROR."""
    if count is not None:
        return Answer(payload=str(module.seams.count(count)).encode())
    if module.socket.link is None and not module.forms.no_client_minus_one:
        return refusal("No connection")
    if module.forms.send_lost_error:
        return refusal("Connection lost", MINUS_ONE)
    return Answer(payload=MINUS_ONE)


def show_read(module: Module, _command: Command) -> Answer:
    """R?: bytes, timeout and, where P? has a read mode, the mode."""
    names = ["R1", "R2"] + (["R3"] if module.limits.status_fields > 9 else [])
    return _fields(module, names)


def show_write(module: Module, _command: Command) -> Answer:
    """S?: bytes and timeout."""
    return _fields(module, ["S1", "S2"])


def _fields(module: Module, names: list[str]) -> Answer:
    fields = [str(module.socket.settings[name]) for name in names]
    shown = module.seams.shown(fields)
    return Answer(payload=",".join(shown).encode())


TABLE: dict[str, Entry] = {
    "R0": Entry(read, "", BARE),
    "R?": Entry(show_read, "", BARE),
    "S0": Entry(send, "", BARE),
    "S3": Entry(send_size, "= size, CR, data", VALUE),
    "S?": Entry(show_write, "", BARE),
}
