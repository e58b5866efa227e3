"""Faults of the scan: F."""

import re

from reference_impl.faults.kinds import forgets, refuses, says, shows
from reference_impl.faults.registry import Fault, fault

says(
    "scan-counts-from-0",
    "F0",
    lambda payload: re.sub(rb"#(\d{3})(?=,\")", lambda found: b"#%03d" % (int(found[1]) - 1), payload),
    breaks="The index of a network begins with 001",
    source="UM31 DH35: F0",
)
says(
    "scan-index-stands-still",
    "F0",
    lambda payload: re.sub(rb"#\d{3}(?=,\")", b"#001", payload),
    breaks="The index of a network rises",
    source="UM31 DH35: F0",
)
says(
    "scan-name-without-quotes",
    "F0",
    lambda payload: re.sub(rb'(#\d{3},)"(.*?)"(?=,[0-9A-F:]{17},)', rb"\1\2", payload, flags=re.DOTALL),
    breaks="The SSID stands in quotes",
    source="UM31 DH35: F0",
)
says(
    "scan-signal-in-words",
    "F0",
    lambda payload: re.sub(rb"(,-\d+)(?=,\d+\.\d,Infra)", rb"\1 dBm", payload),
    breaks="Field 4 is the RSSI, a number",
    source="UM31 DH35: F0",
)
says(
    "scan-of-8-fields",
    "F0",
    lambda payload: re.sub(rb"(GHz),\d+", rb"\1", payload),
    breaks="The last field is the channel",
    source="UM31 DH35: F0",
)
says(
    "scan-mac-with-dashes",
    "F0",
    lambda payload: re.sub(rb'(?<=",)[0-9A-F:]{17}(?=,-)', lambda found: found[0].replace(b":", b"-"), payload),
    breaks="The BSSID is written with colons",
    source="UM31 DH35: F0",
)
says(
    "scan-without-band",
    "F0",
    lambda payload: re.sub(rb",(2\.4|5)GHz(?=,\d+)", b",0", payload),
    breaks="Field 8 is the band",
    source="UM31 DH35: F0",
)
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
    """Without a network F0 is an ERROR."""

    def line(self, text: bytes) -> bytes | None:
        """Refuse it."""
        return b"ZZ" if text == b"F0" and not self.module.network.joined else text
