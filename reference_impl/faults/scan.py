"""Faults of the scan: F."""

import re
from collections.abc import Callable

from reference_impl.faults.kinds import forgets, refuses, says, shows
from reference_impl.faults.registry import Fault, fault

DOCUMENTS = "UM31 DH35: F0"


def _lists(name: str, pattern: bytes, other: bytes | Callable[[re.Match[bytes]], bytes], *, breaks: str) -> None:
    """A fault: in the list of F0 each text that matches ``pattern`` is replaced by ``other``, as by ``re.sub``."""
    expression = re.compile(pattern, re.DOTALL)
    says(name, "F0", lambda payload: expression.sub(other, payload), breaks=breaks, source=DOCUMENTS)


_lists(
    "scan-counts-from-0",
    rb"#(\d{3})(?=,\")",
    lambda found: b"#%03d" % (int(found[1]) - 1),
    breaks="The index of a network begins with 001",
)
_lists("scan-index-stands-still", rb"#\d{3}(?=,\")", b"#001", breaks="The index of a network rises")
_lists(
    "scan-name-without-quotes",
    rb'(#\d{3},)"(.*?)"(?=,[0-9A-F:]{17},)',
    rb"\1\2",
    breaks="The SSID stands in quotes",
)
_lists("scan-signal-in-words", rb"(,-\d+)(?=,\d+\.\d,Infra)", rb"\1 dBm", breaks="Field 4 is the RSSI, a number")
_lists("scan-of-8-fields", rb"(GHz),\d+", rb"\1", breaks="The last field is the channel")
_lists(
    "scan-mac-with-dashes",
    rb'(?<=",)[0-9A-F:]{17}(?=,-)',
    lambda found: found[0].replace(b":", b"-"),
    breaks="The BSSID is written with colons",
)
_lists("scan-without-band", rb",(2\.4|5)GHz(?=,\d+)", b",0", breaks="Field 8 is the band")
says(
    "scan-finds-nothing",
    "F0",
    lambda _payload: b"",
    breaks="F0 lists the networks around",
    source="UM31: F0",
)
shows(
    "scan-shows-repeats-alone",
    "F?",
    lambda fields: fields[:1],
    breaks="F? shows scans and delay",
    source="UM32 DH33: F?",
)
forgets("scan-delay-not-kept", "F2", breaks="F2 sets the delay, and F? shows it", source="UM32 QR5: F2, F?")
forgets("scan-name-not-kept", "F5", breaks="F5 makes F0 look for one SSID", source="UM32 QR5: F5")
refuses("scan-repeats-255-refused", "F1=255", breaks="F1 takes 0 to 255", source="UM31 QR5: F1")
refuses("scan-delay-5000-refused", "F2=5000", breaks="F2 takes 0 to 5000", source="UM32 QR5: F2")
refuses("scan-channel-14-refused", "F3=14", breaks="F3 takes 0 to 14", source="UM32 QR5: F3")
refuses("scan-band-2-refused", "F6=2", breaks="F6 takes 0 to 2", source="QR5: F6")
refuses("scan-name-not-cleared", "F5=#", breaks="F5=# clears the SSID", source="UM32 QR5: F5")


@fault("scan-needs-a-join", breaks="F0 works unjoined", source="UM31: F0")
class ScanNeedsAJoin(Fault):
    """F0 answers ERROR where the module is in no network."""

    def line(self, text: bytes) -> bytes | None:
        """Carry out a command that is refused, in place of F0."""
        return b"ZZ" if text == b"F0" and not self.module.network.joined else text
