"""Faults that show where a peer does not do what peers do: it does not read, stays half closed, acts in a payload."""

from dataclasses import replace

from reference_impl.core.answers import Answer
from reference_impl.core.effects import Close, Effect
from reference_impl.faults.kinds import ReadsAway
from reference_impl.faults.registry import Fault, fault


@fault("full-window-counts-all", breaks="S3 answers the number of bytes sent", source="UM 4.15.4")
class FullWindowCountsAll(Fault):
    """Bytes that the network does not take any more are dropped, and counted as sent."""

    def __init__(self) -> None:
        self._size = 0

    def payload(self, data: bytes) -> bytes:
        """Keep the size."""
        self._size = len(data)
        return data

    def count(self, count: int) -> int:
        """Answer the size."""
        return max(count, self._size)


@fault("full-window-never-answered", breaks="S2 is the write timeout", source="UM S2")
class FullWindowNeverAnswered(Fault):
    """S3 waits without end until the network takes its bytes."""

    def write_timeout(self, seconds: float) -> float:
        """Wait without end."""
        return seconds + 3600.0 if self.module.running.startswith(b"S3=") else seconds


@fault("half-closed-connection-kept", breaks="P6=0 closes the connection", source="UM P6")
class HalfClosedConnectionKept(Fault):
    """P6=0 closes no connection on which R0 or S3 has answered -1: a remote that closed one side stays connected."""

    def effect(self, effect: Effect) -> Effect | None:
        """Drop the closing."""
        link = self.module.socket.link
        reported = link is not None and link.lost and isinstance(effect, Close) and effect.handle == link.handle
        return None if reported and self.module.running == b"P6=0" else effect


class _Pieces(Fault):
    """Notes whether the payload of a command came in pieces."""

    def __init__(self) -> None:
        self._pieces = 0

    def input(self, data: bytes) -> bytes:
        """Count the pieces that come since the command's line."""
        self._pieces = 0 if self.module.idle else self._pieces + 1
        return data


@fault("loss-in-a-payload-told-twice", breaks="One command, one answer", source="QR20 p1; UM 4.15")
class LossInAPayloadToldTwice(_Pieces):
    """A connection that is lost while the payload comes in pieces has two answers: -1 and an error."""

    def answer(self, answer: Answer) -> Answer | None:
        """Add the error."""
        lost = answer.command == "S3" and answer.payload == b"-1" and self._pieces > 0
        return replace(answer, then=Answer("S3", ok=False, reason="Connection lost")) if lost else answer


@fault("bytes-in-a-payload-lost", breaks="R0 answers the bytes of the peer", source="UM 4.14.1")
class BytesInAPayloadLost(ReadsAway, _Pieces):
    """Bytes that the peer sends while the payload of S3 comes in pieces are lost."""

    def payload(self, data: bytes) -> bytes:
        """Read the bytes and forget them."""
        link = self.module.socket.link
        if self._pieces > 0 and link is not None:
            self.read_away(link.handle)
        return data
