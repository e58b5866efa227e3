"""Faults of S3 and S0: the bytes for a client, and their count."""

from dataclasses import replace

from reference_impl.core.answers import Answer
from reference_impl.faults.registry import Fault, fault

SENT = "S3 sends the bytes, as many as it says"
COUNT = "S3 answers the number of bytes sent"
PAGE = "WEB, multi-connection table"


@fault("count-off-by-one", breaks=COUNT, source="WEB, transcript")
class CountOffByOne(Fault):
    """One more is told than was sent."""

    def count(self, count: int) -> int:
        """Count one too many."""
        return count + 1


@fault("count-of-8-bits", breaks=COUNT, source="WEB, transcript")
class CountOf8Bits(Fault):
    """The number is kept in a byte."""

    def count(self, count: int) -> int:
        """Mask it."""
        return count & 0xFF


@fault("count-is-an-echo", breaks=COUNT, source="WEB, transcript")
class CountIsAnEcho(Fault):
    """The payload is answered instead."""

    def __init__(self) -> None:
        self._payload = b""

    def payload(self, data: bytes) -> bytes:
        """Keep it."""
        self._payload = data
        return data

    def answer(self, answer: Answer) -> Answer | None:
        """Echo it."""
        sent = answer.command in ("S0", "S3") and answer.ok and answer.payload != b"-1"
        return replace(answer, payload=self._payload) if sent else answer


@fault("count-missing", breaks=COUNT, source="WEB, transcript")
class CountMissing(Fault):
    """The bare OK is answered."""

    def answer(self, answer: Answer) -> Answer | None:
        """Leave it out."""
        sent = answer.command in ("S0", "S3") and answer.ok and answer.payload != b"-1"
        return replace(answer, payload=b"") if sent else answer


@fault("count-of-s0-is-s1", breaks="S0 answers the number of bytes sent", source="UM 4.15")
class CountOfS0IsS1(Fault):
    """S0 tells S1, however few came."""

    def count(self, count: int) -> int:
        """Tell the packet size."""
        return self.module.socket.number("S1") if self.module.running == b"S0" else count


def _cut(size: int) -> None:
    """A fault that loses what a payload has over this size."""

    @fault(f"send-cut-at-{size}", breaks=SENT, source=PAGE)
    class SendCut(Fault):
        """What is over the size of a buffer is lost; the count is the host's."""

        def __init__(self) -> None:
            self._whole = 0

        def payload(self, data: bytes) -> bytes:
            """Cut it."""
            self._whole = len(data)
            return data[:size]

        def count(self, count: int) -> int:
            """Tell what the host had sent."""
            return self._whole if count == size else count


for _size in (127, 255, 512, 1400, 1459):
    _cut(_size)


class _Mangled(Fault):
    """The payload is changed before it is sent; the count is that of what the host gave."""

    def __init__(self) -> None:
        self._whole = 0

    def payload(self, data: bytes) -> bytes:
        """Change it."""
        self._whole = len(data)
        return self.change(data)

    def count(self, _count: int) -> int:
        """Tell what the host had given."""
        return self._whole

    def change(self, data: bytes) -> bytes:
        """What is sent instead."""
        raise NotImplementedError


@fault("send-loses-last-byte", breaks=SENT, source=PAGE)
class SendLosesLastByte(_Mangled):
    """The last byte of two or more is missing."""

    def change(self, data: bytes) -> bytes:
        """Drop it."""
        return data[:-1] if len(data) > 1 else data


@fault("send-doubled", breaks=SENT, source=PAGE)
class SendDoubled(_Mangled):
    """Everything is sent two times."""

    def change(self, data: bytes) -> bytes:
        """Double it."""
        return data * 2


@fault("send-of-7-bits", breaks=SENT, source=PAGE)
class SendOf7Bits(_Mangled):
    """The highest bit is lost."""

    def change(self, data: bytes) -> bytes:
        """Mask it."""
        return bytes(byte & 0x7F for byte in data)


@fault("send-drops-nul", breaks=SENT, source=PAGE)
class SendDropsNul(_Mangled):
    """The byte 0 is left out."""

    def change(self, data: bytes) -> bytes:
        """Drop it."""
        return data.replace(b"\0", b"")


@fault("send-ends-at-cr", breaks=SENT, source=PAGE)
class SendEndsAtCr(_Mangled):
    """A CR inside the payload ends it."""

    def change(self, data: bytes) -> bytes:
        """Cut there."""
        return data.partition(b"\r")[0]


@fault("send-lf-to-crlf", breaks=SENT, source=PAGE)
class SendLfToCrlf(_Mangled):
    """A LF becomes CR LF."""

    def change(self, data: bytes) -> bytes:
        """Change them."""
        return data.replace(b"\n", b"\r\n")


@fault("send-halves-swapped", breaks=SENT, source=PAGE)
class SendHalvesSwapped(_Mangled):
    """Of a payload over 1,024 bytes the second part is sent first."""

    def change(self, data: bytes) -> bytes:
        """Turn the two round."""
        return data[1024:] + data[:1024]


@fault("every-other-send-lost", breaks=SENT, source=PAGE)
class EveryOtherSendLost(_Mangled):
    """The second payload, the fourth and so on are counted and not sent."""

    def __init__(self) -> None:
        super().__init__()
        self._sends = 0

    def change(self, data: bytes) -> bytes:
        """Lose it."""
        self._sends += 1
        return data if self._sends % 2 else b""


@fault("small-sends-wait", breaks=SENT, source=PAGE)
class SmallSendsWait(Fault):
    """Less than 16 bytes go out with the next payload, or never where none follows."""

    def __init__(self) -> None:
        self._kept: dict[int, bytes] = {}
        self._given = 0

    def payload(self, data: bytes) -> bytes:
        """Keep a small one; send the kept ones with a larger one."""
        self._given = len(data)
        link = self.module.socket.link
        kept = self._kept.pop(link.handle, b"") + data if link is not None else data
        if link is None or len(kept) >= 16:
            return kept
        self._kept[link.handle] = kept
        return b""

    def count(self, _count: int) -> int:
        """Tell what the host had given."""
        return self._given


@fault("excess-is-sent", breaks="Too many bytes after S3: the excess is lost", source="UM 4.15.4")
class ExcessIsSent(Fault):
    """What comes behind the announced bytes is sent with them."""

    def payload(self, data: bytes) -> bytes:
        """Take all that is there."""
        return data + self.module.reader.take(len(self.module.reader))


@fault("excess-without-error", breaks="Too many bytes after S3: an error message follows", source="UM 4.15.4")
class ExcessWithoutError(Fault):
    """The excess is lost without a word."""

    def answer(self, answer: Answer) -> Answer | None:
        """Say no more."""
        return replace(answer, then=None) if answer.command == "S3" else answer


@fault("short-s0-is-dropped", breaks="S0: fewer bytes are sent when S2 has passed", source="UM 4.15, 5.6.1.2")
class ShortS0IsDropped(Fault):
    """Fewer than S1 bytes are thrown away."""

    def payload(self, data: bytes) -> bytes:
        """Throw them away."""
        short = self.module.running == b"S0" and len(data) < self.module.socket.number("S1")
        return b"" if short else data


@fault("s0-waits-for-ever", breaks="S0: fewer bytes are sent when S2 has passed", source="UM 4.15, 5.6.1.2")
class S0WaitsForEver(Fault):
    """S2 means nothing to S0."""

    def write_timeout(self, seconds: float) -> float:
        """Wait."""
        return 3600.0 if self.module.running == b"S0" else seconds


@fault("write-timeout-ten-times", breaks="S0: fewer bytes are sent when S2 has passed", source="UM 4.15, 5.6.1.2")
class WriteTimeoutTenTimes(Fault):
    """S2 counts hundredths of a second."""

    def write_timeout(self, seconds: float) -> float:
        """Wait ten times as long."""
        return seconds * 10
