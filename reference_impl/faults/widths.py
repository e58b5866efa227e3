"""Faults of numbers that are kept in too few bits, or just missed by a comparison."""

from dataclasses import replace

from reference_impl.core.seams import Change, Check
from reference_impl.faults.registry import Fault, fault

TEN_BITS = 1023


@fault("read-timeout-of-10-bits", breaks="R0 waits R2 milliseconds for data", source="UM 4.14.1")
class ReadTimeoutOf10Bits(Fault):
    """R0 waits R2 in ten bits: 1025 ms are one; R? shows R2 as it was set."""

    def read_timeout(self, seconds: float) -> float:
        """Mask the time."""
        return (round(seconds * 1000) & TEN_BITS) / 1000


@fault("write-timeout-of-10-bits", breaks="S0: fewer bytes are sent when S2 has passed", source="UM 4.15, 5.6.1.2")
class WriteTimeoutOf10Bits(Fault):
    """S3 waits S2 in ten bits; S? shows S2 as it was set."""

    def write_timeout(self, seconds: float) -> float:
        """Mask the time."""
        return (round(seconds * 1000) & TEN_BITS) / 1000


@fault("keep-alive-time-of-22-bits", breaks="PK's time is 250 to 7200000 ms", source="UM")
class KeepAliveTimeOf22Bits(Fault):
    """PK keeps its time in 22 bits: 4194304 ms are kept as 0; the default is kept whole."""

    def store(self, change: Change) -> Change | None:
        """Mask the time."""
        value = change.value
        if change.name != "PK" or not isinstance(value, tuple) or value[1] == 7200000:
            return change
        return replace(change, value=(value[0], value[1] & 0x3FFFFF))


def _refused(name: str, setting: str, value: int, breaks: str) -> None:
    """A fault: the setting refuses one value within its range."""

    @fault(name, breaks=breaks, source="UM")
    class OneValueRefused(Fault):
        """One value within the range is refused."""

        def check(self, check: Check) -> Check:
            """Refuse the value."""
            return replace(check, value=None) if check.name == setting and check.value == value else check


_refused("remote-port-4096-refused", "P4", 4096, "A port is 0 to 65535")
_refused("write-size-1023-refused", "S1", 1023, "S1 is 1 to 1460")
