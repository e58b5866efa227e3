"""Faults of R0: the bytes that a client has sent."""

from dataclasses import replace

from reference_impl.core.answers import Answer
from reference_impl.core.effects import Close, Effect, Receive
from reference_impl.core.events import Blocked, Event, Lost, Received
from reference_impl.faults.registry import Fault, fault

BYTES = "R0 answers the bytes of the client"
UM = "UM 4.14.1"


@fault("read-loses-byte", breaks=BYTES, source=UM)
class ReadLosesByte(Fault):
    """The last byte of a packet of two or more is missing."""

    def received(self, data: bytes) -> bytes:
        """Drop the last byte."""
        return data[:-1] if len(data) > 1 else data


def _cut(size: int) -> None:
    """A fault that loses what a packet has over this size."""

    @fault(f"read-cut-at-{size}", breaks=BYTES, source=UM)
    class ReadCut(Fault):
        """What is over the size of a buffer is lost."""

        def received(self, data: bytes) -> bytes:
            """Cut it."""
            return data[:size]


for _size in (64, 128, 256, 1024, 1399, 1400, 1459):
    _cut(_size)


@fault("read-of-exactly-512-is-empty", breaks=BYTES, source=UM)
class ReadOfExactly512IsEmpty(Fault):
    """A packet of just the size of a buffer is taken for none."""

    def received(self, data: bytes) -> bytes:
        """Lose it."""
        return b"" if len(data) == 512 else data


@fault("read-of-one-byte-is-empty", breaks=BYTES, source=UM)
class ReadOfOneByteIsEmpty(Fault):
    """A single byte is never given."""

    def received(self, data: bytes) -> bytes:
        """Lose it."""
        return b"" if len(data) == 1 else data


@fault("read-keeps-one-byte", breaks=BYTES, source="UM 4.14.1; DRV sees C6.2.1.8 do so")
class ReadKeepsOneByte(Fault):
    """A single byte that waits is given when another has come, or the end; with R1=1 at once."""

    def __init__(self) -> None:
        self._kept: dict[int, bytes] = {}
        self._waits = False
        self._limit = 0

    def effect(self, effect: Effect) -> Effect | None:
        """Ask for what is behind the byte kept."""
        if isinstance(effect, Close):
            self._kept.pop(effect.handle, None)
        if isinstance(effect, Receive):
            self._waits, self._limit = False, effect.limit
            return replace(effect, limit=max(1, effect.limit - len(self._kept.get(effect.handle, b""))))
        return effect

    def event(self, event: Event) -> Event | None:
        """Keep it; `_waits`: R0 has been told that there is nothing, and waits on."""
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


@fault("read-of-7-bits", breaks=BYTES, source=UM)
class ReadOf7Bits(Fault):
    """The highest bit is lost."""

    def received(self, data: bytes) -> bytes:
        """Mask it."""
        return bytes(byte & 0x7F for byte in data)


@fault("read-drops-nul", breaks=BYTES, source=UM)
class ReadDropsNul(Fault):
    """The byte 0 is left out."""

    def received(self, data: bytes) -> bytes:
        """Drop it."""
        return data.replace(b"\0", b"")


@fault("read-ends-at-nul", breaks=BYTES, source=UM)
class ReadEndsAtNul(Fault):
    """The packet is handled as a string."""

    def received(self, data: bytes) -> bytes:
        """Cut it."""
        return data.partition(b"\0")[0]


@fault("read-drops-0x15", breaks=BYTES, source=UM)
class ReadDrops0x15(Fault):
    """The SPI bus's filling is dropped wherever it stands."""

    def received(self, data: bytes) -> bytes:
        """Drop it."""
        return data.replace(b"\x15", b"")


@fault("read-crlf-to-lf", breaks=BYTES, source=UM)
class ReadCrlfToLf(Fault):
    """Ends of lines are changed."""

    def received(self, data: bytes) -> bytes:
        """Change them."""
        return data.replace(b"\r\n", b"\n")


@fault("read-strips-last-crlf", breaks=BYTES, source=UM)
class ReadStripsLastCrlf(Fault):
    """A CR LF at the end of the data is taken for the delimiter."""

    def received(self, data: bytes) -> bytes:
        """Strip it."""
        return data.removesuffix(b"\r\n")


@fault("read-ends-at-ok", breaks=BYTES, source=UM)
class ReadEndsAtOk(Fault):
    """A CR LF, OK, CR LF inside the data ends it."""

    def received(self, data: bytes) -> bytes:
        """Cut there."""
        return data.partition(b"\r\nOK\r\n")[0]


@fault("read-ends-at-prompt", breaks=BYTES, source=UM)
class ReadEndsAtPrompt(Fault):
    """A prompt inside the data ends it."""

    def received(self, data: bytes) -> bytes:
        """Cut there."""
        return data.partition(b"\r\n> ")[0]


@fault("read-of-error-is-an-error", breaks=BYTES + ", with OK", source=UM)
class ReadOfErrorIsAnError(Fault):
    """Data with the word ERROR in it is answered as an error."""

    def answer(self, answer: Answer) -> Answer | None:
        """Fail."""
        return replace(answer, ok=False) if answer.command == "R0" and b"ERROR" in answer.payload else answer


@fault("minus-one-sent-is-a-loss", breaks=BYTES + ", with OK", source=UM)
class MinusOneSentIsALoss(Fault):
    """The two characters -1, sent by the client, are answered with ERROR."""

    def answer(self, answer: Answer) -> Answer | None:
        """Fail."""
        return replace(answer, ok=False) if answer.command == "R0" and answer.payload == b"-1" else answer


@fault("read-doubled", breaks=BYTES, source=UM)
class ReadDoubled(Fault):
    """Each packet is given twice."""

    def __init__(self) -> None:
        self._again = b""

    def effect(self, effect: Effect) -> Effect | None:
        """Give the kept one."""
        if isinstance(effect, Receive) and self._again:
            self.module.post(Received(effect.handle, self._again[: effect.limit]))
            self._again = b""
            return None
        return effect

    def event(self, event: Event) -> Event | None:
        """Keep it."""
        if isinstance(event, Received) and event.peer is None:
            self._again = event.data
        return event


@fault("read-swaps-bytes", breaks=BYTES, source=UM)
class ReadSwapsBytes(Fault):
    """The two bytes of each pair change places, as on a bus of 16 bits."""

    def received(self, data: bytes) -> bytes:
        """Swap them."""
        pairs = (data[at : at + 2][::-1] for at in range(0, len(data), 2))
        return b"".join(pairs)


@fault("read-rest-lost", breaks="The rest of TCP data stays for the next R0", source=UM)
class ReadRestLost(Fault):
    """What is over R1 is thrown away."""

    def read_limit(self, limit: int) -> int:
        """Take it all from the network."""
        return max(limit, 1460)

    def received(self, data: bytes) -> bytes:
        """Give R1 of it."""
        return data[: self.module.socket.number("R1")]


@fault("read-ignores-r1", breaks="R0 answers at most R1 bytes", source=UM)
class ReadIgnoresR1(Fault):
    """It gives all that is there."""

    def read_limit(self, limit: int) -> int:
        """Ask for all."""
        return max(limit, 1460)


@fault("read-one-over-r1", breaks="R0 answers at most R1 bytes", source=UM)
class ReadOneOverR1(Fault):
    """It gives one byte too many."""

    def read_limit(self, limit: int) -> int:
        """Ask for one more."""
        return limit + 1


class _Empty(Fault):
    """R0 without data on a living connection is answered in another way."""

    def answer(self, answer: Answer) -> Answer | None:
        """Change the empty answer."""
        idle = answer.command == "R0" and answer.ok and not answer.payload
        return self.change(answer) if idle else answer

    def change(self, answer: Answer) -> Answer:
        """What is answered instead."""
        raise NotImplementedError


@fault("idle-is-minus-one", breaks=r"R0 with none within R2 is \r\n\r\nOK\r\n> ", source=UM)
class IdleIsMinusOne(_Empty):
    """An idle client looks lost."""

    def change(self, answer: Answer) -> Answer:
        """Say -1."""
        return replace(answer, payload=b"-1", ok=False)


@fault("idle-is-an-error", breaks=r"R0 with none within R2 is \r\n\r\nOK\r\n> ", source=UM)
class IdleIsAnError(_Empty):
    """A read timeout is a failure."""

    def change(self, answer: Answer) -> Answer:
        """Fail."""
        return replace(answer, ok=False)


@fault("idle-is-0", breaks=r"R0 with none within R2 is \r\n\r\nOK\r\n> ", source=UM)
class IdleIs0(_Empty):
    """The number of bytes is told."""

    def change(self, answer: Answer) -> Answer:
        """Say 0."""
        return replace(answer, payload=b"0")


class _Waits(Fault):
    """R0 waits for another time than R2 says."""

    factor = 1.0

    def read_timeout(self, seconds: float) -> float:
        """Wait so long."""
        return seconds * self.factor


@fault("read-timeout-ten-times", breaks="R0 waits at most R2 milliseconds", source=UM)
class ReadTimeoutTenTimes(_Waits):
    """R2 counts hundredths of a second."""

    factor = 10


@fault("read-timeout-half", breaks="R0 waits R2 milliseconds for data", source=UM)
class ReadTimeoutHalf(_Waits):
    """The clock is twice as fast as was thought."""

    factor = 0.5


@fault("read-does-not-wait", breaks="R0 waits R2 milliseconds for data", source=UM)
class ReadDoesNotWait(_Waits):
    """It looks, and answers."""

    factor = 0


@fault("read-timeout-always-default", breaks="R0 waits at most R2 milliseconds", source=UM)
class ReadTimeoutAlwaysDefault(Fault):
    """R0 waits five seconds, whatever R2 says."""

    def read_timeout(self, _seconds: float) -> float:
        """Wait so long."""
        return 5.0
