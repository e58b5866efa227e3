"""Faults of R0: the bytes that a client has sent."""

from collections.abc import Callable
from dataclasses import replace

from reference_impl.core.answers import Answer
from reference_impl.core.effects import Close, Effect, Receive
from reference_impl.core.events import Blocked, Event, Lost, Received
from reference_impl.faults.registry import Fault, fault

BYTES = "R0 answers the bytes of the client"
UM = "UM 4.14.1"


def _reads(name: str, change: Callable[[bytes], bytes]) -> None:
    """A fault: R0 answers what ``change`` makes of the bytes of a packet."""

    @fault(name, breaks=BYTES, source=UM)
    class Reads(Fault):
        """R0 answers other bytes."""

        def received(self, data: bytes) -> bytes:
            """Change the bytes."""
            return change(data)


def _first(size: int) -> Callable[[bytes], bytes]:
    """The first ``size`` bytes: the rest does not fit in a buffer."""
    return lambda data: data[:size]


def _swapped(data: bytes) -> bytes:
    """The two bytes of each pair change places, as on a bus of 16 bits."""
    pairs = (data[at : at + 2][::-1] for at in range(0, len(data), 2))
    return b"".join(pairs)


_reads("read-loses-byte", lambda data: data[:-1] if len(data) > 1 else data)
for _size in (64, 128, 256, 1024, 1399, 1400, 1459):
    _reads(f"read-cut-at-{_size}", _first(_size))
_reads("read-of-exactly-512-is-empty", lambda data: b"" if len(data) == 512 else data)
_reads("read-of-one-byte-is-empty", lambda data: b"" if len(data) == 1 else data)


@fault("read-keeps-one-byte", breaks=BYTES, source="UM 4.14.1; DRV sees C6.2.1.8 do so")
class ReadKeepsOneByte(Fault):
    """A single byte that waits is given when another has come, or the end; with R1=1 at once."""

    def __init__(self) -> None:
        self._kept: dict[int, bytes] = {}
        self._waits = False
        self._limit = 0

    def effect(self, effect: Effect) -> Effect | None:
        """Ask the network for the bytes behind the byte that is kept."""
        if isinstance(effect, Close):
            self._kept.pop(effect.handle, None)
        if isinstance(effect, Receive):
            self._waits, self._limit = False, effect.limit
            return replace(effect, limit=max(1, effect.limit - len(self._kept.get(effect.handle, b""))))
        return effect

    def event(self, event: Event) -> Event | None:
        """Keep a single byte; `_waits`: the core was told that nothing has come, and R0 waits on."""
        if isinstance(event, Blocked):
            self._waits = True
        kept = self._kept.pop(event.handle, b"")
        if isinstance(event, Lost) and kept:
            return Received(event.handle, kept)
        if not isinstance(event, Received) or event.peer is not None or self._limit == 1:
            self._kept |= {event.handle: kept} if kept else {}
            return event
        if len(kept + event.data) > 1:
            return replace(event, data=kept + event.data)
        self._kept[event.handle] = event.data
        return None if self._waits else Blocked(event.handle)


_reads("read-of-7-bits", lambda data: bytes(byte & 0x7F for byte in data))
_reads("read-drops-nul", lambda data: data.replace(b"\0", b""))
_reads("read-ends-at-nul", lambda data: data.partition(b"\0")[0])
_reads("read-drops-0x15", lambda data: data.replace(b"\x15", b""))
_reads("read-crlf-to-lf", lambda data: data.replace(b"\r\n", b"\n"))
_reads("read-strips-last-crlf", lambda data: data.removesuffix(b"\r\n"))
_reads("read-ends-at-ok", lambda data: data.partition(b"\r\nOK\r\n")[0])
_reads("read-ends-at-prompt", lambda data: data.partition(b"\r\n> ")[0])


@fault("read-of-error-is-an-error", breaks=BYTES + ", with OK", source=UM)
class ReadOfErrorIsAnError(Fault):
    """Data with the word ERROR in it is answered as an error."""

    def answer(self, answer: Answer) -> Answer | None:
        """Answer ERROR."""
        return replace(answer, ok=False) if answer.command == "R0" and b"ERROR" in answer.payload else answer


@fault("minus-one-sent-is-a-loss", breaks=BYTES + ", with OK", source=UM)
class MinusOneSentIsALoss(Fault):
    """The two characters -1, sent by the client, are answered with ERROR."""

    def answer(self, answer: Answer) -> Answer | None:
        """Answer ERROR."""
        return replace(answer, ok=False) if answer.command == "R0" and answer.payload == b"-1" else answer


@fault("read-doubled", breaks=BYTES, source=UM)
class ReadDoubled(Fault):
    """Each packet is answered two times."""

    def __init__(self) -> None:
        self._again = b""

    def effect(self, effect: Effect) -> Effect | None:
        """Answer the kept packet in place of a new one."""
        if isinstance(effect, Receive) and self._again:
            self.module.post(Received(effect.handle, self._again[: effect.limit]))
            self._again = b""
            return None
        return effect

    def event(self, event: Event) -> Event | None:
        """Keep the packet."""
        if isinstance(event, Received) and event.peer is None:
            self._again = event.data
        return event


_reads("read-swaps-bytes", _swapped)


@fault("read-rest-lost", breaks="The rest of TCP data stays for the next R0", source=UM)
class ReadRestLost(Fault):
    """The bytes of a packet beyond R1 are lost."""

    def read_limit(self, limit: int) -> int:
        """Take all bytes of the packet from the network."""
        return max(limit, 1460)

    def received(self, data: bytes) -> bytes:
        """Answer the first R1 bytes."""
        return data[: self.module.socket.number("R1")]


@fault("read-ignores-r1", breaks="R0 answers at most R1 bytes", source=UM)
class ReadIgnoresR1(Fault):
    """R0 answers all bytes that wait, whatever R1 says."""

    def read_limit(self, limit: int) -> int:
        """Ask for all bytes."""
        return max(limit, 1460)


@fault("read-one-over-r1", breaks="R0 answers at most R1 bytes", source=UM)
class ReadOneOverR1(Fault):
    """R0 answers one byte more than R1."""

    def read_limit(self, limit: int) -> int:
        """Ask for one byte more."""
        return limit + 1


class _Empty(Fault):
    """R0 without data on a living connection is answered in another way."""

    def answer(self, answer: Answer) -> Answer | None:
        """Change the empty answer."""
        idle = answer.command == "R0" and answer.ok and not answer.payload
        return self.change(answer) if idle else answer

    def change(self, answer: Answer) -> Answer:
        """The answer that is given instead."""
        raise NotImplementedError


@fault("idle-is-minus-one", breaks=r"R0 with none within R2 is \r\n\r\nOK\r\n> ", source=UM)
class IdleIsMinusOne(_Empty):
    """R0 answers -1 where a client that is still connected has sent nothing."""

    def change(self, answer: Answer) -> Answer:
        """Answer -1."""
        return replace(answer, payload=b"-1", ok=False)


@fault("idle-is-an-error", breaks=r"R0 with none within R2 is \r\n\r\nOK\r\n> ", source=UM)
class IdleIsAnError(_Empty):
    """R0 answers ERROR where its time is over."""

    def change(self, answer: Answer) -> Answer:
        """Answer ERROR."""
        return replace(answer, ok=False)


@fault("idle-is-0", breaks=r"R0 with none within R2 is \r\n\r\nOK\r\n> ", source=UM)
class IdleIs0(_Empty):
    """R0 answers 0 where no byte has come."""

    def change(self, answer: Answer) -> Answer:
        """Answer 0."""
        return replace(answer, payload=b"0")


class _Waits(Fault):
    """R0 waits for another time than R2 says."""

    factor = 1.0

    def read_timeout(self, seconds: float) -> float:
        """Wait for the changed time."""
        return seconds * self.factor


@fault("read-timeout-ten-times", breaks="R0 waits at most R2 milliseconds", source=UM)
class ReadTimeoutTenTimes(_Waits):
    """R0 waits ten times R2."""

    factor = 10


@fault("read-timeout-half", breaks="R0 waits R2 milliseconds for data", source=UM)
class ReadTimeoutHalf(_Waits):
    """R0 waits half of R2."""

    factor = 0.5


@fault("read-does-not-wait", breaks="R0 waits R2 milliseconds for data", source=UM)
class ReadDoesNotWait(_Waits):
    """R0 does not wait for data."""

    factor = 0


@fault("read-timeout-always-default", breaks="R0 waits at most R2 milliseconds", source=UM)
class ReadTimeoutAlwaysDefault(Fault):
    """R0 waits five seconds, whatever R2 says."""

    def read_timeout(self, _seconds: float) -> float:
        """Wait five seconds."""
        return 5.0
