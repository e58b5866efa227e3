"""Faults of the module's own access point: A, and its asynchronous text."""

from dataclasses import replace

from reference_impl.core.seams import Notice
from reference_impl.faults.kinds import forgets, refuses, says, shows
from reference_impl.faults.registry import Fault, fault

LEASE = "[AP DHCP] Assigned "

shows(
    "access-point-of-7-fields",
    "A?",
    lambda fields: fields[:-1],
    breaks="A? shows eight fields",
    source="UM16 QR1: A?",
)
shows(
    "access-point-channel-shown-as-0",
    "A?",
    lambda fields: [*fields[:2], "0", *fields[3:]],
    breaks="A?: field 3 is the channel",
    source="UM16 QR1: A?, AC",
)
shows(
    "access-point-security-and-channel-swapped",
    "A?",
    lambda fields: [*fields[:2], fields[3], fields[2], *fields[4:]],
    breaks="A?: field 3 is the channel, field 4 the security",
    source="UM16 QR1: A?",
)
forgets("access-point-name-not-kept", "AS", breaks="AS sets the SSID, and A? shows it", source="UM20 QR4: AS, A?")
forgets("access-point-lease-not-kept", "AL", breaks="AL sets the lease, and A? shows it", source="UM20 QR4: AL, A?")
forgets(
    "access-point-address-not-kept", "Z6", breaks="Z6 sets the address of the AP, and A? shows it", source="UM51: Z6"
)
refuses("access-point-wpa2-refused", "A1=3", breaks="A1 takes 3, WPA2", source="UM18 QR4: A1")
refuses("access-point-key-of-32-refused", "A2=.{32}", breaks="A2 takes a key of 32 bytes", source="UM18 QR4: A2")
refuses("access-point-channel-11-refused", "AC=11", breaks="AC takes 0 to 11", source="UM19 QR4: AC")
refuses("access-point-4-clients-refused", "AT=4", breaks="AT takes 1 to 4", source="UM20 QR4: AT")
refuses("access-point-start-refused", "AD", breaks="AD starts the access point", source="UM19 QR4 DS15: AD")
refuses("access-point-end-refused", "AE", breaks="AE ends the access point", source="UM19: AE")
says(
    "access-point-signal-without-index",
    "AR",
    lambda payload: b"\r\n".join(line.partition(b",")[2] for line in payload.split(b"\r\n")),
    breaks="AR shows index, MAC and RSSI of each client",
    source="UM20: AR",
)


@fault("access-point-goes-on", breaks="AE ends the access point", source="UM19: AE")
class AccessPointGoesOn(Fault):
    """AE is answered with OK, and the access point runs as before."""

    def line(self, text: bytes) -> bytes | None:
        """Carry out a harmless command in place of AE."""
        return b"MS=0" if text == b"AE" else text


@fault("suppression-forgets-leases", breaks="MS=1 hides [AP DHCP]", source="UM36 QR6: MS")
class SuppressionForgetsLeases(Fault):
    """MS is answered with OK, and the texts of leases come as before."""

    def line(self, text: bytes) -> bytes | None:
        """Carry out a harmless command in place of MS."""
        return b"MS=0" if text == b"MS=1" else text


@fault("lease-told-twice", breaks="One text at each lease", source="UM18: [AP DHCP]")
class LeaseToldTwice(Fault):
    """The text of a lease comes two times."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def notice(self, notice: Notice) -> Notice | None:
        """Send the same text again."""
        if notice.text.startswith(LEASE) and notice.text not in self._told:
            self._told.add(notice.text)
            self.module.tell(notice.text, notice.socket)
        return notice


@fault("lease-not-told", breaks="A text tells each lease", source="UM18: [AP DHCP]")
class LeaseNotTold(Fault):
    """No text says that a station has come."""

    def notice(self, notice: Notice) -> Notice | None:
        """Drop the text."""
        return None if notice.text.startswith(LEASE) else notice


@fault("lease-without-address", breaks="[AP DHCP] Assigned <MAC> has <ip>", source="UM18: [AP DHCP]")
class LeaseWithoutAddress(Fault):
    """The text of a lease ends behind the MAC address."""

    def notice(self, notice: Notice) -> Notice | None:
        """Cut the IP address off."""
        return replace(notice, text=notice.text.partition(" has ")[0]) if notice.text.startswith(LEASE) else notice
