"""Faults of S3 and S0: the bytes for a client, and their count."""

from collections.abc import Callable
from dataclasses import replace

from reference_impl.core.answers import Answer
from reference_impl.faults.registry import Fault, fault

SENT = "S3 sends the bytes, as many as it says"
COUNT = "S3 answers the number of bytes sent"
PAGE = "WEB, multi-connection table"


@fault("count-off-by-one", breaks=COUNT, source="WEB, transcript")
class CountOffByOne(Fault):
    """The answer counts one byte more than was sent."""

    def count(self, count: int) -> int:
        """Add one to the count."""
        return count + 1


@fault("count-of-8-bits", breaks=COUNT, source="WEB, transcript")
class CountOf8Bits(Fault):
    """The count has 8 bits."""

    def count(self, count: int) -> int:
        """Mask the count."""
        return count & 0xFF


@fault("count-is-an-echo", breaks=COUNT, source="WEB, transcript")
class CountIsAnEcho(Fault):
    """The answer has the payload in place of the count."""

    def __init__(self) -> None:
        self._payload = b""

    def payload(self, data: bytes) -> bytes:
        """Keep the payload."""
        self._payload = data
        return data

    def answer(self, answer: Answer) -> Answer | None:
        """Answer the payload."""
        sent = answer.command in ("S0", "S3") and answer.ok and answer.payload != b"-1"
        return replace(answer, payload=self._payload) if sent else answer


@fault("count-missing", breaks=COUNT, source="WEB, transcript")
class CountMissing(Fault):
    """The answer has no count."""

    def answer(self, answer: Answer) -> Answer | None:
        """Leave the count out."""
        sent = answer.command in ("S0", "S3") and answer.ok and answer.payload != b"-1"
        return replace(answer, payload=b"") if sent else answer


@fault("count-of-s0-is-s1", breaks="S0 answers the number of bytes sent", source="UM 4.15")
class CountOfS0IsS1(Fault):
    """S0 answers S1, however few bytes came."""

    def count(self, count: int) -> int:
        """Answer S1."""
        return self.module.socket.number("S1") if self.module.running == b"S0" else count


def _cut(size: int) -> None:
    """A fault: a payload longer than ``size`` bytes loses what is beyond ``size``."""

    @fault(f"send-cut-at-{size}", breaks=SENT, source=PAGE)
    class SendCut(Fault):
        """A payload loses what is beyond the size of a buffer; the count is that of the host's bytes."""

        def __init__(self) -> None:
            self._whole = 0

        def payload(self, data: bytes) -> bytes:
            """Cut the payload."""
            self._whole = len(data)
            return data[:size]

        def count(self, count: int) -> int:
            """Answer how many bytes the host has given."""
            return self._whole if count == size else count


for _size in (127, 255, 512, 1400, 1459):
    _cut(_size)


class _Mangled(Fault):
    """The payload is changed before it is sent; the count is that of the host's bytes."""

    def __init__(self) -> None:
        self._whole = 0

    def payload(self, data: bytes) -> bytes:
        """Change the payload."""
        self._whole = len(data)
        return self.change(data)

    def count(self, _count: int) -> int:
        """Answer how many bytes the host has given."""
        return self._whole

    def change(self, data: bytes) -> bytes:
        """The bytes that are sent instead."""
        raise NotImplementedError


def _sends(name: str, change: Callable[[bytes], bytes]) -> None:
    """A fault: the payload that is sent is what ``change`` makes of the host's bytes."""

    @fault(name, breaks=SENT, source=PAGE)
    class Sends(_Mangled):
        """Other bytes are sent."""

        def change(self, data: bytes) -> bytes:
            """Change the bytes."""
            return change(data)


_sends("send-loses-last-byte", lambda data: data[:-1] if len(data) > 1 else data)
_sends("send-doubled", lambda data: data * 2)
_sends("send-of-7-bits", lambda data: bytes(byte & 0x7F for byte in data))
_sends("send-drops-nul", lambda data: data.replace(b"\0", b""))
_sends("send-ends-at-cr", lambda data: data.partition(b"\r")[0])
_sends("send-lf-to-crlf", lambda data: data.replace(b"\n", b"\r\n"))
_sends("send-halves-swapped", lambda data: data[1024:] + data[:1024])


@fault("every-other-send-lost", breaks=SENT, source=PAGE)
class EveryOtherSendLost(_Mangled):
    """The second payload, the fourth and so on are counted and not sent."""

    def __init__(self) -> None:
        super().__init__()
        self._sends = 0

    def change(self, data: bytes) -> bytes:
        """Drop each second payload."""
        self._sends += 1
        return data if self._sends % 2 else b""


@fault("small-sends-wait", breaks=SENT, source=PAGE)
class SmallSendsWait(Fault):
    """Less than 16 bytes are sent with the next payload, and never where none follows."""

    def __init__(self) -> None:
        self._kept: dict[int, bytes] = {}
        self._given = 0

    def payload(self, data: bytes) -> bytes:
        """Keep a small payload; send what is kept with a larger one."""
        self._given = len(data)
        link = self.module.socket.link
        kept = self._kept.pop(link.handle, b"") + data if link is not None else data
        if link is None or len(kept) >= 16:
            return kept
        self._kept[link.handle] = kept
        return b""

    def count(self, _count: int) -> int:
        """Answer how many bytes the host has given."""
        return self._given


@fault("excess-is-sent", breaks="Too many bytes after S3: the excess is lost", source="UM 4.15.4")
class ExcessIsSent(Fault):
    """Bytes behind the announced payload are sent with it."""

    def payload(self, data: bytes) -> bytes:
        """Take all bytes that are there."""
        return data + self.module.reader.take(len(self.module.reader))


@fault("excess-without-error", breaks="Too many bytes after S3: an error message follows", source="UM 4.15.4")
class ExcessWithoutError(Fault):
    """Bytes behind the announced payload are lost without an error."""

    def answer(self, answer: Answer) -> Answer | None:
        """Leave the error out."""
        return replace(answer, then=None) if answer.command == "S3" else answer


@fault("short-s0-is-dropped", breaks="S0: fewer bytes are sent when S2 has passed", source="UM 4.15, 5.6.1.2")
class ShortS0IsDropped(Fault):
    """A payload of S0 with fewer than S1 bytes is lost."""

    def payload(self, data: bytes) -> bytes:
        """Drop the payload."""
        short = self.module.running == b"S0" and len(data) < self.module.socket.number("S1")
        return b"" if short else data


@fault("s0-waits-for-ever", breaks="S0: fewer bytes are sent when S2 has passed", source="UM 4.15, 5.6.1.2")
class S0WaitsForEver(Fault):
    """S0 waits without end, whatever S2 says."""

    def write_timeout(self, seconds: float) -> float:
        """Wait without end."""
        return 3600.0 if self.module.running == b"S0" else seconds


@fault("write-timeout-ten-times", breaks="S0: fewer bytes are sent when S2 has passed", source="UM 4.15, 5.6.1.2")
class WriteTimeoutTenTimes(Fault):
    """S3 waits ten times S2."""

    def write_timeout(self, seconds: float) -> float:
        """Wait ten times as long."""
        return seconds * 10
