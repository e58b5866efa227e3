"""Faults of numbers that are kept in too few bits, or just missed by a comparison."""

from dataclasses import replace

from reference_impl.core.seams import Change, Check
from reference_impl.faults.registry import Fault, fault

TEN_BITS = 1023


@fault("read-timeout-of-10-bits", breaks="R0 waits R2 milliseconds for data", source="UM 4.14.1")
class ReadTimeoutOf10Bits(Fault):
    """R2 is shown as it is, and waited in ten bits: 1025 ms are one."""

    def read_timeout(self, seconds: float) -> float:
        """Mask it."""
        return (round(seconds * 1000) & TEN_BITS) / 1000


@fault("write-timeout-of-10-bits", breaks="S0: fewer bytes are sent when S2 has passed", source="UM 4.15, 5.6.1.2")
class WriteTimeoutOf10Bits(Fault):
    """S2 is shown as it is, and waited in ten bits."""

    def write_timeout(self, seconds: float) -> float:
        """Mask it."""
        return (round(seconds * 1000) & TEN_BITS) / 1000


@fault("keep-alive-time-of-22-bits", breaks="PK's time is 250 to 7200000 ms", source="UM")
class KeepAliveTimeOf22Bits(Fault):
    """4194304 ms are kept as 0; the default, which nobody sets, is kept whole."""

    def store(self, change: Change) -> Change | None:
        """Mask it."""
        value = change.value
        if change.name != "PK" or not isinstance(value, tuple) or value[1] == 7200000:
            return change
        return replace(change, value=(value[0], value[1] & 0x3FFFFF))


def _refused(name: str, setting: str, value: int, breaks: str) -> None:
    """A fault that refuses one value within the range."""

    @fault(name, breaks=breaks, source="UM")
    class OneValueRefused(Fault):
        """A comparison misses one value."""

        def check(self, check: Check) -> Check:
            """Refuse it."""
            return replace(check, value=None) if check.name == setting and check.value == value else check


_refused("remote-port-4096-refused", "P4", 4096, "A port is 0 to 65535")
_refused("write-size-1023-refused", "S1", 1023, "S1 is 1 to 1460")
