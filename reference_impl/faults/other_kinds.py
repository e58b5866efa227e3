"""Faults of one kind of connection alone, where the documents say the same of every kind; and pauses of the host."""

from dataclasses import replace

from reference_impl.core.answers import Answer
from reference_impl.core.effects import Effect, Transmit
from reference_impl.core.events import Transmitted
from reference_impl.core.seams import Check
from reference_impl.faults.kinds import ReadsAway
from reference_impl.faults.registry import Fault, fault

BYTES = "R0 answers the bytes that came"


class _OfOneKind(Fault):
    """Knows which kind of connection the selected socket has."""

    @property
    def single(self) -> bool:
        """True on a single server."""
        server = self.module.socket.server
        return server is not None and not server.multi

    @property
    def client(self) -> bool:
        """True on a TCP client."""
        return self.module.socket.role == "P6" and not self.module.socket.datagram


@fault("client-takes-minus-one-for-a-loss", breaks=BYTES + ", with OK", source="UM 4.14.1")
class ClientTakesMinusOneForALoss(_OfOneKind):
    """The two characters -1 of the TCP client's remote are answered with ERROR."""

    def answer(self, answer: Answer) -> Answer | None:
        """Answer ERROR."""
        sent = answer.command == "R0" and answer.payload == b"-1" and self.client
        return replace(answer, ok=False) if sent else answer


@fault("single-read-of-257-loses-one", breaks=BYTES, source="UM 4.14.1")
class SingleReadOf257LosesOne(_OfOneKind):
    """A packet of 257 bytes from a single server's client loses its last byte."""

    def received(self, data: bytes) -> bytes:
        """Cut the packet."""
        return data[:256] if self.single and len(data) == 257 else data


@fault("single-rest-lost", breaks="The rest of TCP data stays for the next R0", source="UM 4.14.1")
class SingleRestLost(_OfOneKind):
    """On a single server the bytes of a packet beyond R1 are lost."""

    def read_limit(self, limit: int) -> int:
        """Take all bytes of the packet from the network."""
        return max(limit, 1460) if self.single else limit

    def received(self, data: bytes) -> bytes:
        """Answer the first R1 bytes."""
        return data[: self.module.socket.number("R1")] if self.single else data


@fault("udp-leading-zeros-refused", breaks="S3's number may have leading zeros", source="UM 4.15.4")
class UdpLeadingZerosRefused(Fault):
    """S3=0004 is refused on a UDP socket."""

    def check(self, check: Check) -> Check:
        """Refuse a number that is not in its shortest writing."""
        padded = check.name == "S3" and check.text.startswith(b"0") and len(check.text) > 1
        return replace(check, value=None) if padded and self.module.socket.datagram else check


@fault("client-stream-ends-at-65536", breaks="S3 sends the bytes, as many as it says", source="UM 4.15")
class ClientStreamEndsAt65536(_OfOneKind):
    """The TCP client counts its stream in 16 bits: bytes beyond 65,535 are counted and not sent."""

    def __init__(self) -> None:
        self._sent: dict[int, int] = {}

    def effect(self, effect: Effect) -> Effect | None:
        """Say that the bytes were sent, and do not send them."""
        if not isinstance(effect, Transmit) or not effect.data or not self.client:
            return effect
        self._sent[effect.handle] = self._sent.get(effect.handle, 0) + len(effect.data)
        if self._sent[effect.handle] < 1 << 16:
            return effect
        self.module.post(Transmitted(effect.handle, len(effect.data)))
        return None


@fault("selecting-again-drops-what-waits", breaks="P0 selects the socket", source="WEB, first table; UM P0")
class SelectingAgainDropsWhatWaits(ReadsAway):
    """P0 of the socket that is selected already throws away the bytes that wait there."""

    def __init__(self) -> None:
        super().__init__()
        self._former = 0

    def answer(self, answer: Answer) -> Answer | None:
        """Read the bytes and forget them."""
        link = self.module.socket.link
        again = self._former == self.module.selected
        if self.module.running == b"P0=%d" % self.module.selected and again and link is not None and not link.lost:
            self.read_away(link.handle)
        return answer

    def line(self, text: bytes) -> bytes | None:
        """Note which socket is selected."""
        self._former = self.module.selected
        return text


@fault("client-payload-ends-at-a-pause", breaks="S3 sends exactly n bytes within S2", source="UM 4.15.4, S2")
class ClientPayloadEndsAtAPause(_OfOneKind):
    """The TCP client takes a pause of the host within a payload for the payload's end."""

    PAUSE = 0.15

    def __init__(self) -> None:
        self._since = 0.0
        self._came = 0
        self._whole: int | None = None

    def input(self, data: bytes) -> bytes:
        """Note how many bytes came before the first pause."""
        if self.module.idle:
            self._came, self._whole = 0, None
        elif self._came and self._whole is None and self.module.now - self._since > self.PAUSE:
            self._whole = self._came
        self._came += 0 if self.module.idle else len(data)
        self._since = self.module.now
        return data

    def payload(self, data: bytes) -> bytes:
        """Send the bytes before the pause."""
        return data[: self._whole] if self._whole and self.client else data
