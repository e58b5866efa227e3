"""The module's own access point: whether it runs, and which stations have joined it."""

from dataclasses import dataclass, field
from ipaddress import IPv4Address


@dataclass
class Guest:
    """A station on the access point: its address, as its lease says, and its signal in dBm."""

    mac: str
    ip: str
    rssi: int = -40


@dataclass
class AccessPoint:
    """`mode`: the command that started it, "A0" or "AD", or "" while there is none.

    `leases` is the cache of the DHCP server: it outlives its stations (assumption), not the access point.
    `chosen`: the network and the key that somebody has chosen on A0's page.
    """

    mode: str = ""
    guests: list[Guest] = field(default_factory=list)
    leases: dict[str, str] = field(default_factory=dict)
    chosen: tuple[bytes, bytes] | None = None

    def lease(self, mac: str, own: str) -> str:
        """The address for this station: the one that it had, or the first free one of the module's 254.

        Where none is free the station that has been away for longest loses its own.
        """
        if mac not in self.leases:
            behind = [str(IPv4Address(int(IPv4Address(own)) // 256 * 256 + 1 + place)) for place in range(254)]
            if not set(behind) - {own, *self.leases.values()}:
                here = {one.mac for one in self.guests}
                del self.leases[next(known for known in self.leases if known not in here)]
            self.leases[mac] = next(ip for ip in behind if ip not in {own, *self.leases.values()})
        return self.leases[mac]
