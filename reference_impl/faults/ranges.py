"""Faults of the ranges: each row is a setting whose range ends one too early or one too late, or a text misread.

What is refused answers ERROR though a document names the value; what is taken answers OK though none does, and another
value than the limit is in force: no document says that a number beyond a limit is refused, and not the limit instead.
"""

from dataclasses import replace

from reference_impl.core.seams import Check
from reference_impl.core.values import Value
from reference_impl.faults.registry import Fault, fault


def _refused(name: str, setting: str, text: str, breaks: str, source: str) -> None:
    """A fault: the setting refuses this value, which its range has."""

    @fault(name, breaks=breaks, source=source)
    class Refused(Fault):
        """A value of the range is refused."""

        def check(self, check: Check) -> Check:
            """Refuse the value."""
            return replace(check, value=None) if (check.name, check.text) == (setting, text.encode()) else check


def _taken(name: str, setting: str, text: str, value: Value, breaks: str, source: str) -> None:
    """A fault: the setting takes this text, which its range has not, and stores ``value``."""

    @fault(name, breaks=breaks, source=source)
    class Taken(Fault):
        """A value outside the range is taken."""

        def check(self, check: Check) -> Check:
            """Take the value."""
            return replace(check, value=value) if (check.name, check.text) == (setting, text.encode()) else check


P8, PORT, KEEP = "P8=<0-6> sets the number of backlogs", "A port is 0 to 65535", "PK's time is 250 to 7200000 ms"
READ, WRITE, TIME = "R1 is 1 to 1460", "S1 is 1 to 1460", "A timeout is 0 to 30000 ms"

_refused("socket-3-refused", "P0", "3", "P0=<0,1,2,3> selects the socket", "WEB, first table")
_taken("socket-9-taken", "P0", "9", 1, "P0=<0,1,2,3> selects the socket", "WEB, first table")
_refused("protocol-3-refused", "P1", "3", "P1=<0,1,2,3> selects the protocol", "WEB, first table")
_taken("protocol-9-taken", "P1", "9", 1, "P1 is 0 to 4", "WEB, first table; QR20")
_refused("port-0-refused", "P2", "0", PORT, "UM")
_refused("port-65535-refused", "P2", "65535", PORT, "UM")
_taken("port-65536-taken", "P2", "65536", 0, PORT, "UM")
_refused("remote-port-65535-refused", "P4", "65535", PORT, "UM")
_taken("remote-port-65536-taken", "P4", "65536", 0, PORT, "UM")
_refused("backlog-0-refused", "P8", "0", P8, "WEB, first table")
_refused("backlog-6-refused", "P8", "6", P8, "WEB, first table")
_refused("keep-alive-250-refused", "PK", "1,250", KEEP, "UM")
_refused("keep-alive-7200000-refused", "PK", "1,7200000", KEEP, "UM")
_taken("keep-alive-7200001-taken", "PK", "1,7200001", (1, 7200001), KEEP, "UM")
_taken("keep-alive-enable-2-taken", "PK", "2,3000", (0, 3000), "PK's first field is 0 or 1", "UM")
_refused("read-size-1460-refused", "R1", "1460", READ, "UM")
_refused("read-size-1-refused", "R1", "1", READ, "UM")
_taken("read-size-1461-taken", "R1", "1461", 1461, READ, "UM")
_refused("read-timeout-0-refused", "R2", "0", TIME, "UM")
_refused("read-timeout-30000-refused", "R2", "30000", TIME, "UM")
_taken("read-timeout-30001-taken", "R2", "30001", 30001, TIME, "UM")
_refused("write-size-1-refused", "S1", "1", WRITE, "UM")
_taken("write-size-0-taken", "S1", "0", 0, WRITE, "UM")
_taken("write-size-1461-taken", "S1", "1461", 1461, WRITE, "UM")
_refused("write-timeout-30000-refused", "S2", "30000", TIME, "UM")
_taken("write-timeout-30001-taken", "S2", "30001", 30001, TIME, "UM")
_refused("send-1460-refused", "S3", "1460", "S3 sends 1 to 1460 bytes", "UM 4.15.4")
_taken("send-1461-taken", "S3", "1461", 1461, "S3 sends 1 to 1460 bytes", "UM 4.15.4")
_taken("send-0-taken", "S3", "0", 0, "S3 sends 1 to 1460 bytes", "UM 4.15.4")
_taken("negative-time-taken", "R2", "-1", 30000, TIME, "UM")


@fault("letters-are-0", breaks="A timeout is a number from 0 to 30000", source="UM")
class LettersAre0(Fault):
    """A text that is no number counts as 0."""

    def check(self, check: Check) -> Check:
        """Read the text as atoi of C does."""
        nothing = check.value is None and check.name in ("P2", "P4", "R2", "S2")
        return replace(check, value=0) if nothing and check.text[:1].isalpha() else check


@fault("leading-zeros-refused", breaks="S3's number may have leading zeros", source="UM 4.15.4")
class LeadingZerosRefused(Fault):
    """S3=0004 is refused."""

    def check(self, check: Check) -> Check:
        """Refuse a number that is not in its shortest writing."""
        padded = check.name == "S3" and check.text.startswith(b"0") and len(check.text) > 1
        return replace(check, value=None) if padded else check


@fault("leading-zero-is-octal", breaks="S3's number may have leading zeros", source="UM 4.15.4")
class LeadingZeroIsOctal(Fault):
    """S3=010 asks for eight bytes."""

    def check(self, check: Check) -> Check:
        """Read the text as strtol of C does."""
        octal = check.name == "S3" and check.text.startswith(b"0") and set(check.text) <= set(b"01234567")
        return replace(check, value=int(check.text, 8) or None) if octal else check
