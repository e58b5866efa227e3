"""Faults of R and S."""

from reference_impl.faults.registry import Fault, fault


@fault("read-loses-byte", breaks="R0 answers the bytes of the client", source="UM 4.14.1")
class ReadLosesByte(Fault):
    """The last byte of a packet of two or more is missing."""

    def received(self, data: bytes) -> bytes:
        """Drop the last byte."""
        return data[:-1] if len(data) > 1 else data


@fault("count-off-by-one", breaks="S3 answers the number of bytes sent", source="WEB, transcript")
class CountOffByOne(Fault):
    """One more is told than was sent."""

    def count(self, count: int) -> int:
        """Count one too many."""
        return count + 1


@fault("minus-one-never", breaks="R0 = -1 means that the connection is lost", source="WEB, multi-connection table")
class MinusOneNever(Fault):
    """A lost connection looks like an idle one."""

    def lost(self, _lost: bool) -> bool:
        """Never tell."""
        return False
